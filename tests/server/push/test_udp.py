"""UDP push of a running server, over real sockets (OX reference, section 18)."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.groupware import provision
from passerelle.model.errors import Misconfigured
from passerelle.store import Store
from passerelle.wire.oxpush import OK
from tests.support.commands import CommandFailed, Server, in_a_process
from tests.support.ox import elements as ox
from tests.support.ox.client import OxUser

SILENCE_S = 1.5
"""Several times the delay of the test's server."""


class Client:
    """A socket from which a client registers, and at which it hears."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", server.push_port))
        self.socket.settimeout(15)

    def registers(self, user: int, context: int = 1) -> None:
        content = f"1\x01{user}\x01{context}"
        self.socket.send(f"1337\x01{len(content)}\x01{content}".encode())

    def is_accepted(self, user: int) -> None:
        self.registers(user)
        assert self.socket.recv(100) == OK

    def hears(self) -> bytes:
        return self.socket.recv(100)

    def hears_nothing(self) -> bool:
        self.socket.settimeout(SILENCE_S)
        with pytest.raises(TimeoutError):
            self.socket.recv(100)
        self.socket.settimeout(15)
        return True


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server)
    yield client
    client.socket.close()


@pytest.fixture
def other_client(server: Server) -> Iterator[Client]:
    client = Client(server)
    yield client
    client.socket.close()


def test_many_changes_of_a_folder_are_one_datagram_to_who_registered(
    client: Client, other_client: Client, anna: OxUser, ben: OxUser
) -> None:
    client.is_accepted(anna.id)
    other_client.is_accepted(ben.id)
    folder = anna.default("contact")
    for number in range(5):
        folder.create(last_name=f"Person {number}")
    assert client.hears() == f"{folder.id}\x01".encode()
    assert client.hears_nothing()
    ben.default("task").create(title="Ben's")
    assert other_client.hears() == f"{ben.default('task').id}\x01".encode()
    assert client.hears_nothing()


def test_a_folder_that_is_no_longer_shared_is_not_told_any_more(client: Client, anna: OxUser, ben: OxUser) -> None:
    shared = anna.make_folder("contact", "Shared for a while", ox.right(ben.id, "2/4/0/0"))
    client.is_accepted(ben.id)
    shared.create(last_name="Open")
    assert client.hears() == f"{shared.id}\x01".encode()
    anna.write_well("folders", object_id=shared.id, last_modified=ox.ms("2100-01-01"), permissions=ox.owner(anna.id))
    assert client.hears() == f"{shared.id}\x01".encode()  # that it is gone
    shared.create(last_name="Closed")
    assert client.hears_nothing()


def test_a_second_client_of_a_user_takes_the_place_of_the_first(
    client: Client, other_client: Client, anna: OxUser
) -> None:
    client.is_accepted(anna.id)
    other_client.is_accepted(anna.id)
    anna.default("task").create(title="Told once")
    assert other_client.hears() == f"{anna.default('task').id}\x01".encode()
    assert client.hears_nothing()


def test_a_user_who_does_not_exist_is_not_answered(client: Client) -> None:
    for user, context in ((9999, 1), (0, 1), (2, 2), (2, 0)):
        client.registers(user, context)
    assert client.hears_nothing()


def test_a_user_who_is_added_later_can_register(server: Server, client: Client) -> None:
    client.registers(9999)
    with Store.open(server.data) as store:
        late = provision.add_user(store, "late", "secret", display_name="Late", email="late@example.org").id
    client.socket.settimeout(0.5)
    for _ in range(30):  # strangers are looked up some seconds later only
        client.registers(late)
        try:
            assert client.hears() == OK
        except TimeoutError:
            continue
        return
    pytest.fail("a new user is never accepted")


@settings(max_examples=50)
@given(st.lists(st.one_of(st.binary(max_size=1500), st.text("1\x01357", max_size=20).map(str.encode)), max_size=20))
def test_noise_is_not_answered_and_harms_nobody(server: Server, anna: OxUser, noise: list[bytes]) -> None:
    client = Client(server)
    random.shuffle(noise)
    for datagram in noise:
        if not datagram.startswith(b"1337"):
            client.socket.send(datagram)
    client.is_accepted(anna.id)
    client.socket.close()


def test_noise_is_logged_but_does_not_fill_the_log(server: Server, client: Client, anna: OxUser) -> None:
    for _ in range(200):
        client.socket.send(b"noise")
    client.is_accepted(anna.id)
    assert 1 <= server.log().count("push_datagrams_dropped") <= 5


# The command


def test_push_is_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    with Server(tmp_path, zone="UTC") as server:
        assert "UDP" not in server.log()


@pytest.mark.parametrize(
    "words", [("--push-port", "70000"), ("--push-port", "-1"), ("--push-delay", "-1"), ("--push-delay", "nan")]
)
def test_a_port_or_a_delay_that_is_none_is_refused_before_the_server_runs(
    server: Server, words: tuple[str, ...]
) -> None:
    with pytest.raises(CommandFailed, match="Give --push-"):
        in_a_process("server", "run", *words, data=server.data)


def test_a_port_that_is_taken_is_named(server: Server, tmp_path: Path) -> None:
    taken = str(server.push_port)
    with pytest.raises(CommandFailed, match=f"Cannot listen on 127.0.0.1 port {taken}") as failure:
        in_a_process("server", "run", "--port", "0", "--push-port", taken, data=server.data)
    assert f"gave {Misconfigured.exit_code}" in str(failure.value)
