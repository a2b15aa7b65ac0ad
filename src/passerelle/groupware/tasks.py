"""Recurring tasks: one living instance, the next one made on completion (semantics, section 7). Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from passerelle.model.items import Task, TaskStatus
from passerelle.model.moments import Day, Moment, Span, Timed, WholeDays, midnight, moment_span, span_start
from passerelle.model.occurrences import Occurrence, occurrences
from passerelle.model.recurrence import Recurrence

_SUCCESSORS: Final = UUID("6f1d0f5e-7d3c-4f0a-9a57-2c0f4f6c2b1e")
"""The name space of uids of tasks that follow others (RFC 9562, section 5.5)."""

_V5: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A uid that was made of others."""


def is_completed(before: Task, after: Task) -> bool:
    """Whether a change sets the task to done."""
    return before.status is not TaskStatus.DONE and after.status is TaskStatus.DONE


def closed(task: Task) -> Task:
    """The task that was done, which repeats no longer: its successor does."""
    return msgspec.structs.replace(task, recurrence=None)


def successor(task: Task) -> Task | None:
    """The task that follows a recurring one, with one occurrence less to go; None after the last.

    It starts over: not started, nothing done, no completion date. The reminder keeps its distance to the
    start.
    """
    if task.recurrence is None or task.start is None or task.due is None:
        return None
    passed, following = _next(moment_span(task.start), task.recurrence)
    if following is None:
        return None
    step = following.key - _key(task.start)
    return msgspec.structs.replace(
        task,
        uid=None,
        start=_at(task.start, following.span),
        due=_shifted(task.due, step, task.start, following.span),
        alarm=None if task.alarm is None else task.alarm + step,
        status=TaskStatus.NOT_STARTED,
        percent=0,
        completed=None,
        recurrence=_less(task.recurrence, passed, following.key),
    )


def uid_of_successor(done: Task, following: Task) -> str | None:
    """The uid of the task that follows one: the same wherever it is completed, so that it is one task in the end.

    Two devices, or a replica and its server, may both see it done before they hear of each other.
    """
    if done.uid is None or following.start is None:
        return None
    return str(uuid5(_SUCCESSORS, f"{done.uid} {_key(following.start).isoformat()}"))


def follows(task: Task, done: Task) -> bool:
    """Whether a task took the place of one that was done, for the same people."""
    if task.uid is None or task.uid != uid_of_successor(done, task):
        return False
    return {one.identity for one in task.participants} == {one.identity for one in done.participants}


def may_follow(task: Task) -> bool:
    """Whether a task may have taken the place of another one, by its uid alone."""
    return task.uid is not None and _V5.fullmatch(task.uid) is not None


def _key(start: Moment) -> datetime:
    return midnight(start.day) if isinstance(start, Day) else start.at


def _at(start: Moment, span: Span) -> Moment:
    if isinstance(span, Timed):
        return msgspec.structs.replace(start, at=span.start)
    return Day(day=span.start)


def _shifted(due: Moment, step: timedelta, start: Moment, span: Span) -> Moment:
    """The due moment, as far from the new start as it was from the old one."""
    if isinstance(due, Day):
        days = (span.start - start.day).days if isinstance(start, Day) and isinstance(span, WholeDays) else step.days
        return Day(day=due.day + timedelta(days=days))
    return msgspec.structs.replace(due, at=due.at + step)


def _next(when: Span, recurrence: Recurrence) -> tuple[int, Occurrence | None]:
    """The first living occurrence after the start, and how many of the rules' occurrences lie before it."""
    passed = 0
    for occurrence in occurrences(when, recurrence, deleted=True):
        if occurrence.key > span_start(when) and occurrence.key not in recurrence.deleted:
            return passed, occurrence
        passed += occurrence.key not in recurrence.dates
    return passed, None


def _less(recurrence: Recurrence, passed: int, first: datetime) -> Recurrence:
    """What is left of a recurrence from ``first`` on, after ``passed`` occurrences of its rules."""
    rules = tuple(
        rule if rule.count is None else msgspec.structs.replace(rule, count=max(1, rule.count - passed))
        for rule in recurrence.rules
    )
    return msgspec.structs.replace(
        recurrence,
        rules=rules,
        dates=tuple(key for key in recurrence.dates if key > first),
        deleted=tuple(key for key in recurrence.deleted if key > first),
    )
