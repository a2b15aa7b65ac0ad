"""What was begun at a program that takes an item in several steps, and may be half done there: it is written again.

Outlook saves a series once without its exceptions and then with them; if it ends in between, what it has is nobody's
edit. A server carries out a request whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from passerelle.model.ids import FolderId, ItemId
from passerelle.peers.base import RemoteId
from passerelle.store import FolderLink, Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.merge.plan import SendContent, SendNew
from passerelle.sync.skipped.quarantine import remind

_WRITTEN = "written to"
_ACTIONS = frozenset({SendContent.__name__, SendNew.__name__})


def unfinished(context: Context, tx: Reading, link: FolderLink) -> frozenset[ItemId]:
    """The items of a folder whose writing has no known end: with a series, its changed occurrences."""
    if context.peer.is_authority:
        return frozenset()
    begun = [one.local for one in tx.sync.intents() if one.folder == link.local and one.action in _ACTIONS]
    return frozenset(id_ for local in begun if local is not None for id_ in _series(tx, local))


def _series(tx: Reading, local: ItemId) -> Iterator[ItemId]:
    record = tx.items.get(local, None)
    master = local if record is None or record.master is None else record.master
    yield local
    yield master
    yield from (one.id for one in tx.items.exceptions(master))


def note_written(context: Context, tx: Writing, folder: FolderId) -> None:
    """Have a folder pulled the next time, though a program that shows it may say that it is as it was.

    It tells its folders apart by what they hold. One that was empty, got an item from us, and lost that by its user's
    hand is empty again.
    """
    if not context.peer.is_authority:
        tx.sync.set(_written(folder), value=True)


def written_folders(tx: Reading) -> frozenset[FolderId]:
    """The folders that something was written to, and that were not pulled since."""
    return frozenset(map(FolderId, tx.sync.get_numbered(_WRITTEN, bool)))


def forget_written(tx: Writing, folder: FolderId) -> None:
    """It is pulled now."""
    if tx.sync.get(_written(folder), bool):
        tx.sync.set(_written(folder), None)


def _written(folder: FolderId) -> str:
    return f"{_WRITTEN} {folder}"


def without_unfinished(
    context: Context, tx: Writing, folder: FolderId, items: frozenset[ItemId], gone: Sequence[RemoteId]
) -> list[RemoteId]:
    """What is really gone of what a list calls so; the rest went while it was being written, and is written again."""
    if not items:
        return list(gone)
    lost = {one.remote: one for one in tx.sync.links_of_remotes(gone) if one.folder == folder and one.local in items}
    for link in lost.values():
        tx.sync.remove_item_links(folder, [link.local])
        remind(context, tx, folder, link.local)
    return [id_ for id_ in gone if id_ not in lost]
