"""The journal read by item: what happened to it, one change after the other, whichever folders it showed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, exists, func, select

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.store.among import among
from passerelle.store.block import Block
from passerelle.store.content import from_microseconds, put_together, to_microseconds
from passerelle.store.journal import Action, Kind
from passerelle.store.left_out import LEFT_OUT
from passerelle.store.schema import decisions, journal


class Happening(Struct, frozen=True, kw_only=True):
    """One change of an item. ``actions`` says what it was in each folder that it concerned.

    ``previous`` is the item before, without alarms; None if it was made. ``folder`` is where it lived afterwards, or
    last. Changes with the same ``at`` and ``origin`` were made in one transaction.
    """

    item: ItemId
    position: Stamp
    at: datetime
    actor: UserId
    origin: str
    folder: FolderId
    actions: Mapping[FolderId, Action]
    previous: Item | None

    @property
    def is_creation(self) -> bool:
        """Whether the item was made by it."""
        return Action.CREATED in self.actions.values()

    @property
    def is_removal(self) -> bool:
        """Whether the item is gone since then."""
        return Action.REMOVED in self.actions.values()

    @property
    def came_from(self) -> FolderId | None:
        """The folder that the item was moved from; None if it was not."""
        if self.actions.get(self.folder) is not Action.ARRIVED:
            return None
        return next((folder for folder, action in self.actions.items() if action is Action.LEFT), None)


_Row = Row[int, int, int, str, int, int, str, bytes | None, str | None]

_ROWS = select(
    journal.c.object,
    journal.c.position,
    journal.c.scope,
    journal.c.action,
    journal.c.actor,
    journal.c.at,
    journal.c.origin,
    journal.c.previous,
    journal.c.photo,
).where(journal.c.kind == Kind.ITEM)
# the row of the home folder comes first: it is the one with content
_IN_ORDER = (journal.c.position, journal.c.previous.is_(None), journal.c.scope)
_OF_ITEM = _ROWS.where(journal.c.object == bindparam("item_")).order_by(*_IN_ORDER)
# what only left the replica, and that in thousands, is told of as a whole
_IS_LEFT_OUT = exists().where(
    decisions.c.item == journal.c.object, decisions.c.stamp == journal.c.position, decisions.c.kind == LEFT_OUT
)
_LATEST = (
    _ROWS.where(~_IS_LEFT_OUT)
    .order_by(journal.c.position.desc(), journal.c.previous.is_(None), journal.c.scope)
    .limit(bindparam("limit_"))
)
_LATEST_IN = _LATEST.where(journal.c.scope == bindparam("scope_"))
_LAST_AT = (
    select(journal.c.at)
    .where(journal.c.kind == Kind.ITEM, journal.c.origin == bindparam("origin_"))
    .order_by(journal.c.position.desc())
    .limit(1)
)
_TURN = _ROWS.where(journal.c.at == bindparam("at_"), journal.c.origin == bindparam("origin_")).order_by(*_IN_ORDER)


_OFTEN = (
    select(journal.c.object)
    .where(
        journal.c.kind == Kind.ITEM,
        among(journal.c.object, "items_"),
        journal.c.origin == bindparam("origin_"),
        journal.c.at >= bindparam("since_"),
        journal.c.previous.is_not(None),
    )
    .group_by(journal.c.object)
    .having(func.count() >= bindparam("least_"))
)
_FOLDERS_BEFORE = select(journal.c.previous).where(
    journal.c.kind == Kind.FOLDER,
    journal.c.object == bindparam("folder_"),
    journal.c.origin == bindparam("origin_"),
    journal.c.at >= bindparam("since_"),
    journal.c.previous.is_not(None),
)
_folder = msgspec.json.Decoder(Folder)


class HappeningsReading:
    """Reads changes of items from the journal, as far as it was not pruned."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def of_item(self, item: ItemId) -> list[Happening]:
        """What happened to an item, oldest first."""
        return self._found(self._block.connection.execute(_OF_ITEM, {"item_": item}).all())

    def often_changed(self, items: Iterable[ItemId], origin: str, since: datetime, least: int) -> list[ItemId]:
        """Those items that an origin has changed so many times since an instant."""
        values = {"origin_": origin, "since_": to_microseconds(since), "least_": least, "items_": list(items)}
        return [ItemId(id_) for id_ in self._block.connection.scalars(_OFTEN, values)]

    def folders_before(self, folder: FolderId, origin: str, since: datetime) -> list[Folder]:
        """A folder as it was before each change that an origin made since an instant."""
        values = {"folder_": folder, "origin_": origin, "since_": to_microseconds(since)}
        return [_folder.decode(one) for one in self._block.connection.scalars(_FOLDERS_BEFORE, values)]

    def latest(self, limit: int, folder: FolderId | None = None) -> list[Happening]:
        """The last changes, in one folder or anywhere, newest first. Walks the journal: for people, not for cycles.

        Items that merely left the replica do not count.
        """
        values = {"limit_": limit, "scope_": folder}
        rows = self._block.connection.execute(_LATEST if folder is None else _LATEST_IN, values).all()
        return [one for row in _first_of_each(rows) for one in self.of_item(ItemId(row[0])) if one.position == row[1]]

    def last_turn(self, origin: str) -> list[Happening]:
        """All changes of the last transaction of an origin, oldest first."""
        at = self._block.connection.scalar(_LAST_AT, {"origin_": origin})
        return [] if at is None else self._turn(at, origin)

    def turn_of(self, one: Happening) -> list[Happening]:
        """All changes of the transaction that a change was made in."""
        rows = self._block.connection.execute(_OF_ITEM, {"item_": one.item}).all()
        at = next(row[5] for row in rows if row[1] == one.position)
        return self._turn(at, one.origin)

    def _turn(self, at: int, origin: str) -> list[Happening]:
        return self._found(self._block.connection.execute(_TURN, {"at_": at, "origin_": origin}).all())

    def _found(self, rows: Sequence[_Row]) -> list[Happening]:
        together: dict[tuple[int, int], list[_Row]] = {}
        for row in rows:
            together.setdefault((row[1], row[0]), []).append(row)
        return [self._happening(some) for some in together.values()]

    def _happening(self, rows: Sequence[_Row]) -> Happening:
        item, position, home, _action, actor, at, origin, previous, photo = rows[0]
        return Happening(
            item=ItemId(item),
            position=Stamp(position),
            at=from_microseconds(at),
            actor=UserId(actor),
            origin=origin,
            folder=FolderId(home),
            actions={FolderId(row[2]): Action(row[3]) for row in rows},
            previous=None if previous is None else put_together(previous, photo, None, self._block.blobs),
        )


def _first_of_each(rows: Iterable[_Row]) -> list[_Row]:
    return list({(row[0], row[1]): row for row in reversed(list(rows))}.values())[::-1]
