"""Tasks (section 5)."""

from __future__ import annotations

from typing import cast

from passerelle.peers.outlook.constants import DefaultFolder, RecurrenceType, TaskStatus
from passerelle.peers.outlook.mapping import properties
from passerelle.peers.outlook.objects import TaskItem
from passerelle.peers.outlook.selftest.bench import Bench, items
from passerelle.peers.outlook.selftest.parts import Part, ask, nobody_asks
from passerelle.peers.outlook.selftest.verdicts import Findings, found


def _days(bench: Bench) -> Findings:
    task = bench.task()
    task.DueDate = bench.at(17)
    yield found("task-days", "set a due time", task.DueDate, bench.at(0))
    task.StartDate = bench.at(0, days=2)
    yield found("task-days-push", "began after it: the due day", task.DueDate, bench.at(0, days=2))
    task.DueDate = bench.at(0, days=1)
    yield found("task-days-push", "due before the start: the start", task.StartDate, bench.at(0, days=1))


def _status(bench: Bench) -> Findings:
    task = bench.task()
    task.PercentComplete = 30
    yield found("status-follows", "30 %: the status", task.Status, TaskStatus.InProgress)
    task.Status = int(TaskStatus.Waiting)
    task.PercentComplete = 40
    yield found("status-follows", "waiting, and 40 %: the status", task.Status, TaskStatus.Waiting)
    share = properties.get(task, "PidLidPercentComplete")
    yield found("percent-is-share", "its percentage in MAPI", share, 0.4)
    task.PercentComplete = 100
    came = task.Status, task.Complete
    yield found("status-follows", "100 %: status, complete", came, (TaskStatus.Complete, True))
    task.Status = int(TaskStatus.NotStarted)
    wanted = 0, False, 4501
    came_back = task.PercentComplete, task.Complete, task.DateCompleted.year
    yield found("status-follows", "not begun: percentage, complete, year of completion", came_back, wanted)


def _recurring(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Tasks)
    task = bench.task(folder)
    task.DueDate = bench.at(0)
    task.GetRecurrencePattern().RecurrenceType = int(RecurrenceType.Weekly)
    task.Save()
    task.MarkComplete()
    each = sorted((cast(TaskItem, item) for item in items(folder)), key=lambda one: one.DueDate)
    came = [(one.DueDate, one.Complete, one.IsRecurring) for one in each]
    wanted = (bench.at(0), True, False), (bench.at(0, days=7), False, True)
    yield found("done-makes-new", "did one of a weekly task: due, complete, recurring, of each task", came, wanted)


def _skipped(bench: Bench) -> Findings:
    task = bench.task()
    task.DueDate = bench.at(0)
    task.GetRecurrencePattern().Occurrences = 2
    task.Save()
    came = task.SkipRecurrence(), task.DueDate, task.SkipRecurrence()
    yield found(
        "task-skipped", "skipped twice of two: the first, the day, the second", came, (True, bench.at(0, days=7), False)
    )


PART = Part(
    "Tasks",
    (
        ask(
            _days,
            task_days="Days of a task have no time.",
            task_days_push="Start and due day of a task do not cross.",
        ),
        ask(
            _status,
            status_follows="Status, percentage and completion follow one another.",
            percent_is_share="In MAPI the percentage is a share.",
        ),
        ask(_recurring, done_makes_new="A recurring task that is done makes a new one."),
        ask(_skipped, task_skipped="An occurrence of a task can be skipped."),
    ),
    (
        nobody_asks(
            "task-assigned",
            "A task that is given to somebody is sent, and has another owner.",
            "nothing is sent",
        ),
    ),
)
