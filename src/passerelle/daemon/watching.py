"""Notices that files change, by looking: at each many times a second, which costs microseconds, on every system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, time
from typing import Final, final

LOOK_S: Final = 0.05
"""Part of the quarter of a second that an edit may take to show elsewhere."""
JUMP_S: Final = 20.0
"""When the clock on the wall is so far ahead of the one that stops in sleep, this machine slept."""

_Mark = tuple[int, int, int] | None


@final
class FileWatch:
    """Calls whoever watches a file, in a thread of its own; while :meth:`running`."""

    def __init__(self, look_s: float = LOOK_S) -> None:
        self._look_s = look_s
        self._guard = Lock()
        self._watched: dict[Path, tuple[_Mark, Callable[[], None]]] = {}
        self._over = Event()

    def watch(self, path: Path, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever the file is written, made or replaced from now on."""
        with self._guard:
            self._watched[path] = (_mark(path), changed)

    def forget(self, path: Path) -> None:
        """Watch a file no longer."""
        with self._guard:
            self._watched.pop(path, None)

    @contextmanager
    def running(self, on_waking: Callable[[], None]) -> Iterator[None]:
        """Look until the block ends; call ``on_waking`` after this machine slept."""
        thread = Thread(target=self._run, args=(on_waking,), name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _run(self, on_waking: Callable[[], None]) -> None:
        ahead_s = time() - monotonic()
        while not self._over.wait(self._look_s):
            for changed in self._changes():
                changed()
            present_s = time() - monotonic()
            if present_s - ahead_s > JUMP_S:
                on_waking()
            ahead_s = present_s

    def _changes(self) -> list[Callable[[], None]]:
        found = []
        with self._guard:
            for path, (known, changed) in self._watched.items():
                mark = _mark(path)
                if mark != known:
                    self._watched[path] = (mark, changed)
                    found.append(changed)
        return found


def _mark(path: Path) -> _Mark:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
