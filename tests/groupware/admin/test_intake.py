from __future__ import annotations

import pytest

from passerelle.groupware import passwords, provision
from passerelle.groupware.admin.intake import Deed, disable, missing_from, take_in
from passerelle.groupware.passwords import PasswordRules
from passerelle.model.errors import Unauthenticated
from passerelle.model.listings import ListedUser, UnfitEntry
from tests.groupware.office import PASSWORD, Office


def row(login: str, **said: object) -> ListedUser:
    return ListedUser(place="1", login=login, **said)  # type: ignore[arg-type]


DORA = row(
    "dora", first_name="Dora", last_name="Dahl", email="dora@example.org", zone="Europe/Oslo", language="de",
    groups=("staff", "Choir"), password="a password of hers",
)  # fmt: skip


def deeds(office: Office, *rows: ListedUser | UnfitEntry, dry_run: bool = False) -> list[Deed]:
    return [one.deed for one in take_in(office.store, rows, dry_run=dry_run)]


def members(office: Office, name: str) -> set[str]:
    with office.store.reading() as tx:
        logins = {user.id: user.login for user in tx.principals.users()}
        return {logins[id_] for group in tx.principals.groups() if group.name == name for id_ in group.members}


def test_a_new_user_comes_with_names_groups_and_password_and_only_once(office: Office) -> None:
    assert deeds(office, DORA) == [Deed.ADDED]
    user = provision.authenticate(office.store, "dora", "a password of hers")
    assert (user.display_name, user.zone, user.locale) == ("Dora Dahl", "Europe/Oslo", "de")
    assert members(office, "staff") == {"bruno", "carla", "dora"}
    assert members(office, "Choir") == {"dora"}
    with office.store.reading() as tx:
        before = tx.principals.clock(), tx.folders.clock()
    assert deeds(office, DORA) == [Deed.UNCHANGED]
    with office.store.reading() as tx:
        assert (tx.principals.clock(), tx.folders.clock()) == before


def test_a_dry_run_says_the_same_and_does_nothing(office: Office) -> None:
    wrong = row("eva", email="anna@example.org")
    assert deeds(office, DORA, wrong, dry_run=True) == [Deed.ADDED, Deed.REFUSED]
    with office.store.reading() as tx:
        assert tx.principals.user_by_login("dora") is None
    assert deeds(office, DORA, wrong) == [Deed.ADDED, Deed.REFUSED]


def test_who_is_there_is_changed_as_the_list_says_and_keeps_the_password(office: Office) -> None:
    (outcome,) = take_in(office.store, [row("ANNA", last_name="Ahlers", password="of the list")])
    assert (outcome.deed, outcome.fields) == (Deed.CHANGED, ("last_name",))
    assert provision.authenticate(office.store, "anna", PASSWORD).last_name == "Ahlers"


def test_a_new_user_without_a_password_has_one_that_nobody_knows(office: Office) -> None:
    assert deeds(office, row("dora")) == [Deed.ADDED]
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "dora", "")


def test_what_cannot_be_is_refused_with_the_reason_and_the_rest_goes_on(office: Office) -> None:
    wrong: list[ListedUser | UnfitEntry] = [
        row("a b"),
        row("eva", email="nowhere"),
        row("eva", display_name="Anna Arnold"),
        row("fritz", zone="Mars/Olympus"),
        row("gina", language="tlh"),
        row("hugo", groups=("x" * 300,)),
        UnfitEntry(place="9", login="", reason="There is no login."),
        row("Dora"),
    ]
    outcomes = take_in(office.store, [DORA, *wrong])
    assert [one.deed for one in outcomes] == [Deed.ADDED, *[Deed.REFUSED] * len(wrong)]
    assert all(one.reason.endswith(".") for one in outcomes[1:])


def test_rules_for_passwords_hold_for_lists_too(office: Office) -> None:
    with office.store.writing(provision.SYSTEM_USER) as tx:
        passwords.set_rules(tx, PasswordRules(minimum_length=40, strict=True))
    assert deeds(office, DORA) == [Deed.REFUSED]


def test_a_group_that_the_list_knows_completely_is_left_by_who_is_not_listed_in_it(office: Office) -> None:
    bruno = row("bruno", groups=("choir",))
    take_in(office.store, [bruno], managed=["Staff", "choir"])
    assert (members(office, "staff"), members(office, "choir")) == ({"carla"}, {"bruno"})
    assert [one.deed for one in take_in(office.store, [bruno], managed=["Staff", "choir"])] == [Deed.UNCHANGED]


def test_whom_a_list_lacks_can_be_disabled(office: Office) -> None:
    missing = missing_from(office.store, ["ANNA", "carla"])
    assert [user.login for user in missing] == ["bruno"]
    disable(office.store, missing)
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "bruno", PASSWORD)
    assert missing_from(office.store, ["anna", "carla"]) == []
