"""``passerelle sync`` is killed in the midst of it, at twenty moments: in the end all is right, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Final

import pytest
from sqlalchemy import Engine, event

from passerelle.cli.program import run as run_command
from tests.sync.bad_server import Ask, Kind
from tests.sync.busy_scene import Scene, check, in_step

pytestmark = pytest.mark.long

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
COMMITS: Final = (9, 7, 5, 3, 2, 1)

context = get_context("forkserver")
context.set_forkserver_preload(
    ["passerelle.cli.program", "passerelle.cli.syncing", "passerelle.cli.cycling", "tests.sync.test_killed"]
)


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


def kill(scene: Scene, kinds: Iterable[Kind], *, is_answered: bool) -> None:
    """Start again and again: each process is killed at the first request of another kind."""
    processes: list[BaseProcess] = []

    def strike(ask: Ask) -> bytes:
        if is_answered:
            ask()
        processes[-1].kill()
        wait([processes[-1].sentinel])
        return b""

    scene.gateway.waiting = dict.fromkeys(kinds, strike)
    while scene.gateway.waiting:
        processes.append(start(scene))
        ends(scene, processes[-1])


def ends(scene: Scene, process: BaseProcess) -> None:
    """It was killed, and nothing is lost by that, here or there, or comes twice."""
    process.join()
    assert process.exitcode == -signal.SIGKILL
    check(scene)


def test_whenever_a_sync_is_killed_as_it_asks_the_next_one_brings_all_in_step(scene: Scene) -> None:
    kill(scene, UNANSWERED, is_answered=False)
    in_step(scene, cycles=1)


def test_whenever_a_sync_is_killed_before_it_is_answered_the_next_one_brings_all_in_step(scene: Scene) -> None:
    kill(scene, ANSWERED, is_answered=True)
    in_step(scene, cycles=1)


def test_whenever_a_sync_is_killed_as_it_writes_here_the_next_one_brings_all_in_step(scene: Scene) -> None:
    for commits in COMMITS:
        ends(scene, start(scene, commits))
    in_step(scene, cycles=1)
