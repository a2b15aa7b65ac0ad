"""Puts reminders that are due into the outbox, and looks for the next ones."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from passerelle.groupware.access import read_item
from passerelle.groupware.actor import actor_of
from passerelle.groupware.addressees import Directory, owner_of, party
from passerelle.groupware.letters import Invitation, Kind, Reason, Reminder, written
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.reminders import following, occurrence_at, rebuild, useful_until
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Task
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Pending, Reading, Store, Writing

BATCH: Final = 50
_ORIGIN: Final = "reminders"


def remind(store: Store) -> int:
    """Queue the mails of reminders that are due; return how many reminders were looked at.

    Each is queued and replaced by the next one in one transaction, so that several servers never do so twice. One that
    comes too late to be of use, because no server ran, is left out.
    """
    with store.writing(SYSTEM_USER, _ORIGIN) as tx:
        due = tx.reminders.due(tx.outbox.now, BATCH)
        people = Directory(tx)
        for pending in due:
            _carry_out(tx, people, pending)
    return len(due)


def rebuild_all(store: Store) -> None:
    """Write the reminders of all users anew, a transaction each: imports and new group members come in by that.

    What is due is carried out before, so that nothing is lost that only just is of use.
    """
    while remind(store):
        pass
    with store.reading() as tx:
        users = tx.principals.users()
    for user in users:
        if user.notices.appointment_reminders or user.notices.task_reminders:
            with store.writing(SYSTEM_USER, _ORIGIN) as tx:
                rebuild(tx, tx.principals.user(user.id) or user)


def _carry_out(tx: Writing, people: Directory, pending: Pending) -> None:
    tx.reminders.remove(pending)
    user = people.user(pending.user)
    record = None if user is None else _readable(tx, pending)
    if user is None or record is None or not isinstance(record.item, Appointment | Task):
        return
    now = tx.outbox.now
    if user.email and now < useful_until(pending, record.item, user) and _is_wanted(user, record.item):
        _queue(tx, people, pending, user, record)
    tx.reminders.put(following(record, user, pending, now))


def _readable(tx: Reading, pending: Pending) -> ItemRecord | None:
    """The item, if the user may still read it."""
    actor = actor_of(tx, pending.user)
    for module in (Module.CALENDAR, Module.TASKS):
        with suppress(NotFound, Forbidden):
            return read_item(tx, actor, pending.item, module, None)
    return None


def _is_wanted(user: User, item: Invitation) -> bool:
    wishes = user.notices
    return wishes.appointment_reminders if isinstance(item, Appointment) else wishes.task_reminders


def _queue(tx: Writing, people: Directory, pending: Pending, user: User, record: ItemRecord) -> None:
    """Let the mail be sent, unless it was for the same moment before."""
    item = record.item
    if not isinstance(item, Appointment | Task):
        return
    letter = Reminder(
        recipient=party(user),
        organizer=people.organizer(item, owner_of(record, tx.folders.get(record.folder))),
        subject=str(pending.item),
        reason=Reason(pending.reason),
        item=people.addressed(occurrence_at(item, pending.at, user.zone)),
        until=useful_until(pending, item, user),
    )
    key = f"reminder/{pending.item}/{pending.user}/{pending.reason}/{pending.due:%Y%m%dT%H%M%SZ}"
    tx.outbox.add(key, user.email, Kind.REMINDER, written(letter))
