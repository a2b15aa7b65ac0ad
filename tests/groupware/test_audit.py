"""The audit tells who changed whose rights and groups, from what to what, out of the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from passerelle.groupware import provision
from passerelle.groupware.audit import NOTHING, Event, EventKind, events, note_command
from passerelle.model.folders import Module
from tests.groupware.office import AUTHOR, FULL_RIGHTS, READER, Office

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


def told(office: Office, kind: EventKind, login: str | None = None) -> list[Event]:
    with office.store.reading() as tx:
        found = events(tx, LONG_AGO, None if login is None else office.user(login).id)
    return [one for one in found if one.kind is kind]


def changes(found: list[Event]) -> list[tuple[str, str, str, str]]:
    return [(one.about, one.holder, one.before, one.after) for one in found]


def test_rights_are_told_from_what_to_what(office: Office) -> None:
    anna, calendar = office.user("anna"), office.default("anna")
    bruno = f"user {office.user('bruno').id}"
    before = len(told(office, EventKind.RIGHT))
    office.share_default("anna", office.grant("bruno", READER))
    office.share_default("anna", office.grant("bruno", AUTHOR))
    below = office.session("anna").create_folder(calendar, "Plans")  # stamps the folder above, and is like it
    office.session("anna").update_folder(calendar, rights=(office.grant("anna", FULL_RIGHTS),))
    found = [one for one in told(office, EventKind.RIGHT)[before:] if one.about != f"folder {below.id}"]
    assert changes(found) == [
        (f"folder {calendar}", bruno, NOTHING, "2/4/0/0"),
        (f"folder {calendar}", bruno, "2/4/0/0", "4/4/2/2"),
        (f"folder {calendar}", bruno, "4/4/2/2", NOTHING),
    ]
    assert {one.actor for one in found} == {anna.id}


def test_a_folder_that_is_made_and_goes_tells_of_its_rights(office: Office) -> None:
    folder = office.public("anna", "Plans", Module.CALENDAR, office.grant_group("staff", READER))
    staff = f"group {office.group('staff').id}"
    office.session("anna").delete_folder(folder.id)
    found = [one for one in told(office, EventKind.RIGHT) if one.holder == staff]
    assert changes(found) == [
        (f"folder {folder.id}", staff, NOTHING, "2/4/0/0"),
        (f"folder {folder.id}", staff, "2/4/0/0", NOTHING),
    ]


def test_who_comes_to_a_group_and_leaves_it_is_told(office: Office) -> None:
    staff = office.group("staff")
    anna, bruno, carla = (office.user(login).id for login in ("anna", "bruno", "carla"))
    before = len(told(office, EventKind.MEMBERSHIP))
    provision.change_group(office.store, staff.id, [anna, bruno])
    assert changes(told(office, EventKind.MEMBERSHIP)[before:]) == [
        (f"group {staff.id}", f"user {anna}", NOTHING, "member"),
        (f"group {staff.id}", f"user {carla}", "member", NOTHING),
    ]


def test_accounts_tell_what_changed_but_not_to_what(office: Office) -> None:
    carla = office.user("carla")
    with office.store.writing(office.user("anna").id) as tx:
        found = tx.principals.user(carla.id)
        assert found is not None
        tx.principals.replace_user(msgspec.structs.replace(found, email="new@example.org"))
        tx.principals.remove_user(carla.id)
    about = [one.after for one in told(office, EventKind.USER) if one.about == f"user {carla.id}"]
    assert about == ["created", "email", "removed"]


def test_only_what_concerns_a_user_is_told_on_demand(office: Office) -> None:
    office.share_default("anna", office.grant("bruno", READER))
    office.share_default("carla", office.grant("anna", READER))
    bruno = office.user("bruno").id
    for one in told(office, EventKind.RIGHT, "bruno"):
        assert one.actor == bruno or one.holder == f"user {bruno}"
    assert len(told(office, EventKind.RIGHT, "bruno")) >= 1


def test_commands_are_told_with_who_gave_them(office: Office) -> None:
    note_command(office.store, "backup")
    note_command(office.store, "backup")
    found = told(office, EventKind.COMMAND)
    assert [one.about for one in found] == ["backup", "backup"]
    assert all(one.account for one in found)
