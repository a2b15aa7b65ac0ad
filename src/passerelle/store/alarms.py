"""Which alarms of a user can ring in a time, and which ones the user has dismissed or put off.

What was acknowledged is the user's own, like the alarm itself: no change of the item, so neither its stamp nor the
journal knows of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select

from passerelle.model.ids import ItemId, UserId
from passerelle.model.moments import milliseconds
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import acknowledgements, alarms, items, placements

_MINUTE_MS = 60_000


class Acknowledged(Struct, frozen=True):
    """What a user has acknowledged of an item: all that was due by ``upto``.

    But at ``again`` the user wants to be reminded once more, of what starts at ``again_of``.
    """

    upto: datetime
    again: datetime | None = None
    again_of: datetime | None = None


_APPOINTMENTS = (
    select(alarms.c.item)
    .distinct()
    .select_from(alarms.join(placements, placements.c.item == alarms.c.item))
    .where(
        alarms.c.user_id == bindparam("user_"),
        placements.c.ends >= bindparam("start_"),
        # not multiplied: the alarms of tasks are instants, too large for that
        (placements.c.starts - bindparam("end_")) // _MINUTE_MS <= alarms.c.value,
    )
)
_TASKS = (
    select(alarms.c.item)
    .select_from(alarms.join(items, items.c.id == alarms.c.item))
    .where(
        alarms.c.user_id == bindparam("user_"),
        alarms.c.value >= bindparam("start_"),
        alarms.c.value <= bindparam("end_"),
        items.c.kind == "task",
    )
)
_KNOWN = select(
    acknowledgements.c.item, acknowledgements.c.upto, acknowledgements.c.again, acknowledgements.c.again_of
).where(acknowledgements.c.user_id == bindparam("user_"), among(acknowledgements.c.item, "items_"))
_PUT_OFF = select(acknowledgements.c.item).where(
    acknowledgements.c.user_id == bindparam("user_"), acknowledgements.c.again.is_not(None)
)
_FORGET = delete(acknowledgements).where(
    acknowledgements.c.item == bindparam("item_"), acknowledgements.c.user_id == bindparam("user_")
)
_SAME = insert(acknowledgements).from_select(
    ["item", "user_id", "upto"],
    select(
        bindparam("to_", type_=acknowledgements.c.item.type), acknowledgements.c.user_id, acknowledgements.c.upto
    ).where(acknowledgements.c.item == bindparam("item_")),
)


class AlarmsReading:
    """Looks up alarms and what was acknowledged of them."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def of_appointments(self, user: UserId, start: datetime, end: datetime) -> tuple[ItemId, ...]:
        """The appointments with an alarm of a user that end after ``start`` and whose alarm is due by ``end``.

        A coarse filter: a series counts from its first occurrence to its last.
        """
        values = {"user_": user, "start_": milliseconds(start), "end_": milliseconds(end)}
        return tuple(self._block.connection.scalars(_APPOINTMENTS, values))

    def of_tasks(self, user: UserId, start: datetime, end: datetime) -> tuple[ItemId, ...]:
        """The tasks with an alarm of a user that is due between two instants."""
        values = {"user_": user, "start_": to_microseconds(start), "end_": to_microseconds(end)}
        return tuple(self._block.connection.scalars(_TASKS, values))

    def put_off(self, user: UserId) -> tuple[ItemId, ...]:
        """The items that a user wants to be reminded of once more."""
        return tuple(self._block.connection.scalars(_PUT_OFF, {"user_": user}))

    def acknowledged(self, user: UserId, ids: Iterable[ItemId]) -> dict[ItemId, Acknowledged]:
        """What a user has acknowledged of some items, by item."""
        rows = self._block.connection.execute(_KNOWN, {"user_": user, "items_": list(ids)})
        return {item: _acknowledged(*row) for item, *row in rows}


class AlarmsWriting(AlarmsReading):
    """Keeps what was acknowledged."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def acknowledge(self, user: UserId, item: ItemId, known: Acknowledged) -> None:
        """Keep what a user has acknowledged of an item, in place of what was known before."""
        self._writing.connection.execute(_FORGET, {"user_": user, "item_": item})
        row = {
            "item": item,
            "user_id": user,
            "upto": to_microseconds(known.upto),
            "again": None if known.again is None else to_microseconds(known.again),
            "again_of": None if known.again_of is None else to_microseconds(known.again_of),
        }
        self._writing.connection.execute(insert(acknowledgements), row)

    def copy_acknowledged(self, item: ItemId, to: ItemId) -> None:
        """Let another item, which is new, count as acknowledged as far as this one is."""
        self._writing.connection.execute(_SAME, {"item_": item, "to_": to})


def _acknowledged(upto: int, again: int | None, again_of: int | None) -> Acknowledged:
    return Acknowledged(
        from_microseconds(upto),
        None if again is None else from_microseconds(again),
        None if again_of is None else from_microseconds(again_of),
    )
