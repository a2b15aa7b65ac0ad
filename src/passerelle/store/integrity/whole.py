"""Items with all that the store keeps about them beside their content, as checks look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import BindParameter, Row, Select, bindparam, select

from passerelle.model.ids import FolderId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.store.content import decode_item
from passerelle.store.schema import attachments, bookings, items, list_references, placements
from passerelle.store.transaction import Reading

PAGE = 1000
"""Items that are looked at with one query of each kind."""

Around = Row[*tuple[Any, ...]]


class Placed(NamedTuple):
    """A folder that an item shows in. ``user`` is set where that is the calendar of a participant."""

    folder: FolderId
    user: UserId | None
    stamp: Stamp
    starts: int | None
    ends: int | None


class Booked(NamedTuple):
    """A resource that an item keeps busy."""

    resource: ResourceId
    starts: int
    ends: int


class Changed(NamedTuple):
    """A change exception of a series, and where it lives."""

    id: ItemId
    folder: FolderId
    recurrence_key: int | None


class Columns(NamedTuple):
    """An item's row."""

    id: ItemId
    folder: FolderId
    kind: str
    uid: str | None
    master: ItemId | None
    recurrence_key: int | None
    content: bytes
    private: bool
    done: bool
    changed: bytes | None
    attachments: int
    created_by: UserId
    stamp: Stamp


class Whole(Struct, frozen=True):
    """An item with all around it. ``item`` is None where its content cannot be read."""

    row: Columns
    item: Item | None
    placements: tuple[Placed, ...]
    bookings: tuple[Booked, ...]
    references: tuple[int, ...]
    exceptions: tuple[Changed, ...]
    hanging: int

    @property
    def where(self) -> str:
        """How a finding names it."""
        return f"item {self.row.id}"


_SOME: BindParameter[int] = bindparam("ids_", expanding=True)
_ROWS = (
    select(
        items.c.id,
        items.c.folder,
        items.c.kind,
        items.c.uid,
        items.c.master,
        items.c.recurrence_key,
        items.c.content,
        items.c.private,
        items.c.done,
        items.c.changed,
        items.c.attachments,
        items.c.created_by,
        items.c.stamp,
    )
    .where(items.c.id > bindparam("after_"))
    .order_by(items.c.id)
    .limit(PAGE)
)
_PLACEMENTS = (
    select(
        placements.c.item,
        placements.c.folder,
        placements.c.user_id,
        placements.c.stamp,
        placements.c.starts,
        placements.c.ends,
    )
    .where(placements.c.item.in_(_SOME))
    .order_by(placements.c.folder)
)
_BOOKINGS = (
    select(bookings.c.item, bookings.c.resource, bookings.c.starts, bookings.c.ends)
    .where(bookings.c.item.in_(_SOME))
    .order_by(bookings.c.resource)
)
_REFERENCES = (
    select(list_references.c.item, list_references.c.contact)
    .where(list_references.c.item.in_(_SOME))
    .order_by(list_references.c.contact)
)
_EXCEPTIONS = (
    select(items.c.master, items.c.id, items.c.folder, items.c.recurrence_key)
    .where(items.c.master.in_(_SOME))
    .order_by(items.c.recurrence_key, items.c.id)
)
_HANGING = select(attachments.c.item, attachments.c.id).where(attachments.c.item.in_(_SOME))


def whole_items(tx: Reading) -> Iterator[Sequence[Whole]]:
    """All items of a store, by id, in pages."""
    after = -1
    while rows := tx.inspection.connection.execute(_ROWS, {"after_": after}).all():
        yield _page(tx, [Columns._make(row) for row in rows])
        after = rows[-1][0]


def _page(tx: Reading, rows: Sequence[Columns]) -> list[Whole]:
    ids = [row.id for row in rows]
    placed = _grouped(tx, _PLACEMENTS, ids)
    booked = _grouped(tx, _BOOKINGS, ids)
    references = _grouped(tx, _REFERENCES, ids)
    exceptions = _grouped(tx, _EXCEPTIONS, ids)
    hanging = _grouped(tx, _HANGING, ids)
    return [
        Whole(
            row,
            _decoded(row.content),
            tuple(Placed._make(one[1:]) for one in placed[row.id]),
            tuple(Booked._make(one[1:]) for one in booked[row.id]),
            tuple(one[1] for one in references[row.id]),
            tuple(Changed._make(one[1:]) for one in exceptions[row.id]),
            len(hanging[row.id]),
        )
        for row in rows
    ]


def _grouped(tx: Reading, query: Select[*tuple[Any, ...]], ids: Iterable[int]) -> dict[int, list[Around]]:
    """The rows of a query by the item that they begin with."""
    found: dict[int, list[Around]] = defaultdict(list)
    for row in tx.inspection.connection.execute(query, {"ids_": list(ids)}):
        found[row[0]].append(row)
    return found


def _decoded(content: bytes) -> Item | None:
    try:
        return decode_item(content)
    except msgspec.MsgspecError:
        return None
