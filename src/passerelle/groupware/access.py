"""Finding an item for an actor, and the rights that stand in the way (semantics, sections 2.1 and 4).

What the actor may not know of is "not found"; what the actor sees but may not do is "forbidden".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import allowed, is_own_private, is_visible, may_create_items, reaches
from passerelle.model.errors import Contradiction, Forbidden, NotFound, Stale
from passerelle.model.folders import Folder, Module, Rights
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading


class Located(Struct, frozen=True):
    """An item in the folder through which the actor reaches it, and what the actor may do in that folder."""

    record: ItemRecord
    folder: Folder
    rights: Rights


def module_of(item: Item) -> Module:
    """The kind of folder that an item belongs into."""
    if isinstance(item, Appointment):
        return Module.CALENDAR
    return Module.TASKS if isinstance(item, Task) else Module.CONTACTS


def is_hidden(record: ItemRecord, folder: Folder, actor: Actor) -> bool:
    """Whether an item is private and the folder not the actor's own."""
    return record.item.private and not is_own_private(folder, actor)


def is_readable(record: ItemRecord, folder: Folder, rights: Rights, actor: Actor) -> bool:
    """Whether the actor may read an item in a folder."""
    return reaches(rights.read, record.created_by, actor) and not is_hidden(record, folder, actor)


def readable_folder(tx: Reading, actor: Actor, id_: FolderId, module: Module) -> tuple[Folder, Rights]:
    """A folder whose items the actor may list.

    Raises:
        NotFound: it does not exist, is invisible, or holds something else.
        Forbidden: the actor may not read there (APP-0013).
    """
    folder, rights = visible_folder(tx, actor, id_)
    if folder.module is not module:
        raise NotFound(Text("There is no {module} folder {id}.", module=Text(module), id=id_))
    if not rights.read:
        raise Forbidden(Text("You may not read in the folder “{folder}”.", folder=folder.name), "APP-0013")
    return folder, rights


def visible_folder(tx: Reading, actor: Actor, id_: FolderId) -> tuple[Folder, Rights]:
    """A folder that the actor sees, and what the actor may do there.

    Raises:
        NotFound: it does not exist, or is invisible.
    """
    folder = tx.folders.get(id_)
    rights = allowed(folder, actor) if folder is not None else Rights()
    if folder is None or not is_visible(rights):
        raise NotFound(Text("There is no folder {id}.", id=id_), "FLD-0008")
    return folder, rights


def creatable_folder(tx: Reading, actor: Actor, id_: FolderId, item: Item) -> Folder:
    """A folder that the actor may put an item into.

    Raises:
        NotFound: it does not exist, or is invisible.
        Forbidden: the actor may not create items there (APP-0063).
        Contradiction: it holds something else.
    """
    folder, rights = visible_folder(tx, actor, id_)
    if not may_create_items(rights):
        raise Forbidden(Text("You may not create items in the folder “{folder}”.", folder=folder.name), "APP-0063")
    if folder.module is not module_of(item):
        raise Contradiction(
            Text(
                "The folder “{folder}” holds something else: {module}.", folder=folder.name, module=Text(folder.module)
            )
        )
    return folder


def locate(tx: Reading, actor: Actor, id_: ItemId, module: Module | None, folder: FolderId | None) -> Located:
    """An item that the actor sees: in the folder given, or wherever the actor may read it, own folders first.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does; FLD-0008 where that holds of the folder.
        Forbidden: it is not in the folder given, but in another one that the actor sees (APP-0059).
    """
    if folder is not None:
        found = _in_folder(tx, actor, id_, module, folder)
        if found is not None:
            return found
        if next(_everywhere(tx, actor, id_, module), None) is not None:
            raise Forbidden(Text("The item {id} is in another folder.", id=id_), "APP-0059")
        visible_folder(tx, actor, folder)
    else:
        places = tuple(_everywhere(tx, actor, id_, module))
        if places:
            return next((one for one in places if _reads(one, actor)), places[0])
    raise NotFound(Text("There is no item {id}.", id=id_))


def _everywhere(tx: Reading, actor: Actor, id_: ItemId, module: Module | None) -> Iterator[Located]:
    first = tx.items.get(id_, actor.user)
    if first is None:
        return
    found = _in_folder(tx, actor, id_, module, first.folder)
    if found is not None:
        yield found
    for placement in tx.items.placements(id_):
        if placement.folder != first.folder:
            found = _in_folder(tx, actor, id_, module, placement.folder)
            if found is not None:
                yield found


def _in_folder(tx: Reading, actor: Actor, id_: ItemId, module: Module | None, folder_id: FolderId) -> Located | None:
    folder = tx.folders.get(folder_id)
    if folder is None or (module is not None and folder.module is not module):
        return None
    rights = allowed(folder, actor)
    if not is_visible(rights):
        return None
    record = tx.items.in_folder(folder_id, id_, actor.user)
    if record is None or is_hidden(record, folder, actor):
        return None
    return Located(record, folder, rights)


def _reads(found: Located, actor: Actor) -> bool:
    return reaches(found.rights.read, found.record.created_by, actor)


def read_item(tx: Reading, actor: Actor, id_: ItemId, module: Module, folder: FolderId | None) -> ItemRecord:
    """An item that the actor may read, as the actor sees it.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does.
        Forbidden: the actor may not read it (APP-0061).
    """
    found = locate(tx, actor, id_, module, folder)
    if not _reads(found, actor):
        raise Forbidden("You may not read this item.", "APP-0061")
    return as_seen(tx, found.record)


def require_write(found: Located, actor: Actor) -> None:
    """Refuse actors who may not change the item.

    Raises:
        Forbidden: APP-0058.
    """
    if not reaches(found.rights.write, found.record.created_by, actor):
        raise Forbidden("You may not change this item.", "APP-0058")


def require_delete(found: Located, actor: Actor) -> None:
    """Refuse actors who may not delete the item.

    Raises:
        Forbidden: APP-0062.
    """
    if not reaches(found.rights.delete, found.record.created_by, actor):
        raise Forbidden("You may not delete this item.", "APP-0062")


def require_current(stamp: Stamp, expected: Stamp | None) -> None:
    """Refuse a change that is based on an older version; one that claims to come from the future is accepted.

    Raises:
        Stale: the stored version is newer than ``expected``.
    """
    if expected is not None and stamp > expected:
        raise Stale("It was changed meanwhile. Fetch it again and repeat your change.")


def hidden_keys(tx: Reading, record: ItemRecord) -> frozenset[datetime]:
    """The keys of those change exceptions of a master that do not show in the folder of the record.

    A participant who left one changed occurrence, or was not invited to it, has the series without it.
    """
    return tx.items.hidden_exceptions(record.id, record.folder) if record.changed else frozenset()


def as_seen(tx: Reading, record: ItemRecord) -> ItemRecord:
    """A record as its folder shows it: exceptions that are not there count as deleted (OX reference, 4.2)."""
    hidden = hidden_keys(tx, record)
    item = record.item
    if not hidden or not isinstance(item, Appointment) or item.recurrence is None:
        return record
    deleted = tuple(sorted({*item.recurrence.deleted, *hidden}))
    recurrence = msgspec.structs.replace(item.recurrence, deleted=deleted)
    return msgspec.structs.replace(
        record,
        item=msgspec.structs.replace(item, recurrence=recurrence),
        changed=tuple(key for key in record.changed if key not in hidden),
    )
