"""Several processes on one store: a change made through one is pushed by all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from passerelle.wire.oxpush import OK, Registration, write_registration
from tests import postgresql
from tests.server.push.conftest import ANNA
from tests.support.commands import Server
from tests.support.events import Stream, Told
from tests.support.ox.client import OxUser

OPTIONS = ("--push-port", "0", "--push-delay", "0.1")


@pytest.fixture(scope="module")
def database() -> Iterator[postgresql.Server]:
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    with postgresql.running(binaries) as database:
        yield database


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two running server processes on one store."""
    url = None
    if request.param == "postgresql":
        database: postgresql.Server = request.getfixturevalue("database")
        url = database.url(database.new_database())
    first = Server(tmp_path_factory.mktemp("pair"), zone="UTC", database=url, options=OPTIONS)
    first.add_user(ANNA)
    with first, first.beside() as second:
        yield first, second
    assert "Traceback" not in first.log() + second.log()


def test_a_change_made_through_one_process_is_pushed_by_all(pair: tuple[Server, Server]) -> None:
    users = [OxUser(server.url, ANNA) for server in pair]
    tasks = users[0].default("task").id
    expected = [Told("items", tasks, "task")]
    with Stream(pair[0].url, ANNA) as one, Stream(pair[1].url, ANNA) as other:
        for user in users:
            user.default("task").create(title="Told by both")
            assert one.taken() == expected
            assert other.taken() == expected


def test_a_stream_goes_on_in_another_process(pair: tuple[Server, Server]) -> None:
    first, second = (OxUser(server.url, ANNA) for server in pair)
    with Stream(pair[0].url, ANNA) as stream:
        first.default("task").create(title="Heard")
        stream.taken()
        place = stream.last_id
    second.default("contact").create(last_name="Missed")
    with Stream(pair[1].url, ANNA, last_id=place) as again:
        assert Told("items", first.default("contact").id, "contact") in again.taken(1) + again.events


def test_udp_tells_of_changes_made_through_the_other_process(pair: tuple[Server, Server]) -> None:
    first, second = (OxUser(server.url, ANNA) for server in pair)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as client:
        client.settimeout(15)
        client.connect(("127.0.0.1", pair[0].push_port))
        client.send(write_registration(Registration(first.id, 1)))  # type: ignore[arg-type]
        assert client.recv(100) == OK
        folder = second.default("task")
        folder.create(title="Told over UDP")
        assert client.recv(100) == f"{folder.id}\x01".encode()
