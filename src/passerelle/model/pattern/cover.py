"""The tightest OX pattern that covers a set of days: for recurrences that no pattern says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import gcd

from passerelle.model.expansion.days import week_first
from passerelle.model.expansion.walk import walk
from passerelle.model.moments import ONE_DAY, WholeDays
from passerelle.model.pattern.rules import to_rule
from passerelle.model.pattern.values import EVERY_DAY, LAST, MOST, Pattern, PatternType, bit

_WEEK = 7


def cover(days: Sequence[date]) -> tuple[Pattern, tuple[date, ...]]:
    """Return a pattern from the first to the last of some ascending days, and its days that are none of them."""
    best: tuple[Pattern, tuple[date, ...]] | None = None
    for pattern in _candidates(days):
        most = None if best is None else len(best[1])
        surplus = _surplus(pattern, days, most)
        if surplus is not None:
            best = pattern, surplus
        if not surplus and surplus is not None:
            break
    assert best is not None  # noqa: S101 - every day covers all
    return best


def _candidates(days: Sequence[date]) -> Iterator[Pattern]:
    """Patterns that cover the days; the last, each n-th day, always does."""
    until = days[-1]
    month_steps = _interval(12 * day.year + day.month for day in days)
    for bits, number in _days_of_month(days):
        if len({day.month for day in days}) == 1 and month_steps % 12 == 0:
            yield Pattern(
                type=PatternType.YEARLY,
                interval=max(month_steps // 12, 1),
                days=bits,
                day_in_month=number,
                month=until.month - 1,
                until=until,
            )
        if 1 <= month_steps <= MOST:
            yield Pattern(type=PatternType.MONTHLY, interval=month_steps, days=bits, day_in_month=number, until=until)
    mask = sum({bit(day.weekday()) for day in days})
    weeks = _interval(week_first(day, 0) // _WEEK for day in days)
    if mask != EVERY_DAY:
        yield Pattern(type=PatternType.WEEKLY, interval=_allowed(weeks), days=mask, until=until)
    yield Pattern(type=PatternType.DAILY, interval=_allowed(_interval(map(date.toordinal, days))), until=until)


def _days_of_month(days: Sequence[date]) -> Iterator[tuple[int | None, int]]:
    """What all days have in common within their months: the number, or the n-th or last such weekday."""
    if len({day.day for day in days}) == 1:
        yield None, days[0].day
    if len({day.weekday() for day in days}) > 1:
        return
    mask = bit(days[0].weekday())
    places = {(day.day - 1) // _WEEK + 1 for day in days}
    if len(places) == 1 and (place := places.pop()) < LAST:
        yield mask, place
    if all((day + _WEEK * ONE_DAY).month != day.month for day in days):
        yield mask, LAST


def _interval(numbers: Iterator[int] | map[int]) -> int:
    """The greatest step that leads from each number to the next; 0 if they are all the same."""
    return gcd(*(after - before for before, after in pairwise(numbers)))


def _allowed(interval: int) -> int:
    """An interval that OX takes and that leads to the same days, among others."""
    if interval <= MOST:
        return max(interval, 1)
    return max(divisor for divisor in range(1, MOST + 1) if interval % divisor == 0)


def _surplus(pattern: Pattern, days: Sequence[date], most: int | None) -> tuple[date, ...] | None:
    """The pattern's days up to the last that are not among ``days``; None if they are not fewer than ``most``."""
    wanted, found = set(days), []
    first = WholeDays(start=days[0], end=days[0] + ONE_DAY)
    for moment in walk(to_rule(pattern, first), datetime(days[0].year, days[0].month, days[0].day)):  # noqa: DTZ001 - wall-clock time
        if (day := moment.date()) > days[-1]:
            break
        if day not in wanted:
            found.append(day)
            if most is not None and len(found) >= most:
                return None
    return tuple(found)
