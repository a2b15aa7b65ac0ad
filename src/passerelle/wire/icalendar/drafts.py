"""One component read as an item, before it is put together with the other components of its series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment, ForeignProperty, Task
from passerelle.model.moments import Day, Instant, Moment, Span, WholeDays
from passerelle.model.patch import apply
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine
from passerelle.wire.facets import Aspect
from passerelle.wire.findings import Problem
from passerelle.wire.icalendar import alarms, people, recurring, times
from passerelle.wire.icalendar.aspects import APPOINTMENT, TASK
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.values import read_duration
from passerelle.wire.icalendar.words import TEXTS, number
from passerelle.wire.icalendar.zones import Life, Point, Zones, instant

FORMAT = "icalendar"
UNSTAMPED = "DTSTAMP:19700101T000000Z"
"""The mandatory stamp of an item that came without one."""
RULES = ("RRULE", "EXRULE", "RDATE", "EXDATE")
TIMES = ("DTSTART", "DTEND", "DUE", "DURATION", *RULES)
_KNOWN = frozenset({"UID", "RECURRENCE-ID", "ATTENDEE", "ORGANIZER", *TIMES})
APPOINTMENT_ASPECTS: tuple[Aspect[Appointment], ...] = (*TEXTS, *APPOINTMENT)
TASK_ASPECTS: tuple[Aspect[Task], ...] = (*TEXTS, *TASK)
APPOINTMENT_NAMES = _KNOWN.union(*(aspect.names for aspect in APPOINTMENT_ASPECTS))
TASK_NAMES = _KNOWN.union(*(aspect.names for aspect in TASK_ASPECTS))


class Draft(Struct, frozen=True, kw_only=True):
    """A component as an item. ``moved`` is its RECURRENCE-ID, ``onwards`` that it has RANGE=THISANDFUTURE.

    ``sequence`` is -1 where the component has none; ``repeats`` whether it has recurrence properties.
    """

    item: Appointment | Task
    line: int
    sequence: int = -1
    repeats: bool = False
    moved: Point | None = None
    onwards: bool = False
    periods: tuple[tuple[datetime, Span], ...] = ()
    notes: tuple[Problem, ...] = ()


def read_draft(component: Component, zones: Zones) -> Draft:
    """Return the item of a VEVENT or VTODO.

    Raises:
        Unreadable: the component is broken: its time or its repetition cannot be read.
    """
    if component.damage:
        raise Unreadable(component.damage.reason, component.damage.line)
    life = times.life_of(component)
    moved = times.read_point(component, "RECURRENCE-ID", zones, life)
    read = _appointment if component.name == "VEVENT" else _task
    item, span, notes = read(component, zones, life)
    series = recurring.read_series(component, span, zones, life) if span and moved is None else recurring.Series()
    item = replace(item, recurrence=series.recurrence)
    item = replace(item, foreign=_foreign(component, item, zones, life))
    marker, sequence = component.first("RECURRENCE-ID"), component.first("SEQUENCE")
    return Draft(
        item=item,
        line=component.line,
        sequence=(number(sequence.value) or 0) if sequence else -1,
        repeats=any(name in component.lines for name in ("RRULE", "RDATE", "EXDATE")),
        moved=moved,
        onwards=marker is not None and (marker.param("RANGE") or "").upper() == "THISANDFUTURE",
        periods=series.periods,
        notes=(*component.notes, *notes, *series.notes, *_unfollowed(component, span)),
    )


def _unfollowed(component: Component, span: Span | None) -> Iterator[Problem]:
    """Say so where recurrence properties stand that have no effect."""
    if not any(name in component.lines for name in RULES):
        return
    if "RECURRENCE-ID" in component.lines:
        reason = Text("A changed occurrence cannot repeat: its own recurrence is kept, but not followed.")
        yield Problem(component.line, reason)
    elif span is None:
        reason = Text("A task without start and due time cannot repeat: its recurrence is kept, but not followed.")
        yield Problem(component.line, reason)


def _appointment(component: Component, zones: Zones, life: Life) -> tuple[Appointment, Span, list[Problem]]:
    span = times.read_span(component, zones, life)
    item = apply(Appointment(when=span), _values(component, APPOINTMENT_ASPECTS))
    _, alarm = alarms.chosen(_children(component, "VALARM"), item)
    return apply(item, {"alarm": alarm}), span, list(_order_notes(component, span, zones, life))


def _order_notes(component: Component, span: Span, zones: Zones, life: Life) -> Iterator[Problem]:
    """Say so where the end lay before the start, or was said twice."""
    if "DTEND" in component.lines and "DURATION" in component.lines:
        number = component.lines["DURATION"][0].number
        yield Problem(number, "This event has both DTEND and DURATION: DURATION is left out.")
    start = times.read_point(component, "DTSTART", zones, life)
    if start is None:
        return
    if isinstance(span, WholeDays):
        swapped = start.day != span.start
    else:
        swapped = instant(start, span.zone if start.is_day else zones.home) != span.start
    if swapped:
        yield Problem(component.line, "The end lies before the start: the two have changed places.")


def _task(component: Component, zones: Zones, life: Life) -> tuple[Task, Span | None, list[Problem]]:
    start = times.read_moment(component, "DTSTART", zones, life)
    due = times.read_moment(component, "DUE", zones, life) or _due(start, component)
    item = apply(Task(start=start, due=due), _values(component, TASK_ASPECTS))
    _, alarm = alarms.chosen(_children(component, "VALARM"), item, zones.home)
    return apply(item, {"alarm": alarm}), times.task_span(item), []


def _due(start: Moment | None, component: Component) -> Moment | None:
    """Return when a task is due that has a start and a duration."""
    line = component.first("DURATION")
    if line is None or start is None:
        return None
    nominal, exact = read_duration(line)
    if isinstance(start, Day):
        return Day(day=start.day + nominal) if exact == timedelta() else None
    return Instant(at=start.at + nominal + exact, zone=start.zone, floating=start.floating)


def _values(
    component: Component, aspects: tuple[Aspect[Appointment], ...] | tuple[Aspect[Task], ...]
) -> dict[str, object]:
    values: dict[str, object] = {}
    uid = component.first("UID")
    if uid is not None and uid.value.strip():
        values["uid"] = uid.value.strip()
    for aspect in aspects:
        values.update(aspect.read(component.lines))
    if "ATTENDEE" in component.lines:
        values["participants"] = people.read_participants(component.lines["ATTENDEE"])
    if "ORGANIZER" in component.lines:
        values["organizer"] = people.read_organizer(component.lines["ORGANIZER"])
    return values


def _children(component: Component, name: str) -> list[Component]:
    return [child for child in component.children if child.name == name]


def _foreign(component: Component, item: Appointment | Task, zones: Zones, life: Life) -> tuple[ForeignProperty, ...]:
    """Return what the item cannot say: unknown properties, lines that say more, alarms and other parts."""
    lines = list(_kept(component, item))
    definitions = times.definitions(component, zones, life)
    if definitions:
        lines += [line for name in TIMES for line in component.lines.get(name, ())]
    elif item.recurrence is None:
        lines += [line for name in RULES for line in component.lines.get(name, ())]
    if not definitions:
        lines += _kept_end(component, item)
    lines = [line for line in lines if line.text != UNSTAMPED]
    lines.sort(key=lambda line: (line.name, line.number))  # content is the same in whatever order it came
    properties = [ForeignProperty(FORMAT, line.name, line.text) for line in lines]
    properties += [ForeignProperty(FORMAT, "VTIMEZONE", definition.text) for definition in definitions]
    own_alarm = alarms.own_alarm(item) if item.alarm is not None else ""
    texts = ((child.name, child.text()) for child in component.children)
    return (*properties, *(ForeignProperty(FORMAT, name, text) for name, text in texts if text != own_alarm))


def _kept_end(component: Component, item: Appointment | Task) -> Iterator[ContentLine]:
    """Yield a DURATION, and a DTEND on the day of DTSTART: an empty event that the model calls a day."""
    end = component.first("DTEND") or component.first("DUE")
    if end is None:
        yield from component.lines.get("DURATION", ())[:1]
    elif isinstance(item, Appointment) and isinstance(item.when, WholeDays):
        start = component.first("DTSTART")
        if start is not None and start.value.strip() == end.value.strip():
            yield end


def _kept(component: Component, item: Appointment | Task) -> Iterator[ContentLine]:
    lines = component.lines
    if isinstance(item, Task):
        names = TASK_NAMES
        for task_aspect in TASK_ASPECTS:
            yield from task_aspect.kept(lines, item)
    else:
        names = APPOINTMENT_NAMES
        for aspect in APPOINTMENT_ASPECTS:
            yield from aspect.kept(lines, item)
    yield from people.kept_participants(lines.get("ATTENDEE", ()), item)
    yield from people.kept_organizer(lines.get("ORGANIZER", ()), item)
    for name, found in lines.items():
        if name not in names:
            yield from found
