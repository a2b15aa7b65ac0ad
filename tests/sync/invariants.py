"""What must hold whatever happened: both sides equal, nothing lost, nothing twice, a further cycle does nothing."""

from __future__ import annotations

from collections import Counter

import msgspec
from sqlalchemy import exists, func, select

from passerelle.model.items import Appointment, Item
from passerelle.peers.base import Peer
from passerelle.store.integrity.everything import findings
from passerelle.store.schema import file_links, item_links
from passerelle.sync.replica import Replica
from tests.sync.memory_server import MemoryServer

_STRAYS = (
    select(func.count())
    .select_from(file_links)
    .where(
        ~exists().where(
            item_links.c.peer == file_links.c.peer,
            item_links.c.local == file_links.c.item,
            item_links.c.remote == file_links.c.holder,
        )
    )
)

Described = tuple[str, str]
"""The folder's path and the item, as text."""


def on_server(server: MemoryServer, user: int) -> Counter[Described]:
    """The content of the server's folders that are the user's own."""
    found: Counter[Described] = Counter()
    for folder in server.folders.values():
        if folder.owner == user:
            for one in server.in_folder(folder.id):
                files = sorted((file.name, file.digest) for file in one.files)
                found[folder.name, f"{_text(server.project(one.item))} {files}"] += 1
    return found


def in_replica(replica: Replica, server: MemoryServer) -> Counter[Described]:
    """The content of a replica's folders that are the user's own, as the server would say it."""
    me = replica.membership.user
    found: Counter[Described] = Counter()
    with replica.store.reading() as tx:
        for folder in tx.folders.all():
            if folder.owner != me:
                continue
            for id_ in tx.items.ids(folder.id):
                record = tx.items.in_folder(folder.id, id_, me)
                assert record is not None
                files = sorted((file.name, file.digest) for file in record.attachments)
                found[folder.name, f"{_text(server.project(record.item))} {files}"] += 1
    return found


def folder_tree_on_server(server: MemoryServer, user: int) -> set[tuple[str, str]]:
    names = {str(one.id): one.name for one in server.folders.values()}
    return {
        (names.get(one.spot.parent or "", one.spot.root.value), one.name)
        for one in server.folders.values()
        if one.owner == user
    }


def folder_tree_in_replica(replica: Replica) -> set[tuple[str, str]]:
    roots = {1: "private", 2: "public", 3: "shared"}
    with replica.store.reading() as tx:
        folders = [one for one in tx.folders.all() if one.owner == replica.membership.user]
        names = {one.id: one.name for one in tx.folders.all()}
    return {(roots.get(one.parent) or names[one.parent], one.name) for one in folders}


def quiet(replicas: dict[Replica, Peer], rounds: int = 8) -> None:
    """Run cycles until nothing is left to do anywhere."""
    for _ in range(rounds):
        if not sum(replica.cycle(peer).total for replica, peer in replicas.items()):
            return
    raise AssertionError("The replicas and the server never come to rest.")


def assert_in_step(replicas: dict[Replica, Peer], server: MemoryServer) -> None:
    """Everything is the same everywhere, and a further cycle writes nothing and asks little."""
    for replica, peer in replicas.items():
        me = replica.membership.user
        here, there = in_replica(replica, server), on_server(server, me)
        assert (here - there, there - here) == (Counter(), Counter()), "only here, only there"
        assert folder_tree_in_replica(replica) == folder_tree_on_server(server, me)
        assert replica.cycle(peer).total == 0  # what we wrote comes back once, and is nothing new
        result = replica.cycle(peer)
        assert result.total == 0
        with replica.store.reading() as tx:
            assert list(findings(tx)) == []
            assert tx.inspection.connection.scalar(_STRAYS) == 0, "files of items that are not linked"
            folders = len(tx.sync.folder_links())
        assert result.traffic.requests <= 2 + (folders if server.plain else 0)
        assert not result.reports


def _text(item: Item) -> str:
    if isinstance(item, Appointment):  # counts revisions, and each side may count for itself
        item = msgspec.structs.replace(item, sequence=0)
    return msgspec.json.encode(item).decode()
