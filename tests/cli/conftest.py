"""Runs commands as a shell would, in this process: words in, exit code and output out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from passerelle.cli.program import run
from tests.support.commands import Server, User


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        """The one JSON document on standard output."""
        return msgspec.json.decode(self.out)


Command = Callable[..., Outcome]

ANNA = User("anna", "Anna Weber", "anna@example.org", "secret one")
BEN = User("ben", "Ben Roth", "ben@example.org", "secret two")
PLANS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:yoga@example.org
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261201T180000
DTEND;TZID=Europe/Berlin:20261201T193000
RRULE:FREQ=WEEKLY;COUNT=4
SUMMARY:Yoga
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    def call(*words: str | Path, stdin: str = "") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def office(command: Command, tmp_path: Path) -> Path:
    """The directory of a server with one user, anna."""
    directory = tmp_path / "office"
    assert command("server", "init", "--data", directory).code == 0
    words = ("--name", "Anna Weber", "--email", "anna@example.org", "--password-stdin", "--zone", "Europe/Berlin")
    assert command("server", "user", "add", "anna", *words, "--data", directory, stdin="secret\n").code == 0
    return directory


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with anna, who has a few items, and ben."""
    server = Server(tmp_path_factory.mktemp("served"), zone="Europe/Berlin")
    server.add_user(ANNA)
    server.add_user(BEN)
    server.import_text(ANNA, "plans.ics", PLANS)
    with server:
        yield server
