"""The journal: who changed what, when and from where, with what was there before; and the tombstones.

Each write records one row for every folder that it shows in, all at one position. For an item, the row of its
home folder holds the previous content. A tombstone stands for an item in a folder that it left, until it
comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.principals import Group, Resource, User
from passerelle.model.records import Tombstone
from passerelle.store.block import Block, WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.content import from_microseconds, put_together, to_microseconds
from passerelle.store.schema import TREE, items, journal, scopes, tombstones


class Kind(StrEnum):
    """What a journal row is about."""

    ITEM = "item"
    FOLDER = "folder"
    USER = "user"
    GROUP = "group"
    RESOURCE = "resource"


class Action(StrEnum):
    """What happened, seen from one folder. ``ARRIVED``, ``LEFT``: the item lived before, or lives on."""

    CREATED = "create"
    CHANGED = "change"
    REMOVED = "remove"
    ARRIVED = "arrive"
    LEFT = "leave"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change in one scope. ``previous`` is None on creation and in rows beside the home folder's."""

    position: Stamp
    kind: Kind
    object: int
    action: Action
    actor: UserId
    at: datetime
    origin: str
    previous: Item | Folder | User | Group | Resource | None


class Step(NamedTuple):
    """One change in one scope, without content: cheap also for many."""

    object: int
    position: Stamp
    action: Action


class Row(NamedTuple):
    """What an area knows of a change; the transaction adds who, when and from where."""

    scope: int
    position: int
    kind: Kind
    object: int
    action: Action
    previous: bytes | None = None
    photo: str | None = None


_TYPES: dict[Kind, type[Folder | User | Group | Resource]] = {
    Kind.FOLDER: Folder,
    Kind.USER: User,
    Kind.GROUP: Group,
    Kind.RESOURCE: Resource,
}
_ENTRIES = (
    select(
        journal.c.position,
        journal.c.kind,
        journal.c.object,
        journal.c.action,
        journal.c.actor,
        journal.c.at,
        journal.c.origin,
        journal.c.previous,
        journal.c.photo,
    )
    .where(
        journal.c.scope == bindparam("scope_"),
        journal.c.position > bindparam("since_"),
        journal.c.position <= bindparam("upto_"),
    )
    .order_by(journal.c.position)
)
_TOUCHED = (
    select(journal.c.object)
    .where(
        journal.c.scope == bindparam("scope_"),
        journal.c.position > bindparam("since_"),
        journal.c.position <= bindparam("upto_"),
        journal.c.origin != bindparam("origin_"),
    )
    .order_by(journal.c.position)
)
_STEPS = (
    select(journal.c.object, journal.c.position, journal.c.action)
    .where(
        journal.c.scope == bindparam("scope_"),
        journal.c.position > bindparam("since_"),
        journal.c.position <= bindparam("upto_"),
    )
    .order_by(journal.c.position)
)
_TOMBSTONES = (
    select(tombstones.c.object, tombstones.c.stamp, tombstones.c.master, tombstones.c.created_by)
    .where(
        tombstones.c.scope == bindparam("scope_"),
        tombstones.c.stamp >= bindparam("since_"),
        tombstones.c.stamp <= bindparam("upto_"),
    )
    .order_by(tombstones.c.stamp)
)
_PRESENT = select(items.c.content, items.c.photo).where(
    items.c.id == bindparam("item_"), items.c.stamp <= bindparam("stamp_")
)
# At one position only the home folder's row has content; it is the one to read.
_NEXT = (
    select(journal.c.scope, journal.c.action, journal.c.previous, journal.c.photo)
    .where(
        journal.c.object == bindparam("item_"),
        journal.c.kind == Kind.ITEM,
        journal.c.position > bindparam("stamp_"),
    )
    .order_by(journal.c.position, journal.c.previous.is_(None))
    .limit(1)
)
_LAST_CHANGE = select(func.max(journal.c.at)).where(
    journal.c.object == bindparam("item_"), journal.c.kind == Kind.ITEM, journal.c.origin != bindparam("origin_")
)
_PRUNED = select(scopes.c.pruned).where(scopes.c.scope == bindparam("scope_"))
_PRUNED_ANYWHERE = select(func.max(scopes.c.pruned))
_MOVED = select(scopes.c.scope, scopes.c.counter).where(scopes.c.counter >= bindparam("since_"))


def record(block: WritingBlock, rows: Iterable[Row]) -> None:
    """Write journal rows for the changes that a transaction made."""
    written = list(rows)
    values = [
        {
            "scope": row.scope,
            "position": row.position,
            "kind": str(row.kind),  # as a plain text: see bulk
            "object": row.object,
            "action": str(row.action),
            "previous": row.previous,
            "photo": row.photo,
            "actor": block.actor,
            "at": block.at,
            "origin": block.origin,
        }
        for row in written
    ]
    insert_many(block.connection, journal, values)
    block.tally[0] += len({(row.object, row.position) for row in written if row.kind is Kind.ITEM})


class JournalReading:
    """Reads what happened in a folder (its id), the folder tree (scope 0) or the directory (scope -1)."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def clock(self, scope: int) -> Stamp:
        """The last position handed out in a scope: the upper bound of a change list that is complete."""
        return Stamp(self._block.positions.counter(scope))

    def clocks_of(self, scopes: Collection[int]) -> dict[int, Stamp]:
        """The same of many scopes, in one statement."""
        self._block.positions.read(scopes)
        return {scope: self.clock(scope) for scope in scopes}

    def clocks(self) -> dict[int, Stamp]:
        """The same of all scopes in which anything ever happened, as they were before this transaction."""
        return self.moved(Stamp(0))

    def horizon(self, scope: int) -> Stamp:
        """How far a folder's history is pruned: versions of its items from before that position are not known."""
        return Stamp(self._block.connection.scalar(_PRUNED, {"scope_": scope}) or 0)

    def moment(self) -> Stamp:
        """The time of the last change anywhere. Whatever is committed later gets no position below it."""
        return self._block.positions.moment()

    def moved(self, since: Stamp) -> dict[int, Stamp]:
        """The scopes whose last position is ``since`` or later, with it: all that changed after that moment.

        Scopes that had run ahead of the moment are among them. Costs one walk over the counters of all scopes.
        """
        rows = self._block.connection.execute(_MOVED, {"since_": since})
        return {scope: Stamp(counter) for scope, counter in rows}

    def pruned(self) -> Stamp:
        """From where on the history of every folder is complete."""
        return Stamp(self._block.connection.scalar(_PRUNED_ANYWHERE) or 0)

    def tombstones(self, folder: FolderId, since: Stamp, upto: Stamp) -> list[Tombstone]:
        """The items that left a folder from ``since`` to ``upto``, both included, and are not in it again."""
        rows = self._block.connection.execute(_TOMBSTONES, {"scope_": folder, "since_": since, "upto_": upto})
        return [
            Tombstone(id=id_, folder=folder, stamp=stamp, master=master, created_by=created_by)
            for id_, stamp, master, created_by in rows
        ]

    def entries(self, scope: int, since: Stamp, upto: Stamp) -> list[Entry]:
        """The changes in a scope after ``since`` and up to ``upto``, oldest first."""
        rows = self._block.connection.execute(_ENTRIES, {"scope_": scope, "since_": since, "upto_": upto})
        return [
            Entry(
                position=position,
                kind=Kind(kind),
                object=id_,
                action=Action(action),
                actor=actor,
                at=from_microseconds(at),
                origin=origin,
                previous=self._content(Kind(kind), previous, photo),
            )
            for position, kind, id_, action, actor, at, origin, previous, photo in rows
        ]

    def steps(self, scope: int, since: Stamp, upto: Stamp) -> list[Step]:
        """As :meth:`entries`, without who, when and what was before."""
        rows = self._block.connection.execute(_STEPS, {"scope_": scope, "since_": since, "upto_": upto})
        return [Step(id_, Stamp(position), Action(action)) for id_, position, action in rows]

    def touched(self, scope: int, since: Stamp, upto: Stamp, *, besides: str) -> list[int]:
        """The objects that changed in a scope after ``since`` and up to ``upto``, once each, oldest change first.

        Changes whose origin is ``besides`` do not count. Cheap also for many: no content is read.
        """
        values = {"scope_": scope, "since_": since, "upto_": upto, "origin_": besides}
        return list(dict.fromkeys(self._block.connection.scalars(_TOUCHED, values)))

    def last_change(self, id_: ItemId, *, besides: str) -> datetime | None:
        """When an item was last changed by somebody other than ``besides``, as far as the history reaches back."""
        values = {"item_": id_, "origin_": besides}
        at = self._block.connection.scalar(_LAST_CHANGE, values)
        return None if at is None else from_microseconds(at)

    def version_at(self, id_: ItemId, stamp: Stamp) -> Item | None:
        """An item as it was at a position, without alarms; None if it was not there, or that is pruned."""
        values = {"item_": id_, "stamp_": stamp}
        row = self._block.connection.execute(_PRESENT, values).first()
        if row is not None:
            return put_together(row[0], row[1], None, self._block.blobs)
        following = self._block.connection.execute(_NEXT, values).first()
        if following is None or following[2] is None or stamp < self.horizon(following[0]):
            return None
        return put_together(following[2], following[3], None, self._block.blobs)

    def _content(
        self, kind: Kind, previous: bytes | None, photo: str | None
    ) -> Item | Folder | User | Group | Resource | None:
        if previous is None:
            return None
        if kind is Kind.ITEM:
            return put_together(previous, photo, None, self._block.blobs)
        return msgspec.json.decode(previous, type=_TYPES[kind])


class JournalWriting(JournalReading):
    """Forgets what is old."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def prune(self, before: datetime) -> int:
        """Remove the rows about items that were written before an instant; return how many went.

        Each folder remembers how far it was pruned (:meth:`horizon`). Tombstones stay, and so does the history of
        folders and of the directory: both are small, and without them a change list would be silently short.
        """
        connection = self._writing.connection
        self._writing.positions.flush()
        old = (journal.c.at < to_microseconds(before), journal.c.kind == Kind.ITEM)
        last = func.max(journal.c.position)
        pruned = connection.execute(select(journal.c.scope, last).where(*old).group_by(journal.c.scope)).all()
        for scope, position in pruned:
            connection.execute(update(scopes).where(scopes.c.scope == scope).values(pruned=position))
        photos = select(journal.c.photo).where(*old, journal.c.photo.is_not(None))
        self._writing.dropped.update(connection.scalars(photos).all())
        return connection.execute(delete(journal).where(*old)).rowcount


def gone_folders(block: Block, since: Stamp) -> list[tuple[FolderId, Stamp]]:
    """The folders that were removed at ``since`` or later."""
    values = {"scope_": TREE, "since_": since, "upto_": block.positions.counter(TREE)}
    return [(FolderId(id_), Stamp(stamp)) for id_, stamp, *_ in block.connection.execute(_TOMBSTONES, values)]


class Stone(NamedTuple):
    """What is put up where an object was: of an item with its series, if it is an exception, and who had made it."""

    scope: int
    object: int
    stamp: int
    master: int | None = None
    created_by: int | None = None


def bury(block: WritingBlock, stones: Iterable[Stone]) -> None:
    """Put up tombstones."""
    insert_many(block.connection, tombstones, [one._asdict() for one in stones])


_UNBURY = delete(tombstones).where(
    tombstones.c.scope == bindparam("scope_"), tombstones.c.object == bindparam("object_")
)


def unbury(block: WritingBlock, returned: Iterable[tuple[int, int]]) -> None:
    """Take away the tombstones of objects, each a scope and an object, that are back in it."""
    values = [{"scope_": scope, "object_": id_} for scope, id_ in returned]
    if values:
        block.connection.execute(_UNBURY, values)
