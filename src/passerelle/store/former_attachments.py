"""Files of items that are gone, as long as somebody may take that back: they come back under their numbers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, select, update

from passerelle.model.ids import ItemId
from passerelle.store.among import among
from passerelle.store.block import WritingBlock
from passerelle.store.schema import attachments, former_attachments, items

_NAMES = [column.name for column in attachments.columns]
_OF_ITEMS = among(former_attachments.c.item, "ids_")
_KEEP = insert(former_attachments).from_select(
    [*_NAMES, "removed"], select(*attachments.columns, bindparam("at_")).where(among(attachments.c.item, "ids_"))
)
_BRING_BACK = insert(attachments).from_select(
    _NAMES, select(*(former_attachments.c[name] for name in _NAMES)).where(_OF_ITEMS)
)
_COUNT = (
    update(items)
    .where(among(items.c.id, "ids_"))
    .values(attachments=select(func.count()).where(attachments.c.item == items.c.id).scalar_subquery())
)
_FORGET = delete(former_attachments).where(_OF_ITEMS)
_OLD = former_attachments.c.removed < bindparam("before_")


def keep(block: WritingBlock, ids: Collection[ItemId]) -> None:
    """Keep the files of items that are about to go."""
    block.connection.execute(_KEEP, {"ids_": ids, "at_": block.at})


def bring_back(block: WritingBlock, ids: Collection[ItemId]) -> None:
    """Hang on items that are there again what hung on them when they went."""
    if block.connection.execute(_BRING_BACK, {"ids_": ids}).rowcount:
        block.connection.execute(_FORGET, {"ids_": ids})
        block.connection.execute(_COUNT, {"ids_": ids})


def prune(block: WritingBlock, before: int) -> None:
    """Forget files of items that went before an instant, in microseconds since 1970 UTC."""
    values = {"before_": before}
    block.dropped.update(block.connection.scalars(select(former_attachments.c.digest).where(_OLD), values))
    block.connection.execute(delete(former_attachments).where(_OLD), values)
