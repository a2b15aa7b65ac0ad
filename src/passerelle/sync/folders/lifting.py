"""Folders that hang at the peer below one that was deleted here, and that are not gone: they are taken out of it first.

Somebody moved or made them there before the deletion is sent, which takes all that is below a folder.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId
from passerelle.peers.base import FolderEdit, RemoteId
from passerelle.store import FolderLink, Reading
from passerelle.sync.context import Context
from passerelle.sync.folders.state import FolderBase, base_of, keep_base, remote_spot


def lift_out(context: Context, deleted: FolderId) -> bool:
    """Move such folders at the peer to where they are here; return whether all are. One request for each.

    Those wait whose parent is not yet at the peer.

    Raises:
        Refused: the peer does not let one be moved.
    """
    with context.store.reading() as tx:
        found = list(_below(tx, deleted))
        spots = {folder.id: remote_spot(tx, folder) for _, folder, _ in found}
    for link, folder, base in found:
        spot = spots[folder.id]
        if spot is None:
            return False
        context.peer.update_folder(RemoteId(link.remote), base.version, FolderEdit(spot=spot))
        with context.writing() as tx:
            keep_base(tx, folder.id, msgspec.structs.replace(base, parent=folder.parent, below=None))
    return True


def deleted_below(tx: Reading, deleted: FolderId) -> list[FolderLink]:
    """The folders that the peer has below a deleted one, and that were deleted here, too."""
    links = (link for link in tx.sync.folder_links() if tx.folders.get(link.local) is None)
    return [link for link in links if _hangs_below(tx, base_of(tx, link.local), deleted)]


def _below(tx: Reading, deleted: FolderId) -> Iterator[tuple[FolderLink, Folder, FolderBase]]:
    """The folders here that the peer has below a deleted one; each stands for all that is below it."""
    for link in tx.sync.folder_links():
        folder, base = tx.folders.get(link.local), base_of(tx, link.local)
        if folder is not None and base is not None and _hangs_below(tx, base, deleted):
            yield link, folder, base


def _hangs_below(tx: Reading, base: FolderBase | None, deleted: FolderId) -> bool:
    """Whether the way up at the peer leads to a deleted folder through none but such."""
    seen = set[FolderId]()
    while base is not None:
        above = base.parent if base.below is None else base.below
        if above == deleted:
            return True
        if above in seen or tx.folders.get(above) is not None:
            return False
        seen.add(above)
        base = base_of(tx, above)
    return False
