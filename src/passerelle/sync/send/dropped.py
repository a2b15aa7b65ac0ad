"""Change exceptions that went here because their series was given another pattern, not because they were deleted.

That deletes nothing at the peer before it has taken the pattern; and if another one stays in the end, they come back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from passerelle.groupware.occurrence_rules import occurrence_at
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment
from passerelle.model.occurrences import day_of, key_on
from passerelle.model.records import ItemRecord
from passerelle.store import ItemLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.merge.occurrences import deleted_of, key_of


class Dropped(Struct, frozen=True):
    """A change exception that its ``series`` does not call deleted, and the ``key`` of what it replaced."""

    series: ItemRecord
    key: datetime

    @property
    def has_place(self) -> bool:
        """Whether the series has that occurrence, or one on its day: the peer may have moved it to another hour."""
        item = self.series.item
        if not isinstance(item, Appointment) or item.recurrence is None:
            return False
        if occurrence_at(item.when, item.recurrence, self.key) is not None:
            return True
        return key_on(item.when, item.recurrence, day_of(item.when, self.key)) is not None


def dropped(tx: Reading, context: Context, folder: FolderId, gone: Collection[ItemLink]) -> dict[ItemId, Dropped]:
    """Those among the links of items that went from a folder which are of dropped change exceptions.

    None where the peer only shows what is here: there another pattern than that of here never stays.
    """
    if not gone or not context.peer.is_authority:
        return {}
    stones = tx.journal.tombstones(folder, min(link.agreed for link in gone), tx.journal.clock(folder))
    masters = {stone.id: stone.master for stone in stones if stone.master is not None}
    series = {one.id: one for one in tx.items.several(sorted(set(masters.values())), context.me)} if masters else {}
    found: dict[ItemId, Dropped] = {}
    for link in gone:
        master = series.get(masters.get(link.local, ItemId(0)))
        base = None if master is None else base_of(tx, link, None)
        key = None if base is None else key_of(base)
        if master is not None and key is not None and key not in deleted_of(master.item):
            found[link.local] = Dropped(master, key)
    return found
