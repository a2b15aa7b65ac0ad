"""Wakes a thread that waits for sockets."""

from __future__ import annotations

import socket
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Self


class Bell:
    """A pair of sockets: any thread rings, one thread waits for that or for sockets of its own."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.settimeout(0)

    def ring(self) -> None:
        """Wake whoever waits, now or next."""
        with suppress(BlockingIOError):  # it is full of rings that nobody heard yet
            self._far.send(b"!")

    def wait(self, timeout_s: float | None, *descriptors: int) -> bool:
        """Wait until somebody rings, a descriptor can be read, or time is up; return whether somebody rang."""
        with DefaultSelector() as selector:
            for descriptor in (self._near.fileno(), *descriptors):
                selector.register(descriptor, EVENT_READ)
            ready = {key.fd for key, _ in selector.select(timeout_s)}
        if self._near.fileno() not in ready:
            return False
        with suppress(BlockingIOError):
            while self._near.recv(4096):
                pass
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._near.close()
        self._far.close()
