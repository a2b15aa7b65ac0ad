"""How a replica stands, found out from it alone: nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from passerelle.groupware.folder_names import name_for
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, UserId
from passerelle.store import Reading, Writing
from passerelle.sync.backlog import to_be_sent
from passerelle.sync.scope import selected_modules
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import is_shown
from passerelle.sync.successes import successes

_LAST = "last cycle"


class Membership(Struct, frozen=True, kw_only=True):
    """Whose replica this is: the account's user and login, and the server that it was made from."""

    user: UserId
    login: str
    server: str


class LastCycle(Struct, frozen=True, kw_only=True):
    """When the last cycle ended well, and what it did."""

    at: datetime
    touched: int
    requests: int
    seconds: float


class FolderStatus(Struct, frozen=True, kw_only=True):
    """One folder: how many items it holds, and what the server does not have of them.

    Of the changes, ``pending`` are sent with the next cycle; ``held_back`` were refused, or wait for the user's word.
    """

    id: FolderId
    name: str
    items: int
    pending: int
    held_back: int
    left_out: int = 0
    """Appointments that are on the server only, for they ended before the time that is kept here."""
    last_success: datetime | None = None
    """When it was last in step."""

    @property
    def unsent(self) -> int:
        """How many changes are on this machine only."""
        return self.pending + self.held_back


class Status(Struct, frozen=True, kw_only=True):
    """How a replica stands."""

    membership: Membership
    folders: tuple[FolderStatus, ...]
    skipped: int
    """How many changes were refused, by the server or by Outlook."""
    conflicts: int
    """How many items wait for the user to decide whose values stay."""
    last: LastCycle | None
    modules: tuple[Module, ...]
    """Those that are synchronised."""


def status(tx: Reading, membership: Membership) -> Status:
    """How the replica of a user stands."""
    waits_for_user = (one for memory in memories(tx) for one in memory.sync.skipped())
    return Status(
        membership=membership,
        folders=tuple(_folders(tx, membership.user)),
        skipped=sum(1 for one in waits_for_user if is_shown(one)),
        conflicts=len(tx.decisions.open()),
        last=tx.sync.get(_LAST, LastCycle),
        modules=tuple(sorted(selected_modules(tx))),
    )


def note_last(tx: Writing, last: LastCycle) -> None:
    """Keep what the last cycle did."""
    tx.sync.set(_LAST, last)


def memories(tx: Reading) -> Iterator[Reading]:
    """The snapshot with the memory of each peer, the server's first."""
    return (tx.of_peer(name) for name in tx.sync.peers())


def _folders(tx: Reading, me: UserId) -> Iterator[FolderStatus]:
    aside, left_out, known = tx.sync.skipped(), tx.left_out.counts(), successes(tx)
    for link in tx.sync.folder_links():
        folder = tx.folders.get(link.local)
        if folder is None:
            continue
        waiting = to_be_sent(tx, link, aside)
        yield FolderStatus(
            id=folder.id,
            name=name_for(tx, me, folder),
            items=tx.items.count(folder.id),
            pending=len(waiting),
            held_back=len({*unsent(tx, link).ids} - waiting),
            left_out=left_out.get(folder.id, 0),
            last_success=known.of_folder(folder.id),
        )
