"""Files of items that are gone, as long as somebody may take that back: they come back under their numbers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from passerelle.model.ids import ItemId, UserId
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.schema import attachments, former_attachments, items

_NAMES = [column.name for column in attachments.columns]
_OF_ITEMS = among(former_attachments.c.item, "ids_")
_KEEP = insert(former_attachments).from_select(
    [*_NAMES, "created_by", "removed"],
    select(*attachments.columns, items.c.created_by, bindparam("at_"))
    .join(items, items.c.id == attachments.c.item)
    .where(among(attachments.c.item, "ids_")),
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
_OF_MAKER = former_attachments.c.created_by == bindparam("maker_")


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
    _forget(block, _OLD, before_=before)


def forget_of(block: WritingBlock, maker: UserId) -> None:
    """Forget the files of all items that a user had made."""
    _forget(block, _OF_MAKER, maker_=maker)


def size_of(block: Block, maker: UserId) -> int:
    """The bytes of the files of all items that a user had made."""
    query = select(func.coalesce(func.sum(former_attachments.c.size), 0)).where(_OF_MAKER)
    return int(block.connection.scalar(query, {"maker_": maker}) or 0)


def _forget(block: WritingBlock, which: ColumnElement[bool], **values: int) -> None:
    block.dropped.update(block.connection.scalars(select(former_attachments.c.digest).where(which), values))
    block.connection.execute(delete(former_attachments).where(which), values)
