"""Many write at once, others read meanwhile: whoever has read up to a position has seen all before it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from passerelle.model.errors import NotFound
from passerelle.model.ids import FolderId, ItemId
from passerelle.store import Placement, Store
from tests.store.clients import Client, truth
from tests.store.conftest import ANNA, BEN, Place, new_folder
from tests.store.samples import changes, gone, meeting

ROOT = Path(__file__).parents[2]


@contextmanager
def writer(place: Place, folder: FolderId, count: int, batch: int = 1) -> Iterator[subprocess.Popen[str]]:
    """Another program that writes to the store; killed at the end of the block if it still runs."""
    arguments = [str(place.location), str(place.files), str(folder), str(count), str(batch)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def churn(store: Store, mine: FolderId, theirs: FolderId, rounds: int) -> None:
    """Add, invite, change, move and remove, one transaction each; and undo a part of one."""
    for _ in range(rounds):
        with store.writing(ANNA) as tx:
            id_ = tx.items.add(mine, meeting()).id
        with store.writing(ANNA) as tx:
            tx.items.replace(id_, meeting("Invited"), placements=[Placement(theirs, BEN)])
        with store.writing(ANNA) as tx:
            tx.items.replace(id_, meeting("Moved"), placements=[], folder=theirs)
        with store.writing(ANNA) as tx:
            second = tx.items.add(theirs, meeting("Second")).id
            with suppress(NotFound), tx.part():
                tx.items.add(mine, meeting("Undone"))
                tx.items.replace(id_, meeting("Undone"), placements=[Placement(mine, ANNA)])
                tx.items.remove(ItemId(10**9))
        with store.writing(ANNA) as tx:
            tx.items.remove(id_)
            tx.items.replace(second, meeting("Stays"), placements=[Placement(mine, ANNA)])


def test_readers_miss_nothing_while_threads_write(store: Store, calendar: FolderId, other: FolderId) -> None:
    clients = [Client(calendar), Client(other)]
    done = threading.Event()

    def follow() -> int:
        rounds = 0
        while not done.is_set():
            rounds += 1
            for client in clients:
                client.follow(store)
        return rounds

    with ThreadPoolExecutor(7) as pool:
        reader = pool.submit(follow)
        pairs = [(calendar, other), (other, calendar)] * 3
        writers = [pool.submit(churn, store, mine, theirs, 12) for mine, theirs in pairs]
        try:
            for each in writers:
                each.result()
        finally:
            done.set()
        assert reader.result() > 0
    for client in clients:
        client.follow(store)
        assert client.known == truth(store, client.folder)
        assert len(client.known) == 72


def test_readers_miss_nothing_while_programs_write(place: Place, store: Store) -> None:
    folder = new_folder(store, "Calendar").id
    client = Client(folder)
    with writer(place, folder, 40) as one, writer(place, folder, 40, batch=3) as two:
        while one.poll() is None or two.poll() is None:
            client.follow(store)
        assert (one.returncode, two.returncode) == (0, 0)
    client.follow(store)
    assert client.known == truth(store, folder)
    assert len(client.known) == 40 * 2 + 40 * 6


def test_a_reader_sees_one_snapshot_and_keeps_no_writer_waiting(store: Store, calendar: FolderId) -> None:
    with store.reading() as snapshot:
        assert changes(snapshot, calendar) == []
        with store.writing(ANNA) as tx:
            id_ = tx.items.add(calendar, meeting()).id
        assert snapshot.items.get(id_, ANNA) is None
        assert snapshot.items.count(calendar) == 0
        assert snapshot.journal.clock(calendar) == 0
    with store.reading() as tx:
        assert tx.items.get(id_, ANNA) is not None


def test_a_writer_keeps_no_reader_waiting_and_shows_nothing_before_its_end(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as writing:
        id_ = writing.items.add(calendar, meeting()).id
        with store.reading() as tx:
            assert tx.items.get(id_, ANNA) is None
            assert gone(tx, calendar) == []
        assert writing.items.get(id_, ANNA) is not None


def test_a_second_writer_sees_what_the_first_one_did(store: Store, calendar: FolderId) -> None:
    def add_unless_there(_: int) -> int:
        with store.writing(ANNA) as tx:
            if tx.items.by_uid("once"):
                return 0
            tx.items.add(calendar, meeting().__class__(uid="once", when=meeting().when))
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add_unless_there, range(16))) == 1


def test_a_writing_block_inside_another_is_an_error_and_not_a_standstill(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside another"), store.writing(ANNA), store.writing(ANNA):
        pass
    with store.writing(ANNA) as tx:
        assert tx.folders.all() == ()


def test_two_stores_open_on_one_place_share_it(place: Place, store: Store, calendar: FolderId) -> None:
    with place.open() as second:
        with second.writing(BEN) as tx:
            added = tx.items.add(calendar, meeting())
        with store.reading() as tx:
            assert tx.items.get(added.id, BEN) == added
