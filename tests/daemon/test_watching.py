"""Changes are noticed by looking."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from passerelle.daemon.watching import FileWatch


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a replica?"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE edits (title);")
    return path


def test_a_commit_is_noticed_once_it_can_be_seen_and_not_before(database: Path) -> None:
    watch, noticed = FileWatch(look_s=0.001), Event()
    watch.watch_database(database, noticed.set)
    with closing(sqlite3.connect(database)) as editor, watch.running(lambda: None):
        editor.execute("PRAGMA cache_size=1")
        editor.executemany("INSERT INTO edits VALUES (?)", (["x" * 5000] for _ in range(20)))
        assert database.with_name(f"{database.name}-wal").stat().st_size  # the file was written already
        assert not noticed.wait(0.05)
        editor.commit()
        assert noticed.wait(10)


def test_a_database_that_is_not_there_yet_is_noticed_when_it_comes(tmp_path: Path, database: Path) -> None:
    watch, noticed = FileWatch(look_s=0.001), Event()
    watch.watch_database(tmp_path / "later", noticed.set)
    with watch.running(lambda: None):
        database.rename(tmp_path / "later")
        assert noticed.wait(10)


def test_a_file_is_noticed_when_it_is_made_and_replaced_and_not_once_it_is_forgotten(tmp_path: Path) -> None:
    watch, noticed, other = FileWatch(look_s=0.001), Event(), Event()
    file = tmp_path / "accounts.json"
    watch.watch(file, noticed.set)
    watch.watch(tmp_path / "other", other.set)
    with watch.running(lambda: None):
        for content in ("[]", "[1]"):
            file.write_text(content)
            assert noticed.wait(10)
            noticed.clear()
        watch.forget(file)
        file.write_text("[1, 2]")
        (tmp_path / "other").write_text("")
        assert other.wait(10)  # looked at after the one that was forgotten
    assert not noticed.is_set()
