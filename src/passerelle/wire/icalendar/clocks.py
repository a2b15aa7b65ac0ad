"""Keys of occurrences as iCalendar writes them: by the day, by a zone's clock, by a clock of the file's own.

RFC 5545 writes ``RDATE``, ``EXDATE``, ``RECURRENCE-ID`` and ``UNTIL`` in the form of ``DTSTART``. Where real files
do not, they are read as recurring-ical-events reads them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Protocol

from msgspec import Struct

from passerelle.model.moments import Span, Timed, midnight
from passerelle.wire.contentlines import line
from passerelle.wire.icalendar.definitions import Definition
from passerelle.wire.icalendar.values import is_utc, read_date_time, write_clock, write_date
from passerelle.wire.icalendar.zones import Point, instant, to_utc, to_wall

ZONE_PARAM = "X-PASSERELLE-TZID"
"""The zone of a time that had to be written in UTC: the second of two equal times when clocks are set back."""

FLOATING_PARAM = "X-PASSERELLE-FLOATING"
"""Set besides where that time floats."""


class Clock(Protocol):
    """How the dates and times of a series become keys."""

    def key(self, point: Point) -> datetime:
        """Return the key that a point names."""

    def until(self, text: str, number: int = 0) -> datetime:
        """Return the last key that ``UNTIL`` allows. Raises Unreadable: the text is no date or time."""


class Days(Struct, frozen=True):
    """The clock of a series of whole days."""

    def key(self, point: Point) -> datetime:
        """See :class:`Clock`."""
        return midnight(point.day)

    def until(self, text: str, number: int = 0) -> datetime:
        """See :class:`Clock`."""
        return midnight(_day(read_date_time(text, number)))


class Hands(Struct, frozen=True):
    """The clock of a series that follows a zone's wall clock."""

    zone: str
    floating: bool = False

    def key(self, point: Point) -> datetime:
        """See :class:`Clock`."""
        return instant(point, self.zone)

    def until(self, text: str, number: int = 0) -> datetime:
        """See :class:`Clock`. A time without Z counts as UTC, a date as its UTC midnight, unless times float."""
        wall = _wall(read_date_time(text, number))
        return to_utc(wall, self.zone if self.floating else "UTC")


class OwnHands(Struct, frozen=True):
    """The clock of a zone that the file alone knows. Keys are what it shows, called UTC."""

    definition: Definition

    def key(self, point: Point) -> datetime:
        """See :class:`Clock`."""
        if point.zone is None or point.zone is self.definition:
            return _wall(point.value).replace(tzinfo=UTC)
        return self.definition.wall(instant(point, "UTC")).replace(tzinfo=UTC)

    def until(self, text: str, number: int = 0) -> datetime:
        """See :class:`Clock`."""
        value = read_date_time(text, number)
        utc = is_utc(text) or not isinstance(value, datetime)
        wall = _wall(value)
        return (self.definition.wall(wall.replace(tzinfo=UTC)) if utc else wall).replace(tzinfo=UTC)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _wall(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def clock_of(span: Span) -> Days | Hands:
    """Return the clock of a series by its first span."""
    return Hands(span.zone, span.floating) if isinstance(span, Timed) else Days()


def write_until(key: datetime, span: Span) -> str:
    """Return the value of ``UNTIL``: a date, a floating time, or UTC."""
    if not isinstance(span, Timed):
        return write_date(key.date())
    return write_clock(to_wall(key, span.zone)) if span.floating else f"{write_clock(key)}Z"


def write_keys(name: str, keys: tuple[datetime, ...], span: Span) -> list[str]:
    """Return the lines that name occurrences of a series, in the form of its start."""
    if not isinstance(span, Timed):
        return [line(name, ",".join(write_date(key.date()) for key in keys), ("VALUE", "DATE"))] if keys else []
    plain = [write_clock(to_wall(key, span.zone)) for key in keys if _is_first(key, span.zone)]
    second = [f"{write_clock(key)}Z" for key in keys if not _is_first(key, span.zone)]
    if span.zone == "UTC" and not span.floating:
        plain = [f"{clock}Z" for clock in plain]
    zone = () if span.floating or span.zone == "UTC" else (("TZID", span.zone),)
    lines = [line(name, ",".join(plain), *zone)] if plain else []
    return [*lines, line(name, ",".join(second))] if second else lines


def write_instant(name: str, moment: datetime, zone: str, *, floating: bool) -> str:
    """Return the line of one instant on the clock of a zone, or floating."""
    if not _is_first(moment, zone):
        marks = ((ZONE_PARAM, zone), (FLOATING_PARAM, "TRUE"))
        return line(name, f"{write_clock(moment)}Z", *marks[: 2 if floating else 1])
    if floating:
        return line(name, write_clock(to_wall(moment, zone)))
    if zone == "UTC":
        return line(name, f"{write_clock(moment)}Z")
    return line(name, write_clock(to_wall(moment, zone)), ("TZID", zone))


def _is_first(moment: datetime, zone: str) -> bool:
    """Tell whether the zone's clock alone says which instant is meant."""
    return zone == "UTC" or to_utc(to_wall(moment, zone), zone) == moment
