"""What both sides last agreed on about an item: beside its link, or in the replica's own journal.

Most items are the same on both sides, so that a first synchronisation writes each of them once: their base is the
local item as it was at the stamp ``agreed``. A base is kept beside the link only where that would not do.
"""

from __future__ import annotations

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteId, Version
from passerelle.store import ItemLink, Reading


def base_of(tx: Reading, link: ItemLink, record: ItemRecord | None) -> Item | None:
    """The item as both sides last agreed on it; None if the journal no longer knows."""
    if link.base is not None:
        return link.base
    if record is not None and record.stamp == link.agreed:
        return record.item
    return tx.journal.version_at(link.local, link.agreed)


def agreed_link(
    folder: FolderId, local: ItemId, remote: RemoteId, version: Version, at: tuple[Stamp, Item]
) -> ItemLink:
    """The link of an item that is the same on both sides: as it is here, at a stamp.

    The journal keeps no alarms, so an item with one has its base beside the link.
    """
    stamp, item = at
    rings = isinstance(item, Appointment | Task) and item.alarm is not None
    return ItemLink(
        local=local, folder=folder, remote=remote, version=version, agreed=stamp, base=item if rings else None
    )


def differing_link(folder: FolderId, local: ItemId, remote: RemoteId, version: Version, base: Item) -> ItemLink:
    """The link of an item that differs on both sides; no stamp of ours is agreed on."""
    return ItemLink(local=local, folder=folder, remote=remote, version=version, agreed=Stamp(0), base=base)
