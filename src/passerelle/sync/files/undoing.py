"""Makes the files of an item here those that the peer has, or leaves at the peer what cannot be had."""

from __future__ import annotations

import msgspec

from passerelle.model.ids import FolderId, ItemId
from passerelle.peers.base import RemoteId
from passerelle.store import Reading, Writing
from passerelle.sync.files.comparing import gone_here, new_here

_LEFT = "files left there {}"


def leave_there(tx: Writing, item: ItemId, folder: FolderId) -> None:
    """Fetch none of an item's files that could not be had, until the peer tells of them again or all is compared."""
    copies = FolderId(0) if tx.sync.is_of_server else folder
    left = [one for one in tx.file_links.of_items([item], copies) if one.local is None]
    tx.file_links.remove(left)
    _set_left(tx, folder, {*_left(tx, folder), *(one.holder for one in left)})


def take_left(tx: Writing, folder: FolderId) -> set[RemoteId]:
    """The items of a folder some of whose files were left at the peer; they are not again."""
    left = _left(tx, folder)
    _set_left(tx, folder, set())
    return left


def _left(tx: Reading, folder: FolderId) -> set[RemoteId]:
    return tx.sync.get(_LEFT.format(folder), set[RemoteId]) or set()


def _set_left(tx: Writing, folder: FolderId, holders: set[str]) -> None:
    tx.sync.set(_LEFT.format(folder), sorted(holders) or None)


def fetch_again(tx: Writing, item: ItemId) -> None:
    """Have those files of an item fetched that did not come back with it: the server was not told of its deletion."""
    here = {one.id for one in tx.attachments.of(item)}
    links = tx.file_links.of_items([item], FolderId(0))
    tx.file_links.put(msgspec.structs.replace(one, local=None) for one in links if one.local not in here)


def undo_files(tx: Writing, item: ItemId, holder: str) -> None:
    """Take off what was hung on an item here, and have fetched what was taken off; ``holder`` is the server's item."""
    files = tx.attachments.of(item)
    links = [one for one in tx.file_links.of_items([item], FolderId(0)) if one.holder == holder]
    tx.file_links.put(msgspec.structs.replace(one, local=None) for one in gone_here(files, links))
    for file in new_here(files, links):
        tx.attachments.remove(file.id)
