"""Where an item shows: one row per folder, each with the item's stamp and window."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.store.block import Block
from passerelle.store.schema import placements

_OF = (
    select(placements.c.folder, placements.c.user_id)
    .where(placements.c.item == bindparam("item_"))
    .order_by(placements.c.folder)
)


class Placement(msgspec.Struct, frozen=True):
    """A folder that an item shows in. ``user`` is set where that is the calendar of a participant."""

    folder: FolderId
    user: UserId | None = None


def placements_of(block: Block, id_: ItemId) -> tuple[Placement, ...]:
    """All placements of an item, by folder."""
    rows = block.connection.execute(_OF, {"item_": id_})
    return tuple(Placement(folder, user) for folder, user in rows)


def with_home(folder: FolderId, others: tuple[Placement, ...]) -> dict[FolderId, UserId | None]:
    """The users of placements by folder, the home folder among them, where an item shows whoever takes part."""
    return {placement.folder: placement.user for placement in others} | {folder: None}
