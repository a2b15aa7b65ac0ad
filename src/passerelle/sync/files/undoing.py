"""Makes the files of an item here those that the peer has."""

from __future__ import annotations

import msgspec

from passerelle.model.ids import FolderId, ItemId
from passerelle.store import Writing
from passerelle.sync.files.comparing import gone_here, new_here


def leave_there(tx: Writing, item: ItemId, folder: FolderId) -> None:
    """Fetch none of an item's files that could not be had, until the peer tells of them again."""
    copies = FolderId(0) if tx.sync.is_of_server else folder
    tx.file_links.remove(one for one in tx.file_links.of_items([item], copies) if one.local is None)


def fetch_again(tx: Writing, item: ItemId) -> None:
    """Have the files of an item fetched that came back before the server heard of its deletion: they are there."""
    tx.file_links.put(msgspec.structs.replace(one, local=None) for one in tx.file_links.of_items([item], FolderId(0)))


def undo_files(tx: Writing, item: ItemId, holder: str) -> None:
    """Take off what was hung on an item here, and have fetched what was taken off; ``holder`` is the server's item."""
    files = tx.attachments.of(item)
    links = [one for one in tx.file_links.of_items([item], FolderId(0)) if one.holder == holder]
    tx.file_links.put(msgspec.structs.replace(one, local=None) for one in gone_here(files, links))
    for file in new_here(files, links):
        tx.attachments.remove(file.id)
