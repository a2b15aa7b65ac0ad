"""Tasks (OX reference, section 12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import cast

from passerelle.model.errors import Missing
from passerelle.model.fields import Kind
from passerelle.model.items import Priority, Task, TaskStatus
from passerelle.model.moments import Instant, Moment, Span, milliseconds, span_start
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Recurrence
from passerelle.wire.oxxml import common, extension, partial, people, series, spans
from passerelle.wire.oxxml.common import ObjectStatus
from passerelle.wire.oxxml.direct import Direct
from passerelle.wire.oxxml.markup import element, flag
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.values import (
    LONG,
    amount,
    instant,
    integer,
    is_whole_millisecond,
)

_direct = Direct(Kind.TASK)
_HEAD = _direct.elements(("title", "note"))
_AMOUNTS = _direct.elements(
    (
        "percent_completed", "date_completed", "target_duration", "actual_duration", "currency",
        "billing_information", "companies", "trip_meter",
    )
)  # fmt: skip
(_private, _color_label) = (*_direct.elements(("private_flag",)), *_direct.elements(("color_label",)))
_COSTS = ("target_costs", "actual_costs")
_ALL_DONE = 100
_CREATE = f"<ox:object_status>{ObjectStatus.CREATE.value}</ox:object_status>"

_UNSAID = (
    "uid",
    "note_html",
    "foreign",
    "organizer",
    "contacts",
    "url",
    "location",
    "sequence",
    "color_label",
)
"""Attributes that no element of an answer carries."""
_DEFAULTS = partial.defaults(Task)


SMALL_ALARM = 10**9
"""A reminder below this is no time in milliseconds but KDE's minutes before the start (sections 12, 20)."""


def encode(record: ItemRecord) -> bytes:
    """The children of ``D:prop`` for a task; of a series, which is its current task, also the pattern."""
    item = cast("Task", record.item)
    ids = ""
    if item.recurrence is not None:
        ids = element("recurrence_id", record.id) + element("recurrence_position", 1)
    text = (
        f"{_CREATE}{''.join([write(item) for write in _HEAD])}{_moment('start_date', item.start)}"
        f"{_moment('end_date', item.due)}<ox:status>{item.status.value}</ox:status>{_priority(item)}"
        f"{''.join([write(item) for write in _AMOUNTS])}{_costs(item)}{_alarm(item.alarm)}"
        f"{ids}{_pattern(item, record.stamp)}"
        f"{people.answered(item.participants)}{common.attachments(record.attachments)}"
        f"{common.identity(record)}{common.categories(item.categories)}{_private(item)}"
    )
    return text.encode()


def _moment(name: str, value: Moment | None) -> str:
    return "" if value is None else f"<ox:{name}>{spans.moment_milliseconds(value)}</ox:{name}>"


def _priority(item: Task) -> str:
    return "" if item.priority is None else f"<ox:priority>{item.priority.value}</ox:priority>"


def _costs(item: Task) -> str:
    values: list[tuple[str, Decimal | None]] = [(name, getattr(item, name)) for name in _COSTS]
    return "".join([element(name, f"{value:f}") for name, value in values if value is not None])


def _alarm(alarm: datetime | None) -> str:
    if alarm is None:
        return "<ox:alarm_flag>false</ox:alarm_flag>"
    return f"<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>{milliseconds(alarm)}</ox:alarm>"


def _pattern(item: Task, stamp: int) -> str:
    """The pattern of a recurring task.

    A series needs a date to repeat from (semantics reference, section 7).
    """
    when = spans.span_of(item.start, item.due)
    if item.recurrence is None or when is None:
        return ""
    projection = series.projected(when, item.recurrence, series.horizon(when, stamp))
    return f"{series.deleted_days(projection)}{series.encode(projection.pattern)}"


def _unsaid(item: Task, changed: Collection[str] | None = None) -> dict[str, object]:
    """The attributes that read back differently from the OX elements."""
    said = partial.unsaid(item, _UNSAID, _DEFAULTS, changed)
    moments = {"start": item.start, "due": item.due}
    said |= {
        name: value for name, value in moments.items() if isinstance(value, Instant) and partial.touches(changed, name)
    }
    if item.recurrence is not None:
        said["recurrence"] = item.recurrence
    if item.completed is not None and not is_whole_millisecond(item.completed):
        said["completed"] = item.completed
    if item.alarm is not None and not (is_whole_millisecond(item.alarm) and milliseconds(item.alarm) >= SMALL_ALARM):
        said["alarm"] = item.alarm
    if partial.touches(changed, "participants") and partial.people_beyond_elements(item.participants):
        said["participants"] = item.participants
    if partial.touches(changed, "categories") and partial.ambiguous_categories(item):
        said["categories"] = item.categories
    return said


def properties(
    item: Task,
    changed: Collection[str] | None = None,
    *,
    stamp: int = 0,
    extended: bool = False,
    notify: bool | None = None,
) -> bytes:
    """The elements of a write. ``changed`` None makes a new object, else names the attributes that differ.

    Reminder and recurrence are always repeated, or an update would remove them (section 11.3); arguments as
    of :func:`passerelle.wire.oxxml.appointment.properties`.
    """
    parts = [
        *[partial.text(writer, item, changed) for writer in (*_HEAD, *_AMOUNTS, _private, _color_label)],
        _chosen("start_date", _moment("start_date", item.start), "start", changed),
        _chosen("end_date", _moment("end_date", item.due), "due", changed),
        element("status", item.status.value) if partial.touches(changed, "status") else "",
        _chosen("priority", _priority(item), "priority", changed),
        *[_cost_written(item, name, changed) for name in _COSTS],
        _alarm(item.alarm),
        "" if extended else _pattern(item, stamp),
        partial.participants_written(item, changed),
        partial.categories_written(item, changed),
        "" if notify is None else f"<ox:notify_participants>{flag(notify)}</ox:notify_participants>",
        extension.encode(_unsaid(item, changed)) if extended else "",
    ]
    return "".join(parts).encode()


def _chosen(name: str, written: str, attribute: str, changed: Collection[str] | None) -> str:
    """An element of a write: as it is, or empty where an update clears it."""
    if not partial.touches(changed, attribute):
        return ""
    return written or ("" if changed is None else f"<ox:{name}/>")


def _cost_written(item: Task, name: str, changed: Collection[str] | None) -> str:
    value: Decimal | None = getattr(item, name)
    return _chosen(name, "" if value is None else element(name, f"{value:f}"), name, changed)


def patch(properties: Properties, current: Task | None, zone: str, *, stamp: int = 0) -> dict[str, object]:
    """The changes that a write asks for: absent keeps, empty clears, but for reminder and recurrence.

    Their absence removes them, as for appointments; ``zone`` and ``stamp`` as there. A reminder of less than
    :data:`SMALL_ALARM` counts as minutes before the start, else before the due time.

    Raises:
        Missing: a series lacks a part, or a date to repeat from (TSK-0037).
        Invalid: a value is malformed or out of range.
        Contradiction: parts of a series do not fit.
    """
    if not partial.has_content(properties):
        return {}
    said = extension.read(Task, properties.extension)
    # A sender that uses the extension says exactly what it means: nothing unsaid is kept for it.
    kept = None if properties.extension is not None else current
    found = partial.read_shared(_direct, properties, kept)
    found |= partial.read_participants(properties, kept, "TSK-0044")
    found |= _read_choices(properties)
    found |= _read_moments(properties, current, zone)
    found |= {
        name: amount(text, name) if text else None for name in _COSTS if (text := properties.text(name)) is not None
    }
    found |= said
    if current is None:
        found |= _status_of_progress(found)
    if "alarm" not in said:
        found |= _read_alarm(properties, kept, found)
    if "recurrence" not in said:
        found |= _read_recurrence(properties, current, kept, found, stamp)
    return found


def _read_choices(properties: Properties) -> dict[str, object]:
    found: dict[str, object] = {}
    status, priority = properties.text("status"), properties.text("priority")
    if status is not None:
        found["status"] = TaskStatus(integer(status, "status", 1, 5) if status.strip() else 1)
    if priority is not None:
        # 0 is what a client's empty number box sends; no priority has that value
        number = integer(priority, "priority", 0, 3, "TSK-0057") if priority.strip() else 0
        found["priority"] = Priority(number) if number else None
    return found


def _status_of_progress(found: dict[str, object]) -> dict[str, object]:
    """The status of a new task whose sender tells the percentage only, as KDE does (section 12)."""
    percent = found.get("percent")
    if "status" in found or not percent:
        return {}
    return {"status": TaskStatus.DONE if percent == _ALL_DONE else TaskStatus.IN_PROGRESS}


def _read_moments(properties: Properties, current: Task | None, zone: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, attribute in (("start_date", "start"), ("end_date", "due")):
        text = properties.text(name)
        if text is None:
            continue
        before: Moment | None = None if current is None else getattr(current, attribute)
        value = integer(text, name, -LONG - 1, LONG) if text.strip() else None
        found[attribute] = None if value is None else spans.moment(value, name, before, zone)
    return found


def _read_alarm(properties: Properties, current: Task | None, found: dict[str, object]) -> dict[str, object]:
    if not properties.flag("alarm_flag"):
        return {"alarm": None}
    text = properties.value("alarm")
    before = None if current is None else current.alarm
    value = None if text is None else integer(text, "alarm", -LONG - 1, LONG)
    if value is None or (before is not None and milliseconds(before) == value):
        return {} if before is not None else {"alarm": None}
    if not 0 <= value < SMALL_ALARM:
        return {"alarm": instant(value, "alarm")}
    start, due = (found.get(name, getattr(current, name, None)) for name in ("start", "due"))
    when = spans.span_of(cast("Moment | None", start or due), None)
    if when is None:
        return {"alarm": instant(value, "alarm")}
    return {"alarm": instant(milliseconds(span_start(when)) - value * 60_000, "alarm")}


def _read_recurrence(
    properties: Properties,
    current: Task | None,
    kept: Task | None,
    found: dict[str, object],
    stamp: int,
) -> dict[str, object]:
    """The series that the elements say, and the start and due dates moved to its first occurrence."""
    if not series.is_series(properties):
        return {"recurrence": None}
    start, due = (cast("Moment | None", found.get(name, getattr(current, name, None))) for name in ("start", "due"))
    when = spans.span_of(start, due)
    if when is None:
        raise Missing("A recurring task needs a start and a due date.", "start", "TSK-0037")
    first, recurrence = series.read(properties, when, _before(kept), stamp)
    changes: dict[str, object] = {"recurrence": recurrence}
    shift = span_start(first) - span_start(when)
    if shift:
        moved = (("start", start), ("due", due))
        changes |= {name: spans.shifted(value, shift) for name, value in moved if value is not None}
    return changes


def _before(current: Task | None) -> tuple[Span, Recurrence] | None:
    """The present series of a task; None where it has none."""
    if current is None or current.recurrence is None:
        return None
    when = spans.span_of(current.start, current.due)
    return None if when is None else (when, current.recurrence)


def item(properties: Properties, zone: str) -> Task:
    """The task that an answer gives. Plain answers name no zone: instants are said to be in ``zone``.

    Raises:
        Refused: a value is missing, malformed or out of range.
    """
    return Task(**patch(properties, None, zone))  # type: ignore[arg-type]  # every value was read for its attribute
