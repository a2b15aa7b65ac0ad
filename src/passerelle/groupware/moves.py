"""Moving items between folders (semantics reference, sections 4 and 5.5).

A move needs the right to delete in the old folder and the right to create in the new one.
"""

from __future__ import annotations

import msgspec

from passerelle.groupware import participants
from passerelle.groupware.access import Located, creatable_folder, require_delete
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import placements
from passerelle.groupware.members import follow
from passerelle.groupware.rights import allowed, is_own_private, is_shared
from passerelle.groupware.user_entries import refuse_delete
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Placement, Writing


def move(tx: Writing, actor: Actor, found: Located, destination: FolderId) -> Located:
    """Move an item to another folder and return it there.

    Raises:
        Forbidden: a right is missing.
        Contradiction: the rules of the item's kind forbid the move.
    """
    refuse_delete(found.folder)
    require_delete(found, actor)
    target = creatable_folder(tx, actor, destination, found.record.item)
    check_move(found.record, found.folder, target, actor)
    here = next((p for p in tx.items.placements(found.record.id) if p.folder == found.folder.id), None)
    if here is None:  # the same request has taken it out of the folder that it is to be moved from
        raise NotFound(Text("There is no item {id}.", id=found.record.id))
    if here.user is not None:
        _move_view(tx, found, target, here.user)
    else:
        _move_home(tx, found, target, actor)
    record = tx.items.in_folder(target.id, found.record.id, actor.user)
    return Located(record or found.record, target, allowed(target, actor))


def check_move(record: ItemRecord, source: Folder, target: Folder, actor: Actor) -> None:
    """Refuse moves that the rules of the item's kind forbid.

    Raises:
        Contradiction: with the code of the rule.
    """
    item = record.item
    if isinstance(item, Appointment):
        _check_appointment(record, item, source, target, actor)
    elif isinstance(item, Task):
        _check_task(item, source, target, actor)
    elif item.private and not is_own_private(target, actor):
        raise Contradiction("A private contact cannot be moved to a folder of others.", "CON-0165")


def _check_appointment(record: ItemRecord, item: Appointment, source: Folder, target: Folder, actor: Actor) -> None:
    if record.master is not None:
        raise Contradiction("A changed occurrence cannot be moved to another folder.", "APP-0066")
    if item.recurrence is not None:
        raise Contradiction("A series cannot be moved to another folder.", "APP-0093")
    if is_shared(source, actor):
        raise Contradiction("Nothing can be moved out of a shared calendar.", "APP-0034")
    if item.private and target.type is FolderType.PUBLIC:
        raise Contradiction("A private appointment cannot be moved to a public folder.", "APP-0057")
    if item.private and is_shared(target, actor):
        raise Contradiction("A private appointment cannot be moved to a shared folder.", "APP-0068")


def _check_task(item: Task, source: Folder, target: Folder, actor: Actor) -> None:
    if is_shared(source, actor) or is_shared(target, actor):
        raise Contradiction("Tasks cannot be moved from or to shared folders.", "TSK-0034")
    if item.private and target.type is FolderType.PUBLIC:
        raise Contradiction("A private task cannot be moved to a public folder.", "TSK-0042")


def _move_view(tx: Writing, found: Located, target: Folder, user: UserId) -> None:
    """A participant moves what is shown to another own folder; the item itself stays where it lives.

    Who moves it to where it lives, for the organiser has put it there meanwhile, finds it there alone.
    """
    if target.type is not FolderType.PRIVATE or target.owner != user:
        raise Contradiction("Only the organiser can move the item out of the participants' folders.", "APP-0033")
    others = tuple(p for p in tx.items.placements(found.record.id) if p.user not in (None, user))
    tx.items.replace(found.record.id, found.record.item, placements=(*others, Placement(target.id, user)))


def _move_home(tx: Writing, found: Located, target: Folder, actor: Actor) -> None:
    item: Item = found.record.item
    if isinstance(item, Contact):
        tx.items.replace(found.record.id, item, folder=target.id)
        follow(tx, found.record.id, item, item, target.id)
        return
    before = item.participants
    joins = isinstance(item, Appointment) and target.type is FolderType.PRIVATE
    if joins and participants.find(before, target.owner) is None:  # who is invited already has not answered by that
        item = msgspec.structs.replace(item, participants=participants.on_create(before, target, actor.user))
    was_private = found.folder.type is FolderType.PRIVATE
    placed = tx.items.placements(found.record.id) if was_private else ()
    # whose folder it leaves, and who still takes part, finds it where all who take part do
    asked = tuple(each for each in before if not participants.is_user(each, found.folder.owner))
    shown = placements(tx, target, item.participants, asked if was_private else (), placed)
    tx.items.replace(found.record.id, item, folder=target.id, placements=shown)
