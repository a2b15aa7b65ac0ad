"""Replicas that are made quickly, each a copy of one that was made before, and a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passerelle.peers.base import Identity
from passerelle.sync.replica import Replica
from tests.sync.busy_scene import Furnished, Scene, furnished, staged
from tests.sync.outlook_desk import Desk
from tests.sync.real_server import RealServer, real_server
from tests.sync.world import ME, World

MakeReplica = Callable[[], Replica]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new replica of user 3, on disk."""
    directory = tmp_path_factory.mktemp("template") / "replica"
    Replica.create(directory, "anton", Identity(user=ME, display_name="Anton", server="memory")).close()
    return directory


@pytest.fixture
def make_replica(template: Path, tmp_path: Path) -> Iterator[MakeReplica]:
    """Makes replicas, and closes them at the end."""
    made: list[Replica] = []

    def make() -> Replica:
        directory = tmp_path / f"replica{len(made)}"
        shutil.copytree(template, directory)
        made.append(Replica.open(directory))
        return made[-1]

    yield make
    for replica in made:
        replica.close()


@pytest.fixture(params=[False, True], ids=["our server", "plain server"])
def world(request: pytest.FixtureRequest, make_replica: MakeReplica) -> World:
    return World(make_replica(), plain=request.param)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as running:
        running.add_user("anton")
        running.add_user("berta")
        yield running


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """A server and a person's account in the middle of things, made once and copied."""
    with furnished(tmp_path_factory.mktemp("furnished")) as made:
        yield made


@pytest.fixture
def scene(beginning: Furnished, tmp_path: Path) -> Iterator[Scene]:
    """A copy of that behind a gateway that can fail."""
    with staged(beginning, tmp_path / "home") as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A person with an Outlook."""
    replica = Replica.create(tmp_path / "replica", "anton", Identity(user=ME, display_name="Anton", server="test"))
    (tmp_path / "files").mkdir()
    return Desk(replica, tmp_path / "files")
