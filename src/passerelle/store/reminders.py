"""When users are to be reminded by mail: one row per item, user and reason, for the next time only.

The rows follow from items, alarms and users' settings; whoever changes one of these writes them anew. What is due is
read from an index, however many items there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, delete, func, insert, select

from passerelle.model.ids import ItemId, UserId
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import alarms, reminders


class Pending(Struct, frozen=True, kw_only=True, order=True):
    """A reminder that waits until ``due``. ``at`` is the instant that it reminds of; ``reason`` what of the item."""

    due: datetime
    at: datetime
    item: ItemId
    user: UserId
    reason: str


_DUE = (
    select(reminders.c.due, reminders.c.at, reminders.c.item, reminders.c.user_id, reminders.c.reason)
    .where(reminders.c.due <= bindparam("now_"))
    .order_by(reminders.c.due)
    .limit(bindparam("most_"))
)
_NEXT = select(func.min(reminders.c.due))
_OF_ITEM = select(reminders.c.due, reminders.c.at, reminders.c.item, reminders.c.user_id, reminders.c.reason).where(
    reminders.c.item == bindparam("item_")
)
_CLEAR_ITEM = delete(reminders).where(reminders.c.item == bindparam("item_"))
_ALARMED_USERS = select(alarms.c.user_id).where(alarms.c.item == bindparam("item_"))
_ALARMED_ITEMS = select(alarms.c.item).where(alarms.c.user_id == bindparam("user_"))


class RemindersReading:
    """Looks up what is to be reminded of."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def due(self, now: datetime, most: int) -> tuple[Pending, ...]:
        """What is due at an instant, the oldest first."""
        return self._pending(_DUE, now_=to_microseconds(now), most_=most)

    def next_due(self) -> datetime | None:
        """When there is something to remind of next."""
        due = self._block.connection.scalar(_NEXT)
        return None if due is None else from_microseconds(due)

    def of(self, item: ItemId) -> tuple[Pending, ...]:
        """All reminders of an item."""
        return self._pending(_OF_ITEM, item_=item)

    def users_with_alarm(self, item: ItemId) -> frozenset[UserId]:
        """Who has an alarm on an item."""
        return frozenset(self._block.connection.scalars(_ALARMED_USERS, {"item_": item}))

    def items_with_alarm(self, user: UserId) -> tuple[ItemId, ...]:
        """The items that a user has an alarm on."""
        return tuple(self._block.connection.scalars(_ALARMED_ITEMS, {"user_": user}))

    def _pending(self, query: Select[*tuple[Any, ...]], **values: int) -> tuple[Pending, ...]:
        return tuple(
            Pending(due=from_microseconds(due), at=from_microseconds(at), item=item, user=user, reason=reason)
            for due, at, item, user, reason in self._block.connection.execute(query, values)
        )


class RemindersWriting(RemindersReading):
    """Keeps the reminders. They are not journalled: they follow from what is."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def put(self, pending: Iterable[Pending]) -> None:
        """Keep reminders; each takes the place of one with the same item, user and reason."""
        for one in pending:
            self.remove(one)
            values = {"due": to_microseconds(one.due), "at": to_microseconds(one.at)}
            self._writing.connection.execute(
                insert(reminders), {"item": one.item, "user_id": one.user, "reason": one.reason, **values}
            )

    def remove(self, pending: Pending) -> None:
        """Forget a reminder, if it is there."""
        self._writing.connection.execute(
            delete(reminders).where(
                reminders.c.item == pending.item,
                reminders.c.user_id == pending.user,
                reminders.c.reason == pending.reason,
            )
        )

    def clear_item(self, item: ItemId) -> None:
        """Forget all reminders of an item."""
        self._writing.connection.execute(_CLEAR_ITEM, {"item_": item})

    def clear_user(self, user: UserId) -> None:
        """Forget all reminders of a user."""
        self._writing.connection.execute(delete(reminders).where(reminders.c.user_id == user))
