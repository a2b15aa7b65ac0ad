"""What the engine remembers of each linked folder beside its link: how both sides last agreed on it."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.folders import PRIVATE, PUBLIC, SHARED, Folder, FolderType, Module, Right
from passerelle.model.ids import FolderId
from passerelle.peers.base import RemoteFolder, RemoteId, Root, Spot, Version
from passerelle.store import Reading, Writing

TREE = 0
"""The scope of the folder tree in the journal."""
FOLDERS_ANCHOR = "folders anchor"
"""The setting that keeps how far the peer's folder tree was read."""
DIRECTORY_ANCHOR = "directory anchor"
"""The setting that keeps how far the peer's directory was read."""
FOLDERS_SENT = "folders sent"
"""The setting that keeps how far our journal of the folder tree was sent."""

_PARENTS = {Root.PRIVATE: PRIVATE, Root.PUBLIC: PUBLIC, Root.SHARED: SHARED}


class FolderBase(Struct, frozen=True, kw_only=True):
    """A folder as both sides last agreed on it, in our ids. ``version`` is the peer's.

    ``below`` is the folder that it hangs below at the peer where that was deleted here, which is yet to be sent.
    """

    parent: FolderId
    name: str
    module: Module
    rights: tuple[Right, ...]
    version: Version
    below: FolderId | None = None


def base_of(tx: Reading, id_: FolderId) -> FolderBase | None:
    """What was last agreed on about a folder."""
    return tx.sync.get(_setting(id_), FolderBase)


def keep_base(tx: Writing, id_: FolderId, base: FolderBase | None) -> None:
    """Remember, or forget, what is agreed on about a folder."""
    tx.sync.set(_setting(id_), base)


def _setting(id_: FolderId) -> str:
    return f"folder base {id_}"


def plain_rights(rights: tuple[Right, ...]) -> tuple[Right, ...]:
    """The entries that people made, in an order of their own: two lists with the same entries are equal."""
    made = (right for right in rights if not right.system)
    return tuple(sorted(made, key=lambda right: (right.kind, right.principal)))


def local_parent(tx: Reading, spot: Spot) -> FolderId:
    """Where a folder of the peer hangs here; below its root while its parent is unknown."""
    if spot.parent is not None:
        link = tx.sync.folder_link_by_remote(spot.parent)
        if link is not None and tx.folders.get(link.local) is not None:
            return link.local
    return _PARENTS[spot.root]


def deleted_parent(tx: Reading, spot: Spot) -> FolderId | None:
    """The folder that a folder of the peer hangs below, if that was deleted here."""
    link = None if spot.parent is None else tx.sync.folder_link_by_remote(spot.parent)
    return None if link is None or tx.folders.get(link.local) is not None else link.local


def remote_spot(tx: Reading, folder: Folder) -> Spot | None:
    """Where a folder of ours hangs at the peer; None while the peer does not have its parent."""
    for root, parent in _PARENTS.items():
        if folder.parent == parent:
            return Spot(root=root)
    link = tx.sync.folder_link(folder.parent)
    if link is None:
        return None
    root = Root.PUBLIC if folder.type is FolderType.PUBLIC else Root.PRIVATE
    return Spot(root=root, parent=RemoteId(link.remote))


def type_of(remote: RemoteFolder) -> FolderType:
    """What type a folder is stored with; "shared" is a view of another user's private one."""
    return FolderType.PUBLIC if remote.spot.root is Root.PUBLIC else FolderType.PRIVATE


def agreed(folder: Folder, version: Version) -> FolderBase:
    """A folder of ours as what is agreed on."""
    return FolderBase(
        parent=folder.parent,
        name=folder.name,
        module=folder.module,
        rights=plain_rights(folder.rights),
        version=version,
    )
