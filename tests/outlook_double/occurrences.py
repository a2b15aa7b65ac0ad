"""When the occurrences of a pattern begin (section 4): by dateutil and not by us, so that tests compare two answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from dateutil import rrule

from passerelle.peers.outlook.constants import DaysOfWeek, RecurrenceType
from tests.outlook_double.records import Pattern

WEEKDAYS = {
    DaysOfWeek.Monday: rrule.MO,
    DaysOfWeek.Tuesday: rrule.TU,
    DaysOfWeek.Wednesday: rrule.WE,
    DaysOfWeek.Thursday: rrule.TH,
    DaysOfWeek.Friday: rrule.FR,
    DaysOfWeek.Saturday: rrule.SA,
    DaysOfWeek.Sunday: rrule.SU,
}
LAST = 5
"""The instance that means the last one."""
MOST = 5000
"""More occurrences than any test looks at."""


def originals(pattern: Pattern, *, in_months: bool) -> Iterator[datetime]:
    """When all occurrences would begin, without exceptions, in digits of the series' zone."""
    ends: dict[str, Any] = {"count": pattern.count} if pattern.count else {}
    if pattern.until is not None:
        ends = {"until": pattern.until.replace(hour=23, minute=59)}
    rule = rrule.rrule(dtstart=pattern.start, **_shape(pattern, in_months=in_months), **ends)
    yield from islice(rule, MOST)


def starts(pattern: Pattern, start_of: dict[datetime, datetime], *, in_months: bool) -> list[tuple[datetime, datetime]]:
    """The original and the present start of what is left of a series, in the order of the originals."""
    left = (each for each in originals(pattern, in_months=in_months) if each not in pattern.deleted)
    return [(each, start_of.get(each, each)) for each in islice(left, MOST)]


def end_of(pattern: Pattern, start: datetime) -> datetime:
    """When an occurrence ends that begins at ``start``."""
    return start + timedelta(minutes=pattern.minutes)


def _shape(pattern: Pattern, *, in_months: bool) -> dict[str, Any]:
    nth = LAST if not pattern.instance else pattern.instance
    by_days = [day for flag, day in WEEKDAYS.items() if pattern.days & flag]
    years = pattern.interval // 12 if in_months else pattern.interval
    match RecurrenceType(pattern.type):
        case RecurrenceType.Daily:
            return {"freq": rrule.DAILY, "interval": pattern.interval}
        case RecurrenceType.Weekly:
            return {"freq": rrule.WEEKLY, "interval": pattern.interval, "byweekday": by_days}
        case RecurrenceType.Monthly:
            return {"freq": rrule.MONTHLY, "interval": pattern.interval, **_day(pattern.day_of_month)}
        case RecurrenceType.MonthNth:
            shape = {"freq": rrule.MONTHLY, "interval": pattern.interval}
            return {**shape, "byweekday": by_days, "bysetpos": -1 if nth == LAST else nth}
        case RecurrenceType.Yearly:
            return {"freq": rrule.YEARLY, "interval": years, "bymonth": pattern.month, **_day(pattern.day_of_month)}
        case RecurrenceType.YearNth:
            shape = {"freq": rrule.YEARLY, "interval": years, "bymonth": pattern.month}
            return {**shape, "byweekday": by_days, "bysetpos": -1 if nth == LAST else nth}


def _day(number: int) -> dict[str, Any]:
    """A day of the month; in a month that is too short Outlook takes its last one."""
    return {"bymonthday": number} if number <= 28 else {"bymonthday": list(range(28, number + 1)), "bysetpos": -1}
