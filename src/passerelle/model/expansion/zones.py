"""Between wall clocks and instants, also where clocks are put forward or back (RFC 5545, section 3.3.5)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from passerelle.model.moments import Span, Timed, midnight, span_start, zone_info


def zone_of(when: Span) -> tzinfo:
    """The zone whose wall clock a series follows: UTC for whole days."""
    return zone_info(when.zone) if isinstance(when, Timed) else UTC


def to_instant(local: datetime, zone: tzinfo) -> datetime | None:
    """The UTC instant of a naive local time; None outside the years 1 to 9999.

    A time that occurs twice is the first of the two. A time that is left out when clocks go forward counts with
    the offset that was in force before, so 02:30 becomes 03:30.
    """
    try:
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        return None


def to_local(instant: datetime, zone: tzinfo) -> datetime:
    """The naive local time of an instant; cut to the years 1 to 9999."""
    try:
        return instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return instant.replace(tzinfo=None)


def instant_of(local: datetime, zone: tzinfo) -> tuple[datetime, bool] | None:
    """As :func:`to_instant`, and whether clocks left the local time out."""
    aware = local.replace(tzinfo=zone, fold=0)
    try:
        instant = aware.astimezone(UTC)
        return instant, instant.astimezone(zone).utcoffset() != aware.utcoffset()
    except OverflowError:
        return None


def local_start(when: Span) -> datetime:
    """The naive local time at which a span begins; midnight for whole days."""
    return to_local(span_start(when), zone_of(when)).replace(fold=0)


def key_of_local(when: Span, local: datetime) -> datetime | None:
    """The key of the occurrence of a series that begins at a naive local time; None outside the years 1 to 9999."""
    return to_instant(local, zone_of(when)) if isinstance(when, Timed) else midnight(local.date())
