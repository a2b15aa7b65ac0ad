"""``AppointmentItem``: appointments, meetings, series and their occurrences (section 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import (
    BusyStatus,
    MeetingRecipientType,
    MeetingStatus,
    ObjectClass,
    RecurrenceState,
    ResponseStatus,
)
from tests.outlook_double import dates, failures, meetings, recurrence, stored
from tests.outlook_double.com import ReadOnly, Writable, method
from tests.outlook_double.item import BaseItem
from tests.outlook_double.keys import (
    ALL_DAY,
    BUSY,
    DURATION,
    END,
    INVITED,
    OBJECT_ID,
    ORGANIZER,
    PRIVATE,
    RESPONSE,
    SENSITIVITY,
    START,
    STATUS,
)
from tests.outlook_double.recipients import AddressEntry, Recipients
from tests.outlook_double.records import Content, Record
from tests.outlook_double.recurrence import RecurrencePattern
from tests.outlook_double.series import remove_occurrence, shifted, write_occurrence
from tests.outlook_double.session import Session
from tests.outlook_double.stored import checked
from tests.outlook_double.values import Key, Value, key_of
from tests.outlook_double.zones import TimeZone, definition_of, own

START_ZONE, END_ZONE = (key_of(f"PidLidAppointmentTimeZoneDefinition{end}Display") for end in ("Start", "End"))


def begin(session: Session, content: Content) -> None:
    """What a new appointment is: half an hour that begins at the next half hour, busy, with a reminder."""
    machine = session.machine
    start = machine.now.replace(minute=machine.now.minute // 30 * 30, second=0, microsecond=0) + timedelta(minutes=30)
    content.values |= {START: start, END: start + timedelta(minutes=30), ORGANIZER: machine.profile.user.name}
    content.start_zone = content.end_zone = dates.windows_id_of(machine.zone)


class AppointmentItem(BaseItem):
    """An appointment; with ``original`` an occurrence of the record, which is a series."""

    _class = ObjectClass.Appointment

    def __init__(
        self, session: Session, record: Record, content: Content | None = None, original: datetime | None = None
    ) -> None:
        super().__init__(session, record, content)
        self._original = original

    def _computed(self, key: Key) -> Value | None:
        if key in (START_ZONE, END_ZONE):
            return definition_of(self._content.start_zone if key == START_ZONE else self._content.end_zone)
        return super()._computed(key)

    def _instant(self, key: Key) -> datetime:
        found = self._content.values[key]
        assert isinstance(found, datetime)
        return found

    def _wall_of(self, key: Key) -> datetime:
        return dates.handed_out(dates.to_wall(self._instant(key), self._session.machine.zone))

    def _set_start(self, instant: datetime) -> None:
        """Another start keeps the duration."""
        length = self._instant(END) - self._instant(START)
        instant = _whole_minute(instant)
        self._content.values[END] = instant + length
        self._put(START, instant)

    def _set_end(self, instant: datetime) -> None:
        self._put(END, _whole_minute(instant))

    def _from_wall(self, value: datetime) -> datetime:
        zone = self._session.machine.zone
        digits = dates.received(value, zone)
        if self._content.values.get(ALL_DAY):
            digits = dates.midnight(digits)
        return dates.to_utc(digits, zone)

    def _from_utc(self, value: datetime) -> datetime:
        return dates.received(value, self._session.machine.zone).replace(tzinfo=UTC)

    def _set_all_day(self, value: bool) -> None:
        """A whole day begins at midnight, ends at one, and is free time unless one says otherwise (section 4)."""
        if checked(value, bool, "AllDayEvent") and not self._content.values.get(ALL_DAY):
            zone = self._session.machine.zone
            start, end = (dates.to_wall(self._instant(key), zone) for key in (START, END))
            last = dates.midnight(end) if end > dates.midnight(end) or end <= start else dates.midnight(end) - DAY
            self._content.values[START] = dates.to_utc(dates.midnight(start), zone)
            self._content.values[END] = dates.to_utc(last + DAY, zone)
            self._content.values[BUSY] = BusyStatus.Free.value
        self._put(ALL_DAY, value)

    def _duration(self) -> int:
        return int((self._instant(END) - self._instant(START)).total_seconds() // 60)

    def _set_duration(self, value: int) -> None:
        self._set_end(self._instant(START) + timedelta(minutes=checked(value, int, "Duration")))

    def _set_start_zone(self, value: objects.TimeZone) -> None:
        """Another zone keeps the digits in it."""
        digits = dates.to_wall(self._instant(START), dates.zone_of(self._content.start_zone))
        self._content.start_zone = own(value)._id
        self._set_start(dates.to_utc(digits, own(value)._zone))

    def _set_end_zone(self, value: objects.TimeZone) -> None:
        digits = dates.to_wall(self._instant(END), dates.zone_of(self._content.end_zone))
        self._content.end_zone = own(value)._id
        self._set_end(dates.to_utc(digits, own(value)._zone))

    def _in_zone(self, key: Key, windows_id: str) -> datetime:
        return dates.handed_out(dates.to_wall(self._instant(key), dates.zone_of(windows_id)))

    def _from_zone(self, value: datetime, windows_id: str) -> datetime:
        return dates.to_utc(dates.received(value, self._session.machine.zone), dates.zone_of(windows_id))

    Start = Writable[datetime](
        lambda obj: obj._wall_of(START), lambda obj, value: obj._set_start(obj._from_wall(value))
    )
    End = Writable[datetime](lambda obj: obj._wall_of(END), lambda obj, value: obj._set_end(obj._from_wall(value)))
    StartUTC = Writable[datetime](
        lambda obj: dates.handed_out(obj._instant(START)), lambda obj, value: obj._set_start(obj._from_utc(value))
    )
    EndUTC = Writable[datetime](
        lambda obj: dates.handed_out(obj._instant(END)), lambda obj, value: obj._set_end(obj._from_utc(value))
    )
    StartInStartTimeZone = Writable[datetime](
        lambda obj: obj._in_zone(START, obj._content.start_zone),
        lambda obj, value: obj._set_start(obj._from_zone(value, obj._content.start_zone)),
    )
    EndInEndTimeZone = Writable[datetime](
        lambda obj: obj._in_zone(END, obj._content.end_zone),
        lambda obj, value: obj._set_end(obj._from_zone(value, obj._content.end_zone)),
    )
    StartTimeZone = Writable[objects.TimeZone](
        lambda obj: TimeZone(obj._session, obj, obj._content.start_zone), _set_start_zone
    )
    EndTimeZone = Writable[objects.TimeZone](
        lambda obj: TimeZone(obj._session, obj, obj._content.end_zone), _set_end_zone
    )
    Duration = Writable[int](_duration, _set_duration)
    AllDayEvent = Writable[bool](lambda obj: bool(obj._content.values.get(ALL_DAY)), _set_all_day)
    BusyStatus = stored.integer("PidLidBusyStatus", BusyStatus.Busy)
    Location = stored.text("PidLidLocation", limited=True)
    MeetingStatus = stored.integer("PidLidAppointmentStateFlags")
    ReminderSet = stored.boolean("PidLidReminderSet", default=True)
    ReminderMinutesBeforeStart = stored.integer("PidLidReminderDelta", 15)
    ReminderOverrideDefault = stored.boolean("PidLidReminderOverride")
    ReminderPlaySound = stored.boolean("PidLidReminderPlaySound", default=True)
    ReminderSoundFile = stored.text("PidLidReminderFileParameter")
    ReplyTime = stored.wall_date("PidLidAppointmentReplyTime")
    ResponseRequested = stored.boolean("PidTagResponseRequested", default=True)
    ForceUpdateToAllAttendees = Writable[bool](lambda obj: False, lambda obj, value: None)
    RequiredAttendees = meetings.attendees(MeetingRecipientType.Required)
    OptionalAttendees = meetings.attendees(MeetingRecipientType.Optional)
    Resources = meetings.attendees(MeetingRecipientType.Resource)

    @ReadOnly
    def Organizer(self) -> str:
        return str(self._content.values.get(ORGANIZER, ""))

    @ReadOnly
    def ResponseStatus(self) -> int:
        return int(cast("int", self._content.values.get(RESPONSE, ResponseStatus.None_)))

    @ReadOnly
    def GlobalAppointmentID(self) -> str:
        found = self._content.values.get(OBJECT_ID, b"")
        return found.hex().upper() if isinstance(found, bytes) else ""

    @ReadOnly
    def Recipients(self) -> Recipients:
        return Recipients(self._session, self, self._content.recipients)

    @ReadOnly
    def IsRecurring(self) -> bool:
        return self._content.pattern is not None or self._original is not None

    @ReadOnly
    def RecurrenceState(self) -> int:
        if self._original is None:
            return RecurrenceState.Master if self._content.pattern else RecurrenceState.NotRecurring
        pattern = self._record.content.pattern
        is_changed = pattern is not None and self._original in pattern.changed
        return RecurrenceState.Exception_ if is_changed else RecurrenceState.Occurrence

    @method
    def GetRecurrencePattern(self) -> RecurrencePattern:
        """Of something that does not repeat this makes a series at once."""
        if self._original is not None:
            master = AppointmentItem(self._session, self._record)
            assert master._content.pattern is not None
            return RecurrencePattern(self._session, master, master._content.pattern)
        if self._content.pattern is None:
            start = dates.to_wall(self._instant(START), dates.zone_of(self._content.start_zone))
            self._content.pattern = recurrence.begin(start, self._duration())
            self._touch()
        return RecurrencePattern(self._session, self, self._content.pattern)

    @method
    def ClearRecurrencePattern(self) -> None:
        self._content.pattern = None
        self._touch()

    @method
    def GetOrganizer(self) -> objects.AddressEntry | None:
        person = self._session.machine.profile.find_person(str(self._content.values.get(ORGANIZER, "")))
        return AddressEntry(self._session, self, person) if person else None

    @method
    def Respond(
        self, response: int, no_dialog: bool = False, ask_for_text: bool = False, /
    ) -> objects.MeetingItem | None:
        """Answer an invitation; that puts another item, with another id, in this one's place (section 4)."""
        return meetings.respond(self._session, self._record, response)

    @method
    def Send(self) -> None:
        """Save, and send to the participants. What was cancelled stays in its window, and perhaps unsaved."""
        if self._session.machine.habits.saves_before_sending:
            self._keep()
        if meetings.send(self._session, self, self._record, self._content):
            self._content.values[INVITED] = True
            self._keep()
            self._leave()

    def _remove(self) -> None:
        if self._original is not None:
            remove_occurrence(self._session, self._record, self._original)
        else:
            super()._remove()

    def _occurrence(self, original: datetime) -> AppointmentItem:
        pattern = self._record.content.pattern
        if not self._record.exists or pattern is None:
            raise failures.invalid("The operation failed: the series must be saved first.")  # section 4
        content = pattern.changed.get(original) or shifted(self._record.content, original)
        return AppointmentItem(self._session, self._record, content.copy(), original)

    def _original_of(self, wall: datetime) -> datetime:
        instant = dates.to_utc(wall, self._session.machine.zone)
        return dates.to_wall(instant, dates.zone_of(self._content.start_zone))

    def _settle(self) -> None:
        if self._instant(END) < self._instant(START):
            raise failures.invalid("The end date you entered occurs before the start date.")
        values, pattern = self._content.values, self._content.pattern
        if pattern is not None:
            first = next(recurrence.begins(self._session, pattern), pattern.start)
            zone = dates.zone_of(self._content.start_zone)
            values[START] = dates.to_utc(first, zone)
            values[END] = dates.to_utc(first + timedelta(minutes=pattern.minutes), zone)
        values[PRIVATE] = bool(values.get(SENSITIVITY, 0))
        values[DURATION] = self._duration()
        meetings.settle(self._session, self._content)
        if values.get(STATUS, MeetingStatus.NonMeeting) == MeetingStatus.NonMeeting:
            values.pop(RESPONSE, None)

    def _write(self) -> None:
        if self._original is None:
            super()._write()
        else:
            write_occurrence(self._session, self._record, self._original, self._content.copy())


DAY = timedelta(days=1)


def _whole_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
