"""How long a server may keep us waiting: at every step, and for the bytes of an answer however they drip.

A time-out for each step alone would let a server that sends a byte a minute hold a cycle for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Protocol, final

import httpcore2
from msgspec import Struct

if TYPE_CHECKING:
    from httpcore2._types import SOCKET_OPTION

_SLICE_BYTES = 16 * 1024


@final
class Patience(Struct, frozen=True):
    """Bounds, in seconds and bytes.

    Each ``window_s`` that we wait must bring, or take off us, ``least_bytes`` or the end: a server may think for that
    long, and a long list may last as long as it must, at half a KiB a second or more.
    """

    connect_s: float = 10.0
    window_s: float = 60.0
    least_bytes: int = 32 * 1024


USUAL = Patience()


class Greeting(Protocol):
    """Meets a server at the end of the handshake, or what hindered it; raises to break the line off."""

    def met(self, context: ssl.SSLContext, der: bytes | None) -> None:
        """Is shown the certificate before anything is said."""

    def failed(self, context: ssl.SSLContext, error: ssl.SSLError) -> None:
        """Is told why there is no encrypted line."""


@final
class Backend(httpcore2.NetworkBackend):
    """The network, as far as patience goes. Whoever is met over TLS is shown to ``greeting``."""

    def __init__(self, patience: Patience, greeting: Greeting, clock: Callable[[], float] = monotonic) -> None:
        self._inner = httpcore2.SyncBackend()
        self._patience = patience
        self._greeting = greeting
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect; httpcore2 calls this."""
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._patience, self._greeting, self._clock)


@final
class _Stream(httpcore2.NetworkStream):
    """A connection that counts the time that is waited for it."""

    def __init__(
        self, inner: httpcore2.NetworkStream, patience: Patience, greeting: Greeting, clock: Callable[[], float]
    ) -> None:
        self._inner = inner
        self._patience = patience
        self._greeting = greeting
        self._clock = clock
        self._waited_s = 0.0
        self._moved = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        begun, left_s = self._clock(), self._patience.window_s - self._waited_s
        if left_s <= 0:
            raise httpcore2.ReadTimeout("too few bytes for too long")
        found = self._inner.read(max_bytes, left_s if timeout is None else min(left_s, timeout))
        self._count(len(found), begun)
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send; a new request is a new start."""
        self._waited_s, self._moved = 0.0, 0
        for at in range(0, len(buffer), _SLICE_BYTES):
            begun, left_s = self._clock(), self._patience.window_s - self._waited_s
            if left_s <= 0:
                raise httpcore2.WriteTimeout("too few bytes for too long")
            piece = buffer[at : at + _SLICE_BYTES]
            self._inner.write(piece, left_s if timeout is None else min(left_s, timeout))
            self._count(len(piece), begun)
        self._waited_s, self._moved = 0.0, 0

    def _count(self, moved: int, begun: float) -> None:
        self._waited_s += self._clock() - begun
        self._moved += moved
        if self._moved >= self._patience.least_bytes:
            self._waited_s, self._moved = 0.0, 0

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        except httpcore2.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLError):
                self._greeting.failed(ssl_context, error.__cause__)
            raise
        try:
            self._greeting.met(ssl_context, inner.get_extra_info("ssl_object").getpeercert(True))  # noqa: FBT003 - C
        except BaseException:
            inner.close()
            raise
        return _Stream(inner, self._patience, self._greeting, self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
