"""The table of tasks. Outlook's have days, and count effort in minutes, as we do."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.model.items import Priority, Task, TaskStatus
from passerelle.model.moments import Day, Instant, Moment, moment_span
from passerelle.model.participants import Organizer
from passerelle.peers.outlook import constants
from passerelle.peers.outlook.constants import Importance
from passerelle.peers.outlook.mapping import dates, series
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, line, one
from passerelle.peers.outlook.mapping.common import COMMON
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.people import participant
from passerelle.peers.outlook.mapping.values import Invitee, Series, Value, Values

_STATUSES = {
    TaskStatus.NOT_STARTED: constants.TaskStatus.NotStarted,
    TaskStatus.IN_PROGRESS: constants.TaskStatus.InProgress,
    TaskStatus.DONE: constants.TaskStatus.Complete,
    TaskStatus.WAITING: constants.TaskStatus.Waiting,
    TaskStatus.DEFERRED: constants.TaskStatus.Deferred,
}
_PROGRESS = {int(status): ours for ours, status in _STATUSES.items()}
_PRIORITIES = {Priority.LOW: Importance.Low, Priority.NORMAL: Importance.Normal, Priority.HIGH: Importance.High}
_IMPORTANCE = {int(importance): ours for ours, importance in _PRIORITIES.items()}
_MOST_MINUTES = 0x5AE980
"""MS-OXOTASK, sections 2.2.2.2.14 and 15: the most effort that Outlook counts."""
_DONE, _ALMOST = 100, 99


def _day(moment: Moment | None) -> date | None:
    if isinstance(moment, Instant):
        return dates.local(moment.at, moment.zone).date()
    return None if moment is None else moment.day


def _date(value: Value) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _decode_days(values: Values, _: Context) -> Patch:
    start, due = _date(values.get("StartDate")), _date(values.get("DueDate"))
    return {"start": Day(day=start) if start else None, "due": Day(day=due) if due else None}


def _encode_days(item: Task, _: Context) -> Values:
    """Outlook has no start without an end, and none after it."""
    start, due = _day(item.start), _day(item.due)
    due = due or start
    return {"StartDate": min(start, due) if start and due else None, "DueDate": due}


def _decode_progress(values: Values, context: Context) -> Patch:
    day = _date(values.get("DateCompleted"))
    status, percent = values.get("Status"), values.get("PercentComplete")
    return {
        "status": _PROGRESS.get(status, TaskStatus.NOT_STARTED) if isinstance(status, int) else TaskStatus.NOT_STARTED,
        "percent": percent if isinstance(percent, int) else 0,
        "completed": dates.instant(datetime.combine(day, datetime.min.time()), context.zone) if day else None,
    }


def _encode_progress(item: Task, context: Context) -> Values:
    """To Outlook what is done is done wholly, and what has not begun has made no progress."""
    if item.status is TaskStatus.DONE:
        day = dates.local(item.completed, context.zone).date() if item.completed else _day(item.due) or context.today
        return {"PercentComplete": _DONE, "Status": int(_STATUSES[item.status]), "DateCompleted": day}
    percent = 0 if item.status is TaskStatus.NOT_STARTED else min(max(item.percent, 0), _ALMOST)
    return {"PercentComplete": percent, "Status": int(_STATUSES[item.status]), "DateCompleted": None}


def _decode_alarm(values: Values, context: Context) -> Patch:
    at = values.get("ReminderTime")
    is_set = values.get("ReminderSet") and isinstance(at, datetime)
    return {"alarm": dates.instant(at, context.zone) if is_set and isinstance(at, datetime) else None}


def _encode_alarm(item: Task, context: Context) -> Values:
    if item.alarm is None:
        return {"ReminderSet": False}
    return {"ReminderSet": True, "ReminderTime": dates.minute(dates.local(item.alarm, context.zone))}


def _decode_people(values: Values, context: Context) -> Patch:
    """Whom a task was assigned to in Outlook, and who assigned it."""
    listed, sender = values.get("Recipients"), values.get("Delegator")
    found = [one for one in listed if isinstance(one, Invitee)] if isinstance(listed, tuple) else []
    each = {one.identity: one for one in (participant(invitee, context) for invitee in found)}
    return {
        "participants": tuple(each.values()),
        "organizer": Organizer(name=sender) if isinstance(sender, str) and sender else None,
    }


def _decode_series(values: Values, _: Context) -> Patch:
    found = values.get("GetRecurrencePattern")
    day = _date(values.get("StartDate")) or _date(values.get("DueDate"))
    if not isinstance(found, Series):
        return {"recurrence": None}
    return {"recurrence": series.decode(moment_span(Day(day=day or found.first)), found)}


def _encode_series(item: Task, context: Context) -> Values:
    """None of a task that is done: Outlook would make the next one of it, which the server does."""
    day = _day(item.start or item.due)
    if item.recurrence is None or day is None or item.status is TaskStatus.DONE:
        return {"GetRecurrencePattern": None}
    return {"GetRecurrencePattern": series.encode(moment_span(Day(day=day)), item.recurrence, context.today)}


def _minutes(value: int | None) -> int:
    return min(max(value or 0, 0), _MOST_MINUTES)


TASK: tuple[Aspect, ...] = (
    line("title", "Subject"),
    Aspect(
        attributes=("start", "due"),
        members=("StartDate", "DueDate"),
        decode=_decode_days,
        encode=_encode_days,
        change="days; a task that is not due is due when it starts, one that starts after it is due starts then",
    ),
    Aspect(
        attributes=("status", "percent", "completed"),
        members=("PercentComplete", "Status", "DateCompleted"),
        decode=_decode_progress,
        encode=_encode_progress,
        change="what is done is at 100 %, on a day; what has not begun at 0 %; anything else at 99 % at most",
    ),
    one(
        "priority",
        "Importance",
        encode=lambda priority: int(_PRIORITIES.get(priority, Importance.Normal)),
        decode=lambda value: _IMPORTANCE.get(value, Priority.NORMAL),
        change="none becomes normal",
    ),
    Aspect(
        attributes=("alarm",),
        members=("ReminderSet", "ReminderTime"),
        decode=_decode_alarm,
        encode=_encode_alarm,
        change="minutes",
    ),
    one("target_duration", "TotalWork", encode=_minutes, decode=lambda value: value or None, change="none is 0"),
    one("actual_duration", "ActualWork", encode=_minutes, decode=lambda value: value or None, change="none is 0"),
    line("companies", "Companies"),
    line("trip_meter", "Mileage"),
    line("billing_information", "BillingInformation"),
    *COMMON,
    Aspect(
        attributes=("participants", "organizer"),
        members=("Recipients", "Delegator"),
        decode=_decode_people,
        encode=lambda _item, _context: {},
        change="read only: assigning a task makes Outlook send it, and only the server sends",
    ),
    Aspect(
        attributes=("recurrence",),
        members=("GetRecurrencePattern",),
        decode=_decode_series,
        encode=_encode_series,
        change="as of appointments; Outlook has the next task begin when one is done, under the same rule",
    ),
)
"""Progress by per cent comes before the status, which it changes; days before the series."""
