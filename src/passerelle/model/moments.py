"""Points and spans of time: instants in UTC with their zone beside them, whole days as dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from passerelle.model.errors import Invalid
from passerelle.model.text import Text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)


class Timed(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="timed"):
    """A span between two instants. ``start`` and ``end`` are aware and in UTC; ``end`` is exclusive.

    ``zone`` is the IANA zone whose wall clock a series follows; ``end_zone`` differs for flights and the like.
    ``floating`` marks an RFC 5545 local time ("form 1"): it was read in ``zone`` and is written without one.
    """

    start: datetime
    end: datetime
    zone: str = "UTC"
    end_zone: str | None = None
    floating: bool = False


class WholeDays(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="days"):
    """One or more whole days, independent of any zone. ``end`` is exclusive: one day has ``end = start + 1 day``."""

    start: date
    end: date


Span = Timed | WholeDays


class Instant(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="at"):
    """One instant in UTC, as a task's start or due time may be. ``zone`` and ``floating`` as in :class:`Timed`."""

    at: datetime
    zone: str = "UTC"
    floating: bool = False


class Day(Struct, frozen=True, kw_only=True, tag="day"):
    """One whole day, as a task's start or due date usually is."""

    day: date


Moment = Instant | Day


@lru_cache(maxsize=256)
def zone_info(name: str) -> tzinfo:
    """Return the zone of an IANA name.

    Raises:
        Invalid: the name is not in the time-zone database.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = Text("The time zone “{name}” is unknown. Use a name such as Europe/Paris.", name=name)
        raise Invalid(message, "zone") from error


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware instant; exact, also before 1970."""
    return (moment - EPOCH) // _MILLISECOND


def from_milliseconds(value: int) -> datetime:
    """The UTC instant of milliseconds since 1970.

    Raises:
        Invalid: the instant lies outside the years 1 to 9999.
    """
    try:
        return EPOCH + value * _MILLISECOND
    except OverflowError as error:
        message = Text("The time {value} lies outside the years 1 to 9999.", value=value)
        raise Invalid(message, "time") from error


def midnight(day: date) -> datetime:
    """UTC midnight of a day: how OX writes a whole day, and our key of an occurrence that is one."""
    return datetime.combine(day, time(), UTC)


def day_start(day: date, zone: str) -> datetime:
    """The instant in UTC at which a day begins on the wall clock of a zone."""
    return datetime.combine(day, time(), zone_info(zone)).astimezone(UTC)


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an instant on the wall clock of a zone."""
    return instant.astimezone(zone_info(zone)).date()


def moment_span(moment: Moment) -> Span:
    """A moment as the span that begins there: the whole day, or no time at all."""
    if isinstance(moment, Day):
        return WholeDays(start=moment.day, end=moment.day + ONE_DAY)
    return Timed(start=moment.at, end=moment.at, zone=moment.zone, floating=moment.floating)


def span_start(span: Span) -> datetime:
    """When a span begins; for whole days the UTC midnight of the first."""
    return span.start if isinstance(span, Timed) else midnight(span.start)


def span_end(span: Span) -> datetime:
    """When a span ends, exclusive; for whole days the UTC midnight after the last."""
    return span.end if isinstance(span, Timed) else midnight(span.end)


def span_day(span: Span) -> date:
    """The day a span begins on, on its own wall clock."""
    return local_day(span.start, span.zone) if isinstance(span, Timed) else span.start
