"""Copies of items: an item of its own, in a folder that one may put items into.

A copy is the actor's, and nobody is invited by it: participants, answers and the organiser stay with the original.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import msgspec

from passerelle.groupware import attachments, items, series
from passerelle.groupware.access import Located, creatable_folder, hidden_keys, read_item
from passerelle.groupware.actor import Actor
from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.rights import allowed, is_own_private
from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.records import ItemRecord
from passerelle.store import Writing

Kept = TypeVar("Kept", bound=Item)


def copy(
    tx: Writing, actor: Actor, id_: ItemId, folder: FolderId, module: Module, destination: FolderId, at: date | None
) -> ItemRecord:
    """Copy an item with its files, a series with its changed occurrences. See :meth:`Session.copy`."""
    record = read_item(tx, actor, id_, module, folder)
    target = creatable_folder(tx, actor, destination, record.item)
    if record.item.private and not is_own_private(target, actor):
        raise Contradiction("A private item can only be copied to a private folder of your own.")
    original = record.item if at is None else series.occurrence_of(record, at)
    made = items.create(tx, actor, destination, alone(original), ignore_conflicts=True)
    _copy_files(tx, actor, record, Target(made.id, module, destination))
    if at is None and record.changed:
        _copy_changed(tx, actor, record, Located(made, target, allowed(target, actor)))
    return made


def alone(item: Kept) -> Kept:
    """An item as one of its own, which nobody else takes part in."""
    if isinstance(item, Contact):
        return msgspec.structs.replace(item, uid=None)
    item = msgspec.structs.replace(item, uid=None, participants=(), organizer=None, sequence=0)
    if isinstance(item, Appointment):
        return msgspec.structs.replace(item, recurrence_id=None, cancelled=False)
    return item


def _copy_changed(tx: Writing, actor: Actor, original: ItemRecord, made: Located) -> None:
    """Copy those changed occurrences of a series that show where it was read."""
    assert isinstance(made.record.item, Appointment)  # noqa: S101 - only calendars have series with changes
    hidden = hidden_keys(tx, original)
    for one in tx.items.exceptions(original.id, actor.user):
        if isinstance(one.item, Appointment) and one.item.recurrence_id not in hidden:
            item = msgspec.structs.replace(
                alone(one.item),
                uid=made.record.item.uid,
                recurrence_id=one.item.recurrence_id,
                participants=made.record.item.participants,
            )
            added = series.add_exception(tx, actor, made, item)
            _copy_files(tx, actor, one, Target(added.record.id, Module.CALENDAR, made.folder.id))


def _copy_files(tx: Writing, actor: Actor, original: ItemRecord, target: Target) -> None:
    for file in original.attachments:
        with tx.attachments.open(file.digest) as stream:
            new = NewFile(name=file.name, media_type=file.media_type, size=file.size, stream=stream, rtf=file.rtf)
            attachments.attach(tx, actor, target, new, None)
