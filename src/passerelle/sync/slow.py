"""Slow sync: every item of a folder is compared with the peer's, rather than the changes since an anchor.

It mends whatever went wrong: what is equal is not fetched where the peer tells versions, what differs is fetched and
merged as always, and what lacks there is noted as doubtful, so that a direct read and the guard decide on it. Once
noted, nothing of it is special: a cycle that breaks off is gone on with by the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId
from passerelle.peers.base import Place, RemoteId, Version
from passerelle.store import FolderLink, Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import note_doubtful
from passerelle.sync.directory import forget_directory
from passerelle.sync.files.undoing import take_left
from passerelle.sync.folders.state import FOLDERS_ANCHOR
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import fetch_all_later, remind_all

_WANTED = "slow sync"

_FEW = 10
_SHARE = 20
_MOST = 500
"""Items that are read one by one: a handful, or a twentieth of the folder. For more the whole list costs less."""


def want_slow_sync(tx: Writing, folders: Collection[FolderId] | None) -> None:
    """Have folders compared with the next cycle; None: everything, people and the tree of folders as well."""
    if folders is None:
        folders = [link.local for link in tx.sync.folder_links()]
        tx.sync.set(FOLDERS_ANCHOR, None)
        forget_directory(tx)
    tx.sync.set(_WANTED, sorted({*wanted_folders(tx), *folders}))


def wanted_folders(tx: Reading) -> frozenset[FolderId]:
    """The folders that are to be compared."""
    return frozenset(tx.sync.get(_WANTED, list[FolderId]) or ())


def compare(context: Context, link: FolderLink, folder: Folder) -> None:
    """Note what differs in a folder, for the pull that follows. One request at most, one transaction.

    A peer that tells no versions lists all its items in that pull.
    """
    listing = context.peer.versions(Place(RemoteId(link.remote), folder.module))
    with context.writing() as tx:
        _mend_links(context, tx, link, folder)
        left = take_left(tx, folder.id)
        if listing is None or not _note_differences(context, tx, folder, listing, left):
            tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=None))
        tx.sync.set(_WANTED, sorted(wanted_folders(tx) - {folder.id}))


def _note_differences(
    context: Context, tx: Writing, folder: Folder, listing: Mapping[RemoteId, Version], left: Collection[RemoteId]
) -> bool:
    """Note what is to be read and what may be gone; False if so much differs that the whole list is to be had.

    Of what was ``left`` at the peer, the item is read, whatever its version.
    """
    known = tx.sync.versions(folder.id)
    left_out = {one.remote: one.version for one in tx.left_out.of_folder(folder.id)}
    versions = {**left_out, **{remote: state.version for remote, state in known.items()}}
    differing = [id_ for id_, version in listing.items() if versions.get(id_) != version or id_ in left]
    if len(differing) > max(_FEW, min(_MOST, len(listing) // _SHARE)):
        return False
    fetch_all_later(context, tx, folder.id, differing)
    tx.left_out.remove(folder.id, [remote for remote in left_out if remote not in listing])
    note_doubtful(tx, folder.id, [RemoteId(remote) for remote in known if remote not in listing])
    return True


def _mend_links(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    """Forget links of items that are not here, and have items looked at that are not as they were agreed on.

    The user's own changes are none of that: the journal has them.
    """
    here = {outline.id: outline for outline in tx.items.outlines(folder.id)}
    linked = {state.local: state for state in tx.sync.versions(folder.id).values()}
    waiting = set(unsent(tx, link).ids)
    tx.sync.remove_item_links(folder.id, [id_ for id_ in linked if id_ not in here and id_ not in waiting])
    alone = [id_ for id_, one in here.items() if id_ not in linked and id_ not in waiting and one.master is None]
    elsewhere = {one.local for one in tx.sync.links_of_locals(alone)}
    changed = [
        id_
        for id_, state in linked.items()
        if id_ in here and id_ not in waiting and state.agreed not in (0, here[id_].stamp)
    ]
    remind_all(context, tx, folder.id, [*(id_ for id_ in alone if id_ not in elsewhere), *changed])
