"""Outlook's ``RecurrencePattern`` and its exceptions as values, and back. Touches Outlook's objects."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import RecurrenceType
from passerelle.peers.outlook.mapping import dates
from passerelle.peers.outlook.mapping.values import Series

_YEAR = 12
Repeating = objects.AppointmentItem | objects.TaskItem

_WEEKDAYS = frozenset({RecurrenceType.Weekly, RecurrenceType.MonthNth, RecurrenceType.YearNth})
_NUMBERED = frozenset({RecurrenceType.Monthly, RecurrenceType.Yearly})
_NTH = frozenset({RecurrenceType.MonthNth, RecurrenceType.YearNth})
_YEARLY = frozenset({RecurrenceType.Yearly, RecurrenceType.YearNth})


class Exceptions(Struct, frozen=True):
    """The days of a series that are deleted, and its changed occurrences by their original days."""

    deleted: frozenset[date]
    changed: dict[date, objects.AppointmentItem]


def read_pattern(pattern: objects.RecurrencePattern) -> Series:
    """How an item repeats, exceptions aside. Only what the type has is asked for."""
    type_ = RecurrenceType(pattern.RecurrenceType)
    return Series(
        type=type_,
        interval=_in_months(pattern.Interval) if type_ in _YEARLY else pattern.Interval,
        mask=pattern.DayOfWeekMask if type_ in _WEEKDAYS else 0,
        day=pattern.DayOfMonth if type_ in _NUMBERED else 0,
        instance=pattern.Instance if type_ in _NTH else 0,
        month=pattern.MonthOfYear if type_ in _YEARLY else 0,
        first=dates.day_of(pattern.PatternStartDate) or date.min,
        last=None if pattern.NoEndDate else dates.day_of(pattern.PatternEndDate),
    )


def _in_months(interval: int) -> int:
    """The interval of a yearly pattern: one that is no number of years in months counts years."""
    return interval if interval % _YEAR == 0 else interval * _YEAR


def read_exceptions(pattern: objects.RecurrencePattern) -> Exceptions:
    """The exceptions of a series. One that was moved may stand there twice: it is not deleted."""
    found = pattern.Exceptions
    deleted, changed = set(), {}
    for number in range(1, found.Count + 1):
        one = found.Item(number)
        day = dates.day_of(one.OriginalDate)
        if day is None:
            continue
        if one.Deleted:
            deleted.add(day)
        else:
            changed[day] = one.AppointmentItem
    return Exceptions(frozenset(deleted - changed.keys()), changed)


def write_pattern(item: Repeating, series: Series) -> None:
    """Let an item repeat that does not, from its own start on. The type comes first, for it sets all else."""
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = series.type
    # the interval it comes with tells what it counts: twelve months, or one year, as Microsoft's page has it
    in_years = series.type in _YEARLY and pattern.Interval == 1
    pattern.Interval = series.interval // _YEAR if in_years else series.interval
    if series.type in _WEEKDAYS:
        pattern.DayOfWeekMask = series.mask
    if series.type in _NUMBERED:
        pattern.DayOfMonth = series.day
    if series.type in _NTH:
        pattern.Instance = series.instance
    if series.type in _YEARLY:
        pattern.MonthOfYear = series.month
    pattern.PatternStartDate = dates.given(series.first)
    if series.last is None:
        pattern.NoEndDate = True
    else:
        pattern.PatternEndDate = dates.given(series.last)
