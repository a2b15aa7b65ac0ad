"""Each test of the store runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, UserId
from passerelle.store import Clock, Store, system_clock
from passerelle.store.schema import metadata
from tests import postgresql

ANNA, BEN = UserId(2), UserId(3)


class Place(NamedTuple):
    """Where a test's store lies: two arguments of ``Store.open``."""

    location: str | Path
    files: Path

    def open(self, clock: Clock = system_clock) -> Store:
        return Store.open(self.location, files=self.files, clock=clock)


class Hand:
    """A clock that is set by hand. Milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    with postgresql.running(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def shared(server: postgresql.Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with an empty store. Each test that uses it empties it again."""
    url = server.url(server.new_database())
    Store.create(url, files=tmp_path_factory.mktemp("shared")).close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def nowhere(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place without a store, which nobody else will use."""
    if kind == "sqlite":
        return Place(tmp_path / "store", tmp_path / "store")
    server: postgresql.Server = request.getfixturevalue("server")
    return Place(server.url(server.new_database()), tmp_path / "files")


@pytest.fixture
def own_place(nowhere: Place) -> Place:
    """A place with an empty store whose tables a test may change."""
    Store.create(nowhere.location, files=nowhere.files).close()
    return nowhere


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place with an empty store."""
    if kind == "sqlite":
        yield request.getfixturevalue("own_place")
        return
    url: str = request.getfixturevalue("shared")
    yield Place(url, tmp_path / "files")
    with psycopg.connect(url) as connection:
        _empty(connection)


def _empty(connection: psycopg.Connection) -> None:
    tables = ", ".join(table.name for table in metadata.sorted_tables if table.name != "sequences")
    connection.execute(f"TRUNCATE {tables}".encode())
    first = "CASE name WHEN 'folder' THEN 19 WHEN 'principal' THEN 1 ELSE 0 END"
    connection.execute(f"UPDATE sequences SET value = {first}".encode())


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An empty store, open."""
    with place.open() as store:
        yield store


@pytest.fixture
def calendar(store: Store) -> FolderId:
    return new_folder(store, "Calendar").id


@pytest.fixture
def other(store: Store) -> FolderId:
    return new_folder(store, "Other").id


def new_folder(store: Store, name: str, owner: UserId = ANNA, module: Module = Module.CALENDAR) -> Folder:
    with store.writing(owner) as tx:
        return tx.folders.add(FolderId(1), name, module, FolderType.PRIVATE, owner)
