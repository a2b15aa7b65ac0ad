"""Our connector listens to our server, over both ways of push."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.model.ids import UserId
from passerelle.peers.base import Heard, NoPush, Push
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.peers.ox_webdav.push import DatagramPush, EventPush
from passerelle.peers.ox_webdav.push.events import heard
from passerelle.wire.eventstream import Message
from passerelle.wire.oxpush import Registration
from tests.server.push.conftest import ANNA
from tests.support.commands import Server
from tests.support.ox.client import OxUser
from tests.support.waiting import eventually


class Ear:
    """Listens in a thread, and notes what it hears."""

    def __init__(self, push: Push) -> None:
        self.heard: list[Heard] = []
        self.stands = self.has_ended = False
        self._push = push
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(Unreachable):
            for heard in self._push.listen():
                self.heard += heard
                self.stands = True
        self.has_ended = True

    def hears_of(self, folder: int) -> None:
        def told() -> list[Heard]:
            return [one for one in self.heard if one.folder == str(folder)]

        eventually(told, f"news of folder {folder}")

    def hang_up(self) -> None:
        self._push.hang_up()
        self._thread.join(timeout=15)
        assert self.has_ended


@contextmanager
def listening(push: Push) -> Iterator[Ear]:
    ear = Ear(push)
    try:
        eventually(lambda: ear.stands, "the line stands")
        yield ear
    finally:
        ear.hang_up()


@pytest.fixture
def peer(server: Server) -> Iterator[OxWebDav]:
    peer = OxWebDav(Connection(server.url, ANNA.login, ANNA.password), push_port=server.push_port)
    yield peer
    peer.close()


def pushes(peer: OxWebDav) -> Sequence[Push]:
    return peer.pushes()


@pytest.mark.parametrize("way", [0, 1], ids=["events", "datagrams"])
def test_the_folder_that_changed_is_heard_of_and_hanging_up_wakes_the_listener(
    peer: OxWebDav, anna: OxUser, way: int
) -> None:
    folder = anna.default("contact")
    with listening(pushes(peer)[way]) as ear:
        made = folder.create(last_name="Heard")
        ear.hears_of(folder.id)
    assert {one.position for one in ear.heard if one.folder == str(folder.id)} == {(str(made.last_modified), None)[way]}


def test_a_server_that_does_not_say_where_a_folder_stands_is_taken_at_its_place_in_the_whole_history() -> None:
    old = b'{"kind": "items", "folder": 1, "at": 9}'
    new = b'{"kind": "items", "folder": 2, "position": 12, "at": 9}'
    last = b'{"kind": "items", "folder": 3, "at": 9}'
    told = heard([Message(old, ""), Message(new, ""), Message(last, "9")])
    assert [(one.folder, one.position) for one in told] == [("1", "9"), ("2", "12"), ("3", "9")]
    assert [(one.folder, one.position) for one in heard([Message(old, "x")])] == [("1", None)]
    assert heard([Message(new.replace(b"12", b'"x"'), "9")]) == [Heard()]


def test_a_server_without_a_stream_of_events_offers_no_push(server: Server) -> None:
    connection = Connection(f"{server.url}/elsewhere", ANNA.login, ANNA.password)
    with pytest.raises(NoPush):
        next(EventPush(connection).listen())
    connection.close()


def test_a_wrong_password_is_no_missing_push(server: Server) -> None:
    connection = Connection(server.url, ANNA.login, "wrong")
    with pytest.raises(Unauthenticated):
        next(EventPush(connection).listen())
    connection.close()


def test_a_stream_that_goes_silent_is_taken_for_dead(server: Server) -> None:
    connection = Connection(server.url, ANNA.login, ANNA.password)
    with pytest.raises(Unreachable):
        list(EventPush(connection, silence_s=0.5).listen())
    connection.close()


def test_a_machine_that_does_not_answer_on_the_port_offers_no_datagrams() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        push = DatagramPush("127.0.0.1", deaf.getsockname()[1], lambda: Registration(UserId(3), 1), answer_s=0.1)
        with pytest.raises(NoPush):
            next(iter(push.listen()))
