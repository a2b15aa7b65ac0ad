"""A client of server-sent events, written after the standard (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec

from tests.support.commands import User
from tests.support.ox.client import basic
from tests.support.waiting import eventually

PATIENCE_S: Final = 30


class Told(msgspec.Struct, frozen=True):
    """One event."""

    kind: str
    folder: int | None = None
    module: str | None = None


class Stream:
    """An open event stream, read by a thread of its own; a context manager."""

    def __init__(self, url: str, user: User, last_id: str | None = None) -> None:
        """Connects; `last_id` goes on where another stream ended."""
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)
        headers = basic(user.login, user.password)
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        self._connection.request("GET", "/events", headers=headers)
        assert self._connection.sock is not None
        self._socket: socket.socket = self._connection.sock
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        if self.status != http.client.OK:
            self._answer.close()
            self._connection.close()
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in self._answer.getheaders()}
        self.events: list[Told] = []
        self.heard_at: list[float] = []
        self.last_id = ""
        self.retry_ms = 0
        self.has_ended = False
        self._thread = Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        """Reads; returns once the server has told a place, from which on nothing is missed."""
        assert self.status == http.client.OK
        self._thread.start()
        eventually(lambda: self.last_id, "the stream tells its place")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hangs up, which wakes the thread that reads."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._answer.close()
        self._connection.close()

    def taken(self, count: int = 1) -> list[Told]:
        """The next events, taken out, as soon as there are so many."""
        eventually(lambda: len(self.events) >= count, f"{count} events come, so far {self.events}")
        taken, self.events = self.events[:count], self.events[count:]
        return taken

    def ends(self) -> bool:
        """Waits for the server to end it."""
        return bool(eventually(lambda: self.has_ended, "the server ends the stream"))

    def _read(self) -> None:
        data: list[str] = []
        try:
            for raw in self._answer:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "data":
                    data.append(value)
                elif name == "id":
                    self.last_id = value
                elif name == "retry":
                    self.retry_ms = int(value)
                elif not name and data:
                    self.heard_at.append(time.monotonic())
                    self.events.append(msgspec.json.decode("\n".join(data), type=Told))
                    data = []
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # this end hung up in the middle, or the other did
        self.has_ended = True
