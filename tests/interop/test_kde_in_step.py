"""KDE, the server and a replica of ours stay in step while all of them change."""

from __future__ import annotations

from datetime import date

import pytest

from tests.interop.akonadi import faults
from tests.interop.akonadi.build import Binaries
from tests.interop.akonadi.peer import (
    CONTACT,
    EVENT,
    AkonadiPeer,
    KdeAccount,
    KdeItem,
    NotAcknowledged,
)
from tests.interop.akonadi.sandbox import PeerError
from tests.interop.conftest import ADA, BEN, ZONE
from tests.interop.content_lines import Content
from tests.interop.occurrences import occurrences
from tests.interop.replica import Replica
from tests.interop.samples import calendar, event, person
from tests.support.commands import Server
from tests.support.ox.client import OxUser

REFUSAL_PATIENCE_S = 2.0


def _in_kde(kde: KdeAccount, text: str) -> KdeItem:
    kde.synchronise()
    return kde.tree().item_with(text)


def _is_in_kde(kde: KdeAccount, text: str) -> bool:
    kde.synchronise()
    return any(text in item.payload for item in kde.tree().items)


def test_what_a_replica_adds_changes_and_deletes_happens_in_kde(kde: KdeAccount, replica: Replica) -> None:
    replica.add("contact", "Rosa Replica", "--email", "rosa@example.com")
    assert "rosa@example.com" in _in_kde(kde, "Rosa Replica").payload
    replica.edit(replica.find("Contacts", "Rosa Replica"), "--set", "company=Bakery")
    assert Content(_in_kde(kde, "Rosa Replica").payload).parts("ORG")[0] == "Bakery"
    replica.delete(replica.find("Contacts", "Rosa Replica"))
    assert not _is_in_kde(kde, "Rosa Replica")


def test_what_kde_changes_and_deletes_happens_in_the_replica_that_made_it(kde: KdeAccount, replica: Replica) -> None:
    replica.add("task", "Water plants", "--due", "2027-01-08T17:00")
    item = _in_kde(kde, "Water plants")
    changed = kde.replace_item(item, item.payload.replace("Water plants", "Water trees"))
    replica.sync()
    assert "SUMMARY:Water trees" in replica.text("Tasks")
    kde.delete_item(changed)
    kde.synchronise()
    replica.sync()
    assert "SUMMARY:Water" not in replica.text("Tasks")


def test_different_fields_changed_in_kde_and_in_a_replica_are_both_kept(kde: KdeAccount, replica: Replica) -> None:
    replica.add("contact", "Bo Both", "--email", "bo@example.com")
    item = _in_kde(kde, "Bo Both")
    kde.replace_item(item, item.payload.replace("EMAIL", "NICKNAME:Bobo\r\nEMAIL"))
    replica.edit(replica.find("Contacts", "Bo Both"), "--set", "branches=South")
    replica.sync()
    text = replica.text("Contacts")
    assert "NICKNAME:Bobo" in text
    assert "South" in text
    assert "NICKNAME:Bobo" in _in_kde(kde, "Bo Both").payload


def test_a_change_that_kde_bases_on_an_old_version_is_refused_and_kde_gets_the_new_one(
    kde: KdeAccount, replica: Replica, ox: OxUser
) -> None:
    replica.add("contact", "Stella Stale", "--phone", "+33 1")
    item = _in_kde(kde, "Stella Stale")
    replica.edit(replica.find("Contacts", "Stella Stale"), "--set", "phone_business=+33 2")
    with pytest.raises(NotAcknowledged):
        kde.replace_item(item, item.payload.replace("+33 1", "+33 3"), patience_s=REFUSAL_PATIENCE_S)
    stored = ox.default("contact").load(int(item.remote_id))
    assert stored["phone_business"] == "+33 2"
    assert "+33 2" in _in_kde(kde, "Stella Stale").payload


def test_an_item_that_a_replica_moves_moves_in_kde(kde: KdeAccount, replica: Replica) -> None:
    shelf = kde.create_folder(kde.tree().folder("Contacts"), "Shelf")
    replica.add("contact", "Mira Moves")
    item = _in_kde(kde, "Mira Moves")
    replica.edit(replica.find("Contacts", "Mira Moves"), "--folder", "Shelf")
    moved = _in_kde(kde, "Mira Moves")
    assert moved.remote_id == item.remote_id
    assert moved.folder == shelf.id


def test_a_folder_renamed_on_the_server_is_renamed_in_kde_and_in_a_replica(
    kde: KdeAccount, replica: Replica, ox: OxUser
) -> None:
    made = kde.create_folder(kde.tree().folder("Contacts"), "Draft")
    stored = ox.titled("Draft")
    change = {name: stored[name] for name in ("object_id", "folder_id", "last_modified")}
    ox.write_well("folders", **change, title="Final")
    kde.synchronise()
    assert kde.tree().folder("Final").remote_id == made.remote_id
    replica.sync()
    assert "Final" in replica.folder_names()
    assert "Draft" not in replica.folder_names()


def test_a_folder_that_appears_with_its_parent_arrives_in_kde(kde: KdeAccount, ox: OxUser) -> None:
    """KDE must meet the parent in the same answer; an orphan would keep it searching."""
    top = ox.make_folder("task", "Top", parent=ox.default("task").id).id
    inner = ox.make_folder("task", "Inner", parent=top).id
    kde.synchronise()
    tree = kde.tree()
    below, above = tree.folder_of(str(inner)), tree.folder_of(str(top))
    assert below is not None
    assert above is not None
    assert below.parent == above.id


def test_one_occurrence_changed_and_one_deleted_by_a_replica_are_so_in_kde(kde: KdeAccount, replica: Replica) -> None:
    words = ("--start", "2027-01-11T10:00", "--end", "11:00", "--repeat", "daily", "--count", "4")
    replica.add("appointment", "Lesson", *words)
    lesson = replica.find("Calendar", "Lesson")
    replica.delete(lesson, "--occurrence", "2027-01-13")
    replica.edit(lesson, "--occurrence", "2027-01-12", "--start", "2027-01-12T15:00")
    window = date(2027, 1, 11), date(2027, 1, 16)
    kde.synchronise()
    tree = kde.tree()
    in_kde = [item.payload for item in tree.items_in(tree.folder("Calendar"))]
    shown = [one for one in occurrences(in_kde, *window, zone="UTC") if one.title == "Lesson"]
    assert [one.start[:16] for one in shown] == ["2027-01-11T09:00", "2027-01-12T14:00", "2027-01-14T09:00"]
    mine = occurrences([replica.text("Calendar")], *window, zone=ZONE)
    assert [one for one in mine if one.title == "Lesson"] == shown


def test_a_series_changed_in_kde_keeps_its_changed_occurrences(kde: KdeAccount, replica: Replica) -> None:
    """KDE sends the days of changed occurrences back as excluded ones: it reads both lists into one."""
    words = ("--start", "2027-01-18T10:00", "--end", "11:00", "--repeat", "daily", "--count", "3")
    replica.add("appointment", "Rehearsal", *words)
    rehearsal = replica.find("Calendar", "Rehearsal")
    replica.edit(rehearsal, "--occurrence", "2027-01-19", "--start", "2027-01-19T15:00")
    kde.synchronise()
    (master,) = [i for i in kde.tree().items if "SUMMARY:Rehearsal" in i.payload and "RRULE" in i.payload]
    kde.replace_item(master, master.payload.replace("DTSTART", "LOCATION:Stage\r\nDTSTART", 1))
    replica.sync()
    window = date(2027, 1, 18), date(2027, 1, 22)
    mine = occurrences([replica.text("Calendar")], *window, zone=ZONE)
    starts = [one.start[:16] for one in mine if one.title == "Rehearsal"]
    assert starts == ["2027-01-18T09:00", "2027-01-19T14:00", "2027-01-20T09:00"]
    assert "LOCATION:Stage" in replica.text("Calendar")


def test_an_appointment_made_in_kde_keeps_a_summer_and_a_winter_time(
    akonadi_binaries: Binaries, running_server: Server, replica: Replica
) -> None:
    """A desktop in Paris and an account in Paris mean the same wall clock, on both sides of the change."""
    times = ("DTSTART;TZID=Europe/Paris:20270315T083000", "DTEND;TZID=Europe/Paris:20270315T093000")
    payload = calendar(event("dst@kde", "Early bird", *times, "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"))
    window = date(2027, 3, 1), date(2027, 4, 30)
    wanted = occurrences([payload], *window, zone=ZONE)
    with AkonadiPeer(akonadi_binaries, ZONE) as akonadi:
        paris = akonadi.connect(running_server.url, ADA.login, ADA.password)
        made = paris.create_item(paris.tree().folder("Calendar"), EVENT, payload)
        replica.sync()
        mine = occurrences([replica.text("Calendar")], *window, zone=ZONE)
        assert [one for one in mine if one.title == "Early bird"] == wanted
        paris.synchronise()
        shown = paris.tree().item_of(made.remote_id)
        assert shown is not None
        assert occurrences([faults.with_floating_until(shown.payload, ZONE)], *window, zone=ZONE) == wanted


def test_two_users_of_kde_meet_in_a_shared_appointment(
    akonadi: AkonadiPeer, running_server: Server, kde: KdeAccount
) -> None:
    attendee = f"ATTENDEE;CN={BEN.name}:mailto:{BEN.email}"
    times = ("DTSTART:20270125T090000Z", "DTEND:20270125T100000Z")
    kde.create_item(kde.tree().folder("Calendar"), EVENT, calendar(event("duet@kde", "Duet", *times, attendee)))
    bens = akonadi.connect(running_server.url, BEN.login, BEN.password)
    assert bens.tree().item_with("SUMMARY:Duet").mime == EVENT


def test_a_wrong_password_shows_nothing_and_leaves_the_right_one_working(
    akonadi_binaries: Binaries, running_server: Server, kde: KdeAccount
) -> None:
    """On a desktop of its own, for the accounts of one desktop share its password server (faults.py)."""
    with AkonadiPeer(akonadi_binaries) as other, pytest.raises(PeerError, match="KDE shows folders"):
        other.connect(running_server.url, ADA.login, "wrong", patience_s=REFUSAL_PATIENCE_S)
    made = kde.create_item(kde.tree().folder("Contacts"), CONTACT, person("Right", "Password"))
    assert made.remote_id


def test_a_second_account_for_the_same_login_shows_the_same_as_the_first(
    akonadi: AkonadiPeer, running_server: Server, kde: KdeAccount
) -> None:
    kde.create_item(kde.tree().folder("Contacts"), CONTACT, person("Twin", "Account"))
    kde.synchronise()
    second = akonadi.connect(running_server.url, ADA.login, ADA.password)
    revisions = [{item.remote_id: item.remote_revision for item in one.tree().items} for one in (kde, second)]
    assert revisions[0] == revisions[1]
