"""Habits that matter for noticing changes: sections 1 and 2 of the reference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from passerelle.peers.outlook.constants import ComCode, DefaultFolder, ItemType, MeetingStatus, ResponseStatus
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import mapi
from tests.outlook_double.desk import Desk, wall
from tests.outlook_double.events import with_events
from tests.outlook_double.habits import Habits
from tests.outlook_double.invitations import Invitation, receive_invitation, vcal_uid
from tests.outlook_double.records import Person

SECOND = timedelta(seconds=1)


class Ear:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def OnItemAdd(self, item: Any) -> None:
        self.heard.append(f"add {item.Subject}")

    def OnItemChange(self, item: Any) -> None:
        self.heard.append(f"change {item.Subject}")

    def OnItemRemove(self) -> None:
        self.heard.append("remove")


class Guard:
    """Hears of items that are about to go, and lets them or not."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None]] = []
        self.cancels = False

    def OnBeforeItemMove(self, item: Any, target: Any, cancel: bool) -> bool:
        self.heard.append((item.Subject, target.Name if target else None))
        return self.cancels


def test_a_table_shows_a_folder_in_few_calls_and_opens_nothing(desk: Desk) -> None:
    for number in range(300):
        desk.user.create(desk.record(desk.calendar), Subject=f"Termin {number}")
    desk.machine.calls.clear()
    table = desk.calendar.GetTable()
    rows = table.GetArray(1000)
    assert len(rows) == 300
    assert rows[7][1] == "Termin 7"
    assert table.EndOfTable
    assert desk.machine.calls.total() <= 7
    assert desk.machine.session.open_items() == 0


def test_a_column_by_its_own_name_is_local_and_text_but_by_schema_utc_and_bytes(desk: Desk) -> None:
    desk.appointment(Categories="Blau; Rot")
    table = desk.calendar.GetTable()
    table.Columns.RemoveAll()
    start, words = mapi()["PidLidAppointmentStartWhole"], mapi()["PidNameKeywords"]
    for name in ("Start", start.schema, "Categories", words.schema, "EntryID", mapi()["PidTagEntryId"].schema):
        table.Columns.Add(name)
    row = table.GetNextRow()
    assert row is not None
    values = row.GetValues()
    assert values[:4] == (wall(1, 9), wall(1, 8), "Blau; Rot", ("Blau", "Rot"))
    assert isinstance(values[4], str)
    assert isinstance(values[5], memoryview)


def test_the_id_in_a_table_of_a_mailbox_is_a_short_one_and_the_long_one_a_column_of_its_own(desk: Desk) -> None:
    item = desk.appointment()
    table = desk.calendar.GetTable()
    table.Columns.Add(mapi()["PidTagLongTermEntryIdFromTable"].schema)
    row = table.GetNextRow()
    assert row is not None
    short = str(row.Item("EntryID"))
    assert short != item.EntryID
    assert row.BinaryToString(9) == item.EntryID
    assert desk.session.GetItemFromID(short).Subject == item.Subject


def test_a_data_file_has_no_long_term_ids(desk: Desk) -> None:
    folder = desk.own_store().Folders.Add("Kalender", DefaultFolder.Calendar)
    folder.Items.Add().Save()
    table = folder.GetTable()
    table.Columns.Add(mapi()["PidTagLongTermEntryIdFromTable"].schema)
    assert table.GetArray(1)[0][-1] is None


def test_a_table_is_a_snapshot(desk: Desk) -> None:
    desk.appointment()
    table = desk.calendar.GetTable()
    desk.appointment("Später")
    assert table.GetRowCount() == 1


def test_events_come_only_when_messages_are_pumped(desk: Desk) -> None:
    items = desk.calendar.Items
    ear = with_events(items, Ear)
    entry_id = desk.user.create(desk.record(desk.calendar), Subject="Neu")
    assert ear.heard == []
    desk.deliver()
    desk.user.edit(entry_id, Subject="Anders")
    desk.deliver()
    desk.user.delete(entry_id)
    desk.deliver()
    assert ear.heard == ["add Neu", "change Anders", "remove"]


def test_who_saves_hears_of_it(desk: Desk) -> None:
    items = desk.calendar.Items
    ear = with_events(items, Ear)
    item = desk.appointment("Mein")
    item.Save()
    desk.deliver()
    assert ear.heard == ["add Mein", "change Mein"]


def test_a_hundred_pasted_items_are_told_one_by_one_over_a_while(desk: Desk) -> None:
    items = desk.calendar.Items
    ear = with_events(items, Ear)
    source = desk.user.create(desk.user.folder(DefaultFolder.Calendar), Subject="Kopie")
    desk.deliver()
    ear.heard.clear()
    desk.user.paste([source] * 100, desk.record(desk.calendar))
    assert desk.deliver() == 1
    assert desk.deliver(10 * SECOND) == 50
    assert desk.deliver(10 * SECOND) == 49
    assert ear.heard == ["add Kopie"] * 100


def test_many_items_at_once_may_be_told_not_at_all() -> None:
    desk = Desk(Habits(paste_events_limit=16))
    items = desk.calendar.Items
    ear = with_events(items, Ear)
    source = desk.user.create(desk.record(desk.calendar))
    desk.deliver()
    ear.heard.clear()
    desk.user.paste([source] * 17, desk.record(desk.calendar))
    desk.deliver(60 * SECOND)
    assert ear.heard == []


def test_who_lets_go_of_the_source_of_events_hears_nothing_any_more(desk: Desk) -> None:
    ear = with_events(desk.calendar.Items, Ear)
    desk.appointment()
    desk.deliver()
    assert ear.heard == []


def test_a_deletion_is_a_move_to_the_deleted_items_that_can_be_cancelled(desk: Desk) -> None:
    folder = desk.calendar
    guard = with_events(folder, Guard)
    entry_id = desk.appointment("Weg damit").EntryID
    guard.cancels = True
    desk.user.delete(entry_id)
    assert guard.heard == []
    desk.deliver()
    assert guard.heard == [("Weg damit", "Gelöschte Elemente")]
    assert desk.user.record(entry_id).folder.name == "Kalender"
    guard.cancels = False
    desk.user.delete(entry_id)
    desk.deliver()
    assert desk.user.record(entry_id).folder.name == "Gelöschte Elemente"


def test_what_is_deleted_from_the_deleted_items_is_gone(desk: Desk) -> None:
    entry_id = desk.appointment().EntryID
    desk.user.delete(entry_id)
    desk.user.delete(entry_id)
    with pytest.raises(ComError) as refused:
        desk.session.GetItemFromID(entry_id)
    assert code_of(refused.value) == ComCode.NOT_FOUND


def test_the_id_changes_with_some_saves() -> None:
    desk = Desk(Habits(id_changes_every=2))
    item = desk.appointment()
    first = item.EntryID
    item.Save()
    assert item.EntryID == first
    item.Save()
    assert item.EntryID != first
    with pytest.raises(ComError):
        desk.session.GetItemFromID(first)


def test_the_id_changes_on_a_move_to_another_store_but_not_within_one(desk: Desk) -> None:
    item = desk.appointment()
    within = desk.calendar.Folders.Add("Zweiter")
    other = desk.own_store().Folders.Add("Kalender", DefaultFolder.Calendar)
    moved = item.Move(within)
    assert moved.EntryID == item.EntryID
    before = moved.EntryID
    assert moved.Move(other).EntryID != before


def test_times_of_changes_are_cut() -> None:
    desk = Desk(Habits(time_resolution=timedelta(minutes=1)))
    desk.machine.pass_time(timedelta(seconds=59, microseconds=123))
    assert desk.appointment().LastModificationTime == wall(30, 9, month=11)


def test_an_unsaved_item_has_no_id(desk: Desk) -> None:
    assert desk.calendar.Items.Add().EntryID == ""


def test_an_item_that_somebody_else_saved_meanwhile_is_not_saved(desk: Desk) -> None:
    item = desk.appointment()
    desk.user.edit(item.EntryID, Subject="Vom Benutzer")
    with pytest.raises(ComError) as refused:
        item.Save()
    assert code_of(refused.value) == ComCode.OBJECT_CHANGED


def test_an_invitation_by_mail_makes_a_tentative_copy_at_once(desk: Desk) -> None:
    _, entry_id = receive_invitation(desk.machine, invitation("fremd-1"))
    copy: Any = desk.session.GetItemFromID(entry_id)
    assert (copy.MeetingStatus, copy.ResponseStatus) == (MeetingStatus.MeetingReceived, ResponseStatus.NotResponded)
    assert copy.Organizer == "Bruno Berg"


def test_an_invitation_to_a_meeting_that_is_there_under_its_uid_makes_no_copy(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    for name in ("PidLidGlobalObjectId", "PidLidCleanGlobalObjectId"):
        item.PropertyAccessor.SetProperty(mapi()[name].schema, vcal_uid("fremd-1"))
    item.Save()
    _, entry_id = receive_invitation(desk.machine, invitation("fremd-1"))
    assert entry_id == item.EntryID
    assert desk.calendar.Items.Count == 1


def test_an_answer_puts_another_item_in_the_place_of_the_invitation(desk: Desk) -> None:
    mail_id, entry_id = receive_invitation(desk.machine, invitation("fremd-2"))
    item: Any = desk.session.GetItemFromID(entry_id)
    answer = item.Respond(3, True)
    assert answer is not None
    answer.Send()
    replacement = desk.calendar.Items.Item(1)
    assert (replacement.EntryID != entry_id, replacement.ResponseStatus) == (True, ResponseStatus.Accepted)  # type: ignore[union-attr]
    assert desk.machine.sent == [("IPM.Schedule.Meeting.Resp.Pos", "Planung")]
    assert desk.session.GetItemFromID(mail_id).Subject == "Planung"


def test_folders_of_other_kinds_hold_their_own_items(desk: Desk) -> None:
    assert desk.tasks.DefaultItemType == ItemType.TaskItem
    assert desk.contacts.Items.Add("IPM.DistList").MessageClass == "IPM.DistList"


def invitation(uid: str) -> Invitation:
    bruno = Person("Bruno Berg", "bruno@example.org", smtp="bruno@example.org")
    return Invitation("Planung", wall(2, 9), wall(2, 10), vcal_uid(uid), bruno)
