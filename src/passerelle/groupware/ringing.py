"""What a client reminds its user of, and what the user has dismissed or put off (semantics reference, section 5.7).

An alarm is its user's own: it rings for whoever set it, wherever the item is, as long as that user may read it. Nobody
is reminded of what is declined, called off or done. Dismissed counts by the instant at which the alarm was due, so a
series rings again for its next occurrence, and what was moved to a later time rings once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Final

import msgspec
from msgspec import Struct

from passerelle.groupware.access import module_of, read_item
from passerelle.groupware.actor import Actor
from passerelle.groupware.reminders import has_declined, instants, spans_from
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.moments import EPOCH, Span, milliseconds, span_day
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Acknowledged, Reading, Writing

LATE: Final = timedelta(hours=2)
"""How long after its end an appointment is still told of to who was away."""
LATE_TASK: Final = timedelta(days=7)
"""How long after its alarm a task is told of that is not done."""
_MOST: Final = 3
"""Of one series at once: more come up where an alarm is set longer before the start than the series takes to repeat."""
_NOTHING: Final = Acknowledged(EPOCH)


class Name(Struct, frozen=True, order=True):
    """Which reminder is meant: the item, and when what it reminds of starts, in milliseconds since 1970."""

    item: ItemId
    starts: int


class Ring(Struct, frozen=True, kw_only=True):
    """A reminder of an appointment, of one occurrence of it, or of a task.

    ``span`` is the time of an appointment, and ``day`` names an occurrence within its series. What it reminds of begins
    at ``starts``, for a task its alarm; the alarm was set for ``alarm``, and rings at ``due``, later if it was put off.
    """

    record: ItemRecord
    item: Appointment | Task
    span: Span | None = None
    day: date | None = None
    starts: datetime
    alarm: datetime
    due: datetime

    @property
    def name(self) -> Name:
        """What tells it from all others."""
        return Name(self.record.id, milliseconds(self.starts))


def rings(tx: Reading, actor: Actor, user: User, now: datetime, until: datetime) -> tuple[Ring, ...]:
    """What a user is to be reminded of until an instant, by when it is due. See :meth:`Session.rings`."""
    ids = {
        *tx.alarms.of_appointments(user.id, now - LATE, until),
        *tx.alarms.of_tasks(user.id, now - LATE_TASK, until),
        *tx.alarms.put_off(user.id),
    }
    records = tx.items.several(ids, user.id)
    known = tx.alarms.acknowledged(user.id, ids)
    found = (
        ring
        for record in records
        for ring in rings_of(record, user, known.get(record.id, _NOTHING), now, until)
        if _is_readable(tx, actor, record)
    )
    return tuple(sorted(found, key=lambda ring: (ring.due, ring.name)))


def acknowledge(
    tx: Writing, actor: Actor, user: User, rung: Iterable[Name], now: datetime, again: datetime | None
) -> None:
    """Note that a user has seen reminders that are due, and wants them once more at ``again``, if given."""
    wanted = set(rung)
    for ring in rings(tx, actor, user, now, now):
        if ring.name in wanted:
            known = tx.alarms.acknowledged(user.id, [ring.record.id]).get(ring.record.id, _NOTHING)
            tx.alarms.acknowledge(user.id, ring.record.id, _after(known, ring, again))


def rings_of(record: ItemRecord, user: User, known: Acknowledged, now: datetime, until: datetime) -> Iterator[Ring]:
    """The reminders of one item that are due until an instant, and not too late to be of use."""
    item = record.item
    if isinstance(item, Appointment):
        if item.alarm is not None and not item.cancelled and not has_declined(item, user.id):
            yield from _of_appointment(record, item, user, known, now, until)
    elif isinstance(item, Task) and item.status is not TaskStatus.DONE and not has_declined(item, user.id):
        yield from _of_task(record, item, known, now, until)


def _of_appointment(
    record: ItemRecord, item: Appointment, user: User, known: Acknowledged, now: datetime, until: datetime
) -> Iterator[Ring]:
    if known.again is not None and known.again_of is not None and known.again <= until:
        near = spans_from(record, item, known.again_of)
        some = (_ring(record, item, span, user.zone) for span in islice(near, 10))
        yield from (_put_off(one, known.again) for one in some if one.starts == known.again_of)
    every = (_ring(record, item, span, user.zone) for span in spans_from(record, item, now - LATE))
    due = takewhile(lambda one: one.due <= until, every)
    yield from islice((one for one in due if one.due > known.upto and _ends(one, user.zone) + LATE > now), _MOST)


def _of_task(record: ItemRecord, item: Task, known: Acknowledged, now: datetime, until: datetime) -> Iterator[Ring]:
    if item.alarm is None:
        return
    ring = Ring(record=record, item=item, starts=item.alarm, alarm=item.alarm, due=item.alarm)
    if known.again is not None and known.again_of == item.alarm:
        if known.again <= until:
            yield _put_off(ring, known.again)
    elif known.upto < ring.due <= until and ring.due + LATE_TASK > now:
        yield ring


def _ring(record: ItemRecord, item: Appointment, span: Span, zone: str) -> Ring:
    starts = instants(span, zone)[0]
    due = starts - timedelta(minutes=item.alarm or 0)
    day = None if item.recurrence is None else span_day(span)
    return Ring(record=record, item=item, span=span, day=day, starts=starts, alarm=due, due=due)


def _put_off(ring: Ring, again: datetime) -> Ring:
    return msgspec.structs.replace(ring, due=again)


def _ends(ring: Ring, zone: str) -> datetime:
    return ring.starts if ring.span is None else instants(ring.span, zone)[1]


def _after(known: Acknowledged, ring: Ring, again: datetime | None) -> Acknowledged:
    """What is known after a reminder was acknowledged. That an earlier one comes again stays so, unless it is this."""
    upto = max(known.upto, ring.alarm)
    if again is not None:
        return Acknowledged(upto, again, ring.starts)
    if known.again_of == ring.starts:
        return Acknowledged(upto)
    return Acknowledged(upto, known.again, known.again_of)


def _is_readable(tx: Reading, actor: Actor, record: ItemRecord) -> bool:
    with suppress(NotFound, Forbidden):
        read_item(tx, actor, record.id, module_of(record.item), None)
        return True
    return False
