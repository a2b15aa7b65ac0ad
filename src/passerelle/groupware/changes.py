"""Change lists of items (OX reference, sections 4.2 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from passerelle.groupware.access import as_seen, is_readable, readable_folder
from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective, is_own_private, is_visible, reaches
from passerelle.groupware.views import ItemChanges
from passerelle.model.folders import Folder, FolderType, Module, Rights
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.records import ItemRecord, Tombstone
from passerelle.store import Reading, Store

PAGE = 500
"""Items read at once: enough to make a query's cost vanish, few enough to keep memory flat."""

_Source = tuple[Folder, Rights, Stamp]
"""A folder to list, what the actor may do there, and the position up to which the answer goes."""


def changes(store: Store, user: UserId, folder: FolderId | None, module: Module, since: Stamp) -> ItemChanges:
    """What changed since a stamp. See :meth:`Session.changes`."""
    with store.reading() as tx:
        actor = Actor(user, tx.principals.groups_of(user))
        sources = [(*one, tx.journal.clock(one[0].id)) for one in _folders(tx, actor, folder, module)]
        gone = [stone for source in sources for stone in _gone(tx, actor, source, since)]
    return ItemChanges(gone=tuple(gone), items=_items(store, actor, sources, since))


def _folders(tx: Reading, actor: Actor, folder: FolderId | None, module: Module) -> list[tuple[Folder, Rights]]:
    """The folder given, or all folders of a module that the actor may read."""
    if folder is not None:
        return [readable_folder(tx, actor, folder, module)]
    found = ((one, effective(one.rights, actor)) for one in tx.folders.all() if one.module is module)
    return [(one, rights) for one, rights in found if is_visible(rights) and rights.read]


def _gone(tx: Reading, actor: Actor, source: _Source, since: Stamp) -> Iterator[Tombstone]:
    """What left the folder, and what turned private meanwhile for a reader who could see it before."""
    folder, rights, upto = source
    yield from tx.journal.tombstones(folder.id, since, upto)
    if folder.type is not FolderType.PRIVATE or is_own_private(folder, actor) or not since:
        return
    hidden = {
        outline.id: outline
        for outline in tx.items.outlines(folder.id)
        if outline.private and since <= outline.stamp <= upto and reaches(rights.read, outline.created_by, actor)
    }
    for id_ in _were_open(tx, folder, since, upto, frozenset(hidden)):
        outline = hidden[id_]
        yield Tombstone(id=id_, folder=folder.id, stamp=outline.stamp, master=outline.master)


def _were_open(tx: Reading, folder: Folder, since: Stamp, upto: Stamp, hidden: frozenset[ItemId]) -> Iterator[ItemId]:
    """Those hidden items of which some version that a reader can have seen since then was not private."""
    found = set()
    for entry in tx.journal.entries(folder.id, Stamp(since - 1), upto) if hidden else ():
        id_ = ItemId(entry.object)
        if id_ in hidden and id_ not in found:
            before = tx.journal.version_at(id_, Stamp(entry.position - 1))
            if before is not None and not before.private:
                found.add(id_)
                yield id_


def _items(store: Store, actor: Actor, sources: list[_Source], since: Stamp) -> Iterator[ItemRecord]:
    for folder, rights, upto in sources:
        after = Stamp(0)
        while True:
            with store.reading() as tx:
                page = tx.items.page(folder.id, actor.user, since, upto, after, PAGE)
                shown = [as_seen(tx, record) for record in page if is_readable(record, folder, rights, actor)]
            yield from shown
            if len(page) < PAGE:
                break
            after = page[-1].stamp


def positions(tx: Reading, actor: Actor) -> dict[FolderId, Stamp]:
    """Where the history of each readable folder stands. See :meth:`Session.positions`."""
    found: dict[FolderId, Stamp] = {}
    for folder in tx.folders.all():
        rights = effective(folder.rights, actor)
        if folder.module is not Module.SYSTEM and is_visible(rights) and rights.read:
            found[folder.id] = tx.journal.clock(folder.id)
    return found


def ids(tx: Reading, actor: Actor, folder: FolderId | None, module: Module) -> tuple[ItemId, ...]:
    """The ids of all readable items. See :meth:`Session.ids`."""
    found = set()
    for one, rights in _folders(tx, actor, folder, module):
        hides_private = not is_own_private(one, actor)
        for outline in tx.items.outlines(one.id):
            if outline.private and hides_private:
                continue
            if reaches(rights.read, outline.created_by, actor):
                found.add(outline.id)
    return tuple(sorted(found))
