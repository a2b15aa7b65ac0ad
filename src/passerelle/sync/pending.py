"""What a replica has to send, for whoever decides when the next cycle runs."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from passerelle.model.ids import FolderId, Stamp
from passerelle.peers.base import RemoteId
from passerelle.store import FolderLink, Kind, Reading
from passerelle.sync.folders.state import FOLDERS_SENT, TREE
from passerelle.sync.skipped.quarantine import is_wanted


class Waiting(Struct, frozen=True):
    """Changes in one folder: up to which position of our journal, and which entries that are set aside."""

    folder: RemoteId
    clock: Stamp
    aside: tuple[int, ...]


class Pending(Struct, frozen=True):
    """What waits, exactly: two that are equal mean that nothing was done here in between.

    ``tree`` is the position of the folder tree if folders themselves changed, else 0.
    """

    folders: frozenset[Waiting]
    tree: Stamp

    def __bool__(self) -> bool:
        return bool(self.folders or self.tree)


NOTHING: Final = Pending(frozenset(), Stamp(0))
"""Nothing waits."""


def pending(tx: Reading) -> Pending:
    """What the next cycle would send, or what the user wants to have tried again."""
    aside: dict[FolderId, list[int]] = {}
    for entry in tx.sync.skipped():
        if is_wanted(entry):
            aside.setdefault(entry.folder, []).append(entry.id)
    found = (_of_folder(tx, link, tuple(aside.get(link.local, ()))) for link in tx.sync.folder_links())
    return Pending(frozenset(filter(None, found)), waiting_tree(tx))


def _of_folder(tx: Reading, link: FolderLink, aside: tuple[int, ...]) -> Waiting | None:
    clock = tx.journal.clock(link.local)
    edited = clock > link.sent and tx.journal.touched(link.local, link.sent, clock, besides=tx.sync.origin)
    if not edited and not aside:
        return None
    return Waiting(RemoteId(link.remote), clock if edited else Stamp(0), aside)


def waiting_tree(tx: Reading) -> Stamp:
    """The position of the folder tree if folders themselves were changed here and not sent yet, else 0."""
    sent, clock = Stamp(tx.sync.get(FOLDERS_SENT, int) or 0), tx.folders.clock()
    if clock <= sent:
        return Stamp(0)
    entries = tx.journal.entries(TREE, sent, clock)
    return clock if any(one.origin != tx.sync.origin and one.kind is Kind.FOLDER for one in entries) else Stamp(0)
