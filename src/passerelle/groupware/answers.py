"""Answering invitations (semantics reference, section 5.3; OX reference, section 10.3)."""

from __future__ import annotations

import msgspec

from passerelle.groupware.access import Located, as_seen, locate, require_write
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import members_in
from passerelle.groupware.occurrence_rules import At, as_exception, key_of, live_key_of
from passerelle.groupware.participants import involved, with_answer
from passerelle.groupware.rights import is_shared
from passerelle.groupware.series import add_exception
from passerelle.model.errors import Contradiction, Forbidden
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.store import Writing


def confirm(  # noqa: PLR0913 - what an answer may say
    tx: Writing,
    actor: Actor,
    id_: ItemId,
    answer: Answer,
    message: str,
    *,
    module: Module,
    folder: FolderId | None,
    at: At | None,
) -> ItemRecord:
    """Set the acting user's answer, which needs no right but to take part.

    In a shared ``folder`` it is the owner's, and needs the right to change the item there.

    Raises:
        NotFound: there is no such item that the actor may know of.
        Forbidden: who answers does not take part, or the actor may not answer for that person.
    """
    found = locate(tx, actor, id_, module, folder)
    who = actor.user
    if folder is not None and is_shared(found.folder, actor):
        require_write(found, actor)
        who = found.folder.owner
    if at is not None:
        found = _occurrence(tx, actor, found, folder, at)
    return _answer(tx, actor, found, who, answer, message)


def _occurrence(tx: Writing, actor: Actor, found: Located, folder: FolderId | None, at: At) -> Located:
    """One occurrence as an item of its own: the change exception that is there, or a new one."""
    master = found.record
    if not isinstance(master.item, Appointment):
        raise Contradiction("The item is no series.", "APP-0029")
    key = key_of(master.item, at)
    for exception in tx.items.exceptions(master.id):
        if isinstance(exception.item, Appointment) and exception.item.recurrence_id == key:
            return locate(tx, actor, exception.id, Module.CALENDAR, folder)
    occurrence = as_exception(master.item, live_key_of(master.item, at, master.changed))
    return add_exception(tx, actor, found, occurrence)


def _answer(tx: Writing, actor: Actor, found: Located, who: UserId, answer: Answer, message: str) -> ItemRecord:
    record = found.record
    answered = _answered(tx, record.item, who, answer, message)
    if answered != record.item:
        tx.items.replace(record.id, answered)
    stored = tx.items.in_folder(found.folder.id, record.id, actor.user)
    return as_seen(tx, stored or record)


def _answered(tx: Writing, item: Item, who: UserId, answer: Answer, message: str) -> Item:
    if not isinstance(item, Appointment | Task):
        raise Contradiction("Only appointments and tasks can be answered.")
    if who not in involved(item.participants, members_in(tx)):
        raise Forbidden("You do not take part.", "APP-0058")
    return msgspec.structs.replace(item, participants=with_answer(item.participants, who, answer, message))
