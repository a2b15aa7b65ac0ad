"""Every field of tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from passerelle.model.items import Priority, Task, TaskStatus
from passerelle.model.moments import Day
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.outlook import constants
from passerelle.peers.outlook.constants import Importance
from tests.sync.hops.contacts import categories_row, files_row, note_row, private_row
from tests.sync.hops.rows import Journey, Row


def _digits(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def _day(day: int) -> Day:
    return Day(day=date(2026, 12, day))


def _text(number: str, name: str, member: str, before: str, after: str) -> Row:
    return Row(
        number=number, name=name, there={name: before}, shown={member: before}, edit={member: after}, back={name: after}
    )


OPEN = Journey(
    title="Buy paper",
    kind=Task,
    rows=(
        _text("2", "title", "Subject", "Buy paper", "Buy more paper"),
        Row(
            number="3",
            name="due",
            there={"due": _day(10)},
            shown={"DueDate": _digits(10)},
            edit={"DueDate": _digits(11)},
            back={"due": _day(11)},
        ),
        Row(
            number="4",
            name="start",
            there={"start": _day(1)},
            shown={"StartDate": _digits(1)},
            edit={"StartDate": _digits(2)},
            back={"start": _day(2)},
        ),
        Row(
            number="5-9",
            name="status",
            there={"status": TaskStatus.IN_PROGRESS},
            shown={"Status": constants.TaskStatus.InProgress},
            edit={"Status": constants.TaskStatus.Waiting},
            back={"status": TaskStatus.WAITING},
        ),
        Row(
            number="10",
            name="priority",
            there={"priority": Priority.LOW},
            shown={"Importance": Importance.Low},
            edit={"Importance": Importance.High},
            back={"priority": Priority.HIGH},
        ),
        Row(
            number="11",
            name="percent",
            there={"percent": 40},
            shown={"PercentComplete": 40},
            edit={"PercentComplete": 60},
            back={"percent": 60},
        ),
        Row(
            number="12",
            name="alarm",
            there={"alarm": datetime(2026, 12, 10, 7, 30, 30, tzinfo=UTC)},
            shown={"ReminderSet": True, "ReminderTime": datetime(2026, 12, 10, 8, 30, tzinfo=UTC)},
            edit={"ReminderTime": _digits(11, 9)},
            back={"alarm": datetime(2026, 12, 11, 8, tzinfo=UTC)},
        ),
        note_row("13"),
        files_row("14"),
        Row(
            number="15",
            name="contacts",
            there={"contacts": ("Bob",)},
            done="nothing: there is no place for it any more",
            back={"contacts": ("Bob",)},
            remark="Open-Xchange has no place for it",
        ),
        categories_row("16"),
        private_row("17"),
        Row(
            number="19",
            name="target_duration",
            there={"target_duration": 90},
            shown={"TotalWork": 90},
            edit={"TotalWork": 120},
            back={"target_duration": 120},
        ),
        Row(
            number="20",
            name="actual_duration",
            there={"actual_duration": 30},
            shown={"ActualWork": 30},
            edit={"ActualWork": 45},
            back={"actual_duration": 45},
        ),
        _text("21", "companies", "Companies", "Bridges & Co", "Footbridges & Co"),
        _text("22", "trip_meter", "Mileage", "12 km", "14 km"),
        _text("23", "billing_information", "BillingInformation", "A-1", "A-2"),
    ),
)


def _complete(item: Any) -> None:
    item.MarkComplete()


DONE = Journey(
    title="Call Bob",
    kind=Task,
    base={"title": "Call Bob"},
    rows=(
        Row(
            number="18",
            name="completed",
            act=_complete,
            done="marked complete",
            back={"completed": datetime(2026, 11, 29, 23, tzinfo=UTC), "status": TaskStatus.DONE, "percent": 100},
        ),
    ),
)
GIVEN = Journey(
    title="Paint",
    kind=Task,
    base={"title": "Paint"},
    rows=(
        Row(
            number="1",
            name="participants",
            there={"participants": (Participant(kind=ParticipantKind.EXTERNAL, mail="carla@elsewhere.example"),)},
            done="nothing: Outlook would send the task by itself",
            back={"participants": ("carla@elsewhere.example",)},
        ),
    ),
)


def _daily(item: Any) -> None:
    item.GetRecurrencePattern().Interval = 3


_EVERY_THIRD_DAY = Rule(frequency=Frequency.DAILY, interval=3, until=datetime(2026, 12, 15, tzinfo=UTC))
SERIES = Journey(
    title="Water plants",
    kind=Task,
    base={"title": "Water plants", "start": _day(1), "due": _day(1)},
    rows=(
        Row(
            number="1.3",
            name="recurrence",
            there={"recurrence": Recurrence(rules=(Rule(frequency=Frequency.DAILY, interval=2, count=8),))},
            shown={"GetRecurrencePattern": "every 2 days until 2026-12-15"},
            act=_daily,
            done="every third day",
            back={"recurrence": Recurrence(rules=(_EVERY_THIRD_DAY,))},
        ),
    ),
)

_CHANGES = (
    (TaskStatus.NOT_STARTED, constants.TaskStatus.NotStarted, constants.TaskStatus.InProgress, TaskStatus.IN_PROGRESS),
    (TaskStatus.WAITING, constants.TaskStatus.Waiting, constants.TaskStatus.Deferred, TaskStatus.DEFERRED),
    (TaskStatus.DEFERRED, constants.TaskStatus.Deferred, constants.TaskStatus.NotStarted, TaskStatus.NOT_STARTED),
)
STATUSES = tuple(
    Journey(
        title=before.name,
        kind=Task,
        base={"title": before.name},
        rows=(
            Row(
                number="5-9",
                name="status",
                there={"status": before},
                shown={"Status": shown},
                edit={"Status": chosen},
                back={"status": after},
            ),
        ),
    )
    for before, shown, chosen, after in _CHANGES
)
