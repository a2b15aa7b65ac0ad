"""The way between a connector and a server in this process: octets of HTTP without the socket; and what goes wrong.

Thousands of requests of a random walk cost seconds instead of minutes, and all code of both ends is in the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from functools import cache
from typing import Final

import httpx2
from starlette.types import ASGIApp, Message, Scope

from passerelle.groupware.session import Session
from passerelle.model.errors import Forbidden, NotFound, Refused, Unreadable
from passerelle.model.folders import Module
from passerelle.server.ox.directory import directory_verbs
from passerelle.server.ox.folders import folder_verbs
from passerelle.server.ox.items import item_verbs
from passerelle.server.ox.servlet import Handler
from tests.sync.fire.crash import Killed

PATHS: Final = {Module.CALENDAR: "calendar", Module.CONTACTS: "contacts", Module.TASKS: "tasks"}


class Trouble(Enum):
    """What may happen to one request. Those ``AFTER`` strike when the server has done what was asked."""

    REFUSED = "the connection is refused"
    TIMEOUT_BEFORE = "the server never gets it"
    CUT_BEFORE = "the connection is cut before the server gets it"
    CUT_AFTER = "the connection is cut before the answer comes"
    TIMEOUT_AFTER = "the answer does not come in time"
    TRUNCATED = "the connection is cut within the answer"
    SHORTENED = "the answer ends too early, and nobody says so"
    DOUBLED = "each object of the answer comes twice"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    CONFLICT = "409"
    FAILED = "500"
    FAILED_AFTER = "500 although the server has done it"
    UNAVAILABLE = "503"
    LOGIN_PAGE = "a page to log in"
    DEAD_SERVER = "the server is killed while it works on it"


_STATUS = {
    Trouble.UNAUTHORIZED: 401,
    Trouble.FORBIDDEN: 403,
    Trouble.CONFLICT: 409,
    Trouble.FAILED: 500,
    Trouble.UNAVAILABLE: 503,
}
_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><form>Log in<br></form></body></html>"


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


class Inside(httpx2.BaseTransport):
    """Asks the application that is running at the moment."""

    def __init__(self, app: Callable[[], ASGIApp]) -> None:
        self._app = app

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request and its whole answer."""
        start, *rest = _runner().run(converse(self._app(), scope_of(request), request.read()))
        body = b"".join(message.get("body", b"") for message in rest)
        return httpx2.Response(start["status"], headers=start["headers"], content=body)


class Direct(httpx2.BaseTransport):
    """Asks the handlers of the interface without HTTP in between: half the time, for long walks.

    Files are no multistatus; they take the ``whole_way``.
    """

    def __init__(self, session: Callable[[], Session], whole_way: Inside) -> None:
        self._session = session
        self._whole_way = whole_way
        self._verbs: dict[str, Mapping[str, Handler]] = {
            "folders": folder_verbs(),
            "groupuser": directory_verbs(),
            **{name: item_verbs(module) for module, name in PATHS.items()},
        }

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request and its whole answer."""
        verbs = self._verbs.get(request.url.path.rpartition(".")[2])
        if verbs is None:
            return self._whole_way.handle_request(request)
        handler = verbs[request.method]
        try:
            return httpx2.Response(207, content=b"".join(handler(self._session(), request.read())))
        except Unreadable as error:
            return httpx2.Response(400, content=str(error).encode())
        except Refused as error:
            return httpx2.Response(403 if isinstance(error, Forbidden | NotFound) else 409, content=str(error).encode())


async def converse(app: ASGIApp, scope: Scope, body: bytes) -> list[Message]:
    arriving: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    said: list[Message] = []

    async def receive() -> Message:
        return arriving.pop() if arriving else await asyncio.Future()  # as long as the answer takes, nothing comes

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    return said


def scope_of(request: httpx2.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("inside", 80),
    }


class Saboteur(httpx2.BaseTransport):
    """Lets trouble strike one request, counted from when it was told to; ``place`` (0 to 1) is how far into it."""

    def __init__(self, line: httpx2.BaseTransport, kill: Callable[[int], None], revive: Callable[[], bool]) -> None:
        self._line = line
        self._kill_server = kill
        self._revive_server = revive
        self._trouble: Trouble | None = None
        self._left = 0
        self._place = 0.0

    def arm(self, trouble: Trouble, request: int, place: float) -> None:
        """Let trouble strike the request of that number, from 0."""
        self._trouble, self._left, self._place = trouble, request, place

    def disarm(self) -> None:
        """No trouble from now on."""
        self._trouble = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request, which may be the one."""
        trouble = self._trouble
        if trouble is None or self._left:
            self._left -= 1
            return self._line.handle_request(request)
        self._trouble = None
        return self._strike(trouble, request)

    def _strike(self, trouble: Trouble, request: httpx2.Request) -> httpx2.Response:
        match trouble:
            case Trouble.REFUSED:
                raise httpx2.ConnectError("Connection refused")
            case Trouble.TIMEOUT_BEFORE:
                raise httpx2.ReadTimeout("timed out")
            case Trouble.CUT_BEFORE:
                raise httpx2.WriteError("Broken pipe")
            case Trouble.LOGIN_PAGE:
                return httpx2.Response(200, headers={"Content-Type": "text/html"}, content=_PAGE)
            case Trouble.DEAD_SERVER:
                return self._die(request)
        if trouble in _STATUS:
            return httpx2.Response(_STATUS[trouble], content=b"No.\n")
        answer = self._line.handle_request(request)
        match trouble:
            case Trouble.CUT_AFTER:
                raise httpx2.RemoteProtocolError("Server disconnected without sending a response.")
            case Trouble.TIMEOUT_AFTER:
                raise httpx2.ReadTimeout("timed out")
            case Trouble.FAILED_AFTER:
                return httpx2.Response(500, content=b"Sorry.\n")
        return self._spoilt(trouble, answer)

    def _spoilt(self, trouble: Trouble, answer: httpx2.Response) -> httpx2.Response:
        body = answer.read()
        cut = body[: int(len(body) * self._place)]
        if trouble is Trouble.DOUBLED:
            return httpx2.Response(answer.status_code, headers=answer.headers, content=_doubled(body))
        if trouble is Trouble.SHORTENED:
            return httpx2.Response(answer.status_code, content=cut)
        return httpx2.Response(answer.status_code, stream=_Broken(cut))

    def _die(self, request: httpx2.Request) -> httpx2.Response:
        """Have the server killed at one of its next steps; it is there again for the next request.

        Where its code made another error of its death, and an answer of that, nobody gets it.
        """
        self._kill_server(int(self._place * 60))
        answer: httpx2.Response | None = None
        with suppress(Killed):
            answer = self._line.handle_request(request)
        if self._revive_server() or answer is None:
            raise httpx2.ReadError("Connection reset by peer")
        return answer


class _Broken(httpx2.SyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


def _doubled(body: bytes) -> bytes:
    """A multistatus with each response twice."""
    end = b"</D:response>"
    first = body.find(b"<D:response ")
    last = body.rfind(end) + len(end)
    if first < 0:
        return body
    each = [one + end for one in body[first:last].split(end)[:-1]]
    return body[:first] + b"".join(one + one for one in each) + body[last:]
