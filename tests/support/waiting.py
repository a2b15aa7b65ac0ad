"""Waits for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_INTERVAL_S = 0.05


def eventually(look: Callable[[], Found], what: str, *, patience_s: float = 15) -> Found:
    """Looks again and again until something true is found, and returns it.

    Raises:
        AssertionError: it did not come within `patience_s` seconds; `what` says what was awaited.
    """
    deadline = time.monotonic() + patience_s
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience_s:g} s: {what}; last seen: {found!r}")
        time.sleep(POLL_INTERVAL_S)
    return found
