"""Reminders: the one VALARM that the model can say, and the others kept as they are (RFC 5545, section 3.6.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment, Task
from passerelle.model.moments import Day
from passerelle.wire.contentlines import ContentLine, escape, line, unfold
from passerelle.wire.icalendar.components import Component, read
from passerelle.wire.icalendar.values import duration, is_utc, read_date_time, write_clock, write_duration
from passerelle.wire.icalendar.zones import to_utc

_MINUTE = timedelta(minutes=1)


def minutes_before(alarm: Component) -> int | None:
    """Return how many minutes before the start a display alarm rings, or None if it is of another kind."""
    trigger = _display_trigger(alarm)
    if trigger is None or (trigger.param("RELATED") or "START").upper() != "START":
        return None
    length = duration(trigger.value)
    before = -sum(length, timedelta()) if length else None
    if before is None or before < timedelta() or before % _MINUTE:
        return None
    return before // _MINUTE


def _display_trigger(alarm: Component) -> ContentLine | None:
    action = alarm.first("ACTION")
    if action is None or action.value.strip().upper() != "DISPLAY" or "REPEAT" in alarm.lines:
        return None
    return alarm.first("TRIGGER")


def instant_of(alarm: Component, task: Task, home: str) -> datetime | None:
    """Return when a task's display alarm rings, or None if it cannot be told; days begin in the zone ``home``."""
    trigger = _display_trigger(alarm)
    if trigger is None:
        return None
    length = duration(trigger.value)
    if length is None:
        return _absolute(trigger)
    at_end = (trigger.param("RELATED") or "START").upper() == "END"
    anchor = (task.due if at_end else task.start) or task.due or task.start
    if anchor is None:
        return None
    begin = to_utc(datetime.combine(anchor.day, time()), home) if isinstance(anchor, Day) else anchor.at
    return begin + sum(length, timedelta())


def _absolute(trigger: ContentLine) -> datetime | None:
    try:
        value = read_date_time(trigger.value, trigger.number)
    except Unreadable:
        return None
    if not isinstance(value, datetime) or not is_utc(trigger.value):
        return None
    return to_utc(value, "UTC")


def chosen(
    alarms: Iterable[Component], item: Appointment | Task, home: str = "UTC"
) -> tuple[Component | None, int | datetime | None]:
    """Return the first alarm that the model can say, and what it says."""
    for alarm in alarms:
        value = instant_of(alarm, item, home) if isinstance(item, Task) else minutes_before(alarm)
        if value is not None:
            return alarm, value
    return None, None


def write_alarms(item: Appointment | Task, kept: Sequence[str]) -> list[str]:
    """Return the lines of all alarms: the model's as it was kept where it still says the same, and the others."""
    alarms = [component for text in kept for component in components(text)]
    known, value = chosen(alarms, item)
    texts = [alarm.text() for alarm in alarms if alarm is not known or value == item.alarm]
    if item.alarm is not None and value != item.alarm:
        texts.insert(0, own_alarm(item))
    return [each for text in texts for each in text.split("\n")]


def components(text: str) -> list[Component]:
    """Return the components of a kept text."""
    return read(unfold(text.encode())).children


def own_alarm(item: Appointment | Task) -> str:
    """Return the alarm of an item as we write it."""
    if isinstance(item, Task):
        trigger = line("TRIGGER", f"{write_clock(item.alarm)}Z", ("VALUE", "DATE-TIME")) if item.alarm else ""
    else:
        trigger = line("TRIGGER", write_duration(-(item.alarm or 0) * _MINUTE))
    description = line("DESCRIPTION", escape(item.title or "-"))
    return f"BEGIN:VALARM\nACTION:DISPLAY\n{description}\n{trigger}\nEND:VALARM"
