"""What is particular to appointments and to tasks besides their time: availability, progress, work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment, Priority, ShownAs, Task, TaskStatus
from passerelle.model.patch import Patch
from passerelle.wire.contentlines import ContentLine, escape, line, unescape
from passerelle.wire.facets import Whole
from passerelle.wire.icalendar.values import duration, read_date_time, write_clock
from passerelle.wire.icalendar.words import number

BUSY = "X-MICROSOFT-CDO-BUSYSTATUS"
OWN_STATUS = "X-PASSERELLE-STATUS"

_SHOWN = {
    "FREE": ShownAs.FREE,
    "TENTATIVE": ShownAs.TEMPORARY,
    "BUSY": ShownAs.RESERVED,
    "OOF": ShownAs.ABSENT,
    "WORKINGELSEWHERE": ShownAs.FREE,
}
_STATUSES = {
    "NEEDS-ACTION": TaskStatus.NOT_STARTED,
    "IN-PROCESS": TaskStatus.IN_PROGRESS,
    "COMPLETED": TaskStatus.DONE,
    "CANCELLED": TaskStatus.DEFERRED,
}
_STATUS_NAMES = {
    TaskStatus.IN_PROGRESS: "IN-PROCESS",
    TaskStatus.DONE: "COMPLETED",
    TaskStatus.WAITING: "NEEDS-ACTION",
    TaskStatus.DEFERRED: "NEEDS-ACTION",
}


def _value(lines: Sequence[ContentLine], name: str) -> str:
    return next((each.value.strip() for each in lines if each.name == name), "")


def _decode_availability(lines: Sequence[ContentLine]) -> Patch:
    status = _value(lines, "STATUS").upper()
    shown = _SHOWN.get(_value(lines, BUSY).upper())
    if shown is None and _value(lines, "TRANSP").upper() == "TRANSPARENT":
        shown = ShownAs.FREE
    if shown is None and status == "TENTATIVE":
        shown = ShownAs.TEMPORARY
    return {"shown_as": shown or ShownAs.RESERVED, "cancelled": status == "CANCELLED"}


def _encode_availability(item: Appointment) -> list[str]:
    lines = ["STATUS:CANCELLED"] if item.cancelled else []
    if item.shown_as == ShownAs.FREE:
        return [*lines, "TRANSP:TRANSPARENT"]
    if item.shown_as == ShownAs.TEMPORARY:
        return [*lines, "TRANSP:OPAQUE", f"{BUSY}:TENTATIVE"]
    return [*lines, "TRANSP:OPAQUE", f"{BUSY}:OOF"] if item.shown_as == ShownAs.ABSENT else lines


def _instant(text: str) -> datetime | None:
    try:
        value = read_date_time(text, 0)
    except Unreadable:
        return None
    whole = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
    return whole.replace(tzinfo=UTC)


def _decode_progress(lines: Sequence[ContentLine]) -> Patch:
    own, given = number(_value(lines, OWN_STATUS)), _STATUSES.get(_value(lines, "STATUS").upper())
    completed = _instant(_value(lines, "COMPLETED"))
    assumed = TaskStatus.DONE if completed else TaskStatus.NOT_STARTED
    status = TaskStatus(own) if own in set(TaskStatus) else given or assumed
    percent = number(_value(lines, "PERCENT-COMPLETE")) or 0
    return {"status": status, "completed": completed, "percent": min(max(percent, 0), 100)}


def _encode_progress(item: Task) -> list[str]:
    lines = []
    if item.status in _STATUS_NAMES:
        lines.append(f"STATUS:{_STATUS_NAMES[item.status]}")
    elif item.completed:
        lines.append("STATUS:NEEDS-ACTION")  # not started, yet with a date of completion
    if item.status in {TaskStatus.WAITING, TaskStatus.DEFERRED}:
        lines.append(f"{OWN_STATUS}:{item.status.value}")
    if item.completed:
        lines.append(f"COMPLETED:{write_clock(item.completed)}Z")
    return [*lines, f"PERCENT-COMPLETE:{item.percent}"] if item.percent else lines


def _decode_priority(lines: Sequence[ContentLine]) -> Patch:
    level = number(lines[0].value) or 0
    return {"priority": next((word for levels, word in _PRIORITIES.items() if level in levels), None)}


_PRIORITIES = {range(1, 5): Priority.HIGH, range(5, 6): Priority.NORMAL, range(6, 10): Priority.LOW}
"""RFC 5545, section 3.8.1.9."""
_LEVELS = {Priority.HIGH: 1, Priority.NORMAL: 5, Priority.LOW: 9}


def _minutes(name: str, field: str) -> Whole[Task]:
    """Return the aspect of an effort in minutes, written as a duration of hours and minutes."""

    def decode(lines: Sequence[ContentLine]) -> Patch:
        parts = duration(lines[0].value)
        return {field: int((parts[0] + parts[1]).total_seconds() // 60) if parts else None}

    def encode(item: Task) -> list[str]:
        minutes: int | None = getattr(item, field)
        return [line(name, f"PT{minutes}M")] if minutes is not None else []

    return Whole((name,), decode, encode)


def _costs(name: str, field: str) -> Whole[Task]:
    def decode(lines: Sequence[ContentLine]) -> Patch:
        text = lines[0].value.strip()
        try:
            return {field: Decimal(text) if re.fullmatch(r"[+-]?[\d.]{1,40}", text) else None}
        except InvalidOperation:
            return {field: None}

    def encode(item: Task) -> list[str]:
        value: Decimal | None = getattr(item, field)
        return [line(name, f"{value:f}")] if value is not None else []

    return Whole((name,), decode, encode)


def _words(name: str, field: str) -> Whole[Task]:
    def decode(lines: Sequence[ContentLine]) -> Patch:
        return {field: unescape(lines[0].value) or None}

    def encode(item: Task) -> list[str]:
        value: str | None = getattr(item, field)
        return [line(name, escape(value))] if value else []

    return Whole((name,), decode, encode)


APPOINTMENT: tuple[Whole[Appointment], ...] = (
    Whole(("TRANSP", BUSY, "STATUS"), _decode_availability, _encode_availability),
)

TASK: tuple[Whole[Task], ...] = (
    Whole(("STATUS", OWN_STATUS, "COMPLETED", "PERCENT-COMPLETE"), _decode_progress, _encode_progress),
    Whole(
        ("PRIORITY",),
        _decode_priority,
        lambda item: [f"PRIORITY:{_LEVELS[item.priority]}"] if item.priority else [],
    ),
    _minutes("ESTIMATED-DURATION", "target_duration"),
    _minutes("X-PASSERELLE-ACTUAL-DURATION", "actual_duration"),
    _costs("X-PASSERELLE-TARGET-COSTS", "target_costs"),
    _costs("X-PASSERELLE-ACTUAL-COSTS", "actual_costs"),
    _words("X-PASSERELLE-CURRENCY", "currency"),
    _words("X-PASSERELLE-BILLING-INFORMATION", "billing_information"),
    _words("X-PASSERELLE-COMPANIES", "companies"),
    _words("X-PASSERELLE-TRIP-METER", "trip_meter"),
)

ALL_DAY = frozenset({"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT"})
"""Kept lines that must not contradict the time: written again only where they still hold."""
