"""Random walks of :mod:`tests.sync.fire` from seeds that are always the same, so that no run fails by luck.

With HYPOTHESIS_PROFILE=thorough there are more, from seeds of their own each time; ``python -m tests.sync.fire`` takes
as many as one likes, and shortens those that fail.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.sync.fire.script import draw
from tests.sync.fire.stage import furnish
from tests.sync.fire.walking import LENGTH, go, over_http

WALKS = 5
"""In each test, so that the cores share the work."""
SEEDS = range(1, 21, WALKS)
IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("walks") / "furnished"
    furnish(directory)
    return directory


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", SEEDS)
def test_after_random_walks_all_sides_are_equal_and_nothing_is_lost_or_told_twice(
    furnished: Path, tmp_path: Path, first: int
) -> None:
    _walk(furnished, tmp_path, range(first, first + WALKS))


@pytest.mark.long
@pytest.mark.timeout(36_000)
@pytest.mark.skipif(not IS_THOROUGH, reason="fresh seeds are for HYPOTHESIS_PROFILE=thorough")
def test_walks_that_nobody_took_before_end_well_too(furnished: Path, tmp_path: Path) -> None:
    first = SystemRandom().randrange(10**9)
    _walk(furnished, tmp_path, range(first, first + 1000))


def _walk(furnished: Path, home: Path, seeds: range) -> None:
    for seed in seeds:
        try:
            go(furnished, home / "walk", draw(Random(seed), LENGTH), http=over_http(seed))
        except Exception as error:
            error.add_note(f"To shorten it: python -m tests.sync.fire {LENGTH} --seed {seed}")
            raise
