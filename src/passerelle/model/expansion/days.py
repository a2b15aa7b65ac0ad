"""Which days a rule takes within a year, a month, a week or a day (RFC 5545, section 3.3.10)."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, date, timedelta
from typing import NamedTuple

from passerelle.model.expansion.parts import Parts
from passerelle.model.recurrence import Frequency

_WEEK = 7
_ROUND = 146_097
"""Days after which the calendar repeats."""

_ENOUGH_OF_A_FIRST_WEEK = 4
"""Week 1 is the first that has at least four days in the year (RFC 5545, ``BYWEEKNO``)."""


def in_year(parts: Parts, year: int) -> Iterator[date]:
    """The days of a year that a yearly rule takes, ascending."""
    return (day for day in _candidates(parts, year) if takes(parts, day))


def in_month(parts: Parts, year: int, month: int) -> Iterator[date]:
    """The days of a month that a monthly rule takes, ascending."""
    if parts.months and month not in parts.months:
        return iter(())
    by_weekday = parts.nth and not parts.weekdays
    candidates = _nth_of_month(parts, year, month) if by_weekday else _of_month(parts, year, month)
    return (day for day in candidates if takes(parts, day))


def in_week(parts: Parts, first: int) -> Iterator[date]:
    """The days that a weekly rule takes of the week that begins at the ordinal ``first``, ascending."""
    ordinals = range(max(first, 1), min(first + _WEEK, date.max.toordinal() + 1))
    return (day for day in map(date.fromordinal, ordinals) if takes(parts, day))


class Stretch(NamedTuple):
    """Days from a first to a last, inclusive."""

    first: date
    last: date


def from_day(parts: Parts, stretch: Stretch, anchor: date, interval: int) -> Iterator[date]:
    """All days of a stretch that a rule takes and that lie whole intervals of days after ``anchor``.

    Ends after a round of the calendar without a match.
    """
    by_months = parts.months or parts.month_days
    ordinals = _by_months(parts, stretch) if by_months else _all_days(stretch, anchor, interval)
    fruitless = 0
    for ordinal in ordinals:
        if (ordinal - anchor.toordinal()) % interval == 0 and takes(parts, day := date.fromordinal(ordinal)):
            fruitless = 0
            yield day
        elif (fruitless := fruitless + 1) > _ROUND:
            return


def _all_days(stretch: Stretch, anchor: date, interval: int) -> Iterable[int]:
    first = stretch.first.toordinal()
    return range(first + (anchor.toordinal() - first) % interval, stretch.last.toordinal() + 1, interval)


def _by_months(parts: Parts, stretch: Stretch) -> Iterator[int]:
    """The days of a stretch in the rule's months that are among its days of the month."""
    first, last = stretch
    months = sorted(parts.months) if parts.months else range(1, 13)
    for year in range(first.year, last.year + 1):
        for month in months:
            if (first.year, first.month) <= (year, month) <= (last.year, last.month):
                yield from (day.toordinal() for day in _of_month(parts, year, month) if first <= day <= last)


def takes(parts: Parts, day: date) -> bool:
    """Whether a rule takes a day by all of its parts that name days, weeks or months."""
    if parts.months and day.month not in parts.months:
        return False
    if (parts.weekdays or parts.nth) and not _takes_weekday(parts, day):
        return False
    if parts.month_days and not _takes_month_day(parts, day):
        return False
    if parts.year_days and not _takes_year_day(parts, day):
        return False
    return not parts.weeks or _takes_week(parts, day)


def week_first(day: date, week_start: int) -> int:
    """The ordinal of the first day of the week that holds a day; below 1 in the first week of year 1."""
    return day.toordinal() - (day.weekday() - week_start) % _WEEK


def _candidates(parts: Parts, year: int) -> Iterable[date]:
    """Days of a year among which are all that the rule takes; few where that is cheap to say."""
    if parts.year_days:
        length = year_length(year)
        numbers = {number if number > 0 else number + length + 1 for number in parts.year_days}
        first = date(year, 1, 1)
        return [first + timedelta(number - 1) for number in sorted(numbers) if 1 <= number <= length]
    months = sorted(parts.months) if parts.months else range(1, 13)
    return (day for month in months for day in _of_month(parts, year, month))


def _of_month(parts: Parts, year: int, month: int) -> Iterable[date]:
    if not 1 <= month <= 12:  # noqa: PLR2004 - a year's months
        return ()
    length = monthrange(year, month)[1]
    if not parts.month_days:
        return (date(year, month, number) for number in range(1, length + 1))
    numbers = {number if number > 0 else number + length + 1 for number in parts.month_days}
    return (date(year, month, number) for number in sorted(numbers) if 1 <= number <= length)


def _nth_of_month(parts: Parts, year: int, month: int) -> list[date]:
    """The n-th weekdays of a month: one or two days where a look at each day of the month would take thirty."""
    first, length = monthrange(year, month)
    numbers = {
        1 + (weekday - first) % _WEEK + _WEEK * (n - 1) if n > 0 else _last(weekday, first, length) + _WEEK * (n + 1)
        for weekday, n in parts.nth
    }
    return [date(year, month, number) for number in sorted(numbers) if 1 <= number <= length]


def _last(weekday: int, first: int, length: int) -> int:
    """The last day of a month, so long, that falls on a weekday; ``first`` is the weekday of the month's first."""
    return length - (first + length - 1 - weekday) % _WEEK


def _takes_weekday(parts: Parts, day: date) -> bool:
    weekday = day.weekday()
    if weekday in parts.weekdays:
        return True
    if not parts.nth:
        return False
    # n counts within the month, in a yearly rule without BYMONTH within the year
    if parts.frequency is Frequency.YEARLY and not parts.months:
        number, length = day.timetuple().tm_yday, year_length(day.year)
    else:
        number, length = day.day, monthrange(day.year, day.month)[1]
    return (weekday, (number - 1) // _WEEK + 1) in parts.nth or (
        weekday,
        -((length - number) // _WEEK) - 1,
    ) in parts.nth


def _takes_month_day(parts: Parts, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    return day.day in parts.month_days or day.day - length - 1 in parts.month_days


def _takes_year_day(parts: Parts, day: date) -> bool:
    number = day.timetuple().tm_yday
    return number in parts.year_days or number - year_length(day.year) - 1 in parts.year_days


def _takes_week(parts: Parts, day: date) -> bool:
    number, count = _week_number(day, parts.week_start)
    return number in parts.weeks or number - count - 1 in parts.weeks


def _week_number(day: date, week_start: int) -> tuple[int, int]:
    """The number of the week that holds a day, and how many weeks that week's year has."""
    year, first = day.year, _first_week(day.year, week_start)
    if day.toordinal() < first:
        year, first = year - 1, _first_week(year - 1, week_start)
    after = _first_week(year + 1, week_start)
    if day.toordinal() >= after:
        first, after = after, _first_week(year + 2, week_start)
    return (day.toordinal() - first) // _WEEK + 1, (after - first) // _WEEK


def _first_week(year: int, week_start: int) -> int:
    """The ordinal of the first day of week 1 of a year; estimated for years that Python does not know."""
    if year < 1:
        return _first_week(1, week_start) - 52 * _WEEK
    if year > MAXYEAR:
        return _first_week(MAXYEAR, week_start) + (year - MAXYEAR) * 52 * _WEEK
    first = date(year, 1, _ENOUGH_OF_A_FIRST_WEEK)
    return week_first(first, week_start)


def year_length(year: int) -> int:
    """How many days a year has."""
    return 366 if isleap(year) else 365
