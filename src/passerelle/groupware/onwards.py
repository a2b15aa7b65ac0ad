"""Changing or deleting an occurrence of a series and all that follow: the series ends before it, another goes on.

What follows moves to the new series with its changed occurrences, files and everybody's reminders, and only then is
changed, by the rules of every change. So answers stay unless the time is another one, and people here are told once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import msgspec

from passerelle.groupware import appointments, items, organisers
from passerelle.groupware.access import Located, locate, require_current, require_delete, require_write
from passerelle.groupware.actor import Actor
from passerelle.groupware.notices import News
from passerelle.groupware.occurrence_rules import At, key_of, occurrence_at, series_of
from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Item
from passerelle.model.limits import until_end_of_day
from passerelle.model.moments import span_start
from passerelle.model.onwards import Change as Turn
from passerelle.model.onwards import Split, split
from passerelle.model.patch import Patch, difference
from passerelle.model.records import ItemRecord
from passerelle.store import Placement, Writing

Change = Callable[[Item], Patch]


def change_onwards(  # noqa: PLR0913 - what a change of occurrences may say
    tx: Writing,
    actor: Actor,
    news: News,
    id_: ItemId,
    folder: FolderId | None,
    at: At,
    change: Change,
    *,
    expected: Stamp | None,
    destination: FolderId | None,
    ignore_conflicts: bool,
) -> ItemRecord:
    """Change an occurrence and all that follow. See :meth:`Session.change_onwards`."""
    found = locate(tx, actor, id_, Module.CALENDAR, folder)
    require_write(found, actor)
    require_current(found.record.stamp, expected)
    item, key = _occurrence(found, at)
    cut = _cut(tx, found, item, key)
    if cut.before is None:
        whole, wanted = id_, _from_first(key, change)
    else:
        rest = _rest(cut.parts[0].master)
        sent = change(rest)
        if not difference(rest, items.patched(rest, sent)) and destination is None:
            return found.record
        _end(tx, found, item, cut.before.master)
        whole, wanted = _go_on(tx, actor, found, rest), lambda _: sent
        news.parted(id_, whole)
    return items.update(
        tx, actor, whole, found.folder.id, wanted,
        module=Module.CALENDAR, expected=None, destination=destination, ignore_conflicts=ignore_conflicts,
    )  # fmt: skip


def delete_onwards(
    tx: Writing, actor: Actor, id_: ItemId, folder: FolderId | None, at: At, *, expected: Stamp | None
) -> Stamp:
    """Delete an occurrence and all that follow. See :meth:`Session.delete_onwards`."""
    found = locate(tx, actor, id_, Module.CALENDAR, folder)
    require_delete(found, actor)
    require_current(found.record.stamp, expected)
    item, key = _occurrence(found, at)
    cut = _cut(tx, found, item, key)
    if cut.before is None:
        return items.remove(tx, actor, found)
    if any(placed.user is not None and placed.folder == found.folder.id for placed in tx.items.placements(id_)):
        raise Contradiction(
            "Only who organises the series can end it. You can leave single occurrences, or the whole series."
        )
    tx.items.remove_many(one.id for one in _following(tx, actor, id_, key))
    return _end(tx, found, item, cut.before.master)


def _occurrence(found: Located, at: At) -> tuple[Appointment, datetime]:
    """The series, and the key of one of its occurrences that is not deleted.

    Raises:
        Contradiction: APP-0074, APP-0075, or APP-0098 where it is deleted.
    """
    item = found.record.item
    assert isinstance(item, Appointment)  # noqa: S101 - calendars hold nothing else
    key = key_of(item, at)
    if key in series_of(item).deleted:
        raise Contradiction("That occurrence is deleted.", "APP-0098")
    return item, key


def _cut(tx: Writing, found: Located, item: Appointment, key: datetime) -> Split:
    """The series as two, which together are what it was.

    Raises:
        Contradiction: it repeats in a way that cannot go on from there by a rule.
        Forbidden: somebody from elsewhere organises it.
    """
    exceptions = [one.item for one in tx.items.exceptions(found.record.id) if isinstance(one.item, Appointment)]
    cut = split(item, [Turn(key, _starting(item, key), str(uuid4()))], exceptions)
    if cut.before is not None:
        organisers.check_change(tx, item, cut.before.master, {})
        if not cut.parts[0].is_exact:
            raise Contradiction("This series repeats in a way that cannot be divided. Change single occurrences.")
    return cut


def _rest(part: Appointment) -> Appointment:
    """What follows, with ends that leave room for another time of day."""
    recurrence = part.recurrence
    if recurrence is None:
        return part
    rules = tuple(until_end_of_day(part.when, rule) for rule in recurrence.rules)
    return msgspec.structs.replace(part, recurrence=msgspec.structs.replace(recurrence, rules=rules))


def _starting(item: Appointment, key: datetime) -> Appointment:
    """The series as if it began with one of its occurrences."""
    occurrence = occurrence_at(item.when, series_of(item), key)
    assert occurrence is not None  # noqa: S101 - its key was just found
    return msgspec.structs.replace(item, when=occurrence.span, sequence=0)


def _from_first(key: datetime, change: Change) -> Change:
    """A change of a series of which nothing is left before an occurrence: from there on it is all there is."""

    def whole(item: Item) -> Patch:
        assert isinstance(item, Appointment)  # noqa: S101 - calendars hold nothing else
        rest = _rest(split(item, [Turn(key, _starting(item, key), item.uid)], ()).parts[0].master)
        rest = msgspec.structs.replace(rest, sequence=item.sequence)
        return difference(item, items.patched(rest, change(rest)))

    return whole


def _end(tx: Writing, found: Located, before: Appointment, after: Appointment) -> Stamp:
    """Let the series end; nobody has to answer again for what is left of it."""
    return tx.items.replace(found.record.id, appointments.in_sequence(before, after))


def _go_on(tx: Writing, actor: Actor, found: Located, rest: Appointment) -> ItemId:
    """Store what follows as a series of its own, in the same calendars, with all that hangs on it."""
    record = found.record
    home = appointments.home_of(tx, record.id)
    heir = tx.items.add(
        home.id, rest, placements=_guests(tx, record.id), created_by=record.created_by, created=record.created
    )
    _hand_over(tx, record, heir.id)
    for moving in _following(tx, actor, record.id, span_start(rest.when)):
        item = msgspec.structs.replace(moving.item, uid=rest.uid)
        placed = _guests(tx, moving.id)
        new = tx.items.add(
            home.id, item, placements=placed, master=heir.id, created_by=moving.created_by, created=moving.created
        )
        _hand_over(tx, moving, new.id)
        tx.items.remove(moving.id)
    return heir.id


def _following(tx: Writing, actor: Actor, id_: ItemId, key: datetime) -> list[ItemRecord]:
    """The changed occurrences of a series from one on."""
    return [
        one
        for one in tx.items.exceptions(id_, actor.user)
        if isinstance(one.item, Appointment) and one.item.recurrence_id is not None and one.item.recurrence_id >= key
    ]


def _guests(tx: Writing, id_: ItemId) -> list[Placement]:
    """Where an item shows beside its home."""
    return [placed for placed in tx.items.placements(id_) if placed.user is not None]


def _hand_over(tx: Writing, record: ItemRecord, heir: ItemId) -> None:
    """Give an item the reminders and the files of another one."""
    tx.items.copy_alarms(record.id, heir)
    tx.alarms.copy_acknowledged(record.id, heir)
    for file in record.attachments:
        with tx.attachments.open(file.digest) as stream:
            tx.attachments.add(heir, file.name, file.media_type, stream, rtf=file.rtf)
