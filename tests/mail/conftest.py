"""An office whose mail a server of the test takes, and to which mail comes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from passerelle.groupware import mail_settings
from passerelle.groupware.mail_settings import Relay, Security
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.mail.inbound import Door
from passerelle.mail.sending import send_due
from passerelle.store import Store, system_clock
from tests.groupware.office import Office
from tests.support.smtp import MailServer

SENDER = "groupware@example.org"


class Clock:
    """The system's time, and what a test lets pass besides."""

    def __init__(self) -> None:
        self._ahead = 0

    def __call__(self) -> int:
        return system_clock() + self._ahead

    def pass_by(self, duration: timedelta) -> None:
        self._ahead += duration // timedelta(milliseconds=1)


class MailingOffice(Office):
    """An office that sends mail."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store)
        self.clock = clock

    def post(self, after: timedelta = timedelta(minutes=10)) -> int:
        """Let time pass, and send what is due by then; return how many mails were looked at."""
        self.clock.pass_by(after)
        total = 0
        while sent := send_due(self.store, lambda: "secret"):
            total += sent
        return total


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[MailingOffice]:
    shutil.copytree(furnished, tmp_path / "store")
    clock = Clock()
    with Store.open(tmp_path / "store", clock=clock) as store:
        yield MailingOffice(store, clock)


@pytest.fixture
def door(office: Office) -> Door:
    return Door(office.store)


@pytest.fixture(scope="module")
def world(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An organisation for searches, which go on with what they left behind."""
    path = tmp_path_factory.mktemp("world") / "store"
    shutil.copytree(furnished, path)
    with Store.open(path) as store:
        yield Office(store)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def relay(office: MailingOffice, server: MailServer) -> Relay:
    """The office sends through the test's server."""
    relay = Relay(host="127.0.0.1", port=server.port, sender=SENDER, security=Security.NONE)
    use(office.store, relay)
    return relay


def use(store: Store, relay: Relay | None) -> None:
    with store.writing(SYSTEM_USER) as tx:
        mail_settings.use_relay(tx, relay)
