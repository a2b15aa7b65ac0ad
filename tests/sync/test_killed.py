"""``passerelle sync`` is killed in the midst of it: with the next one all is right, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, event

from passerelle.cli.program import run as run_command
from tests.sync.bad_server import Ask, Kind
from tests.sync.busy_scene import Furnished, Scene, check, furnished, in_step, staged

NEVER: Final = 10_000
ANSWERED: Final = (
    Kind.CREATION,
    Kind.CHANGE,
    Kind.OCCURRENCE,
    Kind.ANSWER,
    Kind.MOVE,
    Kind.DELETION,
    Kind.FOLDER_CREATION,
    Kind.FOLDER_CHANGE,
    Kind.FOLDER_DELETION,
)
UNANSWERED: Final = (Kind.CALENDAR, Kind.CREATION, Kind.MOVE, Kind.DELETION, Kind.FOLDER_CREATION)
COMMITS: Final = (1, 3, 6, 10, 15, 21)

context = get_context("forkserver")
context.set_forkserver_preload(["passerelle.cli.program", "passerelle.cli.syncing", "tests.sync.test_killed"])


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with furnished(tmp_path_factory.mktemp("furnished")) as made:
        yield made


@pytest.fixture
def scene(beginning: Furnished, tmp_path: Path) -> Iterator[Scene]:
    with staged(beginning, tmp_path / "home") as made:
        yield made


def sync(data: str, commits: int) -> None:
    """What the process does: the command, which dies right before a commit of that number, from 1."""
    left = [commits]

    def count(_connection: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", count)
    raise SystemExit(run_command(["sync", "--data", data]))


def start(scene: Scene, commits: int = NEVER) -> BaseProcess:
    scene.replica.close()
    del scene.replica
    process = context.Process(target=sync, args=(str(scene.accounts.data), commits))
    process.start()
    return process


def die(processes: list[BaseProcess]) -> bytes:
    (process,) = processes
    process.kill()
    wait([process.sentinel])
    return b""


def comes_right(scene: Scene, process: BaseProcess) -> None:
    """It was killed; nothing is lost by that, and the next run brings all in step."""
    process.join()
    assert process.exitcode == -signal.SIGKILL
    check(scene)
    with closing(scene.accounts.connect(scene.accounts.get())) as peer:
        scene.replica.cycle(peer)
        assert not scene.replica.skipped()
    check(scene)
    in_step(scene, cycles=1)


@pytest.mark.parametrize("kind", UNANSWERED, ids=str)
def test_a_sync_that_is_killed_when_it_asks_loses_and_doubles_nothing(scene: Scene, kind: Kind) -> None:
    processes: list[BaseProcess] = []

    def kill(_ask: Ask) -> bytes:
        return die(processes)

    scene.gateway.waiting = {kind: kill}
    processes.append(start(scene))
    comes_right(scene, processes[0])


@pytest.mark.parametrize("kind", ANSWERED, ids=str)
def test_a_sync_that_is_killed_before_it_is_answered_loses_and_doubles_nothing(scene: Scene, kind: Kind) -> None:
    processes: list[BaseProcess] = []

    def kill(ask: Ask) -> bytes:
        ask()
        return die(processes)

    scene.gateway.waiting = {kind: kill}
    processes.append(start(scene))
    comes_right(scene, processes[0])


@pytest.mark.parametrize("commits", COMMITS)
def test_a_sync_that_is_killed_while_it_writes_here_loses_and_doubles_nothing(scene: Scene, commits: int) -> None:
    comes_right(scene, start(scene, commits))
