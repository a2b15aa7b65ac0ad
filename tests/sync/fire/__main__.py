"""Random walks through everything that people do and everything that fails: ``python -m tests.sync.fire 200x40``.

No test of ``make test`` yet: it still finds faults, other ones each time. What it found and is repaired is told in
``tests/sync/test_found_by_fire.py``; the smaller machines, ``tests/sync/test_state_machine*.py``, are tests.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.fire.machine import Fire
from tests.sync.fire.stage import furnish

MEMORY = Path("/dev/shm")


def walk(walks: int, steps: int) -> None:
    """Takes so many walks of up to so many steps each; the last ones that fail are shown, shortened."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        directory = Path(name)
        furnish(directory / "furnished")
        machine = type("FireHere", (Fire,), {"furnished": directory / "furnished", "directory": directory})
        chosen = settings(
            max_examples=walks,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
        )
        try:
            run_state_machine_as_test(machine, settings=chosen)
        finally:
            sys.stdout.write(f"{Fire.steps} steps\n")


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else "20x40"
    walk(*(int(number) for number in given.split("x")))
