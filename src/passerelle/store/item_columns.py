"""How items are written: the columns that follow from an item's content, for new and changed items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from sqlalchemy import bindparam, delete, insert, select

from passerelle.model.items import Appointment, DistributionList, Item, Task, TaskStatus
from passerelle.store.block import WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.content import KINDS, Stored, to_microseconds
from passerelle.store.schema import alarms, bookings, list_references
from passerelle.store.windows import Window, booked

_UNBOOK = delete(bookings).where(bookings.c.item == bindparam("item_"))
_UNREFER = delete(list_references).where(list_references.c.item == bindparam("item_"))
_NO_ALARMS = delete(alarms).where(alarms.c.item == bindparam("item_"), alarms.c.user_id != bindparam("besides_"))
_SAME_ALARMS = insert(alarms).from_select(
    ["item", "user_id", "value"],
    select(bindparam("to_", type_=alarms.c.item.type), alarms.c.user_id, alarms.c.value).where(
        alarms.c.item == bindparam("item_"), alarms.c.user_id != bindparam("besides_")
    ),
)
_NO_ALARM = delete(alarms).where(alarms.c.item == bindparam("item_"), alarms.c.user_id == bindparam("user_"))


class DerivedColumns(TypedDict):
    """The columns of ``items`` that repeat what is in an item's content, for queries."""

    kind: str
    uid: str | None
    private: bool
    done: bool
    recurrence_key: int | None


class ContentColumns(DerivedColumns):
    """The columns of ``items`` that an item's content decides."""

    content: bytes
    photo: str | None


def content_columns(item: Item, stored: Stored) -> ContentColumns:
    """The columns of an item that :func:`passerelle.store.content.take_apart` split."""
    return {**derived_columns(item), "content": stored.content, "photo": stored.photo}


def derived_columns(item: Item) -> DerivedColumns:
    """The columns that repeat an item's content."""
    key = item.recurrence_id if isinstance(item, Appointment) else None
    return {
        "kind": KINDS[type(item)],
        "uid": item.uid,
        "private": item.private,
        "done": isinstance(item, Task) and item.status is TaskStatus.DONE,
        "recurrence_key": None if key is None else to_microseconds(key),
    }


def booking_rows(id_: int, item: Item, window: Window) -> list[dict[str, int | None]]:
    """The rows that keep resources busy for an item."""
    starts, ends = window
    return [{"resource": resource, "item": id_, "starts": starts, "ends": ends} for resource in booked(item)]


def book(block: WritingBlock, rows: list[dict[str, int | None]]) -> None:
    """Write the bookings of new items."""
    insert_many(block.connection, bookings, rows)


def rebook(block: WritingBlock, id_: int, item: Item, window: Window) -> None:
    """Replace the bookings of an item."""
    block.connection.execute(_UNBOOK, {"item_": id_})
    book(block, booking_rows(id_, item, window))


def refer(block: WritingBlock, rows: Iterable[tuple[int, Item]]) -> None:
    """Note which contacts new items refer to, each an item's id and content."""
    values = [{"contact": contact, "item": id_} for id_, item in rows for contact in named(item)]
    insert_many(block.connection, list_references, values)


def refer_anew(block: WritingBlock, id_: int, item: Item) -> None:
    """Replace what is noted of an item's references."""
    block.connection.execute(_UNREFER, {"item_": id_})
    refer(block, [(id_, item)])


def named(item: Item) -> list[int]:
    """The contacts whose addresses a list follows."""
    if not isinstance(item, DistributionList):
        return []
    return sorted({one.contact for one in item.members if one.contact is not None and one.email_field})


def ring(block: WritingBlock, rows: Iterable[tuple[int, int, int | None]]) -> None:
    """Set alarms of new items, each an item, a user and a value (None: no alarm)."""
    values = [{"item": id_, "user_id": user, "value": value} for id_, user, value in rows if value is not None]
    insert_many(block.connection, alarms, values)


def ring_anew(block: WritingBlock, id_: int, user: int, value: int | None) -> None:
    """Replace one user's alarm of an item."""
    block.connection.execute(_NO_ALARM, {"item_": id_, "user_": user})
    ring(block, [(id_, user, value)])


def ring_alike(block: WritingBlock, id_: int, to: int, besides: int) -> None:
    """Replace the alarms of an item by those that another one has, but for one user's."""
    block.connection.execute(_NO_ALARMS, {"item_": to, "besides_": besides})
    block.connection.execute(_SAME_ALARMS, {"item_": id_, "to_": to, "besides_": besides})
