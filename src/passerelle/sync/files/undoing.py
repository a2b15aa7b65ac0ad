"""Makes the files of an item here those that the peer has."""

from __future__ import annotations

import msgspec

from passerelle.model.ids import FolderId, ItemId
from passerelle.store import Writing
from passerelle.sync.files.comparing import gone_here, new_here


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
