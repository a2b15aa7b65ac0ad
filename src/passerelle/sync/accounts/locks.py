"""Locks between processes: one at a time synchronises an account. The system frees them, however a process ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from passerelle.model.errors import Unreachable
from passerelle.model.text import Text
from passerelle.sync.accounts.private_files import take_lock

PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.05


class Busy(Unreachable):
    """Another process holds the lock."""


@contextmanager
def locked(path: Path, busy: Text, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock that a file stands for. The file stays; only its lock counts.

    Raises:
        Busy: another process held it all the time that we had patience for; ``busy`` says so.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience_s
    try:
        while not take_lock(descriptor):
            if time.monotonic() >= deadline:
                raise Busy(busy)
            time.sleep(_LOOK_S)
        yield
    finally:
        os.close(descriptor)  # which frees the lock
