"""The service under a real user's instance of systemd: installed, running, killed, removed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.systemd.instance import Impossible, Instance
from tests.support.commands import PROGRAM, Server, User
from tests.support.ox.client import OxUser
from tests.support.waiting import eventually

pytestmark = pytest.mark.long

ADA = User(login="ada", name="Ada Lovelace", email="ada@example.org", password="engine no. 1")
AWKWARD = '100% of ada\'s $HOME \\ "here"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("organisation"), zone="Europe/Paris")
    made.add_user(ADA)
    with made:
        yield made


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Instance]:
    try:
        with Instance(tmp_path / "home") as instance:
            yield instance
    except Impossible as error:
        pytest.skip(str(error))


def add_account(session: Instance, server: Server, *words: str | Path) -> None:
    login = ("--login", ADA.login, "--password-stdin")
    session.passerelle("account", "add", server.url, *login, *words, stdin=ADA.password + "\n")


def process_of(session: Instance, unit: Path) -> int:
    """The daemon's number inside the session, once it reported that it is up; 0 else."""
    shown = session.run("systemctl", "--user", "show", unit.name, "--property", "ActiveState,MainPID").stdout
    found = dict(line.split("=") for line in shown.splitlines())
    return int(found["MainPID"]) if found["ActiveState"] == "active" else 0


def test_an_installed_service_keeps_accounts_in_step_comes_back_when_killed_and_goes_without_a_trace(
    session: Instance, server: Server
) -> None:
    data = ("--data", session.home / AWKWARD)
    add_account(session, server, *data)
    session.passerelle("sync", *data)
    session.passerelle("add", "appointment", "Lunch", "--start", "2026-12-01T12:00", "--end", "13:00", *data)
    before = session.settings()
    assert "Installed and started" in session.passerelle("service", "install", *data)
    unit = next((session.home / ".config/systemd/user").glob("*.service"))
    first = process_of(session, unit)
    assert first
    assert "It runs." in session.passerelle("service", "status", *data)
    assert "installed already, and runs" in session.passerelle("service", "install", *data)
    assert process_of(session, unit) == first
    calendar = OxUser(server.url, ADA).default("calendar")
    eventually(calendar.live, "the appointment on the server", patience_s=40)

    session.run("kill", f"-{signal.SIGKILL.value}", str(first))
    eventually(lambda: process_of(session, unit) not in {0, first}, "another daemon", patience_s=30)

    assert unit.stat().st_mode & 0o777 == 0o600
    assert "was removed" in session.passerelle("service", "remove", *data)
    assert session.settings() == before
    listed = session.run("systemctl", "--user", "list-units", "--all", "--plain", "passerelle*").stdout
    assert "passerelle" not in listed, listed
    assert "No service is installed" in session.passerelle("service", "remove", *data)


def test_who_has_no_account_or_cannot_reach_systemd_is_told_so_and_nothing_is_installed(
    session: Instance,
) -> None:
    before = session.settings()
    lonely = session.run(PROGRAM, "service", "install")
    assert lonely.returncode == 4
    assert "There is no account yet" in lonely.stderr
    unreached = session.run(PROGRAM, "service", "install", is_reached=False)
    assert unreached.returncode == 12
    assert "not with su or sudo" in " ".join(unreached.stderr.split())
    assert session.settings() == before
