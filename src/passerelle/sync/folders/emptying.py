"""A folder that is gone here, but in which somebody did something in a program that shows it: that work stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from passerelle.peers.base import Anchor, Delete, Place, RemoteId, RemoteItem, Version
from passerelle.store import FolderLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.folders.removal import forget_folder
from passerelle.sync.folders.state import FOLDERS_ANCHOR
from passerelle.sync.folders.state import base_of as folder_base_of

_NOWHERE = Anchor("")
"""A position that no folder is at: all that is known is compared."""


def keep_news(context: Context, links: Sequence[FolderLink]) -> bool:
    """Empty a folder and those below it at the peer, but for what is new there or was changed; return whether any is.

    Then they are folders that were made there: they come here with what is left in them.

    Raises:
        NotFound: one of them is gone.
    """
    news = {link.local: _news(context, link) for link in links}
    if not any(news.values()):
        return False
    for link in links:
        _delete_known(context, link, news[link.local])
        with context.writing() as tx:
            forget_folder(tx, link)
            tx.sync.set(FOLDERS_ANCHOR, None)
    return True


def _news(context: Context, link: FolderLink) -> set[RemoteId]:
    """The items that the peer has in a folder and that were never here, or not as they are."""
    place, known = _place(context, link)
    changes = [one for one in context.peer.changes(place, _NOWHERE, known=lambda: known) if isinstance(one, RemoteItem)]
    with context.store.reading() as tx:
        return {one.master or one.id for one in changes if not _is_known(context, tx, link, one)}


def _is_known(context: Context, tx: Reading, folder: FolderLink, remote: RemoteItem) -> bool:
    """Whether an item is as both sides last agreed on it."""
    links = (one for one in tx.sync.links_of_remote(remote.id) if one.folder == folder.local)
    bases = (base_of(tx, one, None) for one in links)
    return any(base is not None and context.peer.project(base) == remote.item for base in bases)


def _place(context: Context, link: FolderLink) -> tuple[Place, Mapping[RemoteId, Version]]:
    with context.store.reading() as tx:
        base = folder_base_of(tx, link.local)
        versions = {RemoteId(id_): Version(one.version) for id_, one in tx.sync.versions(link.local).items()}
    assert base is not None  # noqa: S101 - every linked folder has one
    return Place(RemoteId(link.remote), base.module), versions


def _delete_known(context: Context, link: FolderLink, news: Collection[RemoteId]) -> None:
    """Delete what is as it was; one that was changed this very moment stays."""
    place, known = _place(context, link)
    batch = [Delete(token=id_, id=id_, version=version) for id_, version in known.items() if id_ not in news]
    if batch:
        context.peer.write(place, batch)
