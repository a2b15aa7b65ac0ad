"""Time zones that a file defines itself (RFC 5545, section 3.6.5), and which IANA zone they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import islice, takewhile
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.expansion.keys import rule_keys
from passerelle.model.moments import Timed, zone_info
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.rules import read_rule
from passerelle.wire.icalendar.values import is_utc, read_date_time, read_offset

LAST_YEAR = 2100
_MOST_ONSETS = 1000
"""Of one rule: a zone whose clock changes more often is none."""
_SAMPLE_EVERY = timedelta(days=13)
_NO_ZONE = frozenset({"localtime", "Factory", "posixrules"})


class Onset(Struct, frozen=True, order=True):
    """A change of offset: when it happens on the wall clock of before, and the offsets around it."""

    wall: datetime
    before: timedelta
    after: timedelta

    @property
    def utc(self) -> datetime:
        """When it happens, naive in UTC."""
        return self.wall - self.before


class Definition:
    """A zone as a ``VTIMEZONE`` defines it. ``text`` is the component, to be written again."""

    def __init__(self, tzid: str, text: str, onsets: Iterable[Onset], guesses: Iterable[str] = ()) -> None:
        self.tzid = tzid
        self.text = text
        self.guesses = tuple(guesses)
        self._onsets = sorted(onsets)
        self._walls = [onset.wall for onset in self._onsets]
        self._equal: dict[tuple[int, int], str | None] = {}

    def utc(self, wall: datetime) -> datetime:
        """Return the instant of a naive wall-clock time; of a skipped one as with the offset before the gap."""
        return (wall - self._offset(wall)).replace(tzinfo=UTC)

    def wall(self, moment: datetime) -> datetime:
        """Return what the zone's clock shows at an instant, naive."""
        return (moment + self._utc_offset(moment.replace(tzinfo=None))).replace(tzinfo=None)

    def _utc_offset(self, moment: datetime) -> timedelta:
        position = bisect_right(self._utc_onsets, moment, key=lambda onset: onset.utc) - 1
        return self._utc_onsets[position].after if position >= 0 else self._utc_onsets[0].before

    def _offset(self, wall: datetime) -> timedelta:
        position = bisect_right(self._walls, wall) - 1
        if position < 0:
            return self._onsets[0].before
        onset = self._onsets[position]
        in_gap = wall < onset.wall + max(onset.after - onset.before, timedelta())
        return onset.before if in_gap else onset.after

    def equivalent(self, first: int, last: int, preferred: Iterable[str] = ()) -> str | None:
        """Return the IANA zone with the same offsets from the year ``first`` to the end of ``last``, or None."""
        if (first, last) not in self._equal:
            self._equal[first, last] = self._search(first, last, preferred)
        return self._equal[first, last]

    def _search(self, first: int, last: int, preferred: Iterable[str]) -> str | None:
        start, end = (datetime.combine(date(year, 1, 1), time()) for year in (first, last + 1))
        samples = list(self._samples(start, end))
        return next((name for name in self._candidates(preferred) if _agrees(name, samples)), None)

    def _candidates(self, preferred: Iterable[str]) -> Iterator[str]:
        known = iana_zones()
        yield from (name for name in (*self.guesses, *preferred) if name in known or name == "UTC")
        yield from _by_importance()

    def _samples(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
        changes = [onset for onset in self._utc_onsets if start <= onset.utc < end]
        moments = {start + _SAMPLE_EVERY * step for step in range((end - start) // _SAMPLE_EVERY)}
        for onset in changes:
            moments |= {onset.utc, onset.utc - timedelta(seconds=1)}
        for moment in sorted(moments):
            yield moment.replace(tzinfo=UTC), self._utc_offset(moment)

    @cached_property
    def _utc_onsets(self) -> list[Onset]:
        return sorted(self._onsets, key=lambda onset: onset.utc)


def _agrees(name: str, samples: list[tuple[datetime, timedelta]]) -> bool:
    zone = zone_info(name)
    return all(moment.astimezone(zone).utcoffset() == offset for moment, offset in samples)


@lru_cache(maxsize=1)
def iana_zones() -> frozenset[str]:
    """Return the names of all zones of the time-zone database that are places or offsets."""
    return frozenset(available_timezones() - _NO_ZONE)


@lru_cache(maxsize=1)
def _by_importance() -> tuple[str, ...]:
    """All zones, the main one of each Windows zone first: of several equal zones users know these best."""
    main = [name for name in dict.fromkeys(WINDOWS_TO_OLSON.values()) if name in iana_zones()]
    return (*main, *sorted(iana_zones() - set(main)))


def read_definition(component: Component) -> Definition:
    """Return what a ``VTIMEZONE`` defines.

    Raises:
        Unreadable: a mandatory property is absent or malformed.
    """
    tzid = component.first("TZID")
    onsets = [onset for child in component.children for onset in _onsets(child)]
    if tzid is None or not onsets:
        message = Text("This VTIMEZONE lacks TZID, or a STANDARD or DAYLIGHT part with its beginning.")
        raise Unreadable(message, component.line)
    location = component.first("X-LIC-LOCATION")
    return Definition(tzid.value, component.text(), onsets, [location.value] if location else [])


def _onsets(component: Component) -> Iterator[Onset]:
    lines = [component.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")]
    start, before, after = lines
    if start is None or before is None or after is None:
        message = Text("This {component} lacks DTSTART, TZOFFSETFROM or TZOFFSETTO.", component=component.name)
        raise Unreadable(message, component.line)
    offsets = read_offset(before), read_offset(after)
    first = _wall(start.value, start.number)
    rule = component.first("RRULE")
    walls = _repeated(rule, first, offsets[0]) if rule else [first]
    dates = [value for line in component.lines.get("RDATE", ()) for value in line.value.split(",")]
    for wall in {*walls, *(_wall(value.partition("/")[0], start.number) for value in dates)}:
        yield Onset(wall, *offsets)


def _wall(text: str, number: int) -> datetime:
    value = read_date_time(text, number)
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _repeated(line: ContentLine, first: datetime, before: timedelta) -> list[datetime]:
    """Expand a rule of offset changes; its UNTIL is in UTC, its start on the wall clock of before."""

    def until(text: str) -> datetime:
        wall = _wall(text, line.number).replace(tzinfo=UTC)
        return wall + before if is_utc(text) else wall

    rule = read_rule(line, until)
    start = first.replace(tzinfo=UTC)
    keys = rule_keys(Timed(start=start, end=start), rule)
    walls = (key.replace(tzinfo=None) for key in islice(keys, _MOST_ONSETS))
    return [first, *takewhile(lambda wall: wall.year <= LAST_YEAR, walls)]
