"""Change lists of items (OX reference, sections 4.2 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from passerelle.groupware.access import as_seen, is_readable, readable_folder
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.reach import Reach, reach_since
from passerelle.groupware.rights import allowed, is_own_private, is_visible, reaches
from passerelle.groupware.views import FolderCount, ItemChanges
from passerelle.model.folders import Folder, FolderType, Level, Module, Rights
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.records import ItemRecord, Tombstone
from passerelle.store import Outline, Reading, Store

BEGINNING = Stamp(0)
PAGE = 500
"""Items read at once: enough to make a query's cost vanish, few enough to keep memory flat."""


class _Source(Struct, frozen=True):
    """A folder to list for what changed at ``since`` or later and up to ``upto``, and what the actor may do there.

    What went out of reach is said to have gone when the folder ``stands``.
    """

    folder: Folder
    rights: Rights
    reach: Reach
    since: Stamp
    upto: Stamp
    stands: Stamp


def changes(store: Store, user: UserId, folder: FolderId | None, module: Module, since: Stamp) -> ItemChanges:
    """What changed since a stamp. See :meth:`Session.changes`."""
    with store.reading() as tx:
        actor = actor_of(tx, user)
        sources = [_source(tx, actor, *one, since) for one in _folders(tx, actor, folder, module)]
        gone = [stone for source in sources for stone in _gone(tx, actor, source)]
    return ItemChanges(gone=tuple(gone), items=_items(store, actor, sources))


def _source(tx: Reading, actor: Actor, folder: Folder, rights: Rights, since: Stamp) -> _Source:
    reach = reach_since(tx, actor, folder, rights, since)
    clock = tx.journal.clock(folder.id)
    return _Source(folder, rights, reach, since, clock, _stands(tx, folder, clock))


def _folders(tx: Reading, actor: Actor, folder: FolderId | None, module: Module) -> list[tuple[Folder, Rights]]:
    """The folder given, or all folders of a module that the actor may read."""
    if folder is not None:
        return [readable_folder(tx, actor, folder, module)]
    return _readable(actor, (one for one in tx.folders.all() if one.module is module))


def _readable(actor: Actor, folders: Iterable[Folder]) -> list[tuple[Folder, Rights]]:
    """Those of some folders that the actor may read."""
    found = ((one, allowed(one, actor)) for one in folders)
    return [(one, rights) for one, rights in found if is_visible(rights) and rights.read]


def _gone(tx: Reading, actor: Actor, source: _Source) -> Iterator[Tombstone]:
    """What left the folder, what went out of the reader's reach, and what turned private for the reader."""
    stones = tx.journal.tombstones(source.folder.id, source.since, source.upto)
    lost = list(_lost(tx, actor, source)) if source.since else []
    if _hides_private(source.folder, actor):
        hidden = {one.id for one in stones if _was_private(tx, one)} | {one.id for one in lost if one.private}
        never_seen = hidden - _were_open(tx, source, frozenset(hidden))
    else:
        never_seen = set()
    yield from (stone for stone in stones if stone.id not in never_seen)
    for outline in lost:
        if outline.id not in never_seen:
            stamp = outline.stamp if outline.private else source.stands
            yield Tombstone(id=outline.id, folder=source.folder.id, stamp=stamp, master=outline.master)


def _hides_private(folder: Folder, actor: Actor) -> bool:
    return folder.type is FolderType.PRIVATE and not is_own_private(folder, actor)


def _lost(tx: Reading, actor: Actor, source: _Source) -> Iterator[Outline]:
    """The items that are there, but that the reader cannot read any more, or never could because they are private."""
    hides_private = _hides_private(source.folder, actor)
    if not hides_private and source.reach.most == source.reach.least:
        return
    for outline in tx.items.outlines(source.folder.id):
        if not reaches(source.reach.most, outline.created_by, actor):
            continue
        if outline.private and hides_private:
            if source.since <= outline.stamp <= source.upto or source.reach.most > source.reach.least:
                yield outline
        elif not reaches(source.rights.read, outline.created_by, actor):
            yield outline


def _was_private(tx: Reading, stone: Tombstone) -> bool:
    """Whether an item was private when it left; an unknown one counts as open, so that nobody keeps what is gone."""
    last = tx.journal.version_at(stone.id, Stamp(stone.stamp - 1))
    return last is not None and last.private


def _were_open(tx: Reading, source: _Source, hidden: frozenset[ItemId]) -> set[ItemId]:
    """Those hidden items of which some version that a reader can have seen since then was not private."""
    if not hidden:
        return set()
    if 0 < source.since < tx.journal.horizon(source.folder.id):  # nobody knows any more: better told in vain
        return set(hidden)
    found: set[ItemId] = set()
    for entry in tx.journal.entries(source.folder.id, Stamp(source.since - 1), source.upto):
        id_ = ItemId(entry.object)
        if id_ in hidden and id_ not in found:
            before = tx.journal.version_at(id_, Stamp(entry.position - 1))
            if before is not None and not before.private:
                found.add(id_)
    return found


def _items(store: Store, actor: Actor, sources: list[_Source]) -> Iterator[ItemRecord]:
    for source in sources:
        folder, upto = source.folder, source.upto
        widened = source.reach.least < min(source.rights.read, Level.ALL)
        since = BEGINNING if widened else source.since  # what came into reach did not change itself
        after = BEGINNING
        while True:
            with store.reading() as tx:
                page = tx.items.page(folder.id, actor.user, since, upto, after, PAGE)
                shown = [as_seen(tx, record) for record in page if is_readable(record, folder, source.rights, actor)]
            yield from shown
            if len(page) < PAGE:
                break
            after = page[-1].stamp


def _stands(tx: Reading, folder: Folder, clock: Stamp) -> Stamp:
    """Up to where a folder's list of changes tells all: the last of its items (``clock``), and of its own rights.

    The tree counts by itself and may be ahead of the present, where items will yet be given lower positions.
    """
    return max(clock, min(folder.stamp, Stamp(tx.journal.moment() - 1)))


def counts(tx: Reading, actor: Actor, module: Module) -> dict[FolderId, FolderCount]:
    """How many items the actor may read in each folder of a module. See :meth:`Session.counts`."""
    known = {folder.id: (folder, rights) for folder, rights in _folders(tx, actor, None, module)}
    found = dict.fromkeys(known, FolderCount())
    for tally in tx.items.tallies(known):
        folder, rights = known[tally.folder]
        is_open = not tally.private or not _hides_private(folder, actor)
        if is_open and reaches(rights.read, tally.created_by, actor):
            found[tally.folder] = found[tally.folder].and_more(tally.count, is_done=tally.done)
    return found


def positions(tx: Reading, actor: Actor) -> dict[FolderId, Stamp]:
    """Where the history of each readable folder stands. See :meth:`Session.positions`."""
    readable = _readable(actor, (one for one in tx.folders.all() if one.module is not Module.SYSTEM))
    clocks = tx.journal.clocks_of([folder.id for folder, _ in readable])
    return {folder.id: _stands(tx, folder, clocks[folder.id]) for folder, _ in readable}


def versions(tx: Reading, actor: Actor, folder: FolderId | None, module: Module) -> dict[ItemId, Stamp]:
    """The stamps of all readable items. See :meth:`Session.versions`."""
    found: dict[ItemId, Stamp] = {}
    for one, rights in _folders(tx, actor, folder, module):
        hides_private = not is_own_private(one, actor)
        for outline in tx.items.outlines(one.id):
            if outline.private and hides_private:
                continue
            if reaches(rights.read, outline.created_by, actor):
                found[outline.id] = outline.stamp
    return dict(sorted(found.items()))
