"""The rows as they are, for checks that trust nothing; and the hand tools that put them right.

Only :mod:`passerelle.store.integrity` and its like above use this: what it does is never needed where all is well.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, update

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.store.blobs import Shelf
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import decode_item, encode, from_microseconds
from passerelle.store.item_changes import refresh_masters, touch_item
from passerelle.store.item_columns import derived_columns, rebook, refer_anew
from passerelle.store.journal import Stone, bury, unbury
from passerelle.store.schema import attachments, folders, items, placements, scopes
from passerelle.store.windows import window

_KEYS = (
    select(items.c.recurrence_key)
    .where(items.c.master == bindparam("item_"), items.c.recurrence_key.is_not(None))
    .order_by(items.c.recurrence_key)
)
_ROW = select(items.c.folder, items.c.content, items.c.master).where(items.c.id == bindparam("item_"))
_NOBODYS = (
    select(folders.c.id, folders.c.content)
    .join(placements, placements.c.folder == folders.c.id)
    .where(
        placements.c.item == bindparam("item_"),
        placements.c.folder != bindparam("home_"),
        placements.c.user_id.is_(None),
    )
)
_decode_folder = msgspec.json.Decoder(Folder).decode


class InspectionReading:
    """Gives checks the snapshot's connection and files."""

    def __init__(self, block: Block) -> None:
        self._block = block

    @property
    def connection(self) -> Connection:
        """The connection of the transaction."""
        return self._block.connection

    @property
    def blobs(self) -> Shelf:
        """Photos and attachments."""
        return self._block.blobs


class InspectionWriting(InspectionReading):
    """Puts right what follows from something else that is stored. Nothing here removes what a user wrote."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def raise_counter(self, scope: int, used: int) -> None:
        """Make sure that positions up to ``used`` are not handed out again. Before any is taken in the transaction."""
        self.connection.execute(
            update(scopes).where(scopes.c.scope == scope, scopes.c.counter < used).values(counter=used)
        )
        if self.connection.scalar(select(scopes.c.counter).where(scopes.c.scope == scope)) is None:
            self.connection.execute(insert(scopes), {"scope": scope, "counter": used})

    def raise_sequence(self, name: str, used: int) -> None:
        """Make sure that identifiers up to ``used`` are not handed out again."""
        Sequence(self.connection, name).pass_over(used)

    def bury(self, scope: int, object_: int) -> None:
        """Put up the tombstone of what left a folder, at a new position so that change lists tell of it."""
        stamp = self._writing.positions.take((scope,))
        unbury(self._writing, [(scope, object_)])
        bury(self._writing, [Stone(scope, object_, stamp)])

    def unbury(self, scope: int, object_: int) -> None:
        """Take a tombstone away."""
        unbury(self._writing, [(scope, object_)])

    def settle_item(self, id_: ItemId) -> None:
        """Derive anew what follows from the content of an item, which gets a new stamp.

        An item whose content cannot be read is left alone, as is one that went meanwhile.
        """
        row = self.connection.execute(_ROW, {"item_": id_}).first()
        if row is None:
            return
        item = decode_item(row[1])
        span = window(item)
        self._place_at_home(id_, row[0])
        spans = {"starts": span[0], "ends": span[1]}
        self.connection.execute(update(placements).where(placements.c.item == id_).values(spans))
        rebook(self._writing, id_, item, span)
        refer_anew(self._writing, id_, item)
        keys = self.connection.scalars(_KEYS, {"item_": id_}).all()
        hanging = select(func.count()).select_from(attachments).where(attachments.c.item == id_)
        touch_item(
            self._writing,
            id_,
            changed=encode([from_microseconds(key) for key in keys]) if keys else None,
            attachments=self.connection.scalar(hanging) or 0,
            **derived_columns(item),
        )
        refresh_masters(self._writing, [row[2]] if row[2] is not None else [])

    def _place_at_home(self, id_: ItemId, home: FolderId) -> None:
        """Show an item where it lives for nobody in particular, and elsewhere for whose folder that is."""
        connection = self.connection
        here = (placements.c.item == id_, placements.c.folder == home)
        if connection.execute(update(placements).where(*here).values(user_id=None)).rowcount == 0:
            stamp = self._writing.positions.take((home,))
            connection.execute(insert(placements), {"folder": home, "item": id_, "stamp": stamp})
        for folder, content in connection.execute(_NOBODYS, {"item_": id_, "home_": home}).all():
            owner = _decode_folder(content).owner
            there = (placements.c.item == id_, placements.c.folder == folder)
            connection.execute(update(placements).where(*there).values(user_id=owner))
