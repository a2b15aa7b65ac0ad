"""The server that is attacked runs in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.ox.hostile.fuzzing.grammar import Grammar
from tests.server.ox.hostile.fuzzing.scene import Place, Scene, Work, furnish
from tests.support.logs import nothing_fails


@pytest.fixture(autouse=True)
def no_traceback() -> Iterator[None]:
    """Stands for the fixture of that name of the tests beside, whose server is a process."""
    with nothing_fails():
        yield


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Place]]:
    """A directory to be copied, and what can be named in it."""
    path = tmp_path_factory.mktemp("attacked") / "store"
    return path, furnish(path)


@pytest.fixture
def scene(furnished: tuple[Path, list[Place]], tmp_path: Path) -> Iterator[Scene]:
    path, places = furnished
    shutil.copytree(path, tmp_path / "store")
    with Work().counted() as work:
        scene = Scene(tmp_path / "store", places, work)
        yield scene
        scene.secrets_are_whole()
        scene.close()


@pytest.fixture
def grammar(scene: Scene) -> Grammar:
    return Grammar(scene.places, scene.ids)
