"""Habits of appointments, meetings and series: section 4 of the reference."""

from __future__ import annotations

from typing import Any

import pytest

from passerelle.peers.outlook.constants import (
    BusyStatus,
    ComCode,
    DaysOfWeek,
    DefaultFolder,
    MeetingStatus,
    RecurrenceState,
    RecurrenceType,
    ResponseStatus,
)
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import mapi
from tests.outlook_double.desk import Desk, wall
from tests.outlook_double.events import with_events
from tests.outlook_double.habits import Habits
from tests.outlook_double.records import Person


def code(call: Any, *arguments: object) -> int:
    """What a call is refused with."""
    with pytest.raises(ComError) as refused:
        call(*arguments)
    return code_of(refused.value)


def daily(desk: Desk, count: int = 5) -> Any:
    """A series from Tuesday on, 9:00 to 10:00."""
    item: Any = desk.calendar.Items.Add()
    item.Subject, item.Start, item.End = "Täglich", wall(1, 9), wall(1, 10)
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Daily
    pattern.Occurrences = count
    item.Save()
    return item


def starts(item: Any) -> list[object]:
    """The starts of what differs in a series."""
    return [each.AppointmentItem.Start for each in exceptions(item) if not each.Deleted]


def exceptions(item: Any) -> list[Any]:
    """All entries of a series' exceptions."""
    found = item.GetRecurrencePattern().Exceptions
    return [found.Item(number + 1) for number in range(found.Count)]


def test_another_start_keeps_the_duration(desk: Desk) -> None:
    item = desk.appointment()
    item.Start = wall(1, 14)
    assert (item.End, item.Duration) == (wall(1, 15), 60)


def test_what_ends_before_it_begins_is_not_saved(desk: Desk) -> None:
    item = desk.appointment()
    item.End = wall(1, 8)
    assert code(item.Save) == ComCode.INVALID_ARGUMENT


def test_a_whole_day_begins_at_local_midnight_and_is_free(desk: Desk) -> None:
    item = desk.appointment(AllDayEvent=True)
    assert (item.Start, item.End, item.BusyStatus) == (wall(1), wall(2), BusyStatus.Free)
    assert item.StartUTC == wall(30, 23, month=11)


def test_a_new_appointment_is_busy_and_reminds(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    assert (item.BusyStatus, item.ReminderSet, item.ReminderMinutesBeforeStart) == (BusyStatus.Busy, True, 15)


def test_another_zone_keeps_the_digits_in_it(desk: Desk) -> None:
    item = desk.appointment()
    item.StartTimeZone = desk.outlook.TimeZones.Item("Eastern Standard Time")
    assert (item.StartInStartTimeZone, item.Start, item.StartUTC) == (wall(1, 9), wall(1, 15), wall(1, 14))
    assert desk.outlook.TimeZones.CurrentTimeZone.ID == "W. Europe Standard Time"


def test_plain_text_ends_with_a_line_end_and_drops_the_formatting(desk: Desk) -> None:
    item = desk.appointment(RTFBody=rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Gr\'fc\u223?e \b fett\b0\par zwei}")
    assert item.Body == "Grüße fett\r\nzwei\r\n"
    assert rb"\b fett" in bytes(item.RTFBody)
    item.Body = "Nur\nText"
    item.Save()
    assert item.Body == "Nur\r\nText\r\n"
    assert rb"\b fett" not in bytes(item.RTFBody)


def test_formatting_comes_back_as_outlook_writes_it(desk: Desk) -> None:
    item = desk.appointment(RTFBody=rb"{\rtf1\ansi Text}")
    assert bytes(item.RTFBody) != rb"{\rtf1\ansi Text}"
    assert b"Text" in bytes(item.RTFBody)


def test_a_file_goes_in_and_out_by_its_path(desk: Desk, tmp_path: Any) -> None:
    (tmp_path / "plan.txt").write_bytes(b"Plan")
    item = desk.appointment()
    item.Attachments.Add(str(tmp_path / "plan.txt"))
    item.Save()
    again: Any = desk.session.GetItemFromID(item.EntryID)
    again.Attachments.Item(1).SaveAsFile(str(tmp_path / "back.txt"))
    assert (tmp_path / "back.txt").read_bytes() == b"Plan"
    assert code(item.Attachments.Add, str(tmp_path / "none.txt")) != 0


def test_an_organiser_stands_among_the_recipients(desk: Desk) -> None:
    item = desk.appointment(MeetingStatus=MeetingStatus.Meeting)
    item.Recipients.Add("bruno@example.org").Resolve()
    item.Save()
    people = [item.Recipients.Item(number + 1) for number in range(item.Recipients.Count)]
    assert [(each.Name, each.MeetingResponseStatus) for each in people] == [
        ("Anna Arnold", ResponseStatus.Organized),
        ("bruno@example.org", ResponseStatus.None_),
    ]
    assert item.ResponseStatus == ResponseStatus.Organized


def test_somebody_of_exchange_has_the_mail_address_in_a_property_of_its_own(desk: Desk) -> None:
    desk.machine.profile.people.append(Person("Carla", "/o=Firma/cn=carla", "EX", "carla@example.org"))
    recipient = desk.session.CreateRecipient("carla")
    assert recipient.Resolve()
    assert (recipient.Address, recipient.AddressEntry.Type) == ("/o=Firma/cn=carla", "EX")
    assert recipient.PropertyAccessor.GetProperty(mapi()["PidTagSmtpAddress"].schema) == "carla@example.org"


def test_a_name_that_nobody_has_stays_unresolved_and_stops_a_meeting_from_being_sent(desk: Desk) -> None:
    item = desk.appointment(MeetingStatus=MeetingStatus.Meeting)
    item.Recipients.Add("Niemand")
    assert not item.Recipients.ResolveAll()
    assert code(item.Send) == ComCode.INVALID_ARGUMENT
    assert desk.machine.sent == []


class Postman:
    """Lets no mail leave."""

    def OnItemSend(self, item: object, cancel: bool) -> bool:
        return True


def test_what_is_sent_can_be_held_back(desk: Desk) -> None:
    outlook = desk.outlook
    postman = with_events(outlook, Postman)
    item = desk.appointment(MeetingStatus=MeetingStatus.Meeting)
    item.Recipients.Add("bruno@example.org")
    item.Send()
    assert desk.machine.sent == []
    del postman
    item.Send()
    assert desk.machine.sent == [("IPM.Schedule.Meeting.Request", "Besprechung")]


def test_only_an_invitation_can_be_answered(desk: Desk) -> None:
    assert code(desk.appointment().Respond, 3, True) == ComCode.INVALID_ARGUMENT


def test_a_series_must_be_saved_before_an_occurrence_is_had(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    item.Start = wall(1, 9)
    pattern = item.GetRecurrencePattern()
    assert code(pattern.GetOccurrence, wall(1, 9)) == ComCode.INVALID_ARGUMENT
    item.Save()
    assert pattern.GetOccurrence(wall(1, 9)).RecurrenceState == RecurrenceState.Occurrence


def test_an_occurrence_is_had_by_its_exact_start(desk: Desk) -> None:
    pattern = daily(desk).GetRecurrencePattern()
    assert pattern.GetOccurrence(wall(3, 9)).Start == wall(3, 9)
    assert code(pattern.GetOccurrence, wall(3)) == ComCode.NOT_FOUND
    assert code(pattern.GetOccurrence, wall(9, 9)) == ComCode.NOT_FOUND


def test_a_changed_occurrence_is_an_exception_of_the_series(desk: Desk) -> None:
    item = daily(desk)
    occurrence = item.GetRecurrencePattern().GetOccurrence(wall(3, 9))
    occurrence.Subject = "Anders"
    occurrence.Save()
    series: Any = desk.session.GetItemFromID(item.EntryID)
    (only,) = exceptions(series)
    assert (only.OriginalDate, only.AppointmentItem.Subject) == (wall(3, 9), "Anders")
    assert only.AppointmentItem.RecurrenceState == RecurrenceState.Exception_
    assert desk.calendar.Items.Count == 1


def test_a_deleted_occurrence_is_an_exception_without_an_appointment(desk: Desk) -> None:
    item = daily(desk)
    item.GetRecurrencePattern().GetOccurrence(wall(3, 9)).Delete()
    (only,) = exceptions(desk.session.GetItemFromID(item.EntryID))
    assert only.Deleted
    assert code(lambda: only.AppointmentItem) == ComCode.NOT_FOUND
    assert desk.calendar.Items.Count == 1


def test_an_occurrence_does_not_pass_or_meet_a_neighbour(desk: Desk) -> None:
    pattern = daily(desk).GetRecurrencePattern()
    for start in (wall(6, 9), wall(4, 15), wall(1, 7)):
        occurrence = pattern.GetOccurrence(wall(3, 9))
        occurrence.Start = start
        assert code(occurrence.Save) == ComCode.INVALID_ARGUMENT


def test_occurrences_that_move_the_same_way_must_move_in_the_right_order(desk: Desk) -> None:
    item = weekly(desk)
    move(item, wall(1, 9), wall(9, 9), refused=True)
    move(item, wall(8, 9), wall(10, 9))
    move(desk.session.GetItemFromID(item.EntryID), wall(1, 9), wall(9, 9))
    assert starts(desk.session.GetItemFromID(item.EntryID)) == [wall(9, 9), wall(10, 9)]


def weekly(desk: Desk) -> Any:
    """Three Tuesdays."""
    item: Any = desk.calendar.Items.Add()
    item.Start = wall(1, 9)
    item.GetRecurrencePattern().Occurrences = 3
    item.Save()
    return item


def move(item: Any, original: Any, start: Any, *, refused: bool = False) -> None:
    """Move an occurrence."""
    occurrence = item.GetRecurrencePattern().GetOccurrence(original)
    occurrence.Start = start
    if refused:
        assert code(occurrence.Save) == ComCode.INVALID_ARGUMENT
    else:
        occurrence.Save()


def test_an_occurrence_on_another_day_stands_twice_among_the_exceptions(desk: Desk) -> None:
    item = weekly(desk)
    move(item, wall(8, 9), wall(9, 9))
    found = exceptions(desk.session.GetItemFromID(item.EntryID))
    assert [(each.OriginalDate, each.Deleted) for each in found] == [(wall(8, 9), True), (wall(8, 9), False)]


def test_an_original_date_is_of_the_series_own_zone(desk: Desk) -> None:
    item: Any = desk.calendar.Items.Add()
    item.StartTimeZone = desk.outlook.TimeZones.Item("Eastern Standard Time")
    item.StartInStartTimeZone = wall(1, 9)
    item.GetRecurrencePattern().Occurrences = 3
    item.Save()
    item.GetRecurrencePattern().GetOccurrence(wall(8, 15)).Delete()
    (only,) = exceptions(desk.session.GetItemFromID(item.EntryID))
    assert only.OriginalDate == wall(8, 9)


def test_the_interval_of_a_yearly_pattern_counts_months(desk: Desk) -> None:
    item = desk.appointment()
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Yearly
    assert pattern.Interval == 12
    assert code(setattr, pattern, "Interval", 2) == ComCode.INVALID_ARGUMENT
    pattern.Interval = 24
    pattern.Occurrences = 2
    assert pattern.PatternEndDate.year == 2028


def test_or_years_if_one_says_so() -> None:
    desk = Desk(Habits(yearly_interval_in_months=False))
    pattern = desk.appointment().GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Yearly
    pattern.Interval = 2
    pattern.Occurrences = 2
    assert pattern.PatternEndDate.year == 2028


def test_the_fifth_instance_is_the_last(desk: Desk) -> None:
    item = desk.appointment()
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.MonthNth
    pattern.DayOfWeekMask = DaysOfWeek.Friday
    pattern.Instance = 5
    pattern.Occurrences = 1
    item.Save()
    assert item.Start == wall(25, 9)


def test_a_pattern_takes_only_what_its_type_has(desk: Desk) -> None:
    pattern = desk.appointment().GetRecurrencePattern()
    assert code(setattr, pattern, "MonthOfYear", 2) == ComCode.INVALID_ARGUMENT
    pattern.RecurrenceType = RecurrenceType.MonthNth
    assert code(setattr, pattern, "Instance", 6) == ComCode.INVALID_ARGUMENT


def test_another_pattern_drops_the_exceptions(desk: Desk) -> None:
    item = daily(desk)
    item.GetRecurrencePattern().GetOccurrence(wall(3, 9)).Delete()
    series: Any = desk.session.GetItemFromID(item.EntryID)
    series.GetRecurrencePattern().Interval = 2
    series.Save()
    assert exceptions(series) == []


def test_a_series_can_become_a_single_appointment_again(desk: Desk) -> None:
    item = daily(desk)
    item.ClearRecurrencePattern()
    item.Save()
    assert (item.IsRecurring, item.RecurrenceState) == (False, RecurrenceState.NotRecurring)


def test_a_day_that_a_month_lacks_is_its_last(desk: Desk) -> None:
    item = desk.appointment(Start=wall(31, 9))
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Monthly
    pattern.DayOfMonth = 31
    pattern.Occurrences = 3
    assert (pattern.PatternEndDate.month, pattern.PatternEndDate.day) == (2, 28)


def test_a_copy_is_another_item(desk: Desk) -> None:
    item = desk.appointment()
    copy = item.Copy()
    assert copy.EntryID != item.EntryID
    assert desk.calendar.Items.Count == 2


def test_the_default_folders_are_those_of_the_mailbox(desk: Desk) -> None:
    assert desk.session.DefaultStore.GetDefaultFolder(DefaultFolder.Calendar).EntryID == desk.calendar.EntryID
    store = desk.own_store().Store
    assert code(store.GetDefaultFolder, DefaultFolder.Calendar) == ComCode.NOT_FOUND
