"""What the interoperability tests share: an organisation on a running server of ours, and KDE beside it.

Servers and desktops are shared by the tests of a module, because starting them is what takes time. Each test
works on items of its own, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.interop.akonadi.build import Binaries, built, missing_packages
from tests.interop.akonadi.peer import AkonadiPeer, KdeAccount
from tests.interop.replica import Replica
from tests.support.commands import Server, User
from tests.support.ox.client import OxUser

ZONE = "Europe/Paris"
ADA = User(login="ada", name="Ada Lovelace", email="ada@example.org", password="engine no. 1")
BEN = User(login="ben", name="Ben Akiva", email="ben@example.org", password="ölkanne & <tee>")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest.fixture(scope="session")
def akonadi_binaries() -> Binaries:
    missing = missing_packages()
    if missing:
        pytest.skip(f"needs the Debian packages {' '.join(missing)}")
    return built()


@pytest.fixture(scope="module")
def imported() -> Mapping[str, str]:
    """The files that ada's account starts with, by name. A test module may define its own."""
    return {}


@pytest.fixture(scope="module")
def running_server(
    akonadi_binaries: Binaries, tmp_path_factory: pytest.TempPathFactory, imported: Mapping[str, str]
) -> Iterator[Server]:
    """An organisation with the users ada and ben, a group, a room and what `imported` names."""
    server = Server(tmp_path_factory.mktemp("organisation"), zone=ZONE)
    for user in (ADA, BEN):
        server.add_user(user)
    server.add_group("Engineers", ADA, BEN)
    server.add_resource("Blue room", "blue-room@example.org")
    for name, text in imported.items():
        server.import_text(ADA, name, text)
    with server:
        yield server


@pytest.fixture(scope="module")
def ox(running_server: Server) -> OxUser:
    """The server as ada sees it through the OX interface."""
    return OxUser(running_server.url, ADA)


@pytest.fixture(scope="module")
def bens_ox(running_server: Server) -> OxUser:
    """The server as ben sees it through the OX interface."""
    return OxUser(running_server.url, BEN)


@pytest.fixture(scope="module")
def akonadi(akonadi_binaries: Binaries) -> Iterator[AkonadiPeer]:
    """A desktop in UTC, where KDE errs least about whole days (faults.py)."""
    with AkonadiPeer(akonadi_binaries) as peer:
        yield peer


@pytest.fixture(scope="module")
def kde(akonadi: AkonadiPeer, running_server: Server) -> KdeAccount:
    """Ada's account in KDE, after its first synchronisation."""
    return akonadi.connect(running_server.url, ADA.login, ADA.password)


@pytest.fixture(scope="module")
def replica(running_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Replica:
    """Ada's account in a connector of ours, after its first synchronisation."""
    return Replica(tmp_path_factory.mktemp("connector"), running_server, ADA)
