"""``passerelle sync`` beside a daemon: the daemon does the work, and nobody notices but by the time that it takes."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from structlog.testing import capture_logs

from passerelle.daemon.control.client import Control
from passerelle.daemon.control.messages import Accepted, State, line_of
from passerelle.daemon.control.unix_door import UnixDoor
from passerelle.daemon.running import keeping
from passerelle.model.errors import PasserelleError
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.report import CycleResult
from tests.cli.conftest import ANNA, BEN, Command, Outcome
from tests.cli.connector import Person, mapping, part
from tests.cli.test_sync import add
from tests.support.commands import Server, watching
from tests.support.waiting import eventually


class Deaf:
    """Is told what a daemon does, and does not listen."""

    def cycled(self, account: str, result: CycleResult) -> None:
        pass

    def failed(self, account: str, error: PasserelleError, again_in_s: float | None) -> None:
        pass


@pytest.fixture
def person(command: Command, tmp_path: Path, served: Server) -> Person:
    """Somebody with the accounts of anna, "work", and of ben, "home", in step."""
    person = Person(command, tmp_path / "accounts")
    add(person, served, ANNA, "work")
    add(person, served, BEN, "home")
    person.does("sync")
    return person


@contextmanager
def daemon(person: Person) -> Iterator[Control]:
    """A daemon that does nothing but what it is asked for. Its log is not that of the commands here."""
    control = Control(person.data)
    with capture_logs(), keeping(Accounts(person.data), Deaf()):
        control.pause()
        eventually(lambda: {one.state for one in control.standings()} <= {State.PAUSED, State.DISABLED}, "all rest")
        yield control


def without_costs(outcome: Outcome) -> tuple[int, str, str]:
    """An outcome without requests, kilobytes and seconds."""
    return (outcome.code, re.sub(r"; \d+ requests?, .* s\.", "", outcome.out), outcome.err)


def test_output_and_exit_code_are_the_same_with_and_without_a_daemon(person: Person) -> None:
    person.adds("task", "Bread", "--account", "work")
    alone = person.types("sync")
    with daemon(person):
        person.adds("task", "Cheese", "--account", "work")
        handed_over = person.types("sync")
        as_json = mapping(person.types("sync", "--json"))
        only = mapping(person.types("sync", "--json", "--account", "home"))
    assert without_costs(handed_over) == without_costs(alone)
    assert "work: 1 change" in handed_over.out
    assert list(as_json) == ["work", "home"]
    assert part(as_json, "work")["total"] == 0
    assert only.keys() == {"home"}


def test_it_is_the_daemon_that_does_it(person: Person) -> None:
    with daemon(person) as control:
        before = control.standings()[0].last_success
        person.does("sync")
        assert control.standings()[0].last_success != before


def test_failures_and_exit_codes_are_the_same_with_and_without_a_daemon(person: Person) -> None:
    accounts = Accounts(person.data)
    accounts.change("home", lambda account: msgspec.structs.replace(account, url="http://127.0.0.1:9"))
    alone = person.types("sync")
    with daemon(person):
        handed_over = person.types("sync")
        told = person.types("sync", "--json").json()
    assert alone.code not in {0, 1}
    assert without_costs(handed_over) == without_costs(alone)
    assert isinstance(told, dict)
    assert part(told, "home")["exit_code"] == alone.code


def test_what_was_left_alone_or_cannot_be_done_is_said_in_the_same_words(person: Person) -> None:
    person.does("account", "disable", "home")
    questions = (("sync",), ("sync", "--account", "home"), ("sync", "--account", "nobody"), ("sync", "Tasks"))
    alone = [without_costs(person.types(*words)) for words in questions]
    with daemon(person):
        assert [without_costs(person.types(*words)) for words in questions] == alone
    assert "left alone" in alone[0][1]


def test_a_slow_synchronisation_is_handed_over_as_well(person: Person) -> None:
    with daemon(person):
        assert "nothing to do" in person.does("sync", "Tasks", "--slow", "--account", "work")


@pytest.mark.parametrize("said", [b"", line_of(Accepted(("work", "home"), ())), b"nonsense\n"])
def test_if_the_daemon_goes_away_in_the_middle_the_command_does_it_itself(person: Person, said: bytes) -> None:
    door = UnixDoor(person.data)

    def hang_up() -> None:
        line = door.accept()
        assert line is not None
        with line:
            line.sendall(said)
            line.shutdown(socket.SHUT_RDWR)

    thread = Thread(target=hang_up)
    thread.start()
    try:
        assert person.does("sync").count("nothing to do") == 2
    finally:
        door.close()
        thread.join()


def test_asking_a_daemon_loads_neither_database_nor_network() -> None:
    program = "import sys, passerelle.cli.program, passerelle.cli.syncing; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = answer.stdout.split()
    assert "passerelle.daemon.control.client" in loaded
    assert not {"sqlalchemy", "sqlite3", "httpx2", "ssl", "lxml", "asyncio", "rich", "structlog"} & set(loaded)


def test_watching_speaks_json_to_a_script(person: Person, tmp_path: Path) -> None:
    person.adds("task", "Bread", "--account", "work")
    log = tmp_path / "log"
    with watching(person.data, log, "--json") as process:
        eventually(lambda: '"cycle"' in log.read_text(), "the first cycle is told", patience_s=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    events = [msgspec.json.decode(line) for line in log.read_text().splitlines()]
    assert [one["event"] for one in events] == ["watching", "cycle", "stopped"]
    assert (events[1]["account"], events[1]["total"]) == ("work", 1)
