from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from passerelle.groupware import provision
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Invalid, NotFound, Unauthenticated
from passerelle.model.folders import FIRST_ORDINARY, GLOBAL_ADDRESS_BOOK, PUBLIC, Module
from passerelle.model.ids import UserId
from passerelle.store import Store
from tests.groupware.office import PASSWORD, Office


def test_an_organisation_is_set_up_once(tmp_path: Path) -> None:
    with Store.create(tmp_path / "new") as store:
        provision.initialise(store)
        with store.reading() as tx:
            before = tx.folders.all()
        provision.initialise(store)
        with store.reading() as tx:
            assert tx.folders.all() == before
            assert {folder.id for folder in before} == set(range(8))


@pytest.mark.rule("1.3")
@pytest.mark.parametrize(
    ("login", "names"),
    [
        ("anna", {"Calendar", "Contacts", "Tasks"}),
        ("bruno", {"Calendrier", "Contacts", "Tâches"}),
        ("carla", {"Kalender", "Kontakte", "Aufgaben"}),
    ],
)
def test_default_folders_speak_the_user_s_language(office: Office, login: str, names: set[str]) -> None:
    id_ = office.user(login).id
    own = [view for view in office.session(login).folders().changed if view.folder.owner == id_]
    assert {view.folder.name for view in own} == names
    assert {view.folder.module for view in own} == {Module.CALENDAR, Module.CONTACTS, Module.TASKS}
    assert all(view.folder.is_default and view.effective.admin and not view.shared for view in own)
    assert all(view.folder.created_by == id_ and view.folder.id >= FIRST_ORDINARY for view in own)


def test_the_global_address_book_hangs_where_everybody_sees_it(office: Office) -> None:
    view = office.session("anna").folder(GLOBAL_ADDRESS_BOOK)
    assert view.folder.parent == PUBLIC
    assert (view.effective.folder, view.effective.read, view.effective.write, view.effective.delete) == (2, 4, 2, 0)


def test_a_login_is_taken_once_whatever_its_case(office: Office) -> None:
    with pytest.raises(Contradiction):
        provision.add_user(office.store, "ANNA", PASSWORD)


@pytest.mark.parametrize("login", ["", "a b", "a:b", "a\nb", "x" * 256])
def test_a_login_can_be_sent_with_basic_authentication(office: Office, login: str) -> None:
    with pytest.raises(Invalid):
        provision.add_user(office.store, login, PASSWORD)


def test_nonsense_is_refused(office: Office) -> None:
    for wrong in ({"email": "nobody"}, {"zone": "Mars/Olympus"}):
        with pytest.raises(Invalid):
            provision.add_user(office.store, "dora", PASSWORD, **wrong)
    for password in ("", "x" * 2000):
        with pytest.raises(Invalid):
            provision.add_user(office.store, "dora", password)
    with office.store.reading() as tx:
        assert tx.principals.user_by_login("dora") is None


@pytest.mark.rule("10.groups", "10.resources")
def test_groups_and_resources_have_names_of_their_own(office: Office) -> None:
    with pytest.raises(Contradiction):
        provision.add_group(office.store, "Staff")
    with pytest.raises(Contradiction):
        provision.add_resource(office.store, "ROOM")
    with pytest.raises(NotFound):
        provision.add_group(office.store, "new", members=[UserId(4711)])


class TestAuthentication:
    """Who may log in (design, section 8)."""

    def test_login_and_password_open_the_door(self, office: Office) -> None:
        assert provision.authenticate(office.store, "anna", PASSWORD) == office.user("anna")
        assert provision.authenticate(office.store, "Anna", PASSWORD).id == office.user("anna").id

    @pytest.mark.parametrize(("login", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("anna", ""), ("", "")])
    def test_anything_else_does_not(self, office: Office, login: str, password: str) -> None:
        with pytest.raises(Unauthenticated):
            provision.authenticate(office.store, login, password)

    def test_a_new_password_ends_the_old_one_at_once(self, office: Office) -> None:
        provision.authenticate(office.store, "anna", PASSWORD)
        provision.set_password(office.store, "anna", "another horse")
        with pytest.raises(Unauthenticated):
            provision.authenticate(office.store, "anna", PASSWORD)
        assert provision.authenticate(office.store, "anna", "another horse").id == office.user("anna").id

    def test_a_hash_with_old_parameters_is_made_anew(self, office: Office) -> None:
        weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
        with office.store.writing(UserId(0)) as tx:
            tx.principals.set_password(office.user("anna").id, weak)
        provision.authenticate(office.store, "anna", PASSWORD)
        with office.store.reading() as tx:
            found = tx.principals.credentials("anna")
        assert found is not None
        assert found[1] != weak
        assert provision.authenticate(office.store, "anna", PASSWORD).id == office.user("anna").id

    def test_a_session_of_a_removed_user_says_so(self, office: Office) -> None:
        with pytest.raises(NotFound):
            _ = Session(office.store, UserId(4711)).user
