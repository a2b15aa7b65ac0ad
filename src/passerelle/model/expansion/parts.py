"""A rule with everything spelled out that RFC 5545 takes from the start (section 3.3.10)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from passerelle.model.recurrence import Frequency, Rule, Weekday

SUB_DAILY = frozenset({Frequency.HOURLY, Frequency.MINUTELY, Frequency.SECONDLY})

T = TypeVar("T")


class Parts(Struct, frozen=True, kw_only=True):
    """The ``BY…`` parts of a rule as sets; an empty set does not restrict, except where noted.

    ``hours``, ``minutes`` and ``seconds`` are sorted; of a daily or longer rule they are never empty.
    ``nth`` holds (weekday, n) pairs; the rule takes days that are in ``weekdays`` or in ``nth``.
    ``never`` marks a rule whose times of day do not exist.
    """

    frequency: Frequency
    interval: int
    months: frozenset[int]
    weeks: frozenset[int]
    year_days: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    nth: frozenset[tuple[int, int]]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    positions: tuple[int, ...]
    week_start: Weekday
    never: bool


def parts_of(rule: Rule, start: datetime) -> Parts:
    """Spell a rule out that begins at a local time ``start``."""
    months, month_days, weekdays, nth = _days(rule, start)
    hours, minutes, seconds = _times(rule, start)
    return Parts(
        frequency=rule.frequency,
        interval=max(rule.interval, 1),
        months=months,
        weeks=frozenset(rule.by_week),
        year_days=frozenset(rule.by_year_day),
        month_days=month_days,
        weekdays=weekdays,
        nth=nth,
        hours=hours,
        minutes=minutes,
        seconds=seconds,
        positions=rule.by_position,
        week_start=rule.week_start,
        never=any(given and not left for given, left in zip(_given(rule), (hours, minutes, seconds), strict=True)),
    )


def at_positions(moments: list[T], positions: tuple[int, ...]) -> list[T]:
    """What ``BYSETPOS`` leaves of the sorted times of one period."""
    if not positions:
        return moments
    size = len(moments)
    chosen = {place - 1 if place > 0 else place + size for place in positions if place}
    return [moments[index] for index in sorted(chosen) if 0 <= index < size]


def _given(rule: Rule) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    # RFC 5545, section 3.3.12: without leap seconds, second 60 is second 59
    return rule.by_hour, rule.by_minute, tuple(59 if second == 60 else second for second in rule.by_second)  # noqa: PLR2004


def _days(
    rule: Rule, start: datetime
) -> tuple[frozenset[int], frozenset[int], frozenset[int], frozenset[tuple[int, int]]]:
    """Months, days of the month, weekdays and n-th weekdays, from the start where the rule names no day."""
    months, month_days = frozenset(rule.by_month), frozenset(rule.by_month_day)
    # RFC 5545: "n" has a meaning in monthly and yearly rules only
    numbered = rule.frequency in {Frequency.MONTHLY, Frequency.YEARLY}
    weekdays = frozenset(int(entry.day) for entry in rule.by_day if not (entry.n and numbered))
    nth = frozenset((int(entry.day), entry.n) for entry in rule.by_day if entry.n and numbered)
    if rule.by_week or rule.by_year_day or month_days or rule.by_day:
        return months, month_days, weekdays, nth
    match rule.frequency:
        case Frequency.YEARLY:
            return months or frozenset({start.month}), frozenset({start.day}), weekdays, nth
        case Frequency.MONTHLY:
            return months, frozenset({start.day}), weekdays, nth
        case Frequency.WEEKLY:
            return months, month_days, frozenset({start.weekday()}), nth
        case _:
            return months, month_days, weekdays, nth


def _times(rule: Rule, start: datetime) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Hours, minutes and seconds; a part that is finer than the frequency comes from the start."""
    hours, minutes, seconds = _given(rule)
    if rule.frequency is not Frequency.SECONDLY:
        seconds = seconds or (start.second,)
        if rule.frequency is not Frequency.MINUTELY:
            minutes = minutes or (start.minute,)
            if rule.frequency is not Frequency.HOURLY:
                hours = hours or (start.hour,)
    return _sorted(hours, 24), _sorted(minutes, 60), _sorted(seconds, 60)


def _sorted(values: tuple[int, ...], below: int) -> tuple[int, ...]:
    return tuple(sorted({value for value in values if 0 <= value < below}))
