"""Changing items: new content, other folders, or only a new stamp."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from passerelle.model.errors import NotFound
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.text import Text
from passerelle.store.block import WritingBlock
from passerelle.store.content import encode, from_microseconds, take_apart
from passerelle.store.item_columns import content_columns, rebook, refer_anew, ring_anew
from passerelle.store.journal import Action, Kind, Row, Stone, bury, record, unbury
from passerelle.store.placements import Placement, placements_of, with_home
from passerelle.store.schema import items, placements
from passerelle.store.windows import Window, window

_PRESENT = select(
    items.c.folder, items.c.content, items.c.photo, items.c.master, items.c.recurrence_key, items.c.changed
).where(items.c.id == bindparam("item_"))
_UPDATE = update(items).where(items.c.id == bindparam("item_"))
_KEYS = (
    select(items.c.recurrence_key)
    .where(items.c.master == bindparam("master_"), items.c.recurrence_key.is_not(None))
    .order_by(items.c.recurrence_key)
)
_EXCEPTIONS = select(items.c.id).where(items.c.master == bindparam("master_")).order_by(items.c.id)
_SPAN = select(placements.c.starts, placements.c.ends).where(placements.c.item == bindparam("item_")).limit(1)
_PLACE = insert(placements).values(
    folder=bindparam("folder_"),
    item=bindparam("item_"),
    user_id=bindparam("user_"),
    stamp=bindparam("stamp_"),
    starts=bindparam("starts_"),
    ends=bindparam("ends_"),
)
_THERE = (placements.c.folder == bindparam("folder_"), placements.c.item == bindparam("item_"))
_UNPLACE = delete(placements).where(*_THERE)
_RESTAMP = update(placements).where(placements.c.item == bindparam("item_")).values(stamp=bindparam("stamp_"))
_REPLACE = (
    update(placements)
    .where(*_THERE)
    .values(
        user_id=bindparam("user_"),
        stamp=bindparam("stamp_"),
        starts=bindparam("starts_"),
        ends=bindparam("ends_"),
    )
)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """New content for an item, and what else changes with it; None leaves as it is."""

    item: Item
    placements: tuple[Placement, ...] | None = None
    folder: FolderId | None = None
    alarm_of: UserId | None = None


class _Present(msgspec.Struct, frozen=True):
    """An item's row before a change."""

    folder: FolderId
    content: bytes
    photo: str | None
    master: ItemId | None
    recurrence_key: int | None
    changed: bytes | None


def replace_item(block: WritingBlock, id_: ItemId, change: Change) -> Stamp:
    """Carry out a change; return the item's new stamp.

    Raises:
        NotFound: there is no such item.
    """
    present = _present(block, id_)
    folder = present.folder if change.folder is None else change.folder
    stored = take_apart(change.item, block.blobs)
    columns = content_columns(change.item, stored)
    span = window(change.item)
    stamp = _settle(block, id_, present, folder, change.placements, {**columns}, span)
    if isinstance(change.item, Appointment):
        rebook(block, id_, change.item, span)
    if isinstance(change.item, Contact):
        refer_anew(block, id_, change.item)
    ring_anew(block, id_, block.actor if change.alarm_of is None else change.alarm_of, stored.alarm)
    if present.master is not None and columns["recurrence_key"] != present.recurrence_key:
        refresh_masters(block, [present.master])
    if folder != present.folder:
        _take_along(block, id_, folder)
    return stamp


def touch_item(block: WritingBlock, id_: ItemId, **columns: object) -> Stamp:
    """Give an item a new stamp and other ``columns``, its content staying as it is. Raises NotFound."""
    present = _present(block, id_)
    where = [place.folder for place in placements_of(block, id_)]
    stamp = block.positions.take(where)
    _update_item(block, id_, stamp, columns)
    block.connection.execute(_RESTAMP, {"item_": id_, "stamp_": stamp})
    record(block, [_row(id_, stamp, present, present.folder, place, Action.CHANGED) for place in where])
    return stamp


def refresh_masters(block: WritingBlock, masters: Iterable[ItemId]) -> None:
    """Write anew which occurrences of series exceptions replace; stamp the series where that changed."""
    for master in sorted(masters):
        keys = block.connection.scalars(_KEYS, {"master_": master}).all()
        changed = encode([from_microseconds(key) for key in keys]) if keys else None
        if changed != _present(block, master).changed:
            touch_item(block, master, changed=changed)


def _present(block: WritingBlock, id_: ItemId) -> _Present:
    row = block.connection.execute(_PRESENT, {"item_": id_}).first()
    if row is None:
        raise NotFound(Text("There is no item {id}.", id=id_))
    return _Present(*row)


def _take_along(block: WritingBlock, master: ItemId, folder: FolderId) -> None:
    """Move the change exceptions of a series to its new home."""
    for id_ in block.connection.scalars(_EXCEPTIONS, {"master_": master}).all():
        span = block.connection.execute(_SPAN, {"item_": id_}).one()
        _settle(block, id_, _present(block, id_), folder, None, {}, (span[0], span[1]))


def _settle(
    block: WritingBlock,
    id_: ItemId,
    present: _Present,
    folder: FolderId,
    others: tuple[Placement, ...] | None,
    columns: dict[str, object],
    span: Window,
) -> Stamp:
    """Write an item's row and placements and the journal of it."""
    before = {place.folder: place.user for place in placements_of(block, id_)}
    after = _places(present, folder, before, others)
    stamp = block.positions.take(before.keys() | after.keys())
    _update_item(block, id_, stamp, {"folder": folder, **columns})
    for place in before.keys() - after.keys():
        block.connection.execute(_UNPLACE, {"folder_": place, "item_": id_})
    for place, user in after.items():
        statement = _REPLACE if place in before else _PLACE
        block.connection.execute(statement, _placement_row(id_, place, user, stamp, span))
    bury(block, [Stone(place, id_, stamp, present.master) for place in before.keys() - after.keys()])
    unbury(block, [(place, id_) for place in after.keys() - before.keys()])
    record(block, _rows(id_, stamp, present, folder, before.keys(), after.keys()))
    return stamp


def _places(
    present: _Present,
    folder: FolderId,
    before: dict[FolderId, UserId | None],
    others: tuple[Placement, ...] | None,
) -> dict[FolderId, UserId | None]:
    if others is not None:
        return with_home(folder, others)
    if folder == present.folder:
        return before
    kept = {place: user for place, user in before.items() if place != present.folder}
    return {**kept, folder: None}


def _update_item(block: WritingBlock, id_: ItemId, stamp: Stamp, columns: dict[str, object]) -> None:
    values = {"item_": id_, "modified_by": block.actor, "stamp": stamp, **columns}
    block.connection.execute(_UPDATE, values)


def _placement_row(
    id_: ItemId, place: FolderId, user: UserId | None, stamp: Stamp, span: Window
) -> dict[str, int | None]:
    return {
        "folder_": place,
        "item_": id_,
        "user_": user,
        "stamp_": stamp,
        "starts_": span[0],
        "ends_": span[1],
    }


def _rows(
    id_: ItemId,
    stamp: Stamp,
    present: _Present,
    home: FolderId,
    before: AbstractSet[FolderId],
    after: AbstractSet[FolderId],
) -> list[Row]:
    actions = {
        **dict.fromkeys(before & after, Action.CHANGED),
        **dict.fromkeys(before - after, Action.LEFT),
        **dict.fromkeys(after - before, Action.ARRIVED),
    }
    return [_row(id_, stamp, present, home, place, action) for place, action in actions.items()]


def _row(id_: ItemId, stamp: Stamp, present: _Present, home: FolderId, place: FolderId, action: Action) -> Row:
    if place != home:
        return Row(place, stamp, Kind.ITEM, id_, action)
    return Row(place, stamp, Kind.ITEM, id_, action, present.content, present.photo)
