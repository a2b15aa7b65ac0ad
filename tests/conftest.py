"""What every test shares: how Hypothesis searches, and a small organisation to work in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from passerelle.groupware import credentials
from passerelle.store import Store
from tests.groupware.office import Office, furnish

# A slow machine is no failure, hence no deadline. On CI the examples follow from the test itself, so that a
# run never fails by luck; on a developer's machine they are new each time, and the failing ones are kept. Whoever has
# hours to spare sets HYPOTHESIS_PROFILE=thorough.
settings.register_profile("dev", deadline=None, max_examples=30)
settings.register_profile("ci", deadline=None, max_examples=30, derandomize=True, database=None, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

# A password's hash takes a core for a while on purpose: with what the program has, a quarter of the whole run.
PRODUCT_HASHER = credentials._HASHER
credentials._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# Tests expect English, whatever the language of the machine that they run on.
os.environ["PASSERELLE_LANGUAGE"] = "en"

# No test reads or writes the keyring of whoever runs it, nor takes another test's double for the system's.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: tests that wait for other programs leave theirs idle."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes long begin first, so that no core waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished store that is made once and copied: hashing passwords takes its time."""
    path = tmp_path_factory.mktemp("furnished") / "store"
    with Store.create(path) as store:
        furnish(store)
    return path


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """Anna, Bruno and Carla, in a store of the test's own."""
    shutil.copytree(furnished, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        yield Office(store)
