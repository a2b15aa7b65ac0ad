"""The dialog of a task, and what comes back (manual, table 10.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from passerelle.desk.fields import lines, one_a_line, several, whole
from passerelle.desk.noting import note_patch, note_values
from passerelle.desk.parties import Directory
from passerelle.desk.repeating import KEEP, REPETITION, as_fields, has_same_days, moved, recurrence_of, says_the_same
from passerelle.desk.wallclock import at_day, day_of, instant_of, moment_day, wall
from passerelle.model.errors import Invalid
from passerelle.model.items import Priority, Task, TaskStatus
from passerelle.model.moments import Day, Instant, moment_span, span_day
from passerelle.model.patch import Patch
from passerelle.model.text import Text

STATUSES: Final = {
    TaskStatus.NOT_STARTED: Text("not started"),
    TaskStatus.IN_PROGRESS: Text("in progress"),
    TaskStatus.DONE: Text("done"),
    TaskStatus.WAITING: Text("waiting for somebody"),
    TaskStatus.DEFERRED: Text("deferred"),
}
PRIORITIES: Final = {Priority.LOW: Text("low"), Priority.NORMAL: Text("normal"), Priority.HIGH: Text("high")}
TEXTS: Final = {
    "companies": Text("Companies"),
    "billing_information": Text("Billing information"),
    "trip_meter": Text("Distance"),
    "currency": Text("Currency"),
}
NUMBERS: Final = {
    "target_duration": Text("Planned work, minutes"),
    "actual_duration": Text("Work done, minutes"),
    "target_costs": Text("Planned costs"),
    "actual_costs": Text("Costs"),
}
_WHOLE: Final = 100
_MOST_MINUTES: Final = 10_000_000


def as_values(task: Task, zone: str, directory: Directory) -> dict[str, str]:
    """What the form shows of a task."""
    days = {name: moment_day(getattr(task, name), zone) for name in ("start", "due")}
    plain = {name: getattr(task, name) for name in ("title", *TEXTS, *NUMBERS)}
    return {
        **{name: "" if day is None else day.isoformat() for name, day in days.items()},
        **{name: "" if value is None else str(value) for name, value in plain.items()},
        **note_values(task),
        "status": str(task.status.value),
        "percent": str(task.percent),
        "priority": "" if task.priority is None else str(task.priority.value),
        "alarm": "" if task.alarm is None else wall(task.alarm, zone),
        "categories": ", ".join(task.categories),
        "contacts": "\n".join(task.contacts),
        "private": "1" if task.private else "",
        "participants": directory.lines(task.participants),
        **_repetition(task),
    }


def patch(task: Task, fields: Mapping[str, str], zone: str, directory: Directory) -> Patch:
    """What a form changes about a task.

    Raises:
        Invalid: a value is none.
    """
    before = as_values(task, zone, directory)
    asked = {name: lines(value) for name, value in fields.items()}
    changes: dict[str, object] = {}
    touched = [name for name, text in asked.items() if name in before and before[name] != text]
    for name in touched:
        if name not in {"private", "note", "note_html", *REPETITION}:
            changes |= _change(task, name, asked[name].strip(), zone, directory)
    changes |= note_patch(touched, fields)
    if bool(asked.get("private")) != task.private:
        changes["private"] = bool(asked.get("private"))
    if "repeat" in asked:
        changes |= _recurrence(task, changes.get("start", task.start), asked)
    return {**changes, **_progress(task, changes)}


def _repetition(task: Task) -> dict[str, str]:
    """What the form says of how a task repeats; without a start it can only begin to."""
    if task.start is None:
        return {"repeat": KEEP if task.recurrence else "", "interval": "1", "ends": "never"}
    return as_fields(moment_span(task.start), task.recurrence)


def _recurrence(task: Task, start: object, asked: Mapping[str, str]) -> dict[str, object]:
    """How a task repeats from now on; the days of the week move with its start unless somebody chose others."""
    known = _repetition(task)
    if says_the_same(asked, known) and start == task.start:
        return {}
    if not isinstance(start, Day | Instant):
        if asked["repeat"]:
            raise Invalid("A task that repeats needs a start.", "start")
        return {"recurrence": None}
    span = moment_span(start)
    days = 0 if task.start is None else (span_day(span) - span_day(moment_span(task.start))).days
    fields = moved(asked, days) if has_same_days(asked, known) else asked
    return {"recurrence": recurrence_of(span, fields, task.recurrence)}


def done(task: Task, *, is_done: bool) -> Patch:
    """What ticking a task off changes, or taking the tick back."""
    status = TaskStatus.DONE if is_done else TaskStatus.NOT_STARTED
    return {"status": status, **_progress(task, {"status": status})}


def _progress(task: Task, changes: Patch) -> Patch:
    """A task that is done is so to a hundred percent, and the other way round."""
    status, percent = changes.get("status", task.status), changes.get("percent", task.percent)
    if "status" not in changes and percent == _WHOLE and "percent" in changes:
        status = TaskStatus.DONE
    if status is TaskStatus.DONE and task.status is not TaskStatus.DONE:
        return {"status": status, "percent": _WHOLE, "completed": datetime.now(UTC).replace(microsecond=0)}
    if status is not TaskStatus.DONE and task.status is TaskStatus.DONE:
        return {"percent": 0 if percent == _WHOLE else percent, "completed": None}
    return {}


def _change(task: Task, name: str, text: str, zone: str, directory: Directory) -> dict[str, object]:
    """What a text in one field of the form means."""
    if name == "participants":
        others = directory.lines(task.participants, optional=True)
        return {name: directory.read({name: text, "optional": others}, task.participants)}
    if name == "categories":
        return {name: several(text)}
    if name == "contacts":
        return {name: one_a_line(text)}
    if name == "percent":
        return {name: whole(text or "0", name, _WHOLE)}
    return {name: _value(task, name, text, zone) if text else None}


def _value(task: Task, name: str, text: str, zone: str) -> object:
    match name:
        case "start" | "due":
            return at_day(day_of(text, name), task.start if name == "start" else task.due, zone)
        case "status":
            return TaskStatus(whole(text, name, len(STATUSES), 1))
        case "priority":
            return Priority(whole(text, name, len(PRIORITIES), 1))
        case "alarm":
            return instant_of(text, zone, name)
        case "target_duration" | "actual_duration":
            return whole(text, name, _MOST_MINUTES)
        case "target_costs" | "actual_costs":
            return _money(text, name)
        case _:
            return text


def _money(text: str, name: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(Text("“{value}” is no number.", value=text), name) from error
    if not amount.is_finite():
        raise Invalid(Text("“{value}” is no number.", value=text), name)
    return amount
