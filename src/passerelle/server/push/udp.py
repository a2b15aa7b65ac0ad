"""The socket of UDP push, served by a thread of its own (OX reference, section 18)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import Final

import structlog

from passerelle.server.push.hub import Hub
from passerelle.server.push.known_users import KnownUsers
from passerelle.server.push.registry import Address
from passerelle.server.push.switchboard import Switchboard
from passerelle.store import Store
from passerelle.store.bell import Bell
from passerelle.wire.oxpush import LONGEST

log = structlog.get_logger(__name__)

PORT: Final = 44335
"""The usual port."""
DELAY_S: Final = 120.0
"""How long events wait by default: the setting that Open-Xchange was shipped with."""
_AT_ONCE: Final = 100
"""So many datagrams are read before it is looked what is to be sent: a flood must not hold that up."""


@contextmanager
def answering(store: Store, hub: Hub, bound: socket.socket, delay_s: float = DELAY_S) -> Iterator[None]:
    """Answer registrations on a bound socket, and send events, until the block ends; then close it."""
    bound.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    over = Signal()
    with bound, Bell() as bell:
        known = KnownUsers(store, time.monotonic)
        board = Switchboard(known.include, hub, delay_s, clock=time.monotonic, wake=bell.ring)
        thread = Thread(target=_serve, args=(board, bound, bell, over), name="push-udp")
        thread.start()
        try:
            yield
        finally:
            over.set()
            bell.ring()
            thread.join()


def _serve(board: Switchboard, bound: socket.socket, bell: Bell, over: Signal) -> None:
    while not over.is_set():
        moment = board.next_moment()
        bell.wait(None if moment is None else max(0.0, moment - time.monotonic()), bound.fileno())
        for datagram, address in _received(bound):
            answer = board.received(datagram, address)
            if answer is not None:
                _send(bound, answer, address)
        for datagram, address in board.due():
            _send(bound, datagram, address)


def _received(bound: socket.socket) -> Iterator[tuple[bytes, Address]]:
    """What has come, up to a number."""
    for _ in range(_AT_ONCE):
        try:
            datagram, address = bound.recvfrom(LONGEST + 1)
        except BlockingIOError:
            return
        except OSError as error:
            log.warning("push_cannot_receive", reason=str(error))
            return
        yield datagram, address


def _send(bound: socket.socket, datagram: bytes, address: Address) -> None:
    """Send one datagram, or not: nobody waits for it, and the client looks by itself now and then."""
    try:
        bound.sendto(datagram, address)
    except OSError as error:
        log.info("push_not_sent", reason=str(error))
