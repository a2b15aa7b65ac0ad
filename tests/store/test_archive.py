"""A backup holds everything as it was at one moment, and comes back whole or not at all, into either database."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from passerelle.model.errors import Misconfigured
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId
from passerelle.store import Store
from passerelle.store.integrity.everything import findings
from passerelle.store.schema import metadata
from tests.store.conftest import ANNA, Place, new_folder
from tests.store.samples import changes, meeting, moved, picture, portrait, weekly

Dump = dict[str, list[tuple[object, ...]]]


def dump(store: Store) -> Dump:
    """All rows of all tables, whatever their order."""
    with store.reading() as tx:
        connection: Connection = tx._block.connection
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def fill(store: Store) -> FolderId:
    folder = new_folder(store, "Calendar")
    people = new_folder(store, "People", module=Module.CONTACTS)
    with store.writing(ANNA, "test") as tx:
        tx.principals.add_user("anna", "Anna", password_hash="$argon2id$…")
        tx.principals.add_group("team", "Team", (ANNA,))
        tx.principals.add_resource("room", "Room", "room@example.org")
        series = tx.items.add(folder.id, weekly(5))
        tx.items.add(folder.id, moved(2), master=series.id)
        single = tx.items.add(folder.id, meeting("Überraschung 会議 \x7f", alarm=10))
        tx.attachments.add(single.id, "notes.txt", "text/plain", io.BytesIO(b"hello"))
        tx.items.add(people.id, portrait())
        gone = tx.items.add(people.id, portrait(b"\xff\xd8 another"))
        tx.sync.set("setting", {"a": [1, None]})
    with store.writing(ANNA) as tx:
        tx.items.remove(gone.id)
    return folder.id


def restored(place: Place, backup: Path) -> Store:
    Store.restore(place.location, backup, files=place.files)
    return place.open()


@pytest.fixture
def backup(store: Store, tmp_path: Path) -> Path:
    fill(store)
    target = tmp_path / "office.zip"
    store.back_up(target)
    return target


@pytest.fixture
def elsewhere(nowhere: Place, tmp_path: Path) -> Place:
    """Where a backup is put back."""
    is_sqlite = isinstance(nowhere.location, Path)
    return Place(tmp_path / "elsewhere", tmp_path / "elsewhere") if is_sqlite else nowhere


def test_all_comes_back_as_it_was_photos_and_attachments_too(store: Store, backup: Path, tmp_path: Path) -> None:
    with restored(Place(tmp_path / "new", tmp_path / "new"), backup) as again:
        assert dump(again) == dump(store)
        contents = {path.read_bytes() for path in (tmp_path / "new" / "files").glob("??/*")}
    assert contents == {b"hello", picture(b"\xff\xd8 a picture"), picture(b"\xff\xd8 another")}


def test_a_backup_of_sqlite_moves_into_postgresql_and_life_goes_on(elsewhere: Place, tmp_path: Path) -> None:
    """Also the other way round: the source is SQLite, the target each of the two."""
    with Store.create(tmp_path / "old") as old:
        folder = fill(old)
        old.back_up(tmp_path / "office.zip")
        before = dump(old)
    with restored(elsewhere, tmp_path / "office.zip") as store:
        assert dump(store) == before
        with store.writing(ANNA) as tx:
            record = tx.items.add(folder, meeting("Later"))
            assert tx.journal.clock(folder) == record.stamp
            made = tx.folders.add(FolderId(1), "New", Module.TASKS, FolderType.PRIVATE, ANNA)
    stamps = [row[1] for row in before["scopes"]]
    assert record.stamp > max(int(str(stamp)) for stamp in stamps if stamp is not None)
    assert made.id not in {row[0] for row in before["folders"]}


def test_what_others_write_meanwhile_is_in_it_wholly_or_not_at_all(store: Store, tmp_path: Path) -> None:
    folder = fill(store)
    before = dump(store)

    def write_once(done: int, _total: int) -> None:
        if done and not written:
            with store.writing(ANNA) as tx:
                written.append(tx.items.add(folder, meeting("Meanwhile")).id)

    written: list[int] = []
    store.back_up(tmp_path / "office.zip", write_once)
    assert written
    with restored(Place(tmp_path / "new", tmp_path / "new"), tmp_path / "office.zip") as again:
        assert dump(again) == before


def test_a_file_that_goes_while_it_is_written_is_no_loss(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.reading() as tx:
        folder = next(one.id for one in tx.folders.all() if one.name == "Calendar")
        item = next(record.id for record in changes(tx, folder) if record.attachments)
        attachment = tx.attachments.of(item)[0]

    def remove_once(_done: int, _total: int) -> None:
        with store.reading() as tx:
            there = tx.attachments.get(attachment.id)
        if there is not None:
            with store.writing(ANNA) as tx:
                tx.attachments.remove(attachment.id)

    manifest = store.back_up(tmp_path / "office.zip", remove_once)
    assert not manifest.missing
    with restored(Place(tmp_path / "new", tmp_path / "new"), tmp_path / "office.zip") as again:
        assert dump(again) == dump(store)


def test_a_file_that_the_store_had_lost_before_is_named_and_the_rest_is_saved(store: Store, tmp_path: Path) -> None:
    fill(store)
    digest = next(iter(store._blobs))
    store._blobs.discard(digest)
    manifest = store.back_up(tmp_path / "office.zip")
    assert manifest.missing == (digest,)
    with restored(Place(tmp_path / "new", tmp_path / "new"), tmp_path / "office.zip") as again:
        assert dump(again) == dump(store)


def test_nothing_is_overwritten(store: Store, backup: Path) -> None:
    content = backup.read_bytes()
    with pytest.raises(Misconfigured, match="exists already"):
        store.back_up(backup)
    assert backup.read_bytes() == content


def test_a_store_is_never_restored_over_another(store: Store, backup: Path, place: Place) -> None:
    before = dump(store)
    with pytest.raises(Misconfigured):
        Store.restore(place.location, backup, files=place.files)
    assert dump(store) == before


def test_a_backup_that_breaks_off_leaves_no_file(store: Store, tmp_path: Path) -> None:
    fill(store)

    def break_off(done: int, _total: int) -> None:
        if done > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.back_up(tmp_path / "office.zip", break_off)
    assert not list(tmp_path.glob("office.zip*"))


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.getinfo("tables/items.jsonl")
    inside = data.index(b"tables/items.jsonl", member.header_offset) + member.compress_size // 2
    return data[:inside] + bytes([data[inside] ^ 0xFF]) + data[inside + 1 :]


@pytest.mark.parametrize("damage", [_cut, _flip, lambda _data: b"", lambda _data: b"PK no"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    backup: Path, elsewhere: Place, damage: Callable[[bytes], bytes]
) -> None:
    backup.write_bytes(damage(backup.read_bytes()))
    with pytest.raises(Misconfigured, match="damaged"):
        Store.restore(elsewhere.location, backup, files=elsewhere.files)
    Store.create(elsewhere.location, files=elsewhere.files).close()


def _rewritten(backup: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    members[name] = change(members[name])
    with zipfile.ZipFile(backup, "w") as archive:
        for each, content in members.items():
            archive.writestr(each, content)


def test_a_backup_with_a_row_too_few_is_refused(backup: Path, elsewhere: Place) -> None:
    _rewritten(backup, "tables/items.jsonl", lambda content: content[content.index(b"\n") + 1 :])
    with pytest.raises(Misconfigured, match="damaged"):
        Store.restore(elsewhere.location, backup, files=elsewhere.files)
    Store.create(elsewhere.location, files=elsewhere.files).close()


OLD = sorted((Path(__file__).parent / "archives").glob("*.zip"))
"""Backups that earlier versions made, named after their schema: three people, a series and a file or two."""


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_a_backup_of_an_older_version_is_brought_up_to_date(old: Path, elsewhere: Place) -> None:
    with restored(elsewhere, old) as store:
        with store.reading() as tx:
            assert [user.login for user in tx.principals.users()] == ["anna", "bruno", "carla"]
            assert list(findings(tx)) == []
        assert store.check_files() == []
        with store.writing(ANNA) as tx:
            calendar = next(one for one in tx.folders.all() if one.owner == ANNA and one.module is Module.CALENDAR)
            assert len(changes(tx, calendar.id)) == 3
            tx.items.add(calendar.id, meeting("Later"))


def test_a_backup_of_a_newer_version_says_which(backup: Path, tmp_path: Path) -> None:
    def later(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), "revision": "9999", "program": "9.9"}).encode()

    _rewritten(backup, "manifest.json", later)
    with pytest.raises(Misconfigured, match=r"9\.9"):
        Store.restore(tmp_path / "new", backup)
    assert not (tmp_path / "new").exists()
