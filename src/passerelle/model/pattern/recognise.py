"""Recurrence rules that an OX pattern says exactly (OX reference, section 11)."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.model.expansion.days import week_first
from passerelle.model.expansion.zones import local_start
from passerelle.model.moments import Span, WholeDays
from passerelle.model.pattern.values import EVERY_DAY, LAST, MOST, Pattern, PatternType, bit
from passerelle.model.recurrence import Frequency, Rule

_WEEK = 7


def recognise(when: Span, rule: Rule) -> Pattern | None:
    """Return the pattern, without limits, that means what a rule means; None if there is none.

    The rule must name the start: a pattern counts from there.
    """
    start = local_start(when)
    if rule.interval > MOST or rule.by_year_day or rule.by_week or not _at_start_time(when, rule, start):
        return None
    match rule.frequency:
        case Frequency.DAILY:
            return _daily(rule)
        case Frequency.WEEKLY:
            return _weekly(rule, start)
        case Frequency.MONTHLY:
            return _monthly(rule, start)
        case Frequency.YEARLY:
            return _yearly(rule, start)
        case _:
            return None


def _at_start_time(when: Span, rule: Rule, start: datetime) -> bool:
    """Whether the rule names no other time of day than the start's."""
    if isinstance(when, WholeDays):
        return True
    given = (rule.by_hour, rule.by_minute, rule.by_second)
    own = (start.hour, start.minute, start.second)
    return all(not values or set(values) == {value} for values, value in zip(given, own, strict=True))


def _daily(rule: Rule) -> Pattern | None:
    if rule.by_month or rule.by_month_day or rule.by_position:
        return None
    if not rule.by_day:
        return Pattern(type=PatternType.DAILY, interval=rule.interval)
    if rule.interval > 1:
        return None
    return Pattern(type=PatternType.WEEKLY, days=_bits(rule))


def _weekly(rule: Rule, start: datetime) -> Pattern | None:
    if rule.by_month or rule.by_month_day or rule.by_position:
        return None
    named = {int(entry.day) for entry in rule.by_day} or {start.weekday()}
    if rule.interval > 1 and not _same_in_weeks_from_monday(named, rule.week_start, start.date()):
        return None
    days = sum(bit(day) for day in named)
    return Pattern(type=PatternType.WEEKLY, interval=rule.interval, days=days)


def _same_in_weeks_from_monday(named: set[int], week_start: int, start: date) -> bool:
    """Whether the start's week has the same days if it begins on Monday; only then has every n-th week too."""
    own, monday = week_first(start, week_start), week_first(start, 0)
    return all(own + (day - week_start) % _WEEK == monday + day for day in named)


def _monthly(rule: Rule, start: datetime) -> Pattern | None:
    if rule.by_month:
        # every month, but only in one: that is every year
        return _yearly(rule, start) if rule.interval == 1 else None
    day = _day_of_month(rule, start)
    if day is None:
        return None
    return Pattern(type=PatternType.MONTHLY, interval=rule.interval, days=day[0], day_in_month=day[1])


def _yearly(rule: Rule, start: datetime) -> Pattern | None:
    named = bool(rule.by_day or rule.by_month_day)
    if len(rule.by_month) > 1 or (named and not rule.by_month):
        return None
    month = rule.by_month[0] if rule.by_month else start.month
    day = _day_of_month(rule, start)
    if day is None or not 1 <= month <= 12:  # noqa: PLR2004 - a year's months
        return None
    return Pattern(type=PatternType.YEARLY, interval=rule.interval, days=day[0], day_in_month=day[1], month=month - 1)


def _day_of_month(rule: Rule, start: datetime) -> tuple[int | None, int] | None:
    """``days`` and ``day_in_month`` of a monthly or yearly rule."""
    if not rule.by_day:
        if rule.by_position and set(rule.by_position) - {1, -1}:
            return None
        return _numbered_day(rule.by_month_day or (start.day,))
    if rule.by_month_day:
        return _weekday_among(rule)
    return _nth_weekday(rule)


def _numbered_day(numbers: tuple[int, ...]) -> tuple[int | None, int] | None:
    """One day of the month; the last is the last of all seven weekdays."""
    if len(numbers) > 1:
        return None
    number = numbers[0]
    if number == -1:
        return EVERY_DAY, LAST
    return (None, number) if 1 <= number <= 31 else None  # noqa: PLR2004 - days of a month


def _weekday_among(rule: Rule) -> tuple[int, int] | None:
    """``BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14`` is the second Sunday, a form that some programs write."""
    if len(rule.by_day) != 1 or rule.by_day[0].n or rule.by_position:
        return None
    numbers = sorted(rule.by_month_day)
    for place in range(1, LAST):
        if numbers == list(range((place - 1) * _WEEK + 1, place * _WEEK + 1)):
            return _bits(rule), place
    return (_bits(rule), LAST) if numbers == list(range(-_WEEK, 0)) else None


def _nth_weekday(rule: Rule) -> tuple[int, int] | None:
    """The n-th of one weekday, or by position the n-th of some."""
    numbers = {entry.n for entry in rule.by_day}
    if numbers == {None}:
        places = set(rule.by_position)
    elif len(rule.by_day) == 1 and not set(rule.by_position) - {1, -1}:
        places = {number or 0 for number in numbers}
    else:
        return None
    if len(places) != 1:
        return None
    place = places.pop()
    if place == -1:
        return _bits(rule), LAST
    return (_bits(rule), place) if 1 <= place < LAST else None


def _bits(rule: Rule) -> int:
    return sum({bit(entry.day) for entry in rule.by_day})
