"""Items that a peer has and that are not wanted here, for they ended too long ago: their ids and versions only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import CompoundSelect, Select, bindparam, delete, func, select, union

from passerelle.model.ids import FolderId
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.schema import left_out
from passerelle.store.sync import UPSTREAM

LEFT_OUT = "left out"
"""The kind of a decision to keep an item no longer here, though the peer has it."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """An item that stays at the peer only. ``folder`` is ours, all else the peer's.

    ``master`` is the series of a change exception. ``ends`` is when the item ended, in milliseconds since 1970.
    """

    folder: FolderId
    remote: str
    version: str
    ends: int
    master: str | None = None

    @property
    def family(self) -> str:
        """The series that it belongs to, or itself."""
        return self.master or self.remote


_ROWS = select(left_out.c.folder, left_out.c.remote, left_out.c.version, left_out.c.ends, left_out.c.master).where(
    left_out.c.peer == bindparam("peer_")
)
_OF_FOLDER = _ROWS.where(left_out.c.folder == bindparam("folder_"))
_OF_REMOTES = _ROWS.where(among(left_out.c.remote, "some_"))
_OF_FAMILIES = union(_OF_REMOTES, _ROWS.where(among(left_out.c.master, "some_")))
"""Each half has its index; of one condition for both SQLite makes a walk through all rows."""
_REMOVE = delete(left_out).where(
    left_out.c.peer == bindparam("peer_"),
    left_out.c.folder == bindparam("folder_"),
    among(left_out.c.remote, "some_"),
)
_COUNTS = (
    select(left_out.c.folder, func.count()).where(left_out.c.peer == bindparam("peer_")).group_by(left_out.c.folder)
)


class LeftOutReading:
    """Reads what is left out."""

    def __init__(self, block: Block, peer: str = UPSTREAM) -> None:
        self._block = block
        self._peer = peer

    def counts(self) -> dict[FolderId, int]:
        """How many items of each folder are left out; folders without any are not named."""
        rows = self._block.connection.execute(_COUNTS, {"peer_": self._peer})
        return {FolderId(folder): count for folder, count in rows}

    def of_folder(self, folder: FolderId) -> list[LeftOut]:
        """All that is left out of a folder."""
        return self._rows(_OF_FOLDER, folder_=folder)

    def of_remotes(self, remotes: Iterable[str]) -> list[LeftOut]:
        """Those of the peer's items that are left out, once for each folder."""
        some = list(remotes)
        return self._rows(_OF_REMOTES, some_=some) if some else []

    def of_families(self, families: Iterable[str]) -> list[LeftOut]:
        """What is left out of some series: masters and change exceptions, once for each folder."""
        some = list(families)
        return self._rows(_OF_FAMILIES, some_=some) if some else []

    def _rows(self, statement: Select[Any] | CompoundSelect[Any], **values: int | Sequence[str]) -> list[LeftOut]:
        rows = self._block.connection.execute(statement, {"peer_": self._peer, **values})
        return [
            LeftOut(folder=FolderId(folder), remote=remote, version=version, ends=ends, master=master)
            for folder, remote, version, ends, master in rows
        ]


class LeftOutWriting(LeftOutReading):
    """Notes what is left out, and forgets it. None of it is journalled: it is not the user's data."""

    def __init__(self, block: WritingBlock, peer: str = UPSTREAM) -> None:
        super().__init__(block, peer)
        self._writing = block

    def put(self, folder: FolderId, some: Iterable[LeftOut]) -> None:
        """Note items of a folder, also such as were noted before."""
        by_remote = {one.remote: one for one in some}
        self.remove(folder, by_remote)
        rows = [{"peer": self._peer, **msgspec.structs.asdict(one)} for one in by_remote.values()]
        insert_many(self._writing.connection, left_out, rows)

    def remove(self, folder: FolderId, remotes: Iterable[str]) -> None:
        """Forget items of a folder: they are here again, or gone at the peer."""
        some = list(remotes)
        if some:
            values = {"peer_": self._peer, "folder_": folder, "some_": some}
            self._writing.connection.execute(_REMOVE, values)

    def clear(self, folder: FolderId | None = None) -> None:
        """Forget all of a folder; None: of all folders."""
        statement = delete(left_out).where(left_out.c.peer == self._peer)
        if folder is not None:
            statement = statement.where(left_out.c.folder == folder)
        self._writing.connection.execute(statement)
