"""Push in UDP datagrams (OX reference, section 18): nothing is encrypted, and only folder ids are told."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, final

from passerelle.model.errors import PasserelleError, Unreachable, Unreadable
from passerelle.peers.base import Heard, NoPush, PushKind
from passerelle.peers.ox_webdav import ids
from passerelle.wire.oxpush import LONGEST, OK, Registration, read_event, write_registration

PORT: Final = 44335
"""The usual port."""
_ANSWER_S: Final = 2.0
"""How long an answer to a registration may take."""
_ATTEMPTS: Final = 3
_NEW_MAIL: Final = 1
"""The folder that is named when mail came (section 18.2)."""
_REGISTER_AGAIN_S: Final = 60.0
"""A server forgets after an hour, but the router between may forget our port after a minute (section 18.1)."""


@final
class DatagramPush:
    """Registers from a socket of its own, again and again; implements :class:`passerelle.peers.base.Push`.

    ``register_as`` finds out who we are, by asking the server if need be.
    """

    kind = PushKind.DATAGRAMS
    pause_s = 60.0

    def __init__(
        self,
        host: str,
        port: int,
        register_as: Callable[[], Registration],
        *,
        answer_s: float = _ANSWER_S,
        again_s: float = _REGISTER_AGAIN_S,
    ) -> None:
        self._place = (host, port)
        self._register_as = register_as
        self._answer_s = answer_s
        self._again_s = again_s
        self._waker: socket.socket | None = None
        self._is_over = False

    def listen(self) -> Iterator[Sequence[Heard]]:
        """Hand out what comes. See :meth:`passerelle.peers.base.Push.listen`."""
        woken, waker = socket.socketpair()
        waker.settimeout(0)
        try:
            with woken, waker, self._line() as line:
                self._waker = waker
                yield from self._conversation(line, woken, write_registration(self._register_as()))
        finally:
            self._waker = None

    def _conversation(
        self, line: socket.socket, woken: socket.socket, registration: bytes
    ) -> Iterator[Sequence[Heard]]:
        attempts, stands, deadline = 0, False, time.monotonic()
        while not self._is_over:
            if time.monotonic() >= deadline:
                if attempts == _ATTEMPTS:
                    raise _silent(stands=stands)
                attempts += 1
                _send(line, registration)
                deadline = time.monotonic() + self._answer_s
            ready, _, _ = select.select([line, woken], [], [], max(0.0, deadline - time.monotonic()))
            if line not in ready:
                continue
            datagram = _received(line, stands=stands)
            if datagram == OK:
                attempts, stands, deadline = 0, True, time.monotonic() + self._again_s
            yield [] if datagram == OK else _heard(datagram)

    def hang_up(self) -> None:
        """End listening."""
        self._is_over = True
        waker = self._waker
        if waker is not None:
            with suppress(OSError):  # woken already
                waker.send(b"!")

    def _line(self) -> socket.socket:
        """A socket that takes datagrams from the server's address alone."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(*self._place, type=socket.SOCK_DGRAM)[0]
            line = socket.socket(family, kind, protocol)
            line.connect(address)
        except OSError as error:
            raise Unreachable("The server's port for push cannot be reached.") from error
        return line


def _silent(*, stands: bool) -> PasserelleError:
    """What it means that nobody answers: a line that stood before has broken, else there never was one."""
    if stands:
        return Unreachable("The server no longer answers on its port for push.")
    return NoPush("The server does not answer on its port for push.")


def _send(line: socket.socket, datagram: bytes) -> None:
    with suppress(OSError):  # as good as lost on the way: it is sent again
        line.send(datagram)


def _received(line: socket.socket, *, stands: bool) -> bytes:
    try:
        return line.recv(LONGEST)
    except OSError as error:  # the machine is there, and says that nobody listens on that port
        raise _silent(stands=stands) from error


def _heard(datagram: bytes) -> Sequence[Heard]:
    """The folder that a datagram names; nothing is to be done about one that is none (anybody can send us such)."""
    try:
        folder = read_event(datagram)
    except Unreadable:
        return []
    return [] if folder == _NEW_MAIL else [Heard(folder=ids.folder_id(folder))]
