"""Takes walks: each on a stage of its own, a copy of what was furnished once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tests.sync.fire.with_choices
import tests.sync.fire.with_devices
import tests.sync.fire.with_files
import tests.sync.fire.with_folders
import tests.sync.fire.with_history
import tests.sync.fire.with_items
import tests.sync.fire.with_series  # noqa: F401 - declare their steps
from tests.sync.fire.oracle import check
from tests.sync.fire.script import Step, take
from tests.sync.fire.stage import Stage
from tests.sync.fire.walk import Walk

LENGTH: Final = 50
"""Steps of a walk: with fewer, the calm in the end takes most of the time; with more, a fault is hidden by others."""


@contextmanager
def _staged(furnished: Path, home: Path, *, http: bool) -> Iterator[Stage]:
    stage = Stage(furnished, home, http=http)
    try:
        yield stage
    finally:
        stage.close()


def over_http(seed: int) -> bool:
    """Whether requests take the whole way through the server's application: twice as long, and seldom worth it."""
    return seed % 8 == 0


def go(furnished: Path, home: Path, steps: Sequence[Step], *, http: bool) -> None:
    """Take a walk through a copy of what was furnished, and see that all is well in the end.

    Raises:
        AssertionError: it is not.
    """
    with _staged(furnished, home, http=http) as stage:
        walk = Walk(stage)
        for one in steps:
            take(walk, one)
        check(walk)
