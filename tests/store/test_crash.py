"""Whatever goes wrong, a write is there as a whole or not at all, and what was accepted stays."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Unreachable
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import FolderLink, ItemLink, Placement, Store, Writing
from passerelle.store.blobs import BlobDirectory, Room
from passerelle.store.engine import sqlite_engine
from passerelle.store.integrity.everything import findings
from passerelle.store.schema import metadata
from tests.store.conftest import ANNA, BEN, Place
from tests.store.samples import ALL, changes, meeting, moved, portrait, weekly
from tests.store.test_concurrency import writer
from tests.store.test_open import connect

REMOVE_SERIES = 6


class Broken(Exception):
    """What a caller's block or a disk raises."""


def contents(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, and every file."""
    engine = connect(place)
    with engine.connect() as connection:
        rows = {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr)
            for name in metadata.tables
        }
    engine.dispose()
    return {**rows, "files": sorted((name,) for name in BlobDirectory(place.files / "files"))}


def steps(calendar: FolderId, other: FolderId) -> list[Callable[[Writing], object]]:
    """One of each kind of write, on a store that has a series (1), its exception (2) and a contact (3)."""
    series, contact = ItemId(1), ItemId(3)
    return [
        lambda tx: tx.items.add(calendar, portrait(b"new")),
        lambda tx: tx.items.add_many(calendar, [meeting()] * 30),
        lambda tx: tx.items.add(calendar, moved(2), master=series),
        lambda tx: tx.items.replace(contact, portrait(b"other"), placements=[Placement(other, BEN)]),
        lambda tx: tx.items.replace(series, weekly(), folder=other),
        lambda tx: tx.attachments.add(contact, "a", "text/plain", io.BytesIO(b"attached")),
        lambda tx: tx.items.remove(series),
        lambda tx: tx.principals.add_user("anna", "Anna", password_hash="x"),
        lambda tx: tx.folders.add(calendar, "Below", Module.TASKS, FolderType.PRIVATE, ANNA),
        lambda tx: tx.sync.put_folder_link(FolderLink(local=calendar, remote="31")),
        lambda tx: tx.sync.put_item_links(
            [ItemLink(local=contact, folder=calendar, remote="9", base=portrait(b"base"))]
        ),
        lambda tx: tx.folders.remove(calendar),
    ]


def write_and_break(store: Store, writes: list[Callable[[Writing], object]]) -> None:
    with store.writing(ANNA) as tx:
        for write in writes:
            write(tx)
        raise Broken


@pytest.fixture
def filled(store: Store, calendar: FolderId) -> Store:
    with store.writing(ANNA) as tx:
        series = tx.items.add(calendar, weekly())
        tx.items.add(calendar, moved(1), master=series.id)
        tx.items.add(calendar, portrait(b"old"))
    return store


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.integers(0, 10), min_size=1, max_size=4, unique=True))
def test_an_exception_anywhere_in_a_block_leaves_nothing_of_it(
    place: Place, filled: Store, calendar: FolderId, other: FolderId, choices: list[int]
) -> None:
    before = contents(place)
    writes = steps(calendar, other)
    removing_last = sorted(choices, key=lambda choice: choice == REMOVE_SERIES)
    with pytest.raises(Broken):
        write_and_break(filled, [writes[choice] for choice in removing_last])
    assert contents(place) == before


def test_each_kind_of_write_changes_something(place: Place, filled: Store, calendar: FolderId, other: FolderId) -> None:
    for write in steps(calendar, other):
        before = contents(place)
        with filled.writing(ANNA) as tx:
            write(tx)
        assert contents(place) != before


class FullDisk:
    """A directory of files that takes a few and then no more."""

    def __init__(self, blobs: BlobDirectory, room: int) -> None:
        self._blobs = blobs
        self._room = room

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        if not self._room:
            raise OSError(28, "No space left on device")
        self._room -= 1
        return self._blobs.put(stream)

    def open(self, digest: str) -> BinaryIO:
        return self._blobs.open(digest)

    def settle(self, digests: Collection[str]) -> None:
        self._blobs.settle(digests)

    def discard(self, digest: str) -> None:
        self._blobs.discard(digest)

    def tidy(self) -> None:
        self._blobs.tidy()

    def room(self) -> Room:
        return self._blobs.room()

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)


def test_a_full_disk_leaves_neither_rows_nor_files(tmp_path: Path) -> None:
    place = Place(tmp_path / "store", tmp_path / "store")
    with Store.create(place.location) as store, store.writing(ANNA) as tx:
        folder = tx.folders.add(FolderId(1), "Contacts", Module.CONTACTS, FolderType.PRIVATE, ANNA).id
    before = contents(place)
    blobs = FullDisk(BlobDirectory(place.files / "files"), room=2)
    engine = sqlite_engine(tmp_path / "store" / "passerelle.db")
    with pytest.raises(Unreachable, match="no room left"), Store(engine, blobs).writing(ANNA) as tx:
        tx.items.add_many(folder, [portrait(bytes([number])) for number in range(5)])
    engine.dispose()
    assert contents(place) == before


def test_a_file_that_others_use_stays_when_a_block_that_wrote_it_again_fails(filled: Store, calendar: FolderId) -> None:
    with pytest.raises(Broken):
        write_and_break(filled, [lambda tx: tx.items.add(calendar, portrait(b"old"))])
    with filled.reading() as tx:
        record = tx.items.get(ItemId(3), ANNA)
    assert record is not None
    assert record.item == portrait(b"old")


def test_a_killed_program_loses_nothing_that_was_accepted(place: Place, store: Store, calendar: FolderId) -> None:
    with writer(place, calendar, 100_000, batch=5) as process:
        assert process.stdout is not None
        accepted = [int(id_) for _ in range(15) for id_ in process.stdout.readline().split()]
        process.kill()
        rest = process.stdout.read().splitlines()
    # The last line may be cut off; those before it are whole.
    accepted += [int(id_) for line in rest[:-1] for id_ in line.split()]
    with place.open() as again:
        with again.reading() as tx:
            records = changes(tx, calendar)
            assert {record.id for record in records} >= set(accepted)
            assert len(records) % 10 == 0
            assert len(tx.journal.entries(calendar, Stamp(0), ALL)) == len(records)
        with again.writing(ANNA) as tx:
            assert tx.items.add(calendar, meeting()).id > max(accepted)
        again.sweep()
        with again.reading() as tx:
            assert list(findings(tx)) == []
        assert again.check_files() == []
        assert len(list(BlobDirectory(place.files / "files"))) == len(records) // 10
