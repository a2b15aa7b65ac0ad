"""How much of an account waits: for the next cycle, and for the user's word."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.ids import FolderId, ItemId
from passerelle.store import FolderLink, Reading, Skipped
from passerelle.sync.pending import waiting_tree
from passerelle.sync.skipped.quarantine import HELD, UP, is_shown


class Backlog(Struct, frozen=True, kw_only=True):
    """How much there is of each.

    ``pending`` items and folder trees are to be sent to the server; ``skipped`` changes were refused; of ``conflicts``
    and ``held`` deletions the user decides.

    ``to_show`` items and folder trees are to be shown in Outlook; ``not_shown`` of the skipped are those between here
    and Outlook.
    """

    pending: int = 0
    skipped: int = 0
    conflicts: int = 0
    held: int = 0
    to_show: int = 0
    not_shown: int = 0

    @property
    def wants_decision(self) -> bool:
        """Whether something waits for the user."""
        return bool(self.skipped or self.conflicts or self.held)


def backlog(tx: Reading) -> Backlog:
    """What waits. Costs what changed since the last cycle, however many items there are."""
    aside = tx.sync.skipped()
    shown = [one for one in aside if is_shown(one)]
    held = sum(1 for one in shown if one.code == HELD)
    mirrors = [tx.of_peer(name) for name in tx.sync.peers() if name != tx.sync.peer]
    not_shown = sum(1 for mirror in mirrors for one in mirror.sync.skipped() if is_shown(one))
    return Backlog(
        pending=_pending(tx, aside),
        skipped=len(shown) - held + not_shown,
        conflicts=len(tx.decisions.open()),
        held=held,
        to_show=sum(_pending(mirror, mirror.sync.skipped()) for mirror in mirrors),
        not_shown=not_shown,
    )


def _pending(tx: Reading, aside: list[Skipped]) -> int:
    edited = sum(len(to_be_sent(tx, link, aside)) for link in tx.sync.folder_links())
    return edited + bool(waiting_tree(tx))


def to_be_sent(tx: Reading, link: FolderLink, aside: list[Skipped]) -> set[ItemId]:
    """The items of a folder that the next cycle sends: those that were refused, or are held, wait for the user."""
    clock = tx.journal.clock(link.local)
    edited = tx.journal.touched(link.local, link.sent, clock, besides=tx.sync.origin) if clock > link.sent else []
    mine = [one for one in aside if one.folder == FolderId(link.local) and one.direction == UP]
    reminded = {one.local for one in mine if not is_shown(one) and one.local is not None}
    return {*map(ItemId, edited), *reminded} - {one.local for one in mine if is_shown(one)}
