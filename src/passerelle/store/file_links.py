"""The replica's memory of the files that hang on a peer's items, and of those that are still to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, delete, exists, or_, select

from passerelle.model.ids import FolderId, ItemId
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.links import FileLink
from passerelle.store.schema import file_links, item_links
from passerelle.store.sync import UPSTREAM

# Not ordered: SQLite would rather go through all files of a peer in nearly that order than take the index that fits.
_ROWS = select(
    file_links.c.item,
    file_links.c.holder,
    file_links.c.remote,
    file_links.c.name,
    file_links.c.media_type,
    file_links.c.rtf,
    file_links.c.digest,
    file_links.c.local,
    file_links.c.folder,
).where(file_links.c.peer == bindparam("peer_"))
_OF_HOLDERS = _ROWS.where(file_links.c.folder == bindparam("folder_"), among(file_links.c.holder, "some_"))
_OF_ITEMS = _ROWS.where(file_links.c.folder == bindparam("folder_"), among(file_links.c.item, "some_"))
_WAITING = _ROWS.where(file_links.c.local.is_(None))
_REMOVE = delete(file_links).where(
    file_links.c.peer == bindparam("peer_"),
    file_links.c.folder == bindparam("folder_"),
    file_links.c.item == bindparam("item_"),
    file_links.c.holder == bindparam("holder_"),
    file_links.c.remote == bindparam("remote_"),
)
_STRAY = delete(file_links).where(
    file_links.c.peer == bindparam("peer_"),
    file_links.c.folder.in_((0, bindparam("folder_"))),
    among(file_links.c.item, "items_"),
    ~exists().where(
        item_links.c.peer == file_links.c.peer,
        item_links.c.local == file_links.c.item,
        item_links.c.remote == file_links.c.holder,
        or_(file_links.c.folder == 0, file_links.c.folder == item_links.c.folder),
    ),
)


class FileLinksReading:
    """Looks up files of one peer. ``folder`` is that of ours whose copies are meant, or 0."""

    def __init__(self, block: Block, peer: str = UPSTREAM) -> None:
        self._block = block
        self._peer = peer

    def of_holders(self, holders: Iterable[str], folder: FolderId) -> list[FileLink]:
        """The files that are known of items at the peer."""
        some = list(holders)
        return self._rows(_OF_HOLDERS, folder_=folder, some_=some) if some else []

    def of_items(self, items: Iterable[ItemId], folder: FolderId) -> list[FileLink]:
        """The files that are known of items here, whatever they are at the peer."""
        some = list(items)
        return self._rows(_OF_ITEMS, folder_=folder, some_=some) if some else []

    def waiting(self) -> list[FileLink]:
        """All files that are to be fetched."""
        return self._rows(_WAITING)

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: int | Sequence[str] | Sequence[int]
    ) -> list[FileLink]:
        rows = self._block.connection.execute(statement, {"peer_": self._peer, **values})
        links = [FileLink(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
        return sorted(links, key=lambda one: (one.item, one.name, one.remote))


class FileLinksWriting(FileLinksReading):
    """Notes what files there are at one peer. None of it is journalled: it is not the user's data."""

    def __init__(self, block: WritingBlock, peer: str = UPSTREAM) -> None:
        super().__init__(block, peer)
        self._writing = block

    def put(self, links: Iterable[FileLink]) -> None:
        """Insert or replace."""
        some = list(links)
        self.remove(some)
        rows = [{"peer": self._peer, **msgspec.structs.asdict(one)} for one in some]
        insert_many(self._writing.connection, file_links, rows)

    def remove(self, links: Iterable[FileLink]) -> None:
        """Forget files: they are on neither side, or to be found again."""
        for one in links:
            values = {"folder_": one.folder, "item_": one.item, "holder_": one.holder, "remote_": one.remote}
            self._writing.connection.execute(_REMOVE, {"peer_": self._peer, **values})


def forget_files_of_unlinked(block: WritingBlock) -> None:
    """Forget the files of items whose links went in this transaction, unless others came: the end of each transaction.

    An item that is moved loses its link in one folder and has one in another then.
    """
    values = [
        {"peer_": peer, "folder_": folder, "items_": sorted(items)} for (peer, folder), items in block.unlinked.items()
    ]
    if values:
        block.connection.execute(_STRAY, values)
