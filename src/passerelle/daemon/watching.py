"""Notices changes by looking, many times a second, which costs microseconds on every system.

Files are asked for size and time, databases for SQLite's ``data_version``. To look at a database's files would not do:
they are written before a commit can be seen, on a busy disk by a second. The same thread notices that this machine
slept, and that it joined a network.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, time
from typing import Final, Protocol, final

from passerelle.daemon.network import NetworkNews

LOOK_S: Final = 0.05
"""Part of the quarter of a second that an edit may take to show elsewhere."""
JUMP_S: Final = 20.0
"""When the clock on the wall is so far ahead of the one that stops in sleep, this machine slept."""


class _Mark(Protocol):
    """What is looked at. ``look`` gives another value once it has changed."""

    def look(self) -> object: ...

    def close(self) -> None: ...


@final
class FileWatch:
    """Calls whoever watches a file or database, in a thread of its own; while :meth:`running`."""

    def __init__(self, look_s: float = LOOK_S) -> None:
        self._look_s = look_s
        self._guard = Lock()
        self._watched: dict[Path, tuple[_Mark, object, Callable[[], None]]] = {}
        self._over = Event()

    def watch(self, path: Path, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever the file is written, made or replaced from now on."""
        self._add(path, _File(path), changed)

    def watch_database(self, path: Path, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever anybody has committed something to an SQLite database from now on."""
        self._add(path, _Database(path), changed)

    def forget(self, path: Path) -> None:
        """Watch a file or database no longer."""
        with self._guard:
            found = self._watched.pop(path, None)
            if found is not None:
                found[0].close()

    @contextmanager
    def running(self, on_waking: Callable[[], None]) -> Iterator[None]:
        """Look until the block ends; call ``on_waking`` after this machine slept or joined a network."""
        thread = Thread(target=self._run, args=(on_waking,), name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            for path in tuple(self._watched):
                self.forget(path)

    def _add(self, path: Path, mark: _Mark, changed: Callable[[], None]) -> None:
        self.forget(path)
        with self._guard:
            self._watched[path] = (mark, mark.look(), changed)

    def _run(self, on_waking: Callable[[], None]) -> None:
        with closing(NetworkNews()) as network:
            self._look(on_waking, network)

    def _look(self, on_waking: Callable[[], None], network: NetworkNews) -> None:
        ahead_s = time() - monotonic()
        while not self._over.wait(self._look_s):
            for changed in self._changes():
                changed()
            present_s = time() - monotonic()
            has_joined = network.has_joined(monotonic())
            if has_joined or present_s - ahead_s > JUMP_S:
                on_waking()
            ahead_s = present_s

    def _changes(self) -> list[Callable[[], None]]:
        found = []
        with self._guard:
            for path, (mark, known, changed) in self._watched.items():
                present = mark.look()
                if present != known:
                    self._watched[path] = (mark, present, changed)
                    found.append(changed)
        return found


@final
class _File:
    def __init__(self, path: Path) -> None:
        self._path = path

    def look(self) -> object:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns)

    def close(self) -> None:
        """Nothing is open."""


@final
class _Database:
    """Open from the first look at it that succeeds, until it is closed."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._connection: sqlite3.Connection | None = None

    def look(self) -> object:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._address, uri=True, isolation_level=None, check_same_thread=False
                )
            return self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:  # the account's worker meets the same, and says so
            self.close()
            return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
