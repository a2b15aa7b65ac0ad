"""From the zone names of a file to zones we know (RFC 5545, section 3.2.19), and times to instants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from msgspec import Struct

from passerelle.model.moments import zone_info
from passerelle.wire.contentlines import ContentLine, unescape
from passerelle.wire.icalendar.definitions import LAST_YEAR, Definition, iana_zones
from passerelle.wire.icalendar.values import is_utc, read_date_time

_UTC_NAMES = frozenset({"utc", "z", "zulu", "uct", "etc/utc", "etc/zulu", "etc/uct", "universal", "etc/universal"})

_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?00)?", re.IGNORECASE)

Zone = str | Definition
"""An IANA name, or a definition that no IANA zone equals."""


class Point(Struct, frozen=True):
    """A date, or a naive time with its zone; ``zone`` is None for a time that floats."""

    value: date | datetime
    zone: Zone | None = None

    @property
    def is_day(self) -> bool:
        """Whether it is a date."""
        return not isinstance(self.value, datetime)

    @property
    def day(self) -> date:
        """The date, of a time on its own clock."""
        return self.value.date() if isinstance(self.value, datetime) else self.value


class Life(Struct, frozen=True):
    """The years in which an item happens: zones are compared over these only."""

    first: int
    last: int


class Zones:
    """The zones of one file: its own definitions, the user's zone ``home``, and ``X-WR-TIMEZONE`` if it has one.

    ``unknown`` collects the names that could not be found.
    """

    def __init__(self, home: str, definitions: Iterable[Definition] = (), calendar_zone: str | None = None) -> None:
        self.home = home
        self.calendar_zone = iana_name(calendar_zone) if calendar_zone else None
        self._definitions: dict[str, Definition] = {}
        for definition in definitions:  # a TZID is a text with escapes, which some programs forget
            self._definitions |= {unescape(definition.tzid).strip(): definition, definition.tzid: definition}
        self.unknown: dict[str, int] = {}

    def find(self, tzid: str, life: Life) -> Zone | None:
        """Return the zone that a name means during a life.

        A name of the IANA database means that zone, whatever the file defines: its own copies are often cut.
        Otherwise the file's definition decides, and a name alone is guessed from Windows' and other names.
        """
        name = _plain_name(tzid)
        if name is not None:
            return name
        definition = self._definitions.get(tzid) or self._definitions.get(tzid.strip())
        guess = iana_name(tzid)
        if definition is None:
            return guess
        preferred = [zone for zone in (guess, self.home, self.calendar_zone) if zone]
        return definition.equivalent(life.first, life.last, preferred) or definition

    def point(self, line: ContentLine, text: str, life: Life) -> Point:
        """Read one date or time of a property; times without zone are of the calendar's zone if it names one.

        Raises:
            Unreadable: the text is neither.
        """
        value = read_date_time(text, line.number)
        if not isinstance(value, datetime) or line.param("VALUE") in {"DATE", "date"}:
            return Point(value.date() if isinstance(value, datetime) else value)
        if is_utc(text):
            return Point(value, "UTC")
        tzid = _tzid(line)
        zone = self.find(tzid, life) if tzid else None
        if tzid and zone is None:
            self.unknown.setdefault(tzid, line.number)
        return Point(value, zone or self.calendar_zone)


def _tzid(line: ContentLine) -> str | None:
    """Return the name of a line's zone; one with commas may lack its quotation marks."""
    return next((",".join(values) for name, values in line.params if name == "TZID" and values), None)


def _plain_name(tzid: str) -> str | None:
    if tzid in iana_zones():
        return "UTC" if tzid.casefold() in _UTC_NAMES else tzid
    return "UTC" if tzid.casefold() in _UTC_NAMES else None


@lru_cache(maxsize=1024)
def iana_name(tzid: str) -> str | None:
    """Return the IANA name that a zone's name means: in another case, of Windows, or with a prefix, else None."""
    stripped = tzid.strip().strip("/")
    plain = _plain_name(stripped) or _in_any_case().get(stripped.casefold())
    if plain:
        return plain
    if stripped in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[stripped]
    parts = stripped.split("/")
    others = (*("/".join(parts[start:]) for start in range(1, len(parts))), stripped.replace("-", "/"))
    names = (_plain_name(name) or _in_any_case().get(name.casefold()) for name in others)
    return next(filter(None, names), None) or _fixed(stripped)


def _fixed(text: str) -> str | None:
    """Return the zone of a name such as ``GMT+0200``; IANA's names count hours the other way round."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    name = f"Etc/GMT{'-' if match[1] == '+' else '+'}{int(match[2])}"
    return name if name in iana_zones() else None


@lru_cache(maxsize=1)
def _in_any_case() -> dict[str, str]:
    return {name.casefold(): name for name in iana_zones()}


def instant(point: Point, home: str) -> datetime:
    """Return the UTC instant of a point; a floating one and a date's midnight are taken in ``home``.

    A time that the clock skips is read with the offset before the gap, an ambiguous one is the first of the two
    (RFC 5545, section 3.3.5).
    """
    value = point.value if isinstance(point.value, datetime) else datetime.combine(point.value, datetime.min.time())
    if isinstance(point.zone, Definition):
        return point.zone.utc(value)
    return to_utc(value, point.zone or home)


def to_utc(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall-clock time in an IANA zone."""
    if zone == "UTC":
        return wall.replace(tzinfo=UTC)
    return wall.replace(tzinfo=zone_info(zone)).astimezone(UTC)


def to_wall(moment: datetime, zone: str) -> datetime:
    """Return what the clock of an IANA zone shows at an instant, naive and without a hint which of two it is."""
    return moment.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)


def bounded(first: int, last: int) -> Life:
    """Return a life within the years that zone definitions are expanded for."""
    return Life(min(max(first, 2), LAST_YEAR), min(max(last, first, 2), LAST_YEAR))
