"""Random walks through everything that people do and everything that fails; see :mod:`tests.sync.fire.machine`."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.fire.machine import Fire
from tests.sync.fire.stage import furnish

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield path
    shutil.rmtree(path)


@pytest.mark.timeout(0)
def test_whatever_happens_all_end_equal_and_nothing_is_lost_or_doubled(directory: Path) -> None:
    """The same few walks each time; PASSERELLE_WALKS=200x40 takes 200 others of up to 40 steps."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    furnish(directory / "furnished")
    machine = type("FireHere", (Fire,), {"furnished": directory / "furnished", "directory": directory})
    wish = os.environ.get("PASSERELLE_WALKS", "")
    walks, steps = (int(number) for number in (wish or "12x25").split("x"))
    chosen = settings(
        max_examples=walks,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        derandomize=not wish,
        database=None,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    finally:
        print(f"{Fire.steps} steps")  # noqa: T201 - how long the walk was
