"""The daemon's door where there are no Unix sockets, as on Windows: a port that any user can knock at."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from passerelle.daemon.control import doors
from passerelle.daemon.control.client import NoDaemon
from passerelle.daemon.control.loopback_door import NAME, LoopbackDoor, Sign
from passerelle.daemon.control.messages import State
from tests.daemon.conftest import Machine
from tests.sync.real_server import RealServer


@pytest.fixture(autouse=True)
def no_unix_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "has_unix_sockets", lambda: False)


@pytest.fixture
def watched_by_port(no_unix_sockets: None, machine: Machine, server: RealServer) -> Iterator[Machine]:
    machine.add(server, "anton", "work")
    with machine.daemon():
        machine.comes_to("work", State.IN_STEP)
        yield machine


def sign(data: Path) -> Sign:
    return msgspec.json.decode((data / NAME).read_bytes(), type=Sign)


def hears(port: int, said: bytes) -> bytes:
    """What somebody hears who says that and no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line, line.makefile("rb") as answers:
        try:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            return answers.read()
        except OSError:  # it was hung up on in the middle
            return b""


def test_a_daemon_is_asked_and_told_as_elsewhere(watched_by_port: Machine) -> None:
    watched_by_port.control.pause("work")
    watched_by_port.comes_to("work", State.PAUSED)
    watched_by_port.writes_task("work", "Bread")
    assert watched_by_port.control.sync().outcomes.keys() == {"work"}
    assert (watched_by_port.data / NAME).stat().st_mode & 0o777 == 0o600


def test_the_file_goes_with_the_daemon(machine: Machine) -> None:
    with machine.daemon():
        assert (machine.data / NAME).exists()
    assert not (machine.data / NAME).exists()
    with pytest.raises(NoDaemon):
        machine.control.standings()


@pytest.mark.parametrize("said", [b"", b"x" * 64, b'{"type":"status"}\n', b'{"type":"status"}\n' * 10])
def test_whoever_cannot_read_the_file_hears_nothing(watched_by_port: Machine, said: bytes) -> None:
    assert hears(sign(watched_by_port.data).port, said) == b""
    assert watched_by_port.standing("work").state is State.IN_STEP


def test_whoever_says_nothing_does_not_keep_others_waiting(watched_by_port: Machine) -> None:
    with socket.create_connection(("127.0.0.1", sign(watched_by_port.data).port)):
        assert watched_by_port.standing("work").state is State.IN_STEP


def test_what_another_program_answers_on_the_port_of_a_killed_daemon_is_not_believed(machine: Machine) -> None:
    door = LoopbackDoor(machine.data)
    left = sign(machine.data)
    door.close()
    with socket.create_server(("127.0.0.1", 0)) as impostor:
        (machine.data / NAME).write_bytes(msgspec.json.encode(Sign(impostor.getsockname()[1], left.secret)))
        heard: list[bytes] = []

        def deceive() -> None:
            with impostor.accept()[0] as line:
                heard.append(line.recv(1000))
                line.sendall(heard[0][32:])

        deceiver = Thread(target=deceive)
        deceiver.start()
        with pytest.raises(NoDaemon):
            machine.control.standings()
        deceiver.join()
    assert left.secret not in heard[0]


def test_a_damaged_file_is_no_daemon(machine: Machine) -> None:
    (machine.data / NAME).write_text("{}")
    with pytest.raises(NoDaemon):
        machine.control.standings()
