from __future__ import annotations

import msgspec
import pytest

from passerelle.groupware import provision
from passerelle.groupware.directory import matches
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK
from passerelle.model.ids import EVERYBODY, Stamp
from tests.groupware.office import Office


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["anna", "bruno", "carla"]),
        ("", ["anna", "bruno", "carla"]),
        ("čech", ["carla"]),
        ("B*c", ["bruno"]),
        ("anna@example", ["anna"]),
        ("nobody", []),
        ("[a]", []),
    ],
)
def test_people_are_found_by_names_and_addresses(office: Office, pattern: str, found: list[str]) -> None:
    assert [person.user.login for person in office.session("carla").people(pattern)] == found


def test_people_are_found_by_the_further_addresses_and_categories_of_their_entry(office: Office) -> None:
    contact = office.user("anna").contact
    assert contact is not None
    office.session("anna").update(
        contact, GLOBAL_ADDRESS_BOOK, lambda _item: {"email2": "aa@home.example", "categories": ("Choir",)}
    )
    for pattern in ("aa@home", "choir"):
        assert [person.user.login for person in office.session("bruno").people(pattern)] == ["anna"]


def test_a_person_comes_with_entry_and_groups(office: Office) -> None:
    (person,) = office.session("bruno").people("Anna")
    assert person.contact is not None
    assert person.contact.email1 == "anna@example.org"
    assert person.groups == (EVERYBODY, office.group("board").id)


def test_groups_and_resources_are_found_by_name(office: Office) -> None:
    session = office.session("anna")
    assert [group.name for group in session.groups("sta")] == ["staff"]
    assert [one.name for one in session.resources("meeting")] == ["room"]
    assert session.resources("zoo") == ()


@pytest.mark.rule("10.groups")
def test_the_group_of_everybody_has_all_users(office: Office) -> None:
    everybody = next(group for group in office.session("anna").groups() if group.id == EVERYBODY)
    assert set(everybody.members) == {office.user(login).id for login in ("anna", "bruno", "carla")}


def test_changes_are_told_from_a_stamp_on(office: Office) -> None:
    session = office.session("anna")
    since = Stamp(session.directory_changes(Stamp(0)).stamp + 1)
    empty = session.directory_changes(since)
    assert (empty.people, empty.groups, empty.resources) == ((), (), ())
    provision.add_user(office.store, "dora", "secret")
    provision.remove_group(office.store, office.group("board").id)
    changes = session.directory_changes(since)
    assert [person.user.login for person in changes.people] == ["dora"]
    assert {(group.id, group.deleted) for group in changes.groups} == {
        (EVERYBODY, False), (office.group("board").id, True),
    }  # fmt: skip


def test_removed_people_are_told_of_before_the_others(office: Office) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        tx.principals.remove_user(office.user("bruno").id)
    people = office.session("anna").directory_changes(Stamp(0)).people
    assert [person.user.deleted for person in people] == [True, False, False]


def test_a_changed_entry_is_a_changed_person(office: Office) -> None:
    session, contact = office.session("anna"), office.user("anna").contact
    assert contact is not None
    since = Stamp(session.directory_changes(Stamp(0)).stamp + 1)
    session.update(contact, GLOBAL_ADDRESS_BOOK, lambda _item: {"mobile": "+33 1"})
    (person,) = session.directory_changes(since).people
    assert person.contact is not None
    assert person.contact.mobile == "+33 1"


def test_a_pattern_of_many_stars_is_no_work() -> None:
    assert not matches("a*" * 60 + "b", "a" * 200)
    assert matches("a*" * 60 + "b", "a" * 200 + "b")
    assert not matches("du*du", "Dupont")


def test_the_beginning_of_any_word_finds_people_groups_and_rooms_without_accents(office: Office) -> None:
    session = office.session("anna")

    def found(start: str, most: int = 20) -> list[str]:
        return [one.display_name for one in session.lookup(start, most)]

    assert found("ce") == ["Carla Čech"]
    assert found("CARLA  č") == ["Carla Čech"]
    assert found("b") == ["Board", "Bruno Blanc"]
    assert found("room@") == found("meet") == found("ROOM") == ["Meeting room"]
    assert found("arla") == found("") == found(" ") == found("%") == []
    assert len(found("b", 1)) == 1


def test_only_the_whole_name_names_somebody_and_who_is_gone_has_none(office: Office) -> None:
    session = office.session("anna")
    for name in ("Bruno Blanc", "bruno blanc ", "BRUNO", "bruno@example.org"):
        called = session.called(name)
        assert called is not None
        assert called.id == office.user("bruno").id
    assert session.called("Blanc") is None
    assert session.called("Carla Cech") is None
    with office.store.writing(office.user("anna").id) as tx:
        tx.principals.replace_user(msgspec.structs.replace(office.user("bruno"), display_name="Bruno Noir"))
    assert session.called("Bruno Blanc") is None
    with office.store.writing(office.user("anna").id) as tx:
        tx.principals.remove_user(office.user("bruno").id)
    assert session.lookup("bruno", 20) == ()
