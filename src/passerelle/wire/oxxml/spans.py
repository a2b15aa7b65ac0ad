"""When something is: ``start_date``, ``end_date`` and ``full_time`` (OX reference, section 10.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from passerelle.model.errors import Invalid, Missing
from passerelle.model.moments import Day, Instant, Moment, Span, Timed, WholeDays, midnight, milliseconds
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.values import (
    DAY_MS,
    LONG,
    day_milliseconds,
    instant,
    integer,
    is_midnight,
    is_whole_millisecond,
    next_day,
)


def bounds(when: Span) -> tuple[int, int]:
    """Start and end in milliseconds; whole days run from UTC midnight to UTC midnight."""
    if isinstance(when, Timed):
        return milliseconds(when.start), milliseconds(when.end)
    return day_milliseconds(when.start), day_milliseconds(when.end)


def read(properties: Properties, current: Span | None, zone: str) -> Span | None:
    """The span that a write asks for; None where that is the current one.

    Zone, end zone and fractions of a millisecond of the current span stay as they are. Whole days may end
    where they start, as KDE writes one day; a fraction of a day at the end is cut off (semantics reference,
    section 5.1).

    Raises:
        Missing: no start or end is known (APP-0026, APP-0027).
        Invalid: malformed, out of range, or whole days that end before they start (APP-0020).
    """
    before = None if current is None else (*bounds(current), isinstance(current, WholeDays))
    start = _bound(properties, "start_date", None if before is None else before[0], "APP-0026")
    end = _bound(properties, "end_date", None if before is None else before[1], "APP-0027")
    whole = properties.flag("full_time") if "full_time" in properties or before is None else before[2]
    if (start, end, whole) == before:
        return None
    if whole:
        return _whole_days(start, end)
    first, last = instant(start, "start_date"), instant(end, "end_date")
    if not isinstance(current, Timed):
        return Timed(start=first, end=last, zone=zone)
    return msgspec.structs.replace(current, start=_same(first, current.start), end=_same(last, current.end))


def _bound(properties: Properties, name: str, before: int | None, code: str) -> int:
    text = properties.value(name)
    if text is not None:
        return integer(text, name, -LONG - 1, LONG)
    if before is None or name in properties:
        raise Missing(f"An appointment needs a value in “{name}”.", name, code)
    return before


def _same(sent: datetime, current: datetime) -> datetime:
    """The current instant, if the one sent is what it looks like in milliseconds."""
    return current if milliseconds(current) == milliseconds(sent) else sent


def _whole_days(start: int, end: int) -> WholeDays:
    if end < start:
        raise Invalid("The appointment ends before it starts.", "end_date", "APP-0020")
    first = instant(start, "start_date").date()
    length = max(1, (end - day_milliseconds(first)) // DAY_MS)
    last = instant(day_milliseconds(first) + (length - 1) * DAY_MS, "end_date").date()
    after = next_day(last)
    if after == last:
        raise Invalid("The appointment ends after the calendar's last day.", "end_date")
    return WholeDays(start=first, end=after)


def moment_milliseconds(moment: Moment) -> int:
    """A task's start or due time; a day is its UTC midnight (section 12)."""
    return day_milliseconds(moment.day) if isinstance(moment, Day) else milliseconds(moment.at)


def moment(value: int, name: str, current: Moment | None, zone: str) -> Moment:
    """A task's start or due time: a UTC midnight is a day, anything else an instant.

    The current moment is returned if it looks the same on the wire; an instant keeps its zone.

    Raises:
        Invalid: outside the years 1 to 9999.
    """
    if current is not None and moment_milliseconds(current) == value:
        return current
    at = instant(value, name)
    if value % DAY_MS == 0:
        return Day(day=at.date())
    return Instant(at=at, zone=current.zone if isinstance(current, Instant) else zone)


def is_plain_instant(at: datetime) -> bool:
    """Whether the interface can carry an instant that must not become a day."""
    return is_whole_millisecond(at) and not is_midnight(at)


def span_of(start: Moment | None, due: Moment | None) -> Span | None:
    """What a recurring task spans, from start to due; None where it has neither."""
    first, last = start or due, due or start
    if first is None or last is None:
        return None
    if isinstance(first, Day):
        end = last.day if isinstance(last, Day) else last.at.date()
        return WholeDays(start=first.day, end=next_day(max(end, first.day)))
    end_at = last.at if isinstance(last, Instant) else midnight(last.day)
    return Timed(start=first.at, end=max(end_at, first.at), zone=first.zone, floating=first.floating)


def shifted(value: Moment, by: timedelta) -> Moment:
    """The moment some time later.

    Raises:
        Invalid: that is outside the years 1 to 9999.
    """
    try:
        if isinstance(value, Day):
            return Day(day=value.day + by)
        return msgspec.structs.replace(value, at=value.at + by)
    except OverflowError as error:
        raise Invalid("The date lies outside the years 1 to 9999.", "start") from error
