"""A client that follows a folder the way every protocol does, and what it must never be told."""

from __future__ import annotations

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import Reading, Store


class Client:
    """Knows the items of one folder as the change lists told them, from one position to the next."""

    def __init__(self, folder: FolderId) -> None:
        self.folder = folder
        self.anchor = Stamp(0)
        self.known: dict[ItemId, Stamp] = {}

    def follow(self, store: Store) -> None:
        """Read what happened since the anchor in one snapshot, then move the anchor."""
        with store.reading() as tx:
            upto = tx.journal.clock(self.folder)
            self._take(tx, upto)
        self.anchor = upto

    def _take(self, tx: Reading, upto: Stamp) -> None:
        since, after = Stamp(self.anchor + 1), Stamp(0)
        for stone in tx.journal.tombstones(self.folder, since, upto):
            self.known.pop(stone.id, None)
        while page := tx.items.page(self.folder, None, since, upto, after, 50):
            after = page[-1].stamp
            self.known.update((record.id, record.stamp) for record in page)


def truth(store: Store, folder: FolderId) -> dict[ItemId, Stamp]:
    """What is in a folder, asked without any change list."""
    with store.reading() as tx:
        return {outline.id: outline.stamp for outline in tx.items.outlines(folder)}
