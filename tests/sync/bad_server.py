"""A server on a socket that answers well, but for the first request of each kind that it is told of."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Final

import httpx2
from starlette.types import ASGIApp

from tests.sync.fire.wire import converse, scope_of


class Kind(StrEnum):
    """What the connector may ask for."""

    DIRECTORY = "the directory"
    FOLDERS = "the list of folders"
    CONTACTS = "what changed among contacts"
    CALENDAR = "what changed in a calendar"
    TASKS = "what changed among tasks"
    LISTING = "the versions of all items"
    ITEM = "one item"
    CREATION = "a new item"
    CHANGE = "a changed item"
    OCCURRENCE = "a changed occurrence"
    ANSWER = "an answer to an invitation"
    MOVE = "a moved item"
    DELETION = "a deleted item"
    FOLDER_CREATION = "a new folder"
    FOLDER_CHANGE = "a changed folder"
    FOLDER_DELETION = "a deleted folder"
    FILE = "a file"
    NEW_FILE = "a new file"
    FILE_REMOVAL = "a file to be taken off"


_READING: Final = {
    "groupuser": Kind.DIRECTORY,
    "folders": Kind.FOLDERS,
    "contacts": Kind.CONTACTS,
    "calendar": Kind.CALENDAR,
    "tasks": Kind.TASKS,
}
_WRITING: Final = (
    (b"<ox:method>DELETE<", Kind.DELETION),
    (b"<ox:method>CONFIRM<", Kind.ANSWER),
    (b"<ox:recurrence_date_position>", Kind.OCCURRENCE),
    (b"<ox:folder>", Kind.MOVE),
    (b"<ox:object_id>", Kind.CHANGE),
    (b"", Kind.CREATION),
)
_OF_FILES: Final = {"GET": Kind.FILE, "PUT": Kind.NEW_FILE, "DELETE": Kind.FILE_REMOVAL}
_OF_FOLDER: Final = {
    Kind.DELETION: Kind.FOLDER_DELETION,
    Kind.CHANGE: Kind.FOLDER_CHANGE,
    Kind.CREATION: Kind.FOLDER_CREATION,
}


def kind_of(request: httpx2.Request) -> Kind:
    """What a request asks for; of a batch, what its first block is about."""
    name, body = request.url.path.rpartition(".")[2], request.read()
    if name == "attachments":
        return _OF_FILES[request.method]
    if request.method == "PROPFIND":
        if b"<ox:objectmode>LIST<" in body:
            return Kind.LISTING
        return Kind.ITEM if b"<ox:object_id>" in body else _READING[name]
    block = body.partition(b"</D:set>")[0]
    found = next(kind for mark, kind in _WRITING if mark in block)
    return _OF_FOLDER.get(found, found) if name == "folders" else found


@dataclass(frozen=True)
class Reply:
    """An answer: what the server said, or how it is spoilt on the way."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def raw(self, length: int | None = None) -> bytes:
        """The octets; ``length`` is what it claims to have."""
        claimed = ("Content-Length", str(len(self.body) if length is None else length))
        lines = [
            f"HTTP/1.1 {self.status} What it says",
            *(f"{name}: {value}" for name, value in (*self.headers, claimed)),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


Ask = Callable[[], Reply]
"""Has the server carry the request out."""
Spoil = Callable[[Ask], bytes]
"""What is sent in the place of an answer; nothing: the line is cut."""


class Gateway:
    """The server. What is ``waiting`` strikes the first request of its kind."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()
        self._lock = Lock()
        self.waiting: dict[Kind, Spoil] = {}
        self.is_struck = False

    def begin(self, app: ASGIApp) -> None:
        """Answer for another server from now on, well at first."""
        with self._lock:
            self._app, self.waiting = app, {}

    def answer(self, request: httpx2.Request) -> bytes:
        """What is sent back; requests are carried out one after the other."""
        kind = kind_of(request)
        with self._lock:
            spoil = self.waiting.pop(kind, None)
            self.is_struck = spoil is not None
            return self._ask(request).raw() if spoil is None else spoil(lambda: self._ask(request))

    def _ask(self, request: httpx2.Request) -> Reply:
        start, *rest = self._runner.run(converse(self._app, scope_of(request), request.read()))
        headers = tuple((name.decode(), value.decode()) for name, value in start["headers"])
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-length")
        return Reply(start["status"], b"".join(one.get("body", b"") for one in rest), kept)

    def close(self) -> None:
        """End the loop that the application runs in."""
        self._runner.close()


class Silence(Exception):
    """Nothing is sent, and the line stays open."""


class Reset(Exception):
    """The line is torn."""


@contextmanager
def serving(gateway: Gateway) -> Iterator[str]:
    """Listen while the block lasts; the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its head

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            request = httpx2.Request(
                self.command, f"http://localhost{self.path}", headers=dict(self.headers.items()), content=body
            )
            try:
                said = gateway.answer(request)
            except Silence:
                self.rfile.read(1)  # until the client goes
                said = b""
            except Reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                said = b""
            self.close_connection = gateway.is_struck
            if self.close_connection and said.startswith(b"HTTP/"):  # lest the next request meets a line that ends
                said = said.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            self.wfile.write(said)

        do_PROPFIND = do_PROPPATCH = do_GET = do_PUT = do_DELETE = _any  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Be silent."""

    with _Quiet(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
    gateway.close()


class _Quiet(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go away as they like."""
