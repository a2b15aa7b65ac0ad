"""The replica's memory of one peer (design, section 7). Peers that share a store each have their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Select, bindparam, delete, exists, func, insert, select, union

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.text import from_stored, to_stored
from passerelle.store import clock
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.content import decode_whole, encode, encode_whole, from_microseconds, to_microseconds
from passerelle.store.links import FolderLink, Intent, ItemLink, Skipped
from passerelle.store.schema import file_links, folder_links, intents, item_links, settings, skipped

T = TypeVar("T")

UPSTREAM = "server"
"""The peer of ``tx.sync`` unless another is named: the server that an account is on."""


_ORIGIN = "peer:"


def origin_of(peer: str) -> str:
    """What the journal says of changes that came from a peer."""
    return f"{_ORIGIN}{peer}"


def peer_of(origin: str) -> str | None:
    """The peer that a change came from, by what the journal says of it; None: it was made here."""
    return origin.removeprefix(_ORIGIN) if origin.startswith(_ORIGIN) else None


_SETTING = select(settings.c.content).where(settings.c.name == bindparam("name_"))
_NUMBERED = select(settings.c.name, settings.c.content).where(
    func.substr(settings.c.name, 1, bindparam("length_")) == bindparam("start_")
)
_FOLDER_LINKS = (
    select(folder_links.c.local, folder_links.c.remote, folder_links.c.anchor, folder_links.c.sent)
    .where(folder_links.c.peer == bindparam("peer_"))
    .order_by(folder_links.c.local)
)
_PEERS = union(select(folder_links.c.peer), select(skipped.c.peer))
_FOLDER_BY_LOCAL = _FOLDER_LINKS.where(folder_links.c.local == bindparam("local_"))
_FOLDER_BY_REMOTE = _FOLDER_LINKS.where(folder_links.c.remote == bindparam("remote_"))
_ITEM_LINKS = select(
    item_links.c.local,
    item_links.c.folder,
    item_links.c.remote,
    item_links.c.version,
    item_links.c.agreed,
    item_links.c.base,
    item_links.c.photo,
).where(item_links.c.peer == bindparam("peer_"))
_BY_LOCAL = _ITEM_LINKS.where(item_links.c.local == bindparam("local_"))
_BY_REMOTE = _ITEM_LINKS.where(item_links.c.remote == bindparam("remote_"))
_BY_REMOTES = _ITEM_LINKS.where(among(item_links.c.remote, "some_"))
_BY_LOCALS = _ITEM_LINKS.where(among(item_links.c.local, "some_"))
_OF_FOLDER = _ITEM_LINKS.where(item_links.c.folder == bindparam("folder_")).order_by(item_links.c.local)
_IN_FOLDER = _BY_LOCAL.where(item_links.c.folder == bindparam("folder_"))
_VERSIONS = select(item_links.c.remote, item_links.c.local, item_links.c.version, item_links.c.agreed).where(
    item_links.c.peer == bindparam("peer_"), item_links.c.folder == bindparam("folder_")
)
_PHOTOS = select(item_links.c.photo).where(
    item_links.c.peer == bindparam("peer_"),
    item_links.c.folder == bindparam("folder_"),
    among(item_links.c.local, "locals_"),
    item_links.c.photo.is_not(None),
)
_UNLINK = delete(item_links).where(
    item_links.c.peer == bindparam("peer_"),
    item_links.c.folder == bindparam("folder_"),
    among(item_links.c.local, "locals_"),
)
_BETWEEN = select(
    exists().where(
        item_links.c.peer == bindparam("peer_"),
        item_links.c.folder == bindparam("folder_"),
        item_links.c.local.between(bindparam("first_"), bindparam("last_")),
    )
)
_INTENTS = (
    select(
        intents.c.id,
        intents.c.action,
        intents.c.folder,
        intents.c.local,
        intents.c.remote,
        intents.c.fingerprint,
        intents.c.started,
    )
    .where(intents.c.peer == bindparam("peer_"))
    .order_by(intents.c.id)
)
_CLOSE = delete(intents).where(among(intents.c.id, "ids_"))
_SKIPPED = (
    select(
        skipped.c.id,
        skipped.c.folder,
        skipped.c.direction,
        skipped.c.local,
        skipped.c.remote,
        skipped.c.code,
        skipped.c.message,
        skipped.c.since,
        skipped.c.attempts,
        skipped.c.fingerprint,
    )
    .where(skipped.c.peer == bindparam("peer_"))
    .order_by(skipped.c.id)
)


class LinkState(msgspec.Struct, frozen=True):
    """A link without its base: what comparing a whole folder needs."""

    local: ItemId
    version: str
    agreed: Stamp


class SyncReading:
    """Reads the memory of one peer."""

    def __init__(self, block: Block, peer: str = UPSTREAM) -> None:
        self._block = block
        self.peer = peer
        self.origin = origin_of(peer)

    def get(self, name: str, type_: type[T]) -> T | None:
        """A setting of the replica, or of a peer other than the server; None if it was never set."""
        content = self._block.connection.scalar(_SETTING, {"name_": self._setting(name)})
        return None if content is None else msgspec.json.decode(content, type=type_)

    def get_numbered(self, name: str, type_: type[T]) -> dict[int, T]:
        """The settings that are called ``name`` with a number after it, by that number."""
        start = self._setting(f"{name} ")
        rows = self._block.connection.execute(_NUMBERED, {"start_": start, "length_": len(start)})
        return {int(key.removeprefix(start)): msgspec.json.decode(content, type=type_) for key, content in rows}

    def _setting(self, name: str) -> str:
        return name if self.peer == UPSTREAM else f"{self.peer}: {name}"

    @property
    def is_of_server(self) -> bool:
        """Whether this is the memory of the server, and of no program that shows the replica."""
        return self.peer == UPSTREAM

    def peers(self) -> list[str]:
        """The peers that something is remembered of: the server first, others by name."""
        found = set(self._block.connection.scalars(_PEERS))
        return [UPSTREAM, *sorted(found - {UPSTREAM})]

    def folder_links(self) -> list[FolderLink]:
        """All linked folders, by local id."""
        return self._folders(_FOLDER_LINKS)

    def folder_link(self, local: FolderId) -> FolderLink | None:
        """The link of a folder here."""
        return _first(self._folders(_FOLDER_BY_LOCAL, local_=local))

    def folder_link_by_remote(self, remote: str) -> FolderLink | None:
        """The link of a folder at the peer."""
        return _first(self._folders(_FOLDER_BY_REMOTE, remote_=remote))

    def item_links(self, folder: FolderId) -> list[ItemLink]:
        """All links of a folder with their bases, by local id."""
        return self._items(_OF_FOLDER, folder_=folder)

    def item_link(self, folder: FolderId, local: ItemId) -> ItemLink | None:
        """The link of an item here, in one folder."""
        return _first(self._items(_IN_FOLDER, folder_=folder, local_=local))

    def links_of(self, local: ItemId) -> list[ItemLink]:
        """The links of an item here in all folders: several after a move that is under way."""
        return _by_folder(self._items(_BY_LOCAL, local_=local))

    def links_of_remote(self, remote: str) -> list[ItemLink]:
        """The links of an item at the peer in all folders."""
        return _by_folder(self._items(_BY_REMOTE, remote_=remote))

    def links_of_remotes(self, remotes: Iterable[str]) -> list[ItemLink]:
        """The links of several items at the peer, in all folders."""
        some = list(remotes)
        return self._items(_BY_REMOTES, some_=some) if some else []

    def links_of_locals(self, locals_: Iterable[ItemId]) -> list[ItemLink]:
        """The links of several items here, in all folders."""
        some = list(locals_)
        return self._items(_BY_LOCALS, some_=some) if some else []

    def versions(self, folder: FolderId) -> dict[str, LinkState]:
        """The links of a folder by remote id, without their bases; cheap also for many."""
        rows = self._block.connection.execute(_VERSIONS, {"peer_": self.peer, "folder_": folder})
        return {remote: LinkState(local, version, agreed) for remote, local, version, agreed in rows}

    def intents(self) -> list[Intent]:
        """The intents that are open, oldest first."""
        rows = self._block.connection.execute(_INTENTS, {"peer_": self.peer})
        return [
            Intent(
                id=id_,
                action=action,
                folder=folder,
                local=local,
                remote=remote,
                fingerprint=fingerprint,
                started=from_microseconds(started),
            )
            for id_, action, folder, local, remote, fingerprint, started in rows
        ]

    def skipped(self) -> list[Skipped]:
        """The skipped objects of all folders, oldest first."""
        rows = self._block.connection.execute(_SKIPPED, {"peer_": self.peer})
        return [
            Skipped(
                id=id_,
                folder=folder,
                direction=direction,
                local=local,
                remote=remote,
                code=code,
                message=from_stored(message),
                since=from_microseconds(since),
                attempts=attempts,
                fingerprint=fingerprint,
            )
            for id_, folder, direction, local, remote, code, message, since, attempts, fingerprint in rows
        ]

    def _folders(self, statement: Select[*tuple[Any, ...]], **values: int | str) -> list[FolderLink]:
        rows = self._block.connection.execute(statement, {"peer_": self.peer, **values})
        return [
            FolderLink(local=FolderId(local), remote=remote, anchor=anchor, sent=Stamp(sent))
            for local, remote, anchor, sent in rows
        ]

    def _items(
        self, statement: Select[*tuple[Any, ...]], **values: int | str | Sequence[int] | Sequence[str]
    ) -> list[ItemLink]:
        rows = self._block.connection.execute(statement, {"peer_": self.peer, **values}).all()
        return [
            ItemLink(
                local=ItemId(local),
                folder=FolderId(folder),
                remote=remote,
                version=version,
                agreed=Stamp(agreed),
                base=None if base is None else decode_whole(base, photo, self._block.blobs),
            )
            for local, folder, remote, version, agreed, base, photo in rows
        ]


class SyncWriting(SyncReading):
    """Changes the memory of one peer. None of it is journalled: it is not the user's data."""

    def __init__(self, block: WritingBlock, peer: str = UPSTREAM) -> None:
        super().__init__(block, peer)
        self._writing = block

    def set(self, name: str, value: object) -> None:
        """Keep a setting: anything that msgspec writes as JSON. None removes it."""
        connection = self._writing.connection
        key = self._setting(name)
        connection.execute(delete(settings).where(settings.c.name == key))
        if value is not None:
            connection.execute(insert(settings), {"name": key, "content": encode(value)})

    def forget_peer(self) -> None:
        """Forget the peer, with all that is remembered of it: any but the server."""
        if self.is_of_server:
            raise ValueError(self.peer)
        connection = self._writing.connection
        photos = select(item_links.c.photo).where(item_links.c.peer == self.peer, item_links.c.photo.is_not(None))
        self._writing.dropped.update(photo for photo in connection.scalars(photos) if photo is not None)
        for table in (item_links, file_links, folder_links, intents, skipped):
            connection.execute(delete(table).where(table.c.peer == self.peer))
        connection.execute(delete(settings).where(settings.c.name.startswith(f"{self.peer}: ", autoescape=True)))

    def put_folder_link(self, link: FolderLink) -> None:
        """Insert or replace the link of a folder."""
        self.remove_folder_link(link.local)
        values = {
            "peer": self.peer,
            "local": link.local,
            "remote": link.remote,
            "anchor": link.anchor,
            "sent": link.sent,
        }
        self._writing.connection.execute(insert(folder_links), values)

    def remove_folder_link(self, local: FolderId) -> None:
        """Forget the link of a folder; those of its items stay until they are removed."""
        mine = (folder_links.c.peer == self.peer, folder_links.c.local == local)
        self._writing.connection.execute(delete(folder_links).where(*mine))

    def put_item_links(self, links: Iterable[ItemLink]) -> None:
        """Insert or replace the links of items, thousands in a few statements."""
        by_folder: dict[FolderId, dict[ItemId, ItemLink]] = {}
        for link in links:
            by_folder.setdefault(link.folder, {})[link.local] = link
        for folder, some in by_folder.items():
            if self._has_links_between(folder, min(some), max(some)):  # new items have new ids: nothing to look for
                self.remove_item_links(folder, some)
            insert_many(self._writing.connection, item_links, [self._row(link) for link in some.values()])

    def _has_links_between(self, folder: FolderId, first: ItemId, last: ItemId) -> bool:
        values = {"peer_": self.peer, "folder_": folder, "first_": first, "last_": last}
        return bool(self._writing.connection.scalar(_BETWEEN, values))

    def remove_item_links(self, folder: FolderId, locals_: Iterable[ItemId]) -> None:
        """Forget the links of items in a folder, and with this transaction their files if no other link is left."""
        some = list(locals_)
        if not some:
            return
        self._writing.unlinked.setdefault((self.peer, folder), set()).update(some)
        values = {"peer_": self.peer, "folder_": folder, "locals_": some}
        self._writing.dropped.update(filter(None, self._writing.connection.scalars(_PHOTOS, values)))
        self._writing.connection.execute(_UNLINK, values)

    def open_intent(
        self,
        action: str,
        *,
        folder: FolderId | None = None,
        local: ItemId | None = None,
        remote: str | None = None,
        fingerprint: str = "",
    ) -> Intent:
        """Record what is about to be asked of the peer."""
        wanted = Intent(
            id=0,
            action=action,
            folder=folder,
            local=local,
            remote=remote,
            fingerprint=fingerprint,
            started=from_microseconds(self._writing.at),
        )
        return self.open_intents([wanted])[0]

    def open_intents(self, wanted: Sequence[Intent]) -> list[Intent]:
        """Record a batch of what is about to be asked; return the intents with their ids, started now."""
        if not wanted:
            return []
        first = clock.Sequence(self._writing.connection, "intent").take(len(wanted))
        started = from_microseconds(self._writing.at)
        opened = [msgspec.structs.replace(one, id=first + number, started=started) for number, one in enumerate(wanted)]
        rows = [{**msgspec.structs.asdict(one), "peer": self.peer, "started": self._writing.at} for one in opened]
        self._writing.connection.execute(insert(intents), rows)
        return opened

    def close_intent(self, id_: int) -> None:
        """Forget an intent whose result is recorded."""
        self.close_intents([id_])

    def close_intents(self, ids: Iterable[int]) -> None:
        """Forget intents whose results are recorded."""
        some = list(ids)
        if some:
            self._writing.connection.execute(_CLOSE, {"ids_": some})

    def put_skipped(self, entry: Skipped) -> Skipped:
        """Insert a skipped object (id 0), or replace the one with the same id; return it with its id."""
        stored = entry if entry.id else msgspec.structs.replace(entry, id=self._next_skipped())
        self.remove_skipped(stored.id)
        values = {
            **msgspec.structs.asdict(stored),
            "peer": self.peer,
            "since": to_microseconds(stored.since),
            "message": to_stored(stored.message),
        }
        self._writing.connection.execute(insert(skipped), values)
        return stored

    def remove_skipped(self, id_: int) -> None:
        """Forget a skipped object: it went through after all, or the user discarded it."""
        self._writing.connection.execute(delete(skipped).where(skipped.c.id == id_))

    def _next_skipped(self) -> int:
        return clock.Sequence(self._writing.connection, "skipped").take()

    def _row(self, link: ItemLink) -> dict[str, object]:
        base, photo = (None, None) if link.base is None else encode_whole(link.base, self._writing.blobs)
        return {
            "peer": self.peer,
            "local": link.local,
            "folder": link.folder,
            "remote": link.remote,
            "version": link.version,
            "agreed": link.agreed,
            "base": base,
            "photo": photo,
        }


def _by_folder(found: list[ItemLink]) -> list[ItemLink]:
    """Links of one item, sorted here: for an order by folder SQLite would go through all links of the peer."""
    return sorted(found, key=lambda link: link.folder)


def _first(found: list[T]) -> T | None:
    return found[0] if found else None
