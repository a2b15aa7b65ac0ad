"""One transaction in parts: what undoes a part leaves the others, and nothing of the part itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import Store, Writing
from passerelle.store.schema import metadata
from tests.store.conftest import ANNA, Hand, Place, new_folder
from tests.store.samples import ALL, changes, meeting, moved, picture, portrait, weekly
from tests.store.test_crash import REMOVE_SERIES, Broken, contents, steps

NOON = 1_800_000_000_000


@pytest.fixture
def filled(place: Place) -> Iterator[Store]:
    """A store on which time stands still, so that the same writes give the same rows."""
    with place.open(Hand(NOON)) as store:
        calendar, _ = new_folder(store, "Calendar").id, new_folder(store, "Other").id
        with store.writing(ANNA) as tx:
            series = tx.items.add(calendar, weekly())
            tx.items.add(calendar, moved(1), master=series.id)
            tx.items.add(calendar, portrait(b"old"))
        yield store


def seen_from_inside(tx: Writing) -> list[object]:
    """All that a transaction would commit: rows, positions and what it knows of the folder tree."""
    connection = tx._writing.connection
    rows = [sorted(connection.execute(select(table)).all(), key=repr) for table in metadata.sorted_tables]
    return [rows, [tx.journal.clock(folder) for folder in (0, -1, 20, 21)], tx.folders.all()]


def outcome(store: Store, choices: list[tuple[int, bool]], *, with_undone: bool) -> list[object]:
    """What the kept writes lead to, each in a part of its own; the undone ones are tried, or left out."""
    writes = steps(FolderId(20), FolderId(21))
    found: list[object] = []
    with suppress(Broken), store.writing(ANNA) as tx:
        for choice, kept in choices:
            if kept or with_undone:
                with suppress(Broken if kept else Exception), tx.part():
                    writes[choice](tx)
                    if not kept:
                        raise Broken
        found = seen_from_inside(tx)
        raise Broken
    return found


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    undone=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11))),
    kept=st.lists(st.integers(0, 10), max_size=5, unique=True),
)
def test_an_undone_part_leaves_the_others_as_though_it_had_never_been(
    place: Place, filled: Store, undone: list[tuple[int, int]], kept: list[int]
) -> None:
    choices = [(choice, True) for choice in sorted(kept, key=lambda choice: choice == REMOVE_SERIES)]
    for choice, where in undone:
        choices.insert(where, (choice, False))
    before = contents(place)
    assert outcome(filled, choices, with_undone=True) == outcome(filled, choices, with_undone=False)
    assert contents(place) == before


def test_stamps_rise_over_all_parts_and_the_journal_holds_each_kept_one(store: Store, calendar: FolderId) -> None:
    stamps: list[Stamp] = []
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        for number in range(20):
            with suppress(Broken), tx.part():
                stamps.append(tx.items.replace(id_, meeting(f"Version {number}")))
                if number % 3 == 0:
                    stamps.pop()
                    raise Broken
    assert stamps == sorted(set(stamps))
    with store.reading() as tx:
        assert [entry.position for entry in tx.journal.entries(calendar, Stamp(0), ALL)][1:] == stamps
        assert tx.journal.clock(calendar) == stamps[-1]


def test_a_part_in_an_undone_part_goes_with_it(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        with suppress(Broken), tx.part():
            with tx.part():
                tx.items.add(calendar, meeting("Inner"))
            raise Broken
        with tx.part():
            with suppress(Broken), tx.part():
                tx.items.add(calendar, meeting("Inner"))
                raise Broken
            tx.items.add(calendar, meeting("Outer"))
    with store.reading() as tx:
        assert [record.item for record in changes(tx, calendar)] == [meeting("Outer")]


def test_files_of_an_undone_part_go_unless_another_part_brought_them_too(
    place: Place, store: Store, calendar: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        item = tx.items.add(calendar, portrait(b"both")).id
        with suppress(Broken), tx.part():
            tx.items.add(calendar, portrait(b"both"))
            tx.items.add(calendar, portrait(b"later"))
            tx.attachments.add(item, "a", "text/plain", io.BytesIO(b"undone"))
            raise Broken
        with tx.part():
            tx.items.add(calendar, portrait(b"later"))
    files = [path.read_bytes() for path in (place.files / "files").rglob("*") if path.is_file()]
    assert sorted(files) == [picture(b"both"), picture(b"later")]


def test_a_transaction_that_the_database_gave_up_half_way_cannot_be_committed(
    place: Place, store: Store, calendar: FolderId
) -> None:
    before = contents(place)

    def lose_it(tx: Writing) -> None:
        """Undo everything, as SQLite does when a disk fails; or lose the connection to PostgreSQL."""
        if isinstance(place.location, Path):
            tx._writing.connection.exec_driver_sql("ROLLBACK")
            raise Broken
        tx._writing.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    def write() -> None:
        with store.writing(ANNA) as tx:
            tx.items.add(calendar, meeting("Before"))
            with suppress(Broken, SQLAlchemyError), tx.part():
                tx.items.add(calendar, portrait())
                lose_it(tx)
            with suppress(SQLAlchemyError), tx.part():
                tx.items.add(calendar, meeting("After"))

    with pytest.raises(SQLAlchemyError):
        write()
    assert contents(place) == before
    with store.writing(ANNA) as tx:
        assert tx.items.add(calendar, meeting()).id == ItemId(1)
