"""The local times that a rule names, in ascending order, from any point on (RFC 5545, section 3.3.10).

Times are naive: points on a wall clock. A walk may begin far from the rule's start at no cost, for period
*k* is found by arithmetic; only ``COUNT`` forces a walk from the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import count as numbers
from itertools import dropwhile, islice, product

from passerelle.model.expansion import days
from passerelle.model.expansion.clock import times_within_days
from passerelle.model.expansion.parts import SUB_DAILY, Parts, at_positions, parts_of
from passerelle.model.recurrence import Frequency, Rule

MOST = 100_000
"""No series is counted further than this: a larger ``COUNT`` counts as this one (273 years of days)."""

_CYCLE = {
    # The calendar repeats after 400 years (whole weeks): what found nothing by then never will
    Frequency.YEARLY: 400,
    Frequency.MONTHLY: 4_800,
    Frequency.WEEKLY: 20_871,
}


def walk(rule: Rule, start: datetime, lower: datetime | None = None, last: date = date.max) -> Iterator[datetime]:
    """Yield the local times of a rule that begins at ``start``, from ``lower`` on, ascending, each once.

    ``start`` itself is yielded only if the rule names it. ``until`` is an instant and thus not looked at.
    Times have whole seconds. Nobody looks further than the day ``last``; a period that has begun by then is
    finished. The walk ends earlier when the calendar went round without a match.
    """
    start = start.replace(microsecond=0)
    parts = parts_of(rule, start)
    if parts.never:
        return iter(())
    if rule.count is not None:
        counted = islice(_walk(parts, start, start, last), max(0, min(rule.count, MOST)))
        return counted if lower is None else dropwhile(lower.__gt__, counted)
    return _walk(parts, start, start if lower is None else max(start, lower), last)


def _walk(parts: Parts, start: datetime, lower: datetime, last: date) -> Iterator[datetime]:
    if parts.frequency in SUB_DAILY:
        return times_within_days(parts, start, lower, last)
    if parts.frequency is Frequency.DAILY:
        return (moment for moment in _daily(parts, start, lower, last) if moment >= lower)
    return (moment for moment in _periods(parts, start, lower, last) if moment >= lower)


def _daily(parts: Parts, start: datetime, lower: datetime, last: date) -> Iterator[datetime]:
    times = at_positions(_times(parts), parts.positions)
    if times:
        for day in days.from_day(parts, days.Stretch(lower.date(), last), start.date(), parts.interval):
            yield from (datetime.combine(day, at) for at in times)


def _times(parts: Parts) -> list[time]:
    return [time(*triple) for triple in product(parts.hours, parts.minutes, parts.seconds)]


def _periods(parts: Parts, start: datetime, lower: datetime, last: date) -> Iterator[datetime]:
    """The times of all periods from that of ``lower`` on; ends after a fruitless cycle of the calendar."""
    times = _times(parts)
    fruitless = 0
    for period in numbers(_first_period(parts, start, lower)):
        taken = _days(parts, start, period, last)
        if taken is None or fruitless > _CYCLE[parts.frequency]:
            return
        moments = at_positions([datetime.combine(day, at) for day in taken for at in times], parts.positions)
        fruitless = 0 if moments else fruitless + 1
        yield from moments


def _first_period(parts: Parts, start: datetime, lower: datetime) -> int:
    """The number of the last period that begins at or before ``lower``; the start's has number 0."""
    match parts.frequency:
        case Frequency.YEARLY:
            distance = lower.year - start.year
        case Frequency.MONTHLY:
            distance = (lower.year - start.year) * 12 + lower.month - start.month
        case _:
            distance = (lower.toordinal() - days.week_first(start, parts.week_start)) // 7
    return distance // parts.interval


def _days(parts: Parts, start: datetime, period: int, last: date) -> Iterator[date] | None:
    """The days that the rule takes in a period; None if that begins after ``last``."""
    steps = period * parts.interval
    match parts.frequency:
        case Frequency.YEARLY:
            year = start.year + steps
            return days.in_year(parts, year) if year <= last.year else None
        case Frequency.MONTHLY:
            year, month = divmod(start.year * 12 + start.month - 1 + steps, 12)
            return days.in_month(parts, year, month + 1) if (year, month + 1) <= (last.year, last.month) else None
        case _:
            first = days.week_first(start, parts.week_start) + 7 * steps
            return days.in_week(parts, first) if first <= last.toordinal() else None
