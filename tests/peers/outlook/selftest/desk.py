"""A machine with Outlook on which the self-test is run, and what must not be found there afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.listening import Ears
from passerelle.peers.outlook.selftest.parts import Part
from passerelle.peers.outlook.selftest.report import Answer, Report
from passerelle.peers.outlook.selftest.running import PARTS, SelfTest
from passerelle.peers.outlook.selftest.surroundings import Surroundings
from passerelle.peers.outlook.selftest.verdicts import Verdict
from tests.outlook_double.events import Connected
from tests.outlook_double.habits import Habits
from tests.outlook_double.machine import Machine


class Hindered(Machine):
    """A machine on which something happens at a certain call, counted from 0."""

    def __init__(
        self, at: Callable[[int], bool] = lambda _: False, event: Callable[[Hindered], None] | None = None
    ) -> None:
        super().__init__(Habits())
        self.at = at
        self.event = event
        self.number = -1

    def enter(self, member: str) -> None:
        self.number += 1
        if self.event is not None and self.at(self.number):
            self.event(self)
        super().enter(member)


class Passing:
    """A thread's message queue on a machine on which waiting takes no time."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def wait(self, seconds: float) -> None:
        self._machine.pass_time(timedelta(seconds=seconds))
        self._machine.pump()

    def wake(self) -> None:
        """Nobody sleeps."""


class Desk:
    """A person who runs the self-test."""

    def __init__(self, directory: Path, machine: Machine | None = None) -> None:
        self.machine = machine or Machine()
        self.machine.start()
        self.directory = directory / "outlook-selftest"
        self.waited_s = 0.0

    def test(self, parts: Sequence[Part] = PARTS, *, own_folders: bool = False) -> SelfTest:
        return SelfTest(
            self.machine.get_active_object,
            Surroundings(
                facts={"short dates": "dd.MM.yyyy"},
                separator=";",
                ears=Ears(Connected, lambda: Passing(self.machine)),
                short_form=_short_form,
            ),
            self.directory,
            own_folders=own_folders,
            wait=self._wait,
            now=lambda: self.machine.now,
            parts=parts,
        )

    def _wait(self, seconds: float) -> None:
        self.waited_s += seconds

    def traces(self) -> list[str]:
        """What is there that was not: nothing but an empty mailbox is."""
        profile = self.machine.profile
        found = [f"data file {store.path}" for store in profile.stores[1:]]
        found += [f"category {one.name}" for one in profile.categories]
        found += [f"{len(one.records)} in {one.name}" for one in profile.stores[0].root.walk() if one.records]
        return [*found, *(["a directory"] if self.directory.exists() else []), *map(str, self.machine.sent)]


def _short_form(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M}"


def answers(report: Report) -> dict[str, Answer]:
    """All answers, by their questions."""
    return {one.question: one for part in report.parts for one in part.answers}


def with_verdict(report: Report, *verdicts: Verdict) -> list[str]:
    """The questions that were answered so."""
    return [id_ for id_, one in answers(report).items() if one.verdict in verdicts]


def raising(error: ComError) -> Callable[[Hindered], None]:
    """Let the call fail."""

    def event(_: Hindered) -> None:
        raise error

    return event
