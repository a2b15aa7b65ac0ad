"""When several people have time together: free spans within working hours, the earliest first. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from passerelle.groupware.free_busy import BusyTime, merged
from passerelle.model.moments import ONE_DAY, day_start, zone_info

STEP: Final = timedelta(minutes=30)
BEGIN, END = time(8), time(18)
"""Working hours, on the wall clock of whoever plans."""
LAST_WORKDAY: Final = 4
DAYS: Final = 14
"""How many days are looked through."""
_APART: Final = timedelta(hours=3)


class Wish(Struct, frozen=True):
    """How long, from which moment and day on, and in which zone people live; ``whole_days`` counts days instead."""

    length: timedelta
    after: datetime
    first: date
    zone: str
    whole_days: bool = False


def suggestions(taken: Sequence[BusyTime], wish: Wish, most: int) -> list[tuple[datetime, datetime]]:
    """Some spans in which nothing of ``taken`` lies, two a day at most."""
    busy = _Busy(taken)
    days = (wish.first + ONE_DAY * number for number in range(DAYS))
    workdays = (day for day in days if day.weekday() <= LAST_WORKDAY)
    free = ([span for span in _spans(day, wish) if span[0] >= wish.after and busy.leaves(*span)] for day in workdays)
    return list(islice(chain.from_iterable(map(_early_and_late, free)), most))


def _early_and_late(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The first of a day, and the first of those well after it."""
    later = [span for span in spans if span[0] >= max(spans[0][0] + _APART, spans[0][1])]
    return spans[:1] + later[:1]


def _spans(day: date, wish: Wish) -> Iterator[tuple[datetime, datetime]]:
    if wish.whole_days:
        yield day_start(day, wish.zone), day_start(day + wish.length, wish.zone)
        return
    zone = zone_info(wish.zone)
    start, last = (datetime.combine(day, at, zone).astimezone(UTC) for at in (BEGIN, END))
    while start + wish.length <= last:
        yield start, start + wish.length
        start += STEP


class _Busy:
    """Times that are taken, to be asked many times."""

    def __init__(self, times: Sequence[BusyTime]) -> None:
        self._times = merged(times)
        self._starts = [one.start for one in self._times]

    def leaves(self, start: datetime, end: datetime) -> bool:
        """Whether nothing lies between two instants."""
        before = bisect_right(self._starts, start)
        is_over = before == 0 or self._times[before - 1].end <= start
        return is_over and (before == len(self._times) or self._times[before].start >= end)
