"""From the key of an occurrence to its span, and to its local day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from passerelle.model.expansion.zones import to_local, zone_of
from passerelle.model.moments import Span, Timed, WholeDays, span_start, zone_info


def span_at(when: Span, key: datetime) -> Span | None:
    """The span of the occurrence with a key, which keeps its length on the wall clock.

    An appointment from 22:00 to 06:00 ends at 06:00 also in the night in which clocks change. None if it would
    end after the year 9999.
    """
    try:
        if key == span_start(when):
            return when
        return _timed_at(when, key) if isinstance(when, Timed) else _days_at(when, key)
    except OverflowError:
        return None


def day_of(when: Span, key: datetime) -> date:
    """The local day on which the occurrence with a key starts (OX ``recurrence_date_position`` is its midnight)."""
    return to_local(key, zone_of(when)).date()


def _days_at(when: WholeDays, key: datetime) -> WholeDays:
    first = key.astimezone(UTC).date()
    return WholeDays(start=first, end=first + (when.end - when.start))


def _timed_at(when: Timed, key: datetime) -> Timed:
    zone = zone_info(when.zone)
    # between aware times of one zone, Python reckons on the wall clock
    shift = key.astimezone(zone) - when.start.astimezone(zone)
    end = (when.end.astimezone(zone_info(when.end_zone) if when.end_zone else zone) + shift).astimezone(UTC)
    if end < key:  # the second of two equal hours
        end = key + (when.end - when.start)
    return Timed(start=key, end=end, zone=when.zone, end_zone=when.end_zone, floating=when.floating)
