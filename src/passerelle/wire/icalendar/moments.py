"""When an item happens, written (RFC 5545, sections 3.8.2 and 3.8.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.model.items import Appointment, Task
from passerelle.model.moments import ONE_DAY, Day, Moment, Span, Timed, midnight
from passerelle.model.recurrence import Recurrence
from passerelle.wire.contentlines import line
from passerelle.wire.icalendar.clocks import write_instant, write_keys, write_until
from passerelle.wire.icalendar.foreign import Foreign
from passerelle.wire.icalendar.rules import write_rule
from passerelle.wire.icalendar.values import duration, write_date
from passerelle.wire.icalendar.zones import to_utc, to_wall


def span_lines(span: Span, foreign: Foreign) -> list[str]:
    """Return start and end of an event; the end as the duration that it came with, if that still holds."""
    if not isinstance(span, Timed):
        start = line("DTSTART", write_date(span.start), ("VALUE", "DATE"))
        kept = _kept_length(foreign)
        if kept and not kept[1] and span.start + kept[0] == span.end:
            return [start, foreign.lines["DURATION"][0].text]
        empty = foreign.lines.get("DTEND")
        if empty and span.end - span.start == ONE_DAY and empty[0].value.strip() == write_date(span.start):
            return [start, empty[0].text]
        return [start, line("DTEND", write_date(span.end), ("VALUE", "DATE"))]
    start = write_instant("DTSTART", span.start, span.zone, floating=span.floating)
    kept = _kept_length(foreign)
    if kept and span.end_zone is None and _later(span, *kept) == span.end:
        return [start, foreign.lines["DURATION"][0].text]
    if span.end == span.start and span.end_zone is None:
        return [start]  # RFC 5545, section 3.6.1: no end means that it ends as it begins
    end_zone = span.end_zone or span.zone
    return [start, write_instant("DTEND", span.end, end_zone, floating=span.floating)]


def _kept_length(foreign: Foreign) -> tuple[timedelta, timedelta] | None:
    kept = foreign.lines.get("DURATION")
    return duration(kept[0].value) if kept and "VTIMEZONE" not in foreign.parts else None


def _later(span: Timed, nominal: timedelta, exact: timedelta) -> datetime:
    return to_utc(to_wall(span.start, span.zone) + nominal, span.zone) + exact


def moment_lines(task: Task, foreign: Foreign) -> list[str]:
    """Return start and due time of a task; the latter as the duration that it came with, if that still holds."""
    start = [_moment("DTSTART", task.start)] if task.start is not None else []
    kept = _kept_length(foreign)
    if kept and task.start is not None and _due(task.start, *kept) == task.due:
        return [*start, foreign.lines["DURATION"][0].text]
    return [*start, _moment("DUE", task.due)] if task.due is not None else start


def _due(start: Moment, nominal: timedelta, exact: timedelta) -> Moment | None:
    if isinstance(start, Day):
        return None if exact else Day(day=start.day + nominal)
    return type(start)(at=start.at + nominal + exact, zone=start.zone, floating=start.floating)


def _moment(name: str, moment: Moment) -> str:
    if isinstance(moment, Day):
        return line(name, write_date(moment.day), ("VALUE", "DATE"))
    return write_instant(name, moment.at, moment.zone, floating=moment.floating)


def recurrence_lines(recurrence: Recurrence, span: Span) -> list[str]:
    """Return the lines of a recurrence that begins with ``span``."""
    rules = [f"RRULE:{write_rule(rule, lambda key: write_until(key, span))}" for rule in recurrence.rules]
    return [*rules, *write_keys("RDATE", recurrence.dates, span), *write_keys("EXDATE", recurrence.deleted, span)]


def recurrence_id(item: Appointment, key: datetime, master: Appointment | Task | None) -> str:
    """Return the line that says which occurrence an exception replaces, in the form of the master's start."""
    span = master.when if isinstance(master, Appointment) else item.when
    if not isinstance(span, Timed):
        is_day = key == midnight(key.date())
        return (
            write_keys("RECURRENCE-ID", (key,), span)[0]
            if is_day
            else write_instant("RECURRENCE-ID", key, "UTC", floating=False)
        )
    return write_instant("RECURRENCE-ID", key, span.zone, floating=span.floating)
