"""What is known of each request once it is answered: one entry in the log, and numbers for the metrics.

Neither says what was asked: no path, no query, no header, no address. A user is a number.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from msgspec import Struct
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

USER: Final = "passerelle.user"
"""Where a servlet leaves the number of the user who logged in, in the scope of a request."""
_OTHER: Final = "other"
_VERBS: Final = frozenset({
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "MKCOL",
    "MOVE", "COPY", "REPORT",
})  # fmt: skip
_GONE: Final = 499
"""What others' servers log for a client that went before the answer began; no HTTP status."""


class Answered(Struct, frozen=True, kw_only=True):
    """A request that was answered. ``servlet`` and ``verb`` are of fixed lists, ``user`` is None without a login."""

    servlet: str
    verb: str
    status: int
    seconds: float
    bytes: int
    user: int | None


class Watched:
    """Tells of each request when it is over, however it ended."""

    def __init__(self, app: ASGIApp, on_answered: Callable[[Answered], None]) -> None:
        self._app = app
        self._on_answered = on_answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a conversation on, and count what is sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, size, began = _GONE, 0, time.perf_counter()

        async def counting_send(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counting_send)
        finally:
            answered = Answered(
                servlet=_servlet(scope),
                verb=scope["method"] if scope["method"] in _VERBS else _OTHER,
                status=status,
                seconds=time.perf_counter() - began,
                bytes=size,
                user=scope.get(USER),
            )
            self._on_answered(answered)
            log.info(
                "answered",
                servlet=answered.servlet,
                verb=answered.verb,
                status=answered.status,
                ms=round(answered.seconds * 1000, 1),
                bytes=answered.bytes,
                user=answered.user,
            )


def name_of(scope: Scope) -> str:
    """What a request is about, for the log: the address of one of our servlets, never what somebody typed."""
    return _servlet(scope)


def _servlet(scope: Scope) -> str:
    """The last part of the route that answered: ``calendar`` of ``/servlet/webdav.calendar``."""
    route: BaseRoute | None = scope.get("route")
    path: str = getattr(route, "path", "")
    words = [word for word in path.split("/") if word and not word.startswith("{")]
    return words[-1].removeprefix("webdav.") if words else _OTHER
