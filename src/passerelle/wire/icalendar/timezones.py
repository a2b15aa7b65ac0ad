"""Definitions of IANA zones for the files we write (RFC 5545, section 3.6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby

from msgspec import Struct

from passerelle.model.moments import zone_info
from passerelle.wire.icalendar.values import write_clock, write_offset

_FIRST_YEAR = 1970
_LAST_YEAR = 2037
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEP = timedelta(days=9)
_WEEK = 7
_WORTH_A_RULE = 3


class _Change(Struct, frozen=True):
    """One change of offset: when, on the wall clock of before, and what follows."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool

    @property
    def week(self) -> int:
        """Which weekday of its month it is on: 1 to 4, or -1 for the last."""
        is_last = (self.wall + timedelta(days=_WEEK)).month != self.wall.month
        return -1 if is_last else (self.wall.day - 1) // _WEEK + 1

    @property
    def pattern(self) -> tuple[object, ...]:
        """What the changes of one rule have in common."""
        wall = self.wall
        same = (self.before, self.after, self.name, self.is_daylight)
        return (*same, wall.month, self.week, wall.weekday(), wall.time())


@lru_cache(maxsize=256)
def definition(zone: str) -> tuple[str, ...]:
    """Return the unfolded lines of a ``VTIMEZONE`` that holds from 1970 on."""
    changes = list(_changes(zone_info(zone)))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    lines += [line for run in _runs(changes) for line in _observance(run)]
    return (*lines, "END:VTIMEZONE")


def _changes(zone: tzinfo) -> Iterator[_Change]:
    moment, end = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    yield _change(zone, moment, moment)
    while moment < end:
        following = moment + _STEP
        if _offset(zone, following) != _offset(zone, moment):
            yield _change(zone, _first_after(zone, moment, following))
        moment = following


def _first_after(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """Return the first instant with another offset than at ``low``, to the second."""
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _change(zone: tzinfo, moment: datetime, previous: datetime | None = None) -> _Change:
    local = moment.astimezone(zone)
    before = _offset(zone, previous or moment - timedelta(seconds=1))
    wall = (moment + before).replace(tzinfo=None)
    is_daylight = bool(local.dst())
    return _Change(wall, before, _offset(zone, moment), local.tzname() or "", is_daylight)


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _runs(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Yield changes that one rule says: the same in years that follow each other."""
    by_pattern = sorted(changes, key=lambda change: (str(change.pattern), change.wall))
    for _, found in groupby(by_pattern, key=lambda change: str(change.pattern)):
        run: list[_Change] = []
        for change in found:
            if run and change.wall.year != run[-1].wall.year + 1:
                yield run
                run = []
            run.append(change)
        yield run


def _observance(run: list[_Change]) -> Iterator[str]:
    first, last = run[0], run[-1]
    kind = "DAYLIGHT" if first.is_daylight else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{write_clock(first.wall)}"
    if len(run) >= _WORTH_A_RULE:
        yield _rule(first, last)
    else:
        yield from (f"RDATE:{write_clock(change.wall)}" for change in run[1:])
    yield f"TZOFFSETFROM:{write_offset(first.before)}"
    yield f"TZOFFSETTO:{write_offset(first.after)}"
    yield f"TZNAME:{first.name}"
    yield f"END:{kind}"


def _rule(first: _Change, last: _Change) -> str:
    day = f"{first.week}{_DAYS[first.wall.weekday()]}"
    rule = f"RRULE:FREQ=YEARLY;BYMONTH={first.wall.month};BYDAY={day}"
    if last.wall.year >= _LAST_YEAR:
        return rule
    return f"{rule};UNTIL={last.wall.year}1231T235959Z"  # some read it as local: leave room
