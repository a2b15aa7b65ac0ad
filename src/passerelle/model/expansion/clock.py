"""Hourly, minutely and secondly rules: the times they name within each day (RFC 5545, section 3.3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from math import gcd

from passerelle.model.expansion.days import Stretch, from_day
from passerelle.model.expansion.parts import Parts, at_positions
from passerelle.model.recurrence import Frequency

PERIOD_SECONDS = {Frequency.HOURLY: 3600, Frequency.MINUTELY: 60, Frequency.SECONDLY: 1}
"""How many seconds a period of each frequency has."""

_DAY = 86_400
_PATIENCE = 20_000
"""Days that a rule takes, but with no time on them, after which it is taken for one that never matches."""


def times_within_days(parts: Parts, start: datetime, lower: datetime, last: date) -> Iterator[datetime]:
    """Yield the local times of a rule whose period is shorter than a day, from ``lower`` to the day ``last``."""
    units = _Units(parts, start)
    if not units.can_match():
        return
    fruitless = 0
    for day in from_day(parts, Stretch(lower.date(), last), start.date(), 1):
        found = False
        for moment in units.on(day, lower if day == lower.date() else None):
            found = True
            yield moment
        fruitless = 0 if found else fruitless + 1
        if fruitless > _PATIENCE:
            return


class _Units:
    """The periods of a rule (hours, minutes or seconds) within days. A unit's number counts from midnight."""

    def __init__(self, parts: Parts, start: datetime) -> None:
        self._parts = parts
        self._size = PERIOD_SECONDS[parts.frequency]
        self._per_day = _DAY // self._size
        self._start = start
        self._offset = _second_of_day(start) // self._size
        self._within = inside_a_period(parts)

    def can_match(self) -> bool:
        """Whether the interval ever meets an allowed unit, whatever the day."""
        step = gcd(self._per_day, self._parts.interval)
        return bool(self._within) and any(
            (unit - self._offset) % step == 0 for block in self._blocks() for unit in block if self._allows(unit)
        )

    def on(self, day: date, floor: datetime | None) -> Iterator[datetime]:
        """The rule's times on a day that its day parts take, from ``floor`` on."""
        interval = self._parts.interval
        before = (day.toordinal() - self._start.toordinal()) * self._per_day - self._offset
        lowest = _second_of_day(floor) // self._size if floor else 0
        if day == self._start.date():
            lowest = max(lowest, self._offset)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall-clock time
        for block in self._blocks():
            first = max(block.start, lowest)
            first += -(before + first) % interval
            for unit in range(first, block.stop, interval):
                if self._allows(unit):
                    yield from self._moments(midnight, unit, floor)

    def _moments(self, midnight: datetime, unit: int, floor: datetime | None) -> Iterator[datetime]:
        begin = midnight + timedelta(seconds=unit * self._size)
        for second in self._within:
            moment = begin + timedelta(seconds=second)
            if moment >= self._start and (floor is None or moment >= floor):
                yield moment

    def _blocks(self) -> Iterator[range]:
        """The runs of units that ``BYHOUR``, and of seconds ``BYMINUTE``, leave of a day."""
        hours = self._parts.hours
        per_hour = 3600 // self._size
        if self._parts.frequency is Frequency.SECONDLY and self._parts.minutes:
            for hour, minute in product(hours or range(24), self._parts.minutes):
                yield range(hour * 3600 + minute * 60, hour * 3600 + minute * 60 + 60)
        elif hours:
            for hour in hours:
                yield range(hour * per_hour, (hour + 1) * per_hour)
        else:
            yield range(self._per_day)

    def _allows(self, unit: int) -> bool:
        """Whether the finest part that names units themselves allows one; coarser ones are in the blocks."""
        if self._parts.frequency is Frequency.MINUTELY:
            return not self._parts.minutes or unit % 60 in self._parts.minutes
        if self._parts.frequency is Frequency.SECONDLY:
            return not self._parts.seconds or unit % 60 in self._parts.seconds
        return True


def inside_a_period(parts: Parts) -> list[int]:
    """The seconds within an hour, minute or second at which a rule has times, after ``BYSETPOS``."""
    match parts.frequency:
        case Frequency.HOURLY:
            seconds = [60 * minute + second for minute, second in product(parts.minutes, parts.seconds)]
        case Frequency.MINUTELY:
            seconds = list(parts.seconds)
        case _:
            seconds = [0]
    return at_positions(seconds, parts.positions)


def _second_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
