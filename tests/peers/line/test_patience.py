"""Servers that are slow: how long they may be, and when we have waited enough."""

from __future__ import annotations

import socket
from collections.abc import Callable
from time import monotonic, sleep

import pytest

from passerelle.model.errors import Unreachable
from passerelle.peers.line.address import check_address
from passerelle.peers.line.patience import Patience
from passerelle.peers.line.settings import Line
from passerelle.peers.line.transport import LineTransport
from passerelle.peers.ox_webdav import Connection
from tests.peers.line.scene import ask, raw_server

SHORT = Patience(connect_s=5, window_s=0.4, least_bytes=1000)
LONGEST_S = 5.0
"""Far more than the window, for a machine that is busy; far less than what the servers here take."""


def request_of(line: socket.socket) -> None:
    """Read the request."""
    said = b""
    while b"<x/>" not in said:
        said += line.recv(65536)


def drip(line: socket.socket, said: bytes, pause_s: float = 0.05) -> None:
    """Say it byte by byte, for as long as somebody listens."""
    for at in range(len(said)):
        line.sendall(said[at : at + 1])
        sleep(pause_s)  # the slowness is what is tested


HEAD = b"HTTP/1.1 207 Multi-Status\r\nContent-Length: %d\r\n\r\n"


def says_nothing(line: socket.socket) -> None:
    request_of(line)
    line.recv(1)


def drips_headers(line: socket.socket) -> None:
    request_of(line)
    drip(line, HEAD % 5 + b"X" * 1000)


def drips_body(line: socket.socket) -> None:
    request_of(line)
    line.sendall(HEAD % 1000)
    drip(line, b"x" * 1000)


def drips_a_compressed_body(line: socket.socket) -> None:
    request_of(line)
    line.sendall(b"HTTP/1.1 207 Multi-Status\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n")
    drip(line, b"\x1f\x8b\x08\x00" + b"\x00" * 996)


def drips_the_size_of_a_chunk(line: socket.socket) -> None:
    request_of(line)
    line.sendall(b"HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(line, b"0" * 20 + b";" + b"x" * 1000)


@pytest.mark.parametrize(
    "converse", [says_nothing, drips_headers, drips_body, drips_a_compressed_body, drips_the_size_of_a_chunk]
)
def test_a_server_that_sends_next_to_nothing_does_not_hold_the_cycle(
    converse: Callable[[socket.socket], None],
) -> None:
    begun = monotonic()
    with raw_server(converse) as url, pytest.raises(Unreachable, match="in time"):
        ask(url, patience=SHORT)
    assert monotonic() - begun < LONGEST_S


def test_a_long_list_may_last_longer_than_the_window_as_long_as_it_goes_on() -> None:
    pieces = 12

    def converse(line: socket.socket) -> None:
        request_of(line)
        line.sendall(HEAD % (pieces * 1000))
        for _ in range(pieces):
            line.sendall(b"x" * 1000)
            sleep(SHORT.window_s / 8)  # in all longer than the window

    with raw_server(converse) as url:
        assert len(ask(url, patience=SHORT)) == pieces * 1000


def test_the_time_that_we_take_ourselves_is_not_the_servers() -> None:
    size = 1024 * 1024

    def converse(line: socket.socket) -> None:
        request_of(line)
        line.sendall(HEAD % size + b"x" * size)

    with raw_server(converse) as url:
        transport = LineTransport(check_address(url), Line(), patience=SHORT)
        connection = Connection(url, "anton", "secret", transport=transport)
        received = 0
        with connection.ask("PROPFIND", "folders", b"<x/>") as answer:
            for piece in answer.pieces():
                received += len(piece)
                sleep(SHORT.window_s / 2)  # in all longer than the window
        connection.close()
    assert received == size
