"""When an item happens: DTSTART, DTEND, DUE and DURATION, read (RFC 5545, section 3.8.2).

What is wrong but common is read as recurring-ical-events reads it: an end before the start changes places with
it, a date beside a time is its midnight.
"""

from __future__ import annotations

import re
from datetime import datetime, time

from msgspec.structs import replace

from passerelle.model.errors import Unreadable
from passerelle.model.items import Task
from passerelle.model.moments import ONE_DAY, Day, Instant, Moment, Span, Timed, WholeDays
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine
from passerelle.wire.icalendar.clocks import (
    FLOATING_PARAM,
    ZONE_PARAM,
)
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.definitions import Definition
from passerelle.wire.icalendar.values import is_utc, read_duration
from passerelle.wire.icalendar.zones import Life, Point, Zones, bounded, iana_name, instant, to_wall

_YEAR = re.compile(r"\s*(\d{4})")
_UNTIL = re.compile(r"UNTIL=(\d{4})", re.IGNORECASE)
REPEATING = ("RRULE", "RDATE")
"""The properties that make an item repeat."""
_DATED = ("DTSTART", "DTEND", "DUE", "RDATE", "EXDATE", "RECURRENCE-ID")


def life_of(component: Component) -> Life:
    """Return the years in which a component happens; an endless series counts for twenty."""
    years = [
        int(match[1])
        for name in _DATED
        for line in component.lines.get(name, ())
        for value in line.value.split(",")
        if (match := _YEAR.match(value))
    ]
    first, last = min(years, default=2000), max(years, default=2000)
    for rule in component.lines.get("RRULE", ()):
        until = _UNTIL.search(rule.value)
        last = max(last, int(until[1]) if until else first + 20)
    return bounded(first, last)


def read_point(component: Component, name: str, zones: Zones, life: Life) -> Point | None:
    """Return the date or time of a property, or None where it is absent.

    Raises:
        Unreadable: the value is neither.
    """
    line = component.first(name)
    return zones.point(line, line.value, life) if line else None


def definitions(component: Component, zones: Zones, life: Life) -> list[Definition]:
    """Return the zones of a component's times that only its file knows."""
    points = (read_point(component, name, zones, life) for name in ("DTSTART", "DTEND", "DUE"))
    found = (point.zone for point in points if point is not None)
    return list(dict.fromkeys(zone for zone in found if isinstance(zone, Definition)))


def read_span(component: Component, zones: Zones, life: Life) -> Span:
    """Return when an event happens.

    Raises:
        Unreadable: DTSTART is absent, or a value is malformed.
    """
    start = read_point(component, "DTSTART", zones, life)
    if start is None:
        message = Text("This event has no DTSTART: when it begins is unknown.")
        raise Unreadable(message, component.line)
    end = read_point(component, "DTEND", zones, life)
    if end is None:
        start, end = with_length(start, component.first("DURATION"), zones)
    span = make_span(start, end, zones.home)
    return _adopt(_marked(span, component), component, zones)


def with_length(start: Point, line: ContentLine | None, zones: Zones) -> tuple[Point, Point]:
    """Return start and end of what has a DURATION, or neither that nor an end (RFC 5545, section 3.6.1).

    Raises:
        Unreadable: the duration is malformed, or leads too far.
    """
    if line is None:
        return start, Point(start.value + ONE_DAY) if start.is_day else start
    nominal, exact = read_duration(line)
    if start.is_day and exact:
        start = Point(datetime.combine(start.day, time()), zones.calendar_zone)
    try:
        if not exact:
            return start, Point(start.value + nominal, start.zone)
        reached = instant(Point(start.value + nominal, start.zone), zones.home) + exact
        return start, Point(_wall(reached, start, zones.home), start.zone)
    except OverflowError:
        message = Text("The duration {line} leads beyond the year 9999.", line=line.value)
        raise Unreadable(message, line.number) from None


def _wall(moment: datetime, start: Point, home: str) -> datetime:
    if isinstance(start.zone, Definition):
        return start.zone.wall(moment)
    return to_wall(moment, start.zone or home)


def make_span(start: Point, end: Point, home: str) -> Span:
    """Return the span between two points, in whichever order; equal days are one day."""
    if start.is_day and end.is_day:
        first, last = sorted((start.day, end.day))
        return WholeDays(start=first, end=max(last, first + ONE_DAY))
    zone = next((point.zone for point in (start, end) if point.zone), None)
    start, end = (_in_zone(point, zone) for point in (start, end))
    first, last = instant(start, home), instant(end, home)
    if last < first:
        start, end, first, last = end, start, last, first
    names = _name(start, home), _name(end, home)
    end_zone = names[1] if names[1] != names[0] else None
    return Timed(start=first, end=last, zone=names[0], end_zone=end_zone, floating=zone is None)


def _in_zone(point: Point, zone: str | Definition | None) -> Point:
    value = datetime.combine(point.day, time()) if point.is_day else point.value
    return Point(value, point.zone or zone)


def _name(point: Point, home: str) -> str:
    return "UTC" if isinstance(point.zone, Definition) else point.zone or home


def _marked(span: Span, component: Component) -> Span:
    """Give times that we had to write in UTC their zone back."""
    start, end = component.first("DTSTART"), component.first("DTEND")
    zones = [iana_name(line.param(ZONE_PARAM) or "") if line else None for line in (start, end)]
    if not isinstance(span, Timed) or not any(zones):
        return span
    zone = zones[0] or span.zone
    end_zone = zones[1] or span.end_zone or (span.zone if end else zone)
    floating = any(line is not None and line.param(FLOATING_PARAM) for line in (start, end))
    return replace(span, zone=zone, end_zone=None if end_zone == zone else end_zone, floating=floating)


def _adopt(span: Span, component: Component, zones: Zones) -> Span:
    """Let a series in UTC follow the zone that ``X-WR-TIMEZONE`` names, as Google's calendars mean it."""
    repeats = any(name in component.lines for name in REPEATING)
    if zones.calendar_zone and repeats and isinstance(span, Timed) and span.zone == "UTC":
        start = component.first("DTSTART")
        if start is not None and is_utc(start.value):
            return replace(span, zone=zones.calendar_zone, end_zone=None)
    return span


def read_moment(component: Component, name: str, zones: Zones, life: Life) -> Moment | None:
    """Return a task's start or due time, or None where it is absent.

    Raises:
        Unreadable: the value is malformed.
    """
    line, point = component.first(name), read_point(component, name, zones, life)
    if line is None or point is None:
        return None
    if point.is_day:
        return Day(day=point.day)
    zone = iana_name(line.param(ZONE_PARAM) or "") or _name(point, zones.home)
    floating = point.zone is None or line.param(FLOATING_PARAM) is not None
    return Instant(at=instant(point, zones.home), zone=zone, floating=floating)


def task_span(task: Task) -> Span | None:
    """Return the span by which a task's occurrences are counted: its start, or its due time without one."""
    anchor = task.start or task.due
    if isinstance(anchor, Day):
        return WholeDays(start=anchor.day, end=anchor.day + ONE_DAY)
    if anchor is None:
        return None
    return Timed(start=anchor.at, end=anchor.at, zone=anchor.zone, floating=anchor.floating)
