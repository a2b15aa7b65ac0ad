"""Creating, changing, moving and deleting items (semantics reference, sections 4 to 7).

The steps are the same for all kinds: find, check rights, check the version, change, check values, store.
What is particular to appointments, tasks and contacts stands in modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import msgspec

from passerelle.groupware import appointments, contacts, moves, tasks, user_entries, validation
from passerelle.groupware.access import (
    Located,
    as_seen,
    creatable_folder,
    hidden_keys,
    locate,
    require_current,
    require_delete,
    require_write,
)
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import placements
from passerelle.groupware.members import follow, with_addresses
from passerelle.groupware.privacy import check_private
from passerelle.model import notes
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Folder, FolderType, Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.model.patch import Patch, apply, difference
from passerelle.model.records import ItemRecord
from passerelle.store import Reading, Writing

Change = Callable[[Item], Patch]


def create(tx: Writing, actor: Actor, folder_id: FolderId, item: Item, *, ignore_conflicts: bool) -> ItemRecord:
    """Put a new item into a folder. See :meth:`Session.create`."""
    folder = creatable_folder(tx, actor, folder_id, item)
    check_private(item, None, folder, actor, actor.user)
    item = notes.paired(None, item, ())
    validation.check(item)
    if item.uid is None:
        item = msgspec.structs.replace(item, uid=str(uuid4()))
    if isinstance(item, Appointment):
        return appointments.create(tx, actor, folder, item, ignore_conflicts=ignore_conflicts)
    if isinstance(item, Task):
        return create_task(tx, folder, item)
    return tx.items.add(folder.id, with_addresses(tx, actor, contacts.normalised(item)))


def create_task(tx: Writing, folder: Folder, item: Task) -> ItemRecord:
    """Store a new task, and show it in the task folders of those it is given to."""
    item = appointments.with_checked_participants(tx, item)
    return tx.items.add(folder.id, item, placements=placements(tx, folder, item.participants))


def update(  # noqa: PLR0913 - what an update may say
    tx: Writing,
    actor: Actor,
    id_: ItemId,
    folder: FolderId | None,
    change: Change,
    *,
    module: Module | None,
    expected: Stamp | None,
    destination: FolderId | None,
    ignore_conflicts: bool,
) -> ItemRecord:
    """Change or move an item. See :meth:`Session.update`."""
    found = locate(tx, actor, id_, module, folder)
    moving = destination is not None and destination != found.folder.id
    seen = as_seen(tx, found.record)
    sent = change(seen.item)
    after = patched(seen.item, sent)
    changed = frozenset(difference(seen.item, after)) if type(after) is type(seen.item) else None
    if changed or changed is None or not moving:
        require_write(found, actor)
    require_current(found.record.stamp, expected)
    if changed is None or changed:
        validation.check(after, changed, sent)
        found = _store(tx, actor, found, _as_stored(tx, found, after), sent, ignore_conflicts=ignore_conflicts)
    if moving and destination is not None:
        found = moves.move(tx, actor, found, destination)
    return as_seen(tx, found.record)


def patched(item: Item, patch: Patch) -> Item:
    """The item with a change applied, and notes that go together.

    A contact that is given members becomes a distribution list.
    """
    if isinstance(item, Contact) and not isinstance(item, DistributionList) and patch.get("members"):
        item = msgspec.convert(msgspec.structs.asdict(item), DistributionList)
    if not isinstance(item, DistributionList):
        patch = {name: value for name, value in patch.items() if name != "members"}
    return notes.paired(item, apply(item, patch), patch)


def _as_stored(tx: Writing, found: Located, seen: Item) -> Item:
    """The item without the deletions that exist only in the view of the folder it was changed through."""
    hidden = hidden_keys(tx, found.record)
    if not hidden or not isinstance(seen, Appointment) or seen.recurrence is None:
        return seen
    deleted = tuple(key for key in seen.recurrence.deleted if key not in hidden)
    return msgspec.structs.replace(seen, recurrence=msgspec.structs.replace(seen.recurrence, deleted=deleted))


def _store(tx: Writing, actor: Actor, found: Located, after: Item, sent: Patch, *, ignore_conflicts: bool) -> Located:
    """Store changed content by the rules of its kind, and return where the item now stands."""
    before = found.record.item
    check_private(after, before, found.folder, actor, found.record.created_by)
    if isinstance(after, Appointment) and isinstance(before, Appointment):
        appointments.update(tx, actor, found, before, after, sent, ignore_conflicts=ignore_conflicts)
    elif isinstance(after, Task) and isinstance(before, Task):
        _update_task(tx, actor, found, before, after)
    elif isinstance(after, Contact) and isinstance(before, Contact):
        _update_contact(tx, actor, found, before, after)
    return reread(tx, actor, found)


def reread(tx: Writing, actor: Actor, found: Located) -> Located:
    """The item as it is after a change, in the same folder; also where the change took it out of there."""
    record = tx.items.in_folder(found.folder.id, found.record.id, actor.user)
    if record is None:
        elsewhere = tx.items.get(found.record.id, actor.user)
        record = found.record if elsewhere is None else msgspec.structs.replace(elsewhere, folder=found.folder.id)
    return msgspec.structs.replace(found, record=record)


def _update_contact(tx: Writing, actor: Actor, found: Located, before: Contact, after: Contact) -> None:
    if found.folder.id == GLOBAL_ADDRESS_BOOK:
        user_entries.check(tx, found.record.id, before, after)
    tx.items.replace(found.record.id, with_addresses(tx, actor, contacts.normalised(after)))
    follow(tx, found.record.id, before, after)


def _update_task(tx: Writing, actor: Actor, found: Located, before: Task, after: Task) -> None:
    """Store a changed task; completing a recurring one makes its successor (semantics, section 7)."""
    after = appointments.with_merged_participants(tx, before, after, appointments.on_behalf(found.folder, actor))
    after = appointments.in_sequence(before, after)
    following = tasks.successor(after) if tasks.is_completed(before, after) else None
    if following is not None:
        after = tasks.closed(after)
    home = appointments.home_of(tx, found.record.id)
    placed = tx.items.placements(found.record.id)
    shown = placements(tx, home, after.participants, before.participants, placed)
    tx.items.replace(found.record.id, after, placements=shown)
    if following is not None:
        uid = tasks.uid_of_successor(after, following)
        if uid is None or tx.items.by_uid(uid):  # it recurs once more, after it was done before
            uid = str(uuid4())
        create_task(tx, home, msgspec.structs.replace(following, uid=uid))


def follows_another(tx: Reading, record: ItemRecord) -> bool:
    """Whether a task took the place of one that was done, which a replica made as the server would have."""
    if not isinstance(record.item, Task) or not tasks.may_follow(record.item):
        return False
    others = (one.item for one in tx.items.several(tx.items.ids(record.folder), None))
    return any(isinstance(one, Task) and tasks.follows(record.item, one) for one in others)


def delete(
    tx: Writing,
    actor: Actor,
    id_: ItemId,
    folder: FolderId | None,
    *,
    module: Module | None,
    expected: Stamp | None,
) -> Stamp:
    """Delete an item, or leave it. See :meth:`Session.delete`."""
    found = locate(tx, actor, id_, module, folder)
    user_entries.refuse_delete(found.folder)
    require_delete(found, actor)
    require_current(found.record.stamp, expected)
    return remove(tx, actor, found)


def remove(tx: Writing, actor: Actor, found: Located) -> Stamp:
    """Take an item out of a folder: out of the world from its home, otherwise only the participant leaves."""
    record = found.record
    leaving = next((p.user for p in tx.items.placements(record.id) if p.folder == found.folder.id), None)
    if leaving is not None and isinstance(record.item, Appointment | Task):
        return appointments.leave(tx, actor, record, leaving)
    if record.master is not None:
        return appointments.remove_exception(tx, actor, record)
    if found.folder.type is FolderType.PRIVATE and appointments.is_anothers(tx, record, found.folder.owner):
        return appointments.leave_home(tx, record, found.folder.owner)
    return tx.items.remove(record.id)
