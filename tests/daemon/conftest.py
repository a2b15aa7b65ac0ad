"""The daemon in this process, with accounts on the real server, in this process as well."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from passerelle.daemon.control.client import Control
from passerelle.daemon.control.messages import Standing, State
from passerelle.daemon.running import keeping
from passerelle.groupware.provision import set_password
from passerelle.model.errors import PasserelleError
from passerelle.model.folders import Module
from passerelle.model.items import Task
from passerelle.model.principals import User
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets
from passerelle.sync.report import CycleResult
from tests.support.waiting import eventually
from tests.sync.real_server import PASSWORD, RealServer, default_folder, real_server, records


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, User]]:
    """The directory of a server with two users, to be copied."""
    directory = tmp_path_factory.mktemp("office")
    with real_server(directory) as running:
        for login in ("anton", "berta"):
            running.add_user(login)
    return directory, running.users


@pytest.fixture
def server(office: tuple[Path, dict[str, User]], tmp_path: Path) -> Iterator[RealServer]:
    """A running server that pushes, with anton and berta."""
    directory, users = office
    shutil.copytree(directory / "server", tmp_path / "server")
    with real_server(tmp_path, pushes=True) as running:
        running.users.update(users)
        yield running


@dataclass
class Heard:
    """What the daemon tells a person."""

    cycles: list[tuple[str, CycleResult]] = field(default_factory=list)
    failures: list[tuple[str, PasserelleError]] = field(default_factory=list)

    def cycled(self, account: str, result: CycleResult) -> None:
        self.cycles.append((account, result))

    def failed(self, account: str, error: PasserelleError, again_in_s: float | None) -> None:
        self.failures.append((account, error))


@dataclass
class Machine:
    """A data directory with accounts, and perhaps a daemon for it."""

    data: Path
    heard: Heard = field(default_factory=Heard)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.data, FileSecrets(self.data))

    @property
    def control(self) -> Control:
        return Control(self.data)

    def add(self, server: RealServer, login: str, name: str = "") -> None:
        self.accounts.add(server.url, login, PASSWORD, name=name)

    @contextmanager
    def daemon(self, name: str | None = None) -> Iterator[Control]:
        with keeping(self.accounts, self.heard, name):
            yield self.control

    def standing(self, name: str) -> Standing:
        return next(one for one in self.control.standings() if one.account == name)

    def comes_to(self, name: str, state: State) -> Standing:
        """How an account fares once it has come to a state."""
        eventually(lambda: self.standing(name).state is state, f"{name} is {state}")
        return self.standing(name)

    def writes_task(self, name: str, title: str) -> None:
        with self.accounts.replica(self.accounts.get(name)) as replica:
            session = replica.session()
            session.create(default_folder(session, Module.TASKS).id, Task(title=title))

    def tasks(self, name: str) -> list[str]:
        with self.accounts.replica(self.accounts.get(name)) as replica:
            session = replica.session()
            items = (one.item for one in records(session, default_folder(session, Module.TASKS)))
            return [one.title for one in items if isinstance(one, Task) and one.title]


MakeMachine = Callable[[], Machine]


@pytest.fixture
def make_machine(tmp_path: Path) -> MakeMachine:
    made: list[Machine] = []

    def make() -> Machine:
        data = tmp_path / f"machine{len(made)}"
        data.mkdir()
        made.append(Machine(data))
        return made[-1]

    return make


@pytest.fixture
def machine(make_machine: MakeMachine) -> Machine:
    return make_machine()


@pytest.fixture
def watched(machine: Machine, server: RealServer) -> Iterator[Machine]:
    """A machine with the account "work" of anton, in step, and a daemon."""
    machine.add(server, "anton", "work")
    with machine.daemon():
        machine.comes_to("work", State.IN_STEP)
        yield machine


def change_password(server: RealServer, login: str, password: str) -> None:
    set_password(server.store, login, password)
