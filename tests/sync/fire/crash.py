"""Stores that die at any step of their work, or run out of room, and are opened again as a new process would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from passerelle.store import Store
from passerelle.store.blobs import BlobDirectory
from passerelle.store.engine import sqlite_engine
from passerelle.store.store import DATABASE

Clock = Callable[[], int]


class Killed(BaseException):
    """The process is dead: nothing that would have come after this happens."""


class Hand:
    """A clock in milliseconds since 1970 that moves a little whenever it is looked at, and jumps when told to."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now

    def jump(self, seconds: int) -> None:
        """Go forward, or back."""
        self.now += seconds * 1000


class MortalStore:
    """A store in a directory of this process's own. Whoever holds ``store`` must ask again after a death.

    ``changes`` counts what may have changed what people see there.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._left: int | None = None
        self._image = directory.with_name(f"{directory.name}.image")
        self.changes = 0
        self.store = self._open()

    def _open(self) -> Store:
        """A store over the connections to this path that were made before, to spare compiling all statements anew.

        It is closed before the files are exchanged, so the connections are new ones.
        """
        engine = _engine(self._directory / DATABASE).execution_options()
        store = Store(engine, BlobDirectory(self._directory / "files"), self._clock)
        store._wakes.append(self._count)
        self._count()
        return store

    def _count(self) -> None:
        self.changes += 1

    def arm(self, steps: int) -> None:
        """Die at that statement or commit from now on; before it has an effect."""
        self._left = steps
        event.listen(self.store._engine, "before_cursor_execute", lambda *_: self._step())
        event.listen(self.store._engine, "commit", lambda _: self._step())

    def _step(self) -> None:
        if self._left is None:
            return
        if self._left:
            self._left -= 1
            return
        self._left = None
        _photograph(self._directory, self._image)
        raise Killed

    def rise(self) -> bool:
        """Go on as a new process: with what was on the disk when the old one died, or what is there now.

        Return whether it died.
        """
        self._left = None
        self.store.close()
        has_died = self._image.exists()
        if has_died:
            shutil.rmtree(self._directory)
            self._image.rename(self._directory)
        self.store = self._open()
        return has_died

    def fill(self, pages: int) -> None:
        """Leave room for so many pages more, until the next rise."""

        def limit(connection: Connection) -> None:
            if not room:
                room.append(connection.exec_driver_sql("PRAGMA page_count").scalar_one() + pages)
            connection.exec_driver_sql(f"PRAGMA max_page_count={room[0]}")

        room: list[int] = []
        event.listen(self.store._engine, "begin", limit)

    def close(self) -> None:
        """Close what is open."""
        self.store.close()


@lru_cache(maxsize=8)
def _engine(path: Path) -> Engine:
    return sqlite_engine(path)


def _photograph(directory: Path, image: Path) -> None:
    """What a process leaves behind that is killed now: rolling back afterwards does not touch the image."""
    shutil.copytree(directory, image, ignore=shutil.ignore_patterns(f"{DATABASE}-shm"))
