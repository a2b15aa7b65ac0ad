"""When a user is reminded of what by mail (semantics reference, sections 5.7 and 7).

Of an appointment as long before each occurrence as the own alarm says; of a task at its alarm, in the morning of the
day that it is due, and once more in the morning after, if it is not done by then. Nobody is reminded of what is
declined, called off or done. Users who want no such mails cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from passerelle.groupware.addressees import Directory, owner_of
from passerelle.groupware.letters import Reason
from passerelle.groupware.occurrence_rules import as_exception
from passerelle.groupware.participants import find
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.moments import ONE_DAY, Day, Span, Timed, day_start, local_day
from passerelle.model.occurrences import occurrences
from passerelle.model.participants import Answer
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Pending, Reading, Writing

MORNING: Final = timedelta(hours=7)
"""When tasks of the day are told of, after midnight on the user's wall clock."""
ALARM_USEFUL: Final = ONE_DAY
"""How long after its alarm a task is worth a mail, where the server was down."""
OVERDUE_USEFUL: Final = timedelta(days=7)
_DAY_AND_A_HALF: Final = timedelta(hours=36)


def refresh(tx: Writing, id_: ItemId) -> None:
    """Write the reminders of an item, and of the changed occurrences of a series, anew after any of it changed."""
    record = tx.items.get(id_, None)
    if record is None:
        tx.reminders.clear_item(id_)
        return
    concerned = [record]
    if record.changed or record.master is not None:
        concerned = [*tx.items.several([record.master or id_], None), *tx.items.exceptions(record.master or id_)]
    people = Directory(tx)
    for one in concerned:
        tx.reminders.clear_item(one.id)
        for user in _interested(tx, people, one):
            seen = tx.items.get(one.id, user.id)
            tx.reminders.put(() if seen is None else upcoming(seen, user, tx.outbox.now))


def rebuild(tx: Writing, user: User) -> None:
    """Write all reminders of a user anew, after the user's wishes or zone changed."""
    tx.reminders.clear_user(user.id)
    if user.deleted or not (user.notices.appointment_reminders or user.notices.task_reminders):
        return
    ids = set(tx.reminders.items_with_alarm(user.id)) | set(_tasks_of(tx, user))
    for record in tx.items.several(sorted(ids), user.id):
        tx.reminders.put(upcoming(record, user, tx.outbox.now))


def upcoming(record: ItemRecord, user: User, now: datetime) -> Iterator[Pending]:
    """What a user is to be reminded of next about an item; also late, as long as that is of use."""
    item = record.item
    if isinstance(item, Appointment):
        yield from islice(_of_appointment(record, item, user, now), 1)
    elif isinstance(item, Task) and user.notices.task_reminders and item.status is not TaskStatus.DONE:
        yield from (one for one in _of_task(record, item, user) if useful_until(one, item, user) > now)


def following(record: ItemRecord, user: User, told: Pending, now: datetime) -> Iterator[Pending]:
    """The reminder of a series that comes after one, and after those that are due by now."""
    if isinstance(record.item, Appointment):
        later = (one for one in _of_appointment(record, record.item, user, now) if one.due > max(now, told.due))
        yield from islice(later, 1)


def useful_until(pending: Pending, item: Appointment | Task, user: User) -> datetime:
    """How long a reminder helps, should it be late: an appointment's until it is over."""
    match Reason(pending.reason):
        case Reason.DUE:
            return pending.at - MORNING + ONE_DAY
        case Reason.OVERDUE:
            return pending.at + OVERDUE_USEFUL
        case Reason.ALARM:
            if isinstance(item, Task):
                return pending.at + ALARM_USEFUL
            start, end = instants(item.when, user.zone)
            return pending.at + (end - start)


def occurrence_at(item: Appointment | Task, at: datetime, zone: str) -> Appointment | Task:
    """The item, or the occurrence of it that starts at an instant on a wall clock."""
    if not isinstance(item, Appointment) or item.recurrence is None:
        return item
    near = occurrences(item.when, item.recurrence, start=at - _DAY_AND_A_HALF, end=at + _DAY_AND_A_HALF)
    key = next((one.key for one in near if instants(one.span, zone)[0] == at), None)
    return item if key is None else as_exception(item, key)


def _interested(tx: Reading, people: Directory, record: ItemRecord) -> Iterator[User]:
    """Who may have to be reminded of an item: who has an alarm on it; of a task, whoever it concerns."""
    users = set(tx.reminders.users_with_alarm(record.id))
    if isinstance(record.item, Task):
        users |= people.circle(record.item, owner_of(record, tx.folders.get(record.folder))).users
    yield from (user for one in sorted(users) if (user := people.user(one)) is not None)


def _tasks_of(tx: Reading, user: User) -> Iterator[ItemId]:
    """The tasks in a user's own folders."""
    for folder in tx.folders.all():
        if folder.owner == user.id and folder.module is Module.TASKS:
            yield from tx.items.ids(folder.id)


def _of_appointment(record: ItemRecord, item: Appointment, user: User, now: datetime) -> Iterator[Pending]:
    """The reminders of all occurrences that start after now, one after the other."""
    if item.alarm is None or item.cancelled or has_declined(item, user.id) or not user.notices.appointment_reminders:
        return
    lead = timedelta(minutes=item.alarm)
    for span in spans_from(record, item, now):
        start = instants(span, user.zone)[0]
        if start > now:
            yield Pending(due=start - lead, at=start, item=record.id, user=user.id, reason=Reason.ALARM)


def spans_from(record: ItemRecord, item: Appointment, start: datetime) -> Iterator[Span]:
    """The times of an appointment from about an instant on, in order; changed occurrences are items of their own."""
    if item.recurrence is None:
        return iter((item.when,))
    changed = frozenset(record.changed)
    near = occurrences(item.when, item.recurrence, start=start - _DAY_AND_A_HALF)
    return (one.span for one in islice(near, 1000) if one.key not in changed)


def _of_task(record: ItemRecord, item: Task, user: User) -> Iterator[Pending]:
    if has_declined(item, user.id):
        return
    if item.alarm is not None:
        yield Pending(due=item.alarm, at=item.alarm, item=record.id, user=user.id, reason=Reason.ALARM)
    if item.due is not None:
        day = item.due.day if isinstance(item.due, Day) else local_day(item.due.at, user.zone)
        for reason, morning in (
            (Reason.DUE, _morning(day, user.zone)),
            (Reason.OVERDUE, _morning(day + ONE_DAY, user.zone)),
        ):
            yield Pending(due=morning, at=morning, item=record.id, user=user.id, reason=reason)


def _morning(day: date, zone: str) -> datetime:
    return day_start(day, zone) + MORNING


def instants(span: Span, zone: str) -> tuple[datetime, datetime]:
    """From when to when; a whole day is that day on the user's wall clock."""
    if isinstance(span, Timed):
        return span.start, span.end
    return day_start(span.start, zone), day_start(span.end, zone)


def has_declined(item: Appointment | Task, user: UserId) -> bool:
    """Whether a user takes part in something only to say no."""
    entry = find(item.participants, user)
    return entry is not None and entry.answer is Answer.DECLINED
