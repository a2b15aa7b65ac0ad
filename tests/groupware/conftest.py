"""A furnished store per test, copied from one that is made once: hashing passwords takes its time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerelle.store import Store
from tests.groupware.office import Office, furnish


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("furnished") / "store"
    with Store.create(path) as store:
        furnish(store)
    return path


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(furnished, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        yield Office(store)
