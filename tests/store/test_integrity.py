"""A check finds whatever contradicts something else in a store, on both databases, and a repair loses nothing."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import Placement, Store
from passerelle.store.engine import migrator_of, transaction
from passerelle.store.integrity.everything import findings
from passerelle.store.integrity.finding import Finding
from tests.store.conftest import ANNA, BEN, Hand, Place, new_folder
from tests.store.samples import ALL, booking, changes, meeting, moved, portrait, weekly

NOON = 1_800_000_000_000
SERIES, EXCEPTION, SINGLE, BOOKED, GONE = map(ItemId, range(1, 6))


@pytest.fixture
def filled(place: Place) -> Iterator[Store]:
    """A store with one of everything, whose clock stands still: positions are above it."""
    with place.open(Hand(NOON)) as store:
        calendar, other = new_folder(store, "Calendar").id, new_folder(store, "Other").id
        people = new_folder(store, "People", module=Module.CONTACTS).id
        with store.writing(ANNA) as tx:
            tx.principals.add_user("anna", "Anna", email="anna@example.org", password_hash="x")
            tx.principals.add_group("team", "Team", (ANNA,))
            room = tx.principals.add_resource("room", "Room", "room@example.org")
            series = tx.items.add(calendar, weekly(5))
            tx.items.add(calendar, moved(2), master=series.id)
            single = tx.items.add(calendar, meeting(alarm=10), placements=[Placement(other, BEN)])
            tx.items.add(calendar, booking(room.id))
            tx.items.add(calendar, meeting("Gone"))
            tx.attachments.add(single.id, "notes.txt", "text/plain", io.BytesIO(b"hello"))
            tx.items.add(people, portrait())
        with store.writing(ANNA) as tx:
            tx.items.remove(GONE)
        yield store


def found(store: Store) -> list[Finding]:
    with store.reading() as tx:
        return list(findings(tx))


def spoil(store: Store, *statements: str) -> None:
    with store.writing(ANNA) as tx:
        for statement in statements:
            tx.inspection.connection.execute(text(statement))


def cure(store: Store) -> None:
    for finding in found(store):
        with store.writing(ANNA) as tx:
            if finding.cure is not None:
                finding.cure(tx)


def test_a_sound_store_has_no_findings(filled: Store) -> None:
    assert found(filled) == []
    assert filled.check_files() == []


CURABLE = {
    "a counter that stepped back": (("UPDATE scopes SET counter = 5 WHERE scope = 20",), "counter"),
    "a counter that is lost": (("DELETE FROM scopes WHERE scope = 20",), "counter"),
    "a sequence that stepped back": (("UPDATE sequences SET value = 1 WHERE name = 'item'",), "counter"),
    "another kind": (("UPDATE items SET kind = 'task' WHERE id = 3",), "columns"),
    "another uid": (("UPDATE items SET uid = 'x' WHERE id = 1",), "columns"),
    "a private flag too many": (("UPDATE items SET private = (1 = 1) WHERE id = 3",), "columns"),
    "another place in the series": (("UPDATE items SET recurrence_key = 5 WHERE id = 2",), "columns"),
    "no place at home": (("DELETE FROM placements WHERE item = 3 AND folder = 20",), "placement"),
    "two homes": (("UPDATE placements SET user_id = NULL WHERE item = 3",), "placement"),
    "another version elsewhere": (("UPDATE placements SET stamp = stamp + 77 WHERE folder = 21",), "placement"),
    "another time": (("UPDATE placements SET starts = 1 WHERE item = 4",), "window"),
    "no time at all": (("UPDATE placements SET starts = NULL, ends = NULL WHERE item = 1",), "window"),
    "a room that is free": (("DELETE FROM bookings",), "booking"),
    "a room booked at another time": (("UPDATE bookings SET ends = ends + 1",), "booking"),
    "a contact that a list does not name": (("INSERT INTO list_references VALUES (6, 4)",), "reference"),
    "a miscounted attachment": (("UPDATE items SET attachments = 0 WHERE id = 3",), "attachments"),
    "a forgotten exception": (("UPDATE items SET changed = NULL WHERE id = 1",), "series"),
    "a change that is not in the journal": (("DELETE FROM journal WHERE object = 4 AND scope = 20",), "journal"),
    "a tombstone of what is there": (("INSERT INTO tombstones (scope, object, stamp) VALUES (20, 4, 9)",), "tombstone"),
    "a folder's tombstone": (("INSERT INTO tombstones (scope, object, stamp) VALUES (0, 20, 9)",), "tombstone"),
    "a missing tombstone": (("DELETE FROM tombstones WHERE object = 5",), "tombstone"),
    "a user's other login": (("UPDATE users SET login_key = 'ben'",), "columns"),
    "a folder elsewhere": (("UPDATE folders SET parent = 7 WHERE id = 21",), "columns"),
    "a group without members": (("DELETE FROM members",), "columns"),
}  # fmt: skip
INCURABLE = {
    "content that is cut": (("UPDATE items SET content = substr(content, 1, 20) WHERE id = 3",), "content"),
    "a folder's content": (("UPDATE folders SET content = substr(content, 1, 9) WHERE id = 21",), "content"),
    "an earlier version": (("UPDATE journal SET previous = substr(previous, 1, 9) WHERE object = 5",), "journal"),
    "an unheard-of action": (("UPDATE journal SET action = 'x' WHERE object = 5",), "journal"),
    "a lost item": (("DELETE FROM placements WHERE item = 4", "DELETE FROM items WHERE id = 4"), "lost"),
}


@pytest.mark.parametrize(("statements", "rule"), CURABLE.values(), ids=CURABLE)
def test_what_follows_from_something_else_is_found_and_put_right(
    filled: Store, statements: tuple[str, ...], rule: str
) -> None:
    with filled.reading() as tx:
        before = {record.id: record.item for record in changes(tx, FolderId(20))}
        reached = tx.journal.clock(FolderId(20))
    spoil(filled, *statements)
    assert {finding.rule for finding in found(filled)} >= {rule}
    cure(filled)
    assert found(filled) == []
    with filled.reading() as tx:
        assert {record.id: record.item for record in changes(tx, FolderId(20))} == before
    with filled.writing(ANNA) as tx:
        assert tx.items.add(FolderId(20), meeting("Later")).stamp > reached


@pytest.mark.parametrize(("statements", "rule"), INCURABLE.values(), ids=INCURABLE)
def test_what_only_a_backup_knows_is_found_and_left_as_it_is(
    filled: Store, statements: tuple[str, ...], rule: str
) -> None:
    spoil(filled, *statements)
    before = [(finding.rule, finding.where) for finding in found(filled)]
    assert rule in {name for name, _where in before}
    assert all(finding.cure is None for finding in found(filled) if finding.rule == rule)
    cure(filled)
    assert rule in {finding.rule for finding in found(filled)}


def test_clients_learn_of_what_was_put_right(filled: Store) -> None:
    with filled.reading() as tx:
        seen = tx.journal.clock(FolderId(20))
    spoil(filled, "UPDATE items SET attachments = 0 WHERE id = 3", "DELETE FROM tombstones WHERE object = 5")
    cure(filled)
    with filled.reading() as tx:
        assert [record.id for record in changes(tx, FolderId(20), seen + 1)] == [SINGLE]
        assert [stone.id for stone in tx.journal.tombstones(FolderId(20), Stamp(seen + 1), ALL)] == [GONE]


def test_a_row_that_names_nothing_is_found_and_removed(own_place: Place) -> None:
    with own_place.open() as store:
        folder = new_folder(store, "Calendar")
        with store.writing(ANNA) as tx:
            tx.items.add(folder.id, meeting(alarm=5))
        with transaction(migrator_of(store._engine)) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("ALTER TABLE alarms DROP CONSTRAINT fk_alarms_item"))
            connection.execute(text("DELETE FROM items"))
        store._engine.dispose()
        assert "alarms.item 1" in {finding.where for finding in found(store) if finding.rule == "reference"}
        cure(store)
        assert not {finding.where for finding in found(store) if finding.rule == "reference"}


def test_files_that_are_missing_damaged_or_left_over_are_told_apart(filled: Store, place: Place) -> None:
    root = place.files / "files"
    (text_file,) = (path for path in root.glob("??/*") if path.read_bytes() == b"hello")
    (photo,) = (path for path in root.glob("??/*") if path != text_file)
    text_file.unlink()
    photo.write_bytes(photo.read_bytes()[:-1])
    stray = root / "ab" / f"ab{'0' * 62}"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by a crash")
    wrong = filled.check_files()
    assert {(one.rule, one.where.rpartition("/")[2]) for one in wrong} == {
        ("file", text_file.name),
        ("file", photo.name),
        ("leftover", stray.name),
    }
    filled.sweep()
    assert {one.rule for one in filled.check_files()} == {"file"}


def test_files_that_come_and_go_while_they_are_checked_are_no_findings(filled: Store) -> None:
    def remove_one(done: int, _total: int) -> None:
        if done == 1:
            with filled.writing(ANNA) as tx:
                for attachment in tx.attachments.of(SINGLE):
                    tx.attachments.remove(attachment.id)
                tx.attachments.add(SERIES, "new.txt", "text/plain", io.BytesIO(b"new"))

    assert filled.check_files(remove_one) == []
    assert filled.check_files() == []


def test_a_damaged_index_is_told_of_and_built_anew(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        folder = new_folder(store, "Calendar")
        with store.writing(ANNA) as tx:
            tx.items.add(folder.id, meeting())
    with closing(sqlite3.connect(tmp_path / "passerelle.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'uid IS NOT NULL', 'id > 0') WHERE name = 'ix_items_uid'"
        )
    with Store.open(tmp_path) as store:
        assert [finding.rule for finding in found(store)] == ["database"] * len(found(store)) != []
        cure(store)
        assert found(store) == []
