"""Random walks through everything that people do and everything that fails, for as long as you like.

``python -m tests.sync.fire 100000`` takes walks until so many steps are done, each from a seed of its own. One that
fails is shortened and printed; ``python -m tests.sync.fire --again FILE`` takes it again, from the printed lines.

``tests/sync/test_random_walks.py`` takes some, always the same, with ``make test``. What others have found is told in
``tests/sync/found_by_fire``.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

import structlog

from tests.sync.fire.script import Step, draw, read, write
from tests.sync.fire.shorten import shortened
from tests.sync.fire.stage import furnish
from tests.sync.fire.walking import LENGTH, go, over_http

MEMORY = Path("/dev/shm")
_PATIENCE_S = 240
"""How long a walk that fails is shortened."""


def main() -> None:
    """Walk as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.fire", description=__doc__)
    parser.add_argument("steps", type=int, nargs="?", default=1000, help="how many steps to take")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9), help="the seed of the first walk")
    parser.add_argument("--again", type=Path, metavar="FILE", help="take the walk that is written there")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        directory = Path(name)
        furnish(directory / "furnished")
        if given.again is not None:
            go(directory / "furnished", directory / "walk", read(given.again.read_text()), http=False)
        else:
            sys.exit(_walk(directory, given.steps, given.seed))


def _walk(directory: Path, steps: int, seed: int) -> int:
    """Take walks; return how many failed."""
    done = failed = 0
    began = time.monotonic()
    while done < steps:
        script = draw(Random(seed), LENGTH)
        found = _fault(directory, script, seed)
        if found is not None:
            failed += 1
            _say(f"seed {seed} fails\n{found}\n{write(_short(directory, script, seed, found))}\n")
        done, seed = done + len(script), seed + 1
        _say(f"{done} steps, {failed} failures, {done / (time.monotonic() - began):.1f} steps/s")
    return failed


def _short(directory: Path, script: Sequence[Step], seed: int, fault: str) -> list[Step]:
    end = time.monotonic() + _PATIENCE_S

    def fails(some: Sequence[Step]) -> bool:
        found = _fault(directory, some, seed) if time.monotonic() < end else None
        return found is not None and _kind(found) == _kind(fault)

    return shortened(script, fails)


def _kind(fault: str) -> str:
    """What two walks have in common that found the same: the error, without names and numbers."""
    return re.sub(r"'[^']*'|\d+", "", fault.strip().splitlines()[-1])[:60]


def _fault(directory: Path, script: Sequence[Step], seed: int) -> str | None:
    try:
        go(directory / "furnished", directory / "walk", script, http=over_http(seed))
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        return traceback.format_exc()
    return None


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
