"""Every bad answer to every kind of request: nothing is lost by it, here or there, or comes twice; and it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from passerelle.model.errors import PasserelleError
from passerelle.peers.line.patience import USUAL, Patience
from tests.sync.bad_answers import BAD_ANSWERS, SILENCE
from tests.sync.bad_server import Kind, Spoil
from tests.sync.busy_scene import Furnished, Scene, check, furnished, in_step, staged


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with furnished(tmp_path_factory.mktemp("furnished")) as made:
        yield made


@pytest.fixture
def scene(beginning: Furnished, tmp_path: Path) -> Iterator[Scene]:
    with staged(beginning, tmp_path / "home") as made:
        yield made


def strike(scene: Scene, answers: Iterable[Spoil]) -> list[str]:
    """Let one of the answers strike each kind of request once; what the user reads of it."""
    scene.gateway.waiting = dict(zip(Kind, cycle(answers), strict=False))
    return run(scene)


def run(scene: Scene) -> list[str]:
    """Run cycles until every kind that waits for it was struck; what the user reads."""
    said: list[str] = []
    for _ in range(2 * len(Kind)):
        if not scene.gateway.waiting:
            break
        with scene.line() as peer:
            try:
                said += [str(one.message) for one in scene.replica.cycle(peer).reports]
            except PasserelleError as error:
                said.append(str(error))
        check(scene)
        scene.later += timedelta(hours=1)
    assert not scene.gateway.waiting
    return said


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_to_any_request_loses_and_doubles_nothing_and_is_told(scene: Scene, name: str) -> None:
    bad = BAD_ANSWERS[name]
    said = strike(scene, bad.answers.values())
    assert not bad.says or any(re.search(bad.says, one) for one in said), said
    in_step(scene)


def test_a_server_that_is_silent_is_not_waited_for_and_nothing_is_lost_or_doubled(scene: Scene) -> None:
    scene.patience = Patience(window_s=0.3)
    scene.gateway.waiting = dict.fromkeys((Kind.CONTACTS, Kind.CREATION, Kind.FOLDER_CREATION), SILENCE)
    assert "The server did not answer in time." in run(scene)
    scene.patience = USUAL
    in_step(scene)
