"""Bytes that one thread writes while another reads them, at its own pace: neither waits for the other's slowness.

What is large lies in a file without a name, so that a slow reader costs room on the disk and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from threading import Condition
from typing import IO, Final, final

IN_MEMORY: Final = 1024 * 1024
CHUNK: Final = 64 * 1024


class Unwanted(Exception):
    """Nobody reads any more."""


@final
class Spool:
    """A growing row of bytes. The writer ends it with :meth:`end` or :meth:`fail`, the reader with :meth:`close`."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when both sides are done
        self._changed = Condition()
        self._size = 0
        self._is_over = False
        self._is_wanted = True
        self._failure: BaseException | None = None

    @property
    def size(self) -> int:
        """How many bytes there are by now."""
        return self._size

    @property
    def is_whole(self) -> bool:
        """Whether all is there."""
        return self._is_over and self._failure is None

    def write(self, part: bytes) -> None:
        """Add bytes. Raises Unwanted."""
        with self._changed:
            if not self._is_wanted:
                raise Unwanted
            self._file.seek(0, os.SEEK_END)
            self._size += self._file.write(part)
            self._changed.notify()

    def end(self) -> None:
        """Say that all is written."""
        with self._changed:
            self._is_over = True
            self._settle()

    def fail(self, error: BaseException) -> None:
        """Say that the rest will not come; whoever reads on is told why."""
        self._failure = error
        self.end()

    def read(self, offset: int) -> bytes:
        """Some bytes from an offset on, as soon as there are any; none at the end.

        Raises what the writer failed with, once all before that is read.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._size > offset or self._is_over)
            if self._size > offset:
                self._file.seek(offset)
                return self._file.read(CHUNK)
        if self._failure is not None:
            raise self._failure
        return b""

    def close(self) -> None:
        """Read no more; the writer stops at its next step."""
        with self._changed:
            self._is_wanted = False
            self._settle()

    def _settle(self) -> None:
        if self._is_over and not self._is_wanted:
            self._file.close()
        self._changed.notify()


def in_chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer parts."""
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
