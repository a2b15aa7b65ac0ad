from __future__ import annotations

import pytest

from passerelle.groupware import provision
from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.model.errors import Contradiction, Invalid, Missing, NotFound, Unauthenticated
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, SHARED, Module
from passerelle.model.ids import Stamp
from passerelle.model.items import Contact, DistributionList
from passerelle.model.principals import FreeBusyDetail, User
from tests.groupware.office import PASSWORD, READER, Office


def entry(office: Office, login: str) -> Contact:
    contact = office.user(login).contact
    assert contact is not None
    item = office.session("carla").get(contact, Module.CONTACTS).item
    assert isinstance(item, Contact)
    return item


def members(office: Office, name: str) -> dict[str, str]:
    """Names and addresses in the distribution list of a group."""
    contact = office.group(name).contact
    assert contact is not None
    item = office.session("anna").get(contact, Module.CONTACTS).item
    assert isinstance(item, DistributionList)
    return {member.name: member.mail for member in item.members}


def now(office: Office) -> Stamp:
    session = office.session("anna")
    return Stamp(session.directory_changes(Stamp(0)).stamp + 1)


def test_a_new_name_and_address_show_in_the_address_book_and_in_the_lists_of_the_groups(office: Office) -> None:
    office.session("bruno").update(office.user("bruno").contact, GLOBAL_ADDRESS_BOOK, lambda _: {"mobile": "+33 6"})  # type: ignore[arg-type]
    since = now(office)
    change = UserChange(display_name="Bruno Noir", last_name="Noir", email="noir@example.org")
    assert change_user(office.store, "bruno", change).display_name == "Bruno Noir"
    found = entry(office, "bruno")
    assert (found.display_name, found.last_name, found.email1) == ("Bruno Noir", "Noir", "noir@example.org")
    assert found.mobile == "+33 6"
    assert members(office, "staff") == {"Bruno Noir": "noir@example.org", "Carla Čech": "carla@example.org"}
    (person,) = office.session("anna").directory_changes(since).people
    assert (person.user.login, person.user.email) == ("bruno", "noir@example.org")


def test_who_changes_the_own_display_name_changes_it_everywhere(office: Office) -> None:
    contact = office.user("bruno").contact
    assert contact is not None
    shared = office.session("anna").folder(SHARED).folder.stamp
    office.session("bruno").update(contact, GLOBAL_ADDRESS_BOOK, lambda _: {"display_name": "B. Blanc"})
    assert "B. Blanc" in members(office, "staff")
    assert [person.user.display_name for person in office.session("anna").people("B. Blanc")] == ["B. Blanc"]
    assert office.session("anna").folder(SHARED).folder.stamp > shared, "the tree of shared folders shows owners"


def test_a_change_of_nothing_is_none(office: Office) -> None:
    since = now(office)
    same = UserChange(display_name="Anna Arnold", email="anna@example.org", disabled=False)
    assert change_user(office.store, "anna", same) == office.user("anna")
    assert office.session("anna").directory_changes(since).people == ()


def test_a_renamed_login_keeps_the_password_and_all_else(office: Office) -> None:
    change_user(office.store, "anna", UserChange(login="arnold"))
    assert provision.authenticate(office.store, "arnold", PASSWORD).id == office.user("anna").id
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "anna", PASSWORD)
    assert provision.add_user(office.store, "anna", PASSWORD, display_name="Another Anna").login == "anna"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (UserChange(login="Bruno"), Contradiction),
        (UserChange(login="a b"), Invalid),
        (UserChange(display_name="bruno BLANC"), Invalid),
        (UserChange(display_name=" "), Missing),
        (UserChange(display_name="a\x07b"), Invalid),
        (UserChange(first_name="x" * 300), Invalid),
        (UserChange(email="Bruno@example.org"), Contradiction),
        (UserChange(email="ROOM@example.org"), Contradiction),
        (UserChange(email="nobody"), Invalid),
        (UserChange(zone="Mars/Olympus"), Invalid),
        (UserChange(locale="es"), Invalid),
        (UserChange(attachment_quota=-1), Invalid),
    ],
)
def test_what_cannot_be_or_belongs_to_others_is_refused(
    office: Office, change: UserChange, error: type[Exception]
) -> None:
    with pytest.raises(error):
        change_user(office.store, "anna", change)
    with office.store.reading() as tx:
        assert tx.principals.user_by_login("anna") == office.user("anna")


def test_two_users_cannot_have_one_display_name_or_one_address_con_0167(office: Office) -> None:
    with pytest.raises(Invalid) as refusal:
        provision.add_user(office.store, "dora", PASSWORD, display_name="ANNA Arnold")
    assert refusal.value.code == "CON-0167"
    with pytest.raises(Contradiction):
        provision.add_user(office.store, "dora", PASSWORD, email="Anna@example.org")


def test_nobody_is_changed_who_is_not_there(office: Office) -> None:
    with pytest.raises(NotFound):
        change_user(office.store, "nobody", UserChange(disabled=True))


class TestDisabledUsers:
    """Who is disabled cannot log in; all else stays."""

    def test_the_door_closes_at_once_though_the_password_was_just_verified(self, office: Office) -> None:
        provision.authenticate(office.store, "anna", PASSWORD)
        change_user(office.store, "anna", UserChange(disabled=True))
        with pytest.raises(Unauthenticated):
            provision.authenticate(office.store, "anna", PASSWORD)
        change_user(office.store, "anna", UserChange(disabled=False))
        assert provision.authenticate(office.store, "anna", PASSWORD).login == "anna"

    def test_others_still_find_and_see_what_was_shared(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", READER))
        change_user(office.store, "anna", UserChange(disabled=True))
        assert office.session("bruno").folder(folder).shared
        assert [person.user.login for person in office.session("bruno").people("Anna")] == ["anna"]


def test_other_settings_are_kept(office: Office) -> None:
    change = UserChange(zone="Europe/Berlin", locale="de", free_busy=FreeBusyDetail.NOTHING, attachment_quota=5)
    change_user(office.store, "anna", change)
    with office.store.reading() as tx:
        user = tx.principals.user_by_login("anna")
    assert isinstance(user, User)
    assert (user.zone, user.locale, user.free_busy, user.attachment_quota) == (
        "Europe/Berlin", "de", FreeBusyDetail.NOTHING, 5,
    )  # fmt: skip
