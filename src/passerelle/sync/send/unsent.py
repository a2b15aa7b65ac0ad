"""Which items of a folder have changes that the peer may not have yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import FolderLink, Reading, Skipped
from passerelle.sync.skipped.quarantine import FILES, UP, of_folder


class Unsent(Struct, frozen=True):
    """Items that may have to be sent.

    ``edited`` are those that somebody other than the engine touched since changes were last sent, up to position
    ``clock`` of our journal; ``aside`` are the entries of those that are set aside.
    """

    clock: Stamp
    edited: tuple[ItemId, ...]
    aside: tuple[Skipped, ...]

    @property
    def ids(self) -> list[ItemId]:
        """All of them, in the order of change."""
        waiting = [one.local for one in self.aside if one.local is not None]
        return list(dict.fromkeys((*waiting, *self.edited)))


def unsent_folders(tx: Reading, links: Iterable[FolderLink]) -> frozenset[FolderId]:
    """Those of some folders that have such items, or changes that came from the peer and were not passed over yet."""
    aside = {one.folder for one in tx.sync.skipped() if one.direction in {UP, FILES}}
    clocks = tx.journal.clocks()
    return frozenset(
        link.local for link in links if link.local in aside or clocks.get(link.local, Stamp(0)) != link.sent
    )


def unsent(tx: Reading, link: FolderLink) -> Unsent:
    """The items of a folder that may have to be sent."""
    clock = tx.journal.clock(link.local)
    edited = _edited(tx, link, clock) if clock > link.sent else []
    aside = [*of_folder(tx, link.local, FILES), *of_folder(tx, link.local, UP)]
    return Unsent(clock, tuple(ItemId(id_) for id_ in edited), tuple(aside))


def _edited(tx: Reading, link: FolderLink, clock: Stamp) -> Sequence[int]:
    """What was touched since; all there is, where the journal does not reach back so far."""
    if link.sent < tx.journal.horizon(link.local):
        return tx.items.ids(link.local)
    return tx.journal.touched(link.local, link.sent, clock, besides=tx.sync.origin)
