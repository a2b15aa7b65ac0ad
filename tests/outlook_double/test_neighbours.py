"""Habits that make Outlook a difficult partner: sections 3, 6 and 8 of the reference, and pywin32's conversions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from passerelle.peers.outlook.constants import ComCode, DefaultFolder, ItemType
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import NAMESPACE, mapi
from tests.outlook_double.dates import Time
from tests.outlook_double.desk import Desk, wall
from tests.outlook_double.failures import OUT_OF_MEMORY, outlook_error
from tests.outlook_double.habits import ENGLISH, Habits


def code(call: Any, *arguments: object) -> int:
    """What a call is refused with."""
    with pytest.raises(ComError) as refused:
        call(*arguments)
    return code_of(refused.value)


def test_where_no_outlook_runs_there_is_none_to_attach_to(desk: Desk) -> None:
    desk.machine.end()
    assert code(desk.machine.get_active_object, "Outlook.Application") == ComCode.NOT_RUNNING


def test_when_outlook_has_ended_its_objects_are_dead_and_what_was_saved_is_there_in_the_next_one(desk: Desk) -> None:
    item = desk.appointment("Bleibt")
    entry_id, session = item.EntryID, desk.session
    desk.machine.end()
    assert code(lambda: item.Subject) == ComCode.SERVER_GONE
    assert code(session.GetItemFromID, entry_id) == ComCode.SERVER_GONE
    desk.machine.start()
    assert desk.session.GetItemFromID(entry_id).Subject == "Bleibt"


def test_outlook_may_end_when_it_has_done_what_it_was_asked(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    desk.machine.end_in("AppointmentItem.Save", done=True)
    assert code(item.Save) == ComCode.CALL_FAILED
    desk.machine.start()
    assert desk.calendar.Items.Count == 1


def test_outlook_may_end_before_it_does_what_it_was_asked(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    desk.machine.end_in("AppointmentItem.Save", done=False)
    assert code(item.Save) == ComCode.CALL_FAILED
    desk.machine.start()
    assert desk.calendar.Items.Count == 0


def test_a_dialog_rejects_calls_in_coms_own_words(desk: Desk) -> None:
    item = desk.appointment()
    desk.machine.reject_calls(2)
    for _ in range(2):
        with pytest.raises(ComError) as refused:
            item.Save()
        assert (refused.value.hresult, refused.value.excepinfo) == (ComCode.CALL_REJECTED, None)
    item.Save()


def test_a_refusal_of_outlook_is_an_exception_with_the_code_inside(desk: Desk) -> None:
    with pytest.raises(ComError) as refused:
        desk.session.GetItemFromID("00")
    assert refused.value.hresult == ComCode.EXCEPTION
    assert refused.value.excepinfo is not None
    assert refused.value.excepinfo[5] == ComCode.NOT_FOUND


def test_a_call_can_be_made_to_fail(desk: Desk) -> None:
    item = desk.appointment()
    desk.machine.fail("AppointmentItem.Save", outlook_error(ComCode.FAILED, "The operation failed."))
    assert code(item.Save) == ComCode.FAILED
    item.Save()


def test_a_read_only_folder_refuses_to_save_delete_and_rename(desk: Desk) -> None:
    folder = desk.calendar.Folders.Add("Fest")
    kept: Any = folder.Items.Add()
    kept.Save()
    desk.record(folder).read_only = True
    assert code(folder.Items.Add().Save) == ComCode.ACCESS_DENIED
    assert code(kept.Save) == ComCode.ACCESS_DENIED
    assert code(kept.Delete) == ComCode.ACCESS_DENIED
    assert code(setattr, folder, "Name", "Anders") == ComCode.ACCESS_DENIED


def test_a_poisoned_item_opens_and_stands_in_tables_but_tells_nothing(desk: Desk) -> None:
    entry_id = desk.appointment("Kaputt").EntryID
    desk.user.record(entry_id).poisoned = True
    item = desk.session.GetItemFromID(entry_id)
    assert code(lambda: item.Subject) == ComCode.FAILED
    assert code(lambda: item.Class) == ComCode.FAILED
    assert desk.calendar.GetTable().GetRowCount() == 1


def test_only_so_many_items_of_a_store_may_be_open_and_letting_go_helps() -> None:
    desk = Desk(Habits(open_items_limit=3))
    items = desk.calendar.Items
    for _ in range(5):
        items.Add().Save()
    opened = [items.Item(number) for number in (1, 2, 3)]
    assert code(items.Item, 4) == ComCode.FAILED
    opened.pop()
    assert items.Item(4).EntryID


def test_filters_read_dates_in_the_users_own_format(desk: Desk) -> None:
    desk.appointment()
    assert desk.calendar.GetTable("[Start] >= '01.12.2026 09:00'").GetRowCount() == 1
    assert desk.calendar.GetTable("[Start] > '01.12.2026 09:00'").GetRowCount() == 0
    assert code(desk.calendar.GetTable, "[Start] >= '12/31/2026 9:00 AM'") == ComCode.INVALID_ARGUMENT


def test_an_english_outlook_has_other_dates_folders_and_separators() -> None:
    desk = Desk(Habits(locale=ENGLISH))
    item = desk.appointment(Categories="Blue, Red")
    assert desk.calendar.Name == "Calendar"
    assert item.Categories == "Blue, Red"
    assert desk.calendar.GetTable("[Start] < '12/02/2026 9:00 AM'").GetRowCount() == 1


def test_a_german_outlook_separates_categories_by_semicolons_and_calls_its_calendar_kalender(desk: Desk) -> None:
    item = desk.appointment(Categories="Blau, hell;Rot")
    assert item.Categories == "Blau, hell; Rot"
    assert item.PropertyAccessor.GetProperty(mapi()["PidNameKeywords"].schema) == ("Blau, hell", "Rot")
    assert desk.calendar.FolderPath == "\\\\anna@example.org\\Kalender"


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("LIKE 'IPM.Contact%'", 1),
        ("= 'IPM.DistList'", 1),
        ("<> 'IPM.DistList'", 1),
        ("IS NULL", 0),
        ("IS NOT NULL", 2),
    ],
)
def test_a_dasl_filter_picks_classes(desk: Desk, condition: str, count: int) -> None:
    for kind in (ItemType.ContactItem, ItemType.DistributionListItem):
        desk.contacts.Items.Add(kind).Save()
    message_class = mapi()["PidTagMessageClass"].schema
    assert desk.contacts.GetTable(f'@SQL="{message_class}" {condition}').GetRowCount() == count


def test_prefix_operators_work_only_with_instant_search(desk: Desk) -> None:
    desk.appointment("Besprechung")
    subject = mapi()["PidTagSubject"].schema
    filter_ = f"@SQL=\"{subject}\" ci_startswith 'besp'"
    assert code(desk.calendar.GetTable, filter_) == ComCode.INVALID_ARGUMENT
    desk.machine.habits.instant_search = True
    assert desk.calendar.GetTable(filter_).GetRowCount() == 1


def test_category_names_are_unique_without_regard_to_case(desk: Desk) -> None:
    desk.session.Categories.Add("Wichtig", 1)
    assert code(desk.session.Categories.Add, "WICHTIG", 2) == ComCode.INVALID_ARGUMENT
    assert code(desk.session.Categories.Add, "a;b", 2) == ComCode.INVALID_ARGUMENT


def test_dates_out_of_outlook_claim_utc_but_are_the_wall_clocks(desk: Desk) -> None:
    item = desk.appointment()
    assert item.Start == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert item.StartUTC == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_dates_out_of_outlook_are_of_a_class_of_their_own(desk: Desk) -> None:
    item = desk.appointment()
    start = mapi()["PidLidAppointmentStartWhole"].schema
    table = desk.calendar.GetTable()
    table.Columns.Add(start)
    dates = [
        item.Start,
        item.StartUTC,
        item.ReplyTime,
        item.PropertyAccessor.GetProperty(start),
        table.GetArray(1)[0][-1],
    ]
    assert {type(each) for each in dates} == {Time}


def test_a_naive_date_into_outlook_is_taken_for_local_time_and_made_utc_first(desk: Desk) -> None:
    item = desk.appointment()
    item.Start = datetime(2026, 12, 1, 9)  # noqa: DTZ001 - what this is about
    assert item.Start == wall(1, 8)


def test_an_aware_date_into_outlook_is_made_utc_first(desk: Desk) -> None:
    item = desk.appointment()
    item.Start = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("America/New_York"))
    assert item.Start == wall(1, 14)


def test_a_date_without_a_time_is_no_date_for_pywin32(desk: Desk) -> None:
    item: Any = desk.tasks.Items.Add()
    with pytest.raises(TypeError, match="must be a pywintypes time object"):
        item.DueDate = date(2026, 12, 1)


def test_no_date_is_the_first_of_january_4501(desk: Desk) -> None:
    item: Any = desk.contacts.Items.Add()
    assert item.Birthday == datetime(4501, 1, 1, tzinfo=UTC)
    item.Birthday = wall(24)
    item.Birthday = datetime(4501, 1, 1, tzinfo=UTC)
    assert code(item.PropertyAccessor.GetProperty, mapi()["PidTagBirthday"].schema) == ComCode.NOT_FOUND


def test_a_value_of_the_wrong_kind_is_refused(desk: Desk) -> None:
    item = desk.appointment()
    for name, value in (("Subject", None), ("BusyStatus", "2"), ("ReminderSet", 1)):
        with pytest.raises(ComError, match="Type mismatch"):
            setattr(item, name, value)


def test_a_long_subject_is_cut(desk: Desk) -> None:
    assert len(desk.appointment("x" * 300).Subject) == 255


def test_a_property_accessor_speaks_utc_and_bytes(desk: Desk) -> None:
    accessor = desk.appointment().PropertyAccessor
    start = mapi()["PidLidAppointmentStartWhole"].schema
    assert accessor.GetProperty(start) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert accessor.UTCToLocalTime(accessor.GetProperty(start)) == wall(1, 9)
    assert isinstance(accessor.GetProperty(mapi()["PidLidGlobalObjectId"].schema), memoryview)


def test_a_property_accessor_keeps_what_nobody_else_shows(desk: Desk) -> None:
    own = f"{NAMESPACE}/string/{{8C1E0B5C-0000-4000-8000-000000000001}}/Uid"
    item = desk.appointment()
    assert code(item.PropertyAccessor.GetProperty, own) == ComCode.NOT_FOUND
    item.PropertyAccessor.SetProperty(f"{own}/0x0000001F", "abc")
    assert not item.Saved
    item.Save()
    again: Any = desk.session.GetItemFromID(item.EntryID)
    assert again.PropertyAccessor.GetProperty(own) == "abc"
    with pytest.raises(ComError):
        again.PropertyAccessor.SetProperty(mapi()["PidTagEntryId"].schema, b"1")


def test_a_property_accessor_gives_no_long_values_and_takes_no_bodies(desk: Desk) -> None:
    item = desk.appointment(Body="x" * 5000)
    assert code(item.PropertyAccessor.GetProperty, mapi()["PidTagBody"].schema) == OUT_OF_MEMORY
    with pytest.raises(ComError):
        item.PropertyAccessor.SetProperty(mapi()["PidTagHtml"].schema, b"<p>")


def test_user_properties_are_fields_of_the_folder_too(desk: Desk) -> None:
    item = desk.appointment()
    item.UserProperties.Add("PasserelleUid", 1).Value = "u1"
    item.Save()
    table = desk.calendar.GetTable()
    table.Columns.Add("PasserelleUid")
    assert table.GetArray(1)[0][-1] == "u1"
    assert item.UserProperties.Find("Anderes") is None


def test_reminders_fire_in_the_default_store_only(desk: Desk) -> None:
    other = desk.own_store().Folders.Add("Kalender", DefaultFolder.Calendar)
    item: Any = other.Items.Add()
    item.Subject = "Hier nicht"
    item.Save()
    desk.appointment("Hier")
    assert desk.user.reminded_of() == ["Hier"]


def test_a_data_file_stays_on_the_disk_when_it_is_closed(desk: Desk) -> None:
    root = desk.own_store()
    root.Folders.Add("Kalender", DefaultFolder.Calendar)
    desk.session.RemoveStore(root)
    assert desk.session.Stores.Count == 1
    assert desk.own_store().Folders.Item("Kalender").DefaultItemType == ItemType.AppointmentItem


def test_folders_are_made_renamed_moved_and_deleted_with_their_items(desk: Desk) -> None:
    folder = desk.calendar.Folders.Add("Team")
    item: Any = folder.Items.Add()
    item.Save()
    folder.Name = "Mannschaft"
    target = desk.own_store()
    folder.MoveTo(target)
    assert target.Folders.Item("Mannschaft").Items.Count == 1
    assert code(desk.session.GetItemFromID, item.EntryID + "0") == ComCode.NOT_FOUND
    target.Folders.Item("Mannschaft").Delete()
    assert [each.name for each in desk.user.folder("Outlook-Datendatei/Gelöschte Elemente").children] == ["Mannschaft"]
    assert code(setattr, desk.calendar, "Name", "Nein") == ComCode.ACCESS_DENIED
