"""Folders with their rights. Their scope is the folder tree; the items in a folder have its id as scope."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine, bindparam, delete, insert, select, update

from passerelle.model.errors import NotFound
from passerelle.model.folders import Folder, FolderType, Module, Right
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.text import Text
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import encode, from_microseconds
from passerelle.store.item_removals import remove_items
from passerelle.store.journal import Action, Kind, Row, Stone, bury, gone_folders, record, unbury
from passerelle.store.schema import TREE, folders, items, placements

_decode = msgspec.json.Decoder(Folder).decode
_ALL = select(folders.c.content).order_by(folders.c.id)
_ONE = select(folders.c.content).where(folders.c.id == bindparam("id_"))
_CHILDREN = _ALL.where(folders.c.parent == bindparam("parent_"))
_SINCE = select(folders.c.content).where(folders.c.stamp >= bindparam("since_")).order_by(folders.c.stamp)
_INSIDE = (
    select(items.c.id)
    .select_from(placements.join(items, placements.c.item == items.c.id))
    .where(placements.c.folder == bindparam("folder_"), items.c.folder == bindparam("folder_"))
)
_UPDATE = update(folders).where(folders.c.id == bindparam("id_"))

_TREES: WeakKeyDictionary[Engine, tuple[int, tuple[Folder, ...]]] = WeakKeyDictionary()
"""The last tree that was read from each database, with its position; only what was committed."""


class FoldersReading:
    """Looks up folders."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def get(self, id_: FolderId) -> Folder | None:
        """The folder with an id."""
        content = self._block.connection.scalar(_ONE, {"id_": id_})
        return None if content is None else _decode(content)

    def all(self) -> tuple[Folder, ...]:
        """All folders, by id. Costs next to nothing while the tree stays as it is."""
        positions, engine = self._block.positions, self._block.connection.engine
        if positions.has_moved(TREE):
            return self._read_all()
        clock = positions.counter(TREE)
        known = _TREES.get(engine)
        if known is None or known[0] != clock:
            known = _TREES[engine] = (clock, self._read_all())
        return known[1]

    def _read_all(self) -> tuple[Folder, ...]:
        return tuple(_decode(content) for content in self._block.connection.scalars(_ALL))

    def children(self, id_: FolderId) -> tuple[Folder, ...]:
        """The folders directly below one, by id."""
        return tuple(_decode(content) for content in self._block.connection.scalars(_CHILDREN, {"parent_": id_}))

    def changed_since(self, stamp: Stamp) -> tuple[Folder, ...]:
        """The folders that changed at ``stamp`` or later, in the order of change."""
        return tuple(_decode(content) for content in self._block.connection.scalars(_SINCE, {"since_": stamp}))

    def gone_since(self, stamp: Stamp) -> tuple[tuple[FolderId, Stamp], ...]:
        """The folders that were removed at ``stamp`` or later, each with when."""
        return tuple(gone_folders(self._block, stamp))

    def clock(self) -> Stamp:
        """The position of the last change in the folder tree."""
        return Stamp(self._block.positions.counter(TREE))


class FoldersWriting(FoldersReading):
    """Adds, replaces and removes folders."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block
        self._ids = Sequence(block.connection, "folder")

    def add(  # noqa: PLR0913 - what a folder is made of
        self,
        parent: FolderId,
        name: str,
        module: Module,
        type_: FolderType,
        owner: UserId,
        *,
        rights: tuple[Right, ...] = (),
        is_default: bool = False,
        id_: FolderId | None = None,
        created_by: UserId | None = None,
    ) -> Folder:
        """Add a folder, under a new id and created by the actor unless others are given."""
        folder = Folder(
            id=FolderId(self._ids.take()) if id_ is None else id_,
            parent=parent,
            name=name,
            module=module,
            type=type_,
            owner=owner,
            is_default=is_default,
            created_by=self._writing.actor if created_by is None else created_by,
            created=from_microseconds(self._writing.at),
            modified_by=self._writing.actor,
            stamp=self._writing.positions.take((TREE,)),
            rights=rights,
        )
        if id_ is not None:
            self._ids.pass_over(id_)
            unbury(self._writing, [(TREE, id_)])
        values = {"id": folder.id, "parent": parent, "content": encode(folder), "stamp": folder.stamp}
        self._writing.connection.execute(insert(folders), values)
        record(self._writing, [Row(TREE, folder.stamp, Kind.FOLDER, folder.id, Action.CREATED)])
        return folder

    def replace(self, folder: Folder) -> Folder:
        """Give a folder new values; return it with its new stamp and the actor as ``modified_by``.

        Raises:
            NotFound: there is no such folder.
        """
        previous = self._content(folder.id)
        stamped = replace(folder, stamp=self._writing.positions.take((TREE,)), modified_by=self._writing.actor)
        values = {"parent": stamped.parent, "content": encode(stamped), "stamp": stamped.stamp}
        self._writing.connection.execute(_UPDATE.values(values), {"id_": folder.id})
        record(self._writing, [Row(TREE, stamped.stamp, Kind.FOLDER, folder.id, Action.CHANGED, previous)])
        return stamped

    def touch(self, id_: FolderId) -> Stamp:
        """Give a folder a new stamp, so that change lists report it. Raises NotFound."""
        return self.replace(_decode(self._content(id_))).stamp

    def remove(self, id_: FolderId) -> Stamp:
        """Remove a folder and the items that live in it; items that only show in it stay where they live.

        Folders below it are the caller's affair. Raises NotFound.
        """
        previous = self._content(id_)
        connection = self._writing.connection
        inside = connection.scalars(_INSIDE, {"folder_": id_}).all()
        remove_items(self._writing, [ItemId(item) for item in inside])
        connection.execute(delete(placements).where(placements.c.folder == id_))
        connection.execute(delete(folders).where(folders.c.id == id_))
        stamp = self._writing.positions.take((TREE,))
        bury(self._writing, [Stone(TREE, id_, stamp)])
        record(self._writing, [Row(TREE, stamp, Kind.FOLDER, id_, Action.REMOVED, previous)])
        return stamp

    def _content(self, id_: FolderId) -> bytes:
        content: bytes | None = self._writing.connection.scalar(_ONE, {"id_": id_})
        if content is None:
            raise NotFound(Text("There is no folder {id}.", id=id_))
        return content
