"""Changing and deleting single occurrences of a series (OX reference, 11.4; semantics, 5.8)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from passerelle.groupware import appointments, conflicts, items, organisers, validation
from passerelle.groupware.access import (
    Located,
    as_seen,
    locate,
    require_current,
    require_delete,
    require_write,
)
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import placements
from passerelle.groupware.occurrence_rules import At, as_exception, live_key_of
from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Item
from passerelle.model.patch import Patch, difference
from passerelle.model.records import ItemRecord
from passerelle.store import Writing

Change = Callable[[Item], Patch]


def change_occurrence(  # noqa: PLR0913 - what a change of an occurrence may say
    tx: Writing,
    actor: Actor,
    id_: ItemId,
    folder: FolderId | None,
    at: At,
    change: Change,
    *,
    expected: Stamp | None,
    ignore_conflicts: bool,
) -> ItemRecord:
    """Make a change exception. See :meth:`Session.change_occurrence`."""
    found = locate(tx, actor, id_, Module.CALENDAR, folder)
    require_write(found, actor)
    require_current(found.record.stamp, expected)
    base = occurrence_of(found.record, at)
    sent = change(base)
    after = items.patched(base, sent)
    if not isinstance(after, Appointment):
        raise Contradiction("An occurrence stays an appointment.")
    after = _checked(tx, actor, found, base, after)
    organisers.check_change(tx, base, after, sent)
    booking = conflicts.Booking(after, appointments.home_of(tx, id_), master=id_)
    conflicts.check(tx, actor, booking, ignore_conflicts=ignore_conflicts)
    return as_seen(tx, add_exception(tx, actor, found, after).record)


def occurrence_of(record: ItemRecord, at: At) -> Appointment:
    """A live occurrence of a series as an appointment of its own.

    Raises:
        Contradiction: it does not exist, is deleted, or is changed already.
    """
    if record.master is not None or not isinstance(record.item, Appointment):
        raise Contradiction("A changed occurrence has no occurrences of its own.", "APP-0065")
    return as_exception(record.item, live_key_of(record.item, at, record.changed))


def _checked(tx: Writing, actor: Actor, found: Located, base: Appointment, after: Appointment) -> Appointment:
    """The changed occurrence by the rules of changed appointments."""
    if after.recurrence is not None:
        raise Contradiction("A changed occurrence cannot become a series.", "APP-0099")
    if after.recurrence_id != base.recurrence_id:
        raise Contradiction("A changed occurrence keeps its place in the series.", "APP-0083")
    if after.private != base.private:
        raise Contradiction("A series is private as a whole or not at all.", "APP-0069")
    validation.check(after, frozenset(difference(base, after)))
    self_ = appointments.on_behalf(found.folder, actor)
    after = appointments.with_merged_participants(tx, base, after, self_)
    appointments.check_owner(tx, found, base, after)
    after = appointments.with_default_answers(tx, after, base.participants, appointments.home_of(tx, found.record.id))
    after = appointments.ask_again(base, after, self_) if after.when != base.when else after
    return appointments.in_sequence(base, after)


def add_exception(tx: Writing, actor: Actor, found: Located, item: Appointment) -> Located:
    """Store a change exception of the master that was found; the store notes it in the master.

    It shows in the folders that show the master, except for who no longer takes part, and for new
    participants. Calendars that lose the occurrence are told of its deletion (OX reference, section 4.2). Others have
    the reminder of it that they have of the series.
    """
    master = found.record
    assert isinstance(master.item, Appointment) and item.recurrence_id is not None  # noqa: S101, PT018
    home = appointments.home_of(tx, master.id)
    placed = tx.items.placements(master.id)
    shown = placements(tx, home, item.participants, master.item.participants, placed)
    lost = tuple(one for one in placed if one.user not in {None, *(other.user for other in shown)})
    added = tx.items.add(home.id, item, placements=(*shown, *lost), master=master.id, created_by=master.created_by)
    tx.items.copy_alarms(master.id, added.id, besides=actor.user)
    tx.alarms.copy_acknowledged(master.id, added.id)
    if lost:
        tx.items.replace(added.id, item, placements=shown)
    record = tx.items.in_folder(found.folder.id, added.id, actor.user)
    return msgspec.structs.replace(found, record=record or added)


def delete_occurrence(
    tx: Writing, actor: Actor, id_: ItemId, folder: FolderId | None, at: At, *, expected: Stamp | None
) -> Stamp:
    """Delete one occurrence. See :meth:`Session.delete_occurrence`."""
    found = locate(tx, actor, id_, Module.CALENDAR, folder)
    require_delete(found, actor)
    require_current(found.record.stamp, expected)
    occurrence = occurrence_of(found.record, at)
    leaving = next((p.user for p in tx.items.placements(id_) if p.folder == found.folder.id), None)
    if leaving is not None:
        exception = add_exception(tx, actor, found, occurrence)
        return appointments.leave(tx, actor, exception.record, leaving)
    assert occurrence.recurrence_id is not None  # noqa: S101 - an occurrence has one
    return appointments.without_occurrences(tx, found.record, occurrence.recurrence_id)
