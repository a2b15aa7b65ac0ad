"""The stage of :mod:`tests.sync.fire`, on which the stories take place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.fire.stage import Stage, furnish


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stage") / "furnished"
    furnish(directory)
    return directory


@pytest.fixture
def stage(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(furnished, tmp_path / "stage", http=False)
    yield stage
    stage.close()
