"""``RecurrencePattern``, ``Exceptions`` and ``Exception`` (section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DaysOfWeek, ObjectClass, RecurrenceType
from tests.outlook_double import dates, failures
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, Writable, method
from tests.outlook_double.keys import START
from tests.outlook_double.occurrences import end_of, originals
from tests.outlook_double.records import Content, Pattern
from tests.outlook_double.session import Session
from tests.outlook_double.stored import checked

_NTH = {RecurrenceType.MonthNth, RecurrenceType.YearNth}
_YEARS = {RecurrenceType.Yearly, RecurrenceType.YearNth}
_ALLOWED = {
    "DayOfWeekMask": {RecurrenceType.Weekly, *_NTH},
    "DayOfMonth": {RecurrenceType.Monthly, RecurrenceType.Yearly},
    "MonthOfYear": _YEARS,
    "Instance": _NTH,
}


class Recurring(Protocol):
    """An item that may repeat."""

    _content: Content
    _session: Session

    def _touch(self) -> None: ...
    def _occurrence(self, original: datetime) -> objects.AppointmentItem: ...
    def _original_of(self, wall: datetime) -> datetime: ...


def begin(start: datetime, minutes: int) -> Pattern:
    """The pattern that Outlook proposes: weekly, on the day of the start."""
    pattern = Pattern(start=start, minutes=minutes, day_of_month=start.day, month=start.month)
    pattern.days = _mask(start)
    pattern.instance = min((start.day - 1) // 7 + 1, 5)
    return pattern


def begins(session: Session, pattern: Pattern) -> Iterator[datetime]:
    """When the occurrences begin, in digits of the series' zone."""
    return originals(pattern, in_months=session.machine.habits.yearly_interval_in_months)


def _mask(start: datetime) -> int:
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    return DaysOfWeek[names[start.weekday()]]


def _number(field: str, name: str, lowest: int, highest: int) -> Writable[int]:
    """A number of a pattern, which some types of pattern do not take."""

    def write(obj: RecurrencePattern, value: int) -> None:
        if obj._pattern.type not in _ALLOWED.get(name, set(RecurrenceType)):
            raise failures.invalid(f"The property {name} is not valid for this recurrence type.")
        if not lowest <= checked(value, int, name) <= highest:
            raise failures.invalid(f"The value of {name} is out of range.")
        obj._change(**{field: int(value)})

    return Writable(lambda obj: getattr(obj._pattern, field), write)


class RecurrencePattern(ComObject):
    """How an item repeats; its digits are those of the item's own zone."""

    _class = ObjectClass.RecurrencePattern

    def __init__(self, session: Session, item: Recurring, pattern: Pattern) -> None:
        super().__init__(session, item)
        self._item = item
        self._pattern = pattern

    def _change(self, **values: Any) -> None:
        """Change the pattern, which drops all exceptions."""
        for name, value in values.items():
            setattr(self._pattern, name, value)
        self._pattern.changed.clear()
        self._pattern.deleted.clear()
        self._item._touch()

    def _digits(self, value: datetime) -> datetime:
        return dates.received(value, self._session.machine.zone)

    def _set_type(self, value: int) -> None:
        kind = RecurrenceType(checked(value, int, "RecurrenceType"))
        in_months = kind in _YEARS and self._session.machine.habits.yearly_interval_in_months
        self._change(type=kind, interval=12 if in_months else 1)

    def _set_interval(self, value: int) -> None:
        in_months = self._pattern.type in _YEARS and self._session.machine.habits.yearly_interval_in_months
        if checked(value, int, "Interval") < 1 or (in_months and value % 12):
            raise failures.invalid("The interval of the recurrence pattern is not valid.")
        self._change(interval=int(value))

    def _set_start_date(self, value: datetime) -> None:
        self._change(start=datetime.combine(self._digits(value).date(), self._pattern.start.time()))

    def _set_start_time(self, value: datetime) -> None:
        self._change(start=datetime.combine(self._pattern.start.date(), self._digits(value).time()))

    def _set_end_time(self, value: datetime) -> None:
        end = datetime.combine(self._pattern.start.date(), self._digits(value).time())
        self._change(minutes=int((end - self._pattern.start).total_seconds() // 60) % (24 * 60))

    def _end_date(self) -> datetime:
        if self._pattern.until is not None:
            return dates.handed_out(self._pattern.until)
        if not self._pattern.count:
            return dates.handed_out(dates.NO_DATE)
        return dates.handed_out(dates.midnight(list(self._originals())[-1]))

    def _set_end_date(self, value: datetime) -> None:
        digits = dates.midnight(self._digits(value))
        self._change(count=None, until=None if digits == dates.NO_DATE else digits)

    def _occurrences(self) -> int:
        if self._pattern.count:
            return self._pattern.count
        return sum(1 for _ in self._originals()) if self._pattern.until is not None else 0

    def _set_occurrences(self, value: int) -> None:
        if checked(value, int, "Occurrences") < 1:
            raise failures.invalid("The number of occurrences is not valid.")
        self._change(count=int(value), until=None)

    def _endless(self) -> bool:
        return self._pattern.count is None and self._pattern.until is None

    def _set_endless(self, value: bool) -> None:
        if checked(value, bool, "NoEndDate"):
            self._change(count=None, until=None)
        elif self._endless():
            self._change(count=10)

    def _originals(self) -> Iterator[datetime]:
        return begins(self._session, self._pattern)

    RecurrenceType = Writable[int](lambda obj: obj._pattern.type, _set_type)
    Interval = Writable[int](lambda obj: obj._pattern.interval, _set_interval)
    DayOfWeekMask = _number("days", "DayOfWeekMask", 1, 127)
    DayOfMonth = _number("day_of_month", "DayOfMonth", 1, 31)
    MonthOfYear = _number("month", "MonthOfYear", 1, 12)
    Instance = _number("instance", "Instance", 1, 5)
    Duration = _number("minutes", "Duration", 0, 2**31)
    Occurrences = Writable[int](_occurrences, _set_occurrences)
    NoEndDate = Writable[bool](_endless, _set_endless)
    PatternStartDate = Writable[datetime](
        lambda obj: dates.handed_out(dates.midnight(obj._pattern.start)), _set_start_date
    )
    PatternEndDate = Writable[datetime](_end_date, _set_end_date)
    StartTime = Writable[datetime](lambda obj: dates.handed_out(obj._pattern.start), _set_start_time)
    EndTime = Writable[datetime](lambda obj: dates.handed_out(end_of(obj._pattern, obj._pattern.start)), _set_end_time)
    Regenerate = Writable[bool](
        lambda obj: obj._pattern.regenerate,
        lambda obj, value: obj._change(regenerate=checked(value, bool, "Regenerate")),
    )

    @ReadOnly
    def Exceptions(self) -> Exceptions:
        return Exceptions(self._session, self)

    @method
    def GetOccurrence(self, start: datetime, /) -> objects.AppointmentItem:
        """Only of a saved series, and by the start that the occurrence had, in the machine's time (section 4)."""
        original = self._item._original_of(self._digits(start))
        gone = original in self._pattern.deleted or original in self._pattern.changed
        if gone or original not in set(self._originals()):
            raise failures.not_found("You changed one of the recurrences of this item, or there is none.")
        return self._item._occurrence(original)


class Exceptions(ComObject):
    """The occurrences that differ; one moved to another day may stand here twice (section 4)."""

    _class = ObjectClass.Exceptions

    def __init__(self, session: Session, pattern: RecurrencePattern) -> None:
        super().__init__(session, pattern)
        self._of = pattern

    def _entries(self) -> list[tuple[datetime, bool]]:
        pattern = self._of._pattern
        entries = [(original, True) for original in pattern.deleted]
        for original, content in pattern.changed.items():
            entries.append((original, False))
            if self._session.machine.habits.doubled_exceptions and _is_moved(content, original):
                entries.append((original, True))
        return sorted(entries, key=lambda entry: (entry[0], not entry[1]))

    @ReadOnly
    def Count(self) -> int:
        return len(self._entries())

    @method
    def Item(self, index: int, /) -> Exception_:
        original, is_deleted = at(self._entries(), index, str)
        return Exception_(self._session, self, original, is_deleted, self._of._item._occurrence)


def _is_moved(content: Content, original: datetime) -> bool:
    start = content.values.get(START)
    zone = dates.zone_of(content.start_zone)
    return isinstance(start, datetime) and dates.to_wall(start, zone).date() != original.date()


class Exception_(ComObject):  # noqa: N801 - Python has an Exception of its own
    """One of them; ``OriginalDate`` is a wall clock's in the series' own zone (section 4)."""

    _class = ObjectClass.Exception_

    def __init__(
        self,
        session: Session,
        parent: object,
        original: datetime,
        is_deleted: bool,
        open_: Callable[[datetime], objects.AppointmentItem],
    ) -> None:
        super().__init__(session, parent)
        self._original = original
        self._is_deleted = is_deleted
        self._open = open_

    @ReadOnly
    def OriginalDate(self) -> datetime:
        return dates.handed_out(self._original)

    @ReadOnly
    def Deleted(self) -> bool:
        return self._is_deleted

    @ReadOnly
    def AppointmentItem(self) -> objects.AppointmentItem:
        if self._is_deleted:
            raise failures.not_found("The occurrence has been deleted.")
        return self._open(self._original)
