"""What the tests of push share: a clock, and an organisation on a running server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.push.clock import Clock
from tests.support.commands import Server, User
from tests.support.ox.client import OxUser

ANNA = User("anna", "Anna Adler", "anna@example.org", "secret one")
BEN = User("ben", "Ben Brandt", "ben@example.org", "secret two")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The users anna and ben, on a server that pushes over UDP after 0.3 s; its log must stay free of tracebacks."""
    options = ("--push-port", "0", "--push-delay", "0.3")
    server = Server(tmp_path_factory.mktemp("pushing"), zone="Europe/Berlin", options=options)
    for user in (ANNA, BEN):
        server.add_user(user)
    with server:
        yield server
    assert "Traceback" not in server.log()


@pytest.fixture(scope="session")
def anna(server: Server) -> OxUser:
    return OxUser(server.url, ANNA)


@pytest.fixture(scope="session")
def ben(server: Server) -> OxUser:
    return OxUser(server.url, BEN)
