"""What is created, changed, moved and deleted in KDE arrives on the server and in a replica."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.interop.akonadi import faults
from tests.interop.akonadi.peer import CONTACT, DISTRIBUTION_LIST, EVENT, TASK, KdeAccount, KdeItem
from tests.interop.conftest import BEN, ZONE
from tests.interop.content_lines import Content
from tests.interop.occurrences import occurrences
from tests.interop.replica import Replica
from tests.interop.samples import calendar, distribution_list, event, person, task
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.waiting import eventually

MODULES = {CONTACT: "contact", DISTRIBUTION_LIST: "contact", EVENT: "calendar", TASK: "task"}
TITLES = {CONTACT: "Contacts", DISTRIBUTION_LIST: "Contacts", EVENT: "Calendar", TASK: "Tasks"}


def _create(kde: KdeAccount, mime: str, payload: str) -> KdeItem:
    return kde.create_item(kde.tree().folder(TITLES[mime]), mime, payload)


def _default(ox: OxUser, item: KdeItem) -> Folder:
    return ox.default(MODULES[item.mime])


def _on_server(ox: OxUser, item: KdeItem, folder_id: str = "") -> Response:
    folder = ox.folder(int(folder_id)) if folder_id else _default(ox, item)
    return folder.load(int(item.remote_id))


def _ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> str:
    return str(int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1000)


def _single(title: str, *lines: str) -> str:
    return calendar(event(f"{title}@kde", title, *lines))


# -- contacts and distribution lists


def test_a_contact_made_in_kde_arrives_with_all_its_fields(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    lines = (
        "EMAIL:grace@example.com",
        "TEL;TYPE=WORK:+1 555 1",
        "TEL;TYPE=CELL:+1 555 2",
        "ADR;TYPE=HOME:;;1 Bridge St;Arlington;VA;22201;USA",
        "ORG:Navy",
        "BDAY:1956-12-09",
        "NOTE:Line one\\nline two",
        "CATEGORIES:Heroes,Navy",
    )
    made = _create(kde, CONTACT, person("Grace", "Hopper", *lines))
    stored = _on_server(ox, made)
    assert (stored["first_name"], stored["last_name"]) == ("Grace", "Hopper")
    assert (stored["email1"], stored["company"]) == ("grace@example.com", "Navy")
    assert (stored["phone_business"], stored["mobile1"]) == ("+1 555 1", "+1 555 2")
    assert (stored["street"], stored["city"], stored["postal_code"]) == ("1 Bridge St", "Arlington", "22201")
    assert stored["birthday"] == _ms(1956, 12, 9)
    assert stored["note"] == "Line one\nline two"
    replica.sync()
    assert "Grace Hopper" in replica.text("Contacts")


def test_an_empty_field_of_kde_is_not_sent_back_as_an_empty_element(kde: KdeAccount, ox: OxUser) -> None:
    made = _create(kde, CONTACT, person("Emmy", "Noether"))
    stored = _on_server(ox, made)
    empty = {name for name in stored.names if not stored[name] and not stored.entries(name)}
    assert not empty


def test_a_change_in_kde_keeps_what_kde_does_not_know(kde: KdeAccount, ox: OxUser) -> None:
    made = _create(kde, CONTACT, person("Mary", "Jackson", "TITLE:Ms"))
    stored = _on_server(ox, made)
    change = {name: stored[name] for name in ("object_id", "folder_id", "last_modified")}
    ox.write_well("contacts", **change, userfield01="gold", branches="wind tunnel")
    kde.synchronise()
    fresh = kde.tree().item_of(made.remote_id)
    assert fresh is not None
    kde.replace_item(fresh, fresh.payload.replace("Mary Jackson", "Mary Winston Jackson"))
    after = _on_server(ox, made)
    assert after["displayname"] == "Mary Winston Jackson"
    assert (after["userfield01"], after["branches"]) == ("gold", "wind tunnel")


def test_a_field_cleared_in_kde_is_cleared_on_the_server(kde: KdeAccount, ox: OxUser) -> None:
    made = _create(kde, CONTACT, person("Hedy", "Lamarr", "ORG:Studio", "BDAY:1914-11-09"))
    assert _on_server(ox, made)["company"] == "Studio"
    kde.replace_item(made, person("Hedy", "Lamarr"))
    after = _on_server(ox, made)
    assert "company" not in after
    assert "birthday" not in after


def test_quotes_and_backslashes_come_back_to_kde_as_they_were_written(kde: KdeAccount, ox: OxUser) -> None:
    note = 'say "hi" in C:\\temp'
    made = _create(kde, CONTACT, person("Quentin", "Quote", 'NOTE:say "hi" in C:\\\\temp'))
    assert _on_server(ox, made)["note"] == faults.text_written(note)
    kde.synchronise()
    again = kde.tree().item_of(made.remote_id)
    assert again is not None
    assert Content(again.payload)["NOTE"] == note


def test_a_distribution_list_made_and_changed_in_kde_arrives(kde: KdeAccount, ox: OxUser) -> None:
    made = _create(kde, DISTRIBUTION_LIST, distribution_list("Choir", {"zoe@example.com": "Zoe"}))
    changed = distribution_list("Choir", {"zoe@example.com": "Zoe", "max@example.com": "Max"})
    kde.replace_item(made, changed)
    stored = _on_server(ox, made)
    assert stored["distributionlist_flag"] == "true"
    assert stored["displayname"] == "Choir"
    members = {entry["text"]: entry["displayname"] for entry in stored.entries("distributionlist")}
    assert members == {"zoe@example.com": "Zoe", "max@example.com": "Max"}


# -- appointments


def test_an_appointment_made_in_kde_arrives(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT30M\nEND:VALARM"
    times = ("DTSTART:20270105T090000Z", "DTEND:20270105T100000Z")
    made = _create(kde, EVENT, _single("Budget", *times, "LOCATION:Hall", "CATEGORIES:a,b", alarm))
    stored = _on_server(ox, made)
    assert (stored["title"], stored["location"]) == ("Budget", "Hall")
    assert (stored["start_date"], stored["end_date"]) == (_ms(2027, 1, 5, 9), _ms(2027, 1, 5, 10))
    assert (stored["full_time"], stored["alarm"]) == ("false", "30")
    assert {word.strip() for word in stored["categories"].split(",")} == {"a", "b"}
    replica.sync()
    assert "SUMMARY:Budget" in replica.text("Calendar")


def test_free_time_made_in_kde_is_free_time(kde: KdeAccount, ox: OxUser) -> None:
    times = ("DTSTART:20270105T120000Z", "DTEND:20270105T130000Z")
    assert _on_server(ox, _create(kde, EVENT, _single("Nap", *times, "TRANSP:TRANSPARENT")))["shown_as"] == "4"
    assert _on_server(ox, _create(kde, EVENT, _single("Lunch", *times, "TRANSP:OPAQUE")))["shown_as"] == "1"


def test_an_invitation_made_in_kde_reaches_the_other_user(kde: KdeAccount, ox: OxUser, bens_ox: OxUser) -> None:
    attendee = f"ATTENDEE;CN={BEN.name};PARTSTAT=ACCEPTED:mailto:{BEN.email}"
    times = ("DTSTART:20270106T090000Z", "DTEND:20270106T100000Z")
    made = _create(kde, EVENT, _single("Interview", *times, attendee))
    users = {entry["text"]: entry.get("confirm") for entry in _on_server(ox, made).entries("participants")}
    assert users[str(bens_ox.id)] == "accept"
    assert int(made.remote_id) in bens_ox.default("calendar").live()


def test_one_whole_day_made_in_kde_is_one_whole_day(kde: KdeAccount, ox: OxUser) -> None:
    times = ("DTSTART;VALUE=DATE:20270110", "DTEND;VALUE=DATE:20270111")
    made = _create(kde, EVENT, _single("Birthday", *times, "CLASS:PRIVATE", "TRANSP:TRANSPARENT"))
    stored = _on_server(ox, made)
    assert (stored["full_time"], stored["private_flag"]) == ("true", "true")
    assert (stored["start_date"], stored["end_date"]) == (_ms(2027, 1, 10), _ms(2027, 1, 11))
    kde.synchronise()
    shown = kde.tree().item_of(made.remote_id)
    assert shown is not None
    assert Content(shown.payload)["DTEND"] == "20270111"


def test_several_whole_days_made_in_kde_end_when_kde_says(kde: KdeAccount, ox: OxUser) -> None:
    end = date(2027, 1, 23)
    times = ("DTSTART;VALUE=DATE:20270120", f"DTEND;VALUE=DATE:{end:%Y%m%d}")
    stored = _on_server(ox, _create(kde, EVENT, _single("Skiing", *times, "TRANSP:TRANSPARENT")))
    sent = faults.last_day_written(end)
    assert stored["end_date"] == _ms(sent.year, sent.month, sent.day)


@pytest.mark.parametrize(
    ("title", "start", "rule"),
    [
        ("Standup", "20270111T01", "FREQ=DAILY;INTERVAL=2;COUNT=5"),
        ("Jour fixe", "20270112T02", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6"),
        ("Brunch", "20270117T03", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20270314T030000Z"),
        ("Invoice", "20270115T04", "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3"),
        ("Board", "20270113T05", "FREQ=MONTHLY;BYDAY=2WE;COUNT=3"),
        ("Last Sunday", "20270131T06", "FREQ=MONTHLY;BYDAY=-1SU;COUNT=2"),
        ("Anniversary", "20270118T07", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=18"),
        ("Thanksgiving", "20270121T08", "FREQ=YEARLY;BYMONTH=1;BYDAY=3TH"),
    ],
)
def test_a_series_made_in_kde_has_the_same_occurrences_in_a_replica(
    kde: KdeAccount, replica: Replica, title: str, start: str, rule: str
) -> None:
    """Each at an hour of its own, and whole days are free: KDE cannot say that a collision is to be ignored."""
    times = (f"DTSTART:{start}0000Z", f"DTEND:{start}3000Z")
    window = date(2027, 1, 1), date(2027, 3, 26)
    payload = _single(title, *times, f"RRULE:{rule}")
    _create(kde, EVENT, payload)
    replica.sync()
    arrived = occurrences([replica.text("Calendar")], *window, zone=ZONE)
    assert [one for one in arrived if one.title == title] == occurrences([payload], *window, zone="UTC")


def test_a_day_excluded_in_kde_is_excluded_in_a_replica(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    times = ("DTSTART:20270201T150000Z", "DTEND:20270201T160000Z", "RRULE:FREQ=DAILY;COUNT=5")
    made = _create(kde, EVENT, _single("Course", *times))
    payload = _single("Course", *times, "EXDATE;VALUE=DATE:20270203")
    kde.replace_item(made, payload)
    assert _on_server(ox, made)["deleteexceptions"] == _ms(2027, 2, 3)
    replica.sync()
    arrived = occurrences([replica.text("Calendar")], date(2027, 2, 1), date(2027, 2, 10), zone=ZONE)
    days = [one.start[:10] for one in arrived if one.title == "Course"]
    assert days == ["2027-02-01", "2027-02-02", "2027-02-04", "2027-02-05"]


def test_a_series_that_kde_makes_single_again_is_single(kde: KdeAccount, ox: OxUser) -> None:
    times = ("DTSTART:20270208T150000Z", "DTEND:20270208T160000Z")
    made = _create(kde, EVENT, _single("Once", *times, "RRULE:FREQ=DAILY;COUNT=5"))
    assert _on_server(ox, made)["recurrence_type"] == "daily"
    kde.replace_item(made, _single("Once", *times))
    assert _on_server(ox, made).values.get("recurrence_type", "none") in {"", "none"}


# -- tasks


def test_a_task_made_and_completed_in_kde_arrives(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    times = ("DTSTART:20270105T080000Z", "DUE:20270107T160000Z")
    made = _create(kde, TASK, calendar(task("pay@kde", "Pay", *times, "PRIORITY:1", "PERCENT-COMPLETE:25")))
    stored = _on_server(ox, made)
    assert (stored["title"], stored["priority"], stored["percent_completed"]) == ("Pay", "3", "25")
    assert (stored["start_date"], stored["end_date"]) == (_ms(2027, 1, 5, 8), _ms(2027, 1, 7, 16))
    kde.replace_item(made, calendar(task("pay@kde", "Pay", *times, "PRIORITY:9", "PERCENT-COMPLETE:100")))
    stored = _on_server(ox, made)
    assert (stored["priority"], stored["percent_completed"]) == ("1", "100")
    replica.sync()
    assert "SUMMARY:Pay" in replica.text("Tasks")


def test_a_task_without_dates_has_none_on_the_server(kde: KdeAccount, ox: OxUser) -> None:
    stored = _on_server(ox, _create(kde, TASK, calendar(task("some@kde", "Some day"))))
    assert "start_date" not in stored
    assert "end_date" not in stored


# -- deleting and moving


@pytest.mark.parametrize(
    ("mime", "payload"),
    [
        (CONTACT, person("Del", "Eted")),
        (DISTRIBUTION_LIST, distribution_list("Deleted", {"x@example.com": "X"})),
        (EVENT, _single("Deleted", "DTSTART:20270210T090000Z", "DTEND:20270210T100000Z")),
        (TASK, calendar(task("deleted@kde", "Deleted"))),
    ],
)
def test_what_is_deleted_in_kde_is_gone_on_the_server(kde: KdeAccount, ox: OxUser, mime: str, payload: str) -> None:
    made = _create(kde, mime, payload)
    kde.delete_item(made)
    eventually(
        lambda: int(made.remote_id) not in _default(ox, made).live(),
        f"object {made.remote_id} is gone",
    )


def test_a_folder_made_in_kde_arrives_and_can_be_filled(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    friends = kde.create_folder(kde.tree().folder("Contacts"), "Friends of KDE")
    stored = ox.titled("Friends of KDE")
    assert stored["object_id"] == friends.remote_id
    assert (stored["module"], stored["type"]) == ("contact", "private")
    assert stored["folder_id"] == ox.titled("Contacts")["object_id"]
    kde.create_item(friends, CONTACT, person("Filla", "Folder"))
    replica.sync()
    assert "Friends of KDE" in replica.folder_names()
    assert "Filla Folder" in replica.text("Friends of KDE")


def test_an_item_moved_in_kde_leaves_its_folder_and_arrives_in_the_other(
    kde: KdeAccount, ox: OxUser, replica: Replica
) -> None:
    archive = kde.create_folder(kde.tree().folder("Contacts"), "Archive")
    made = _create(kde, CONTACT, person("Mo", "Ved"))
    replica.sync()
    moved = kde.move_item(made, archive)
    assert moved.remote_id == made.remote_id
    assert _on_server(ox, made, archive.remote_id)["last_name"] == "Ved"
    assert int(made.remote_id) not in _default(ox, made).live()
    replica.sync()
    assert "Mo Ved" in replica.text("Archive")
    assert "Mo Ved" not in replica.text("Contacts")


def test_a_moved_item_can_be_changed_and_deleted_afterwards(kde: KdeAccount, ox: OxUser) -> None:
    attic = kde.create_folder(kde.tree().folder("Tasks"), "Attic")
    made = _create(kde, TASK, calendar(task("attic@kde", "Sort")))
    moved = kde.move_item(made, attic)
    kde.replace_item(moved, calendar(task("attic@kde", "Sort it")))
    assert _on_server(ox, made, attic.remote_id)["title"] == "Sort it"
    kde.delete_item(moved)
    eventually(lambda: not ox.folder(int(attic.remote_id)).live(), "the folder is empty again")


def test_a_folder_moved_in_kde_keeps_its_items(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    parent = kde.tree().folder("Calendar")
    old = kde.create_folder(parent, "Old plans")
    child = kde.create_folder(parent, "Plan B")
    times = ("DTSTART:20270212T090000Z", "DTEND:20270212T100000Z")
    made = kde.create_item(child, EVENT, _single("Retreat", *times))
    kde.move_folder(child, old)
    assert ox.titled("Plan B")["folder_id"] == old.remote_id
    assert _on_server(ox, made, child.remote_id)["title"] == "Retreat"
    replica.sync()
    assert "SUMMARY:Retreat" in replica.text("Plan B")


def test_a_folder_deleted_in_kde_is_gone_with_its_items(kde: KdeAccount, ox: OxUser, replica: Replica) -> None:
    doomed = kde.create_folder(kde.tree().folder("Contacts"), "Doomed")
    kde.create_item(doomed, CONTACT, person("Doo", "Med"))
    replica.sync()
    assert "Doomed" in replica.folder_names()
    kde.delete_folder(doomed)
    eventually(lambda: all(folder["title"] != "Doomed" for folder in ox.folders()), "the folder is gone")
    replica.sync()
    assert "Doomed" not in replica.folder_names()
