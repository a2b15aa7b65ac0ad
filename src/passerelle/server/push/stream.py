"""``GET /events``: tells a client, as it happens, which folders changed (docs/reference/events.md)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from passerelle.groupware.news import Event
from passerelle.model.errors import Unauthenticated
from passerelle.model.ids import Stamp, UserId
from passerelle.server.auth import Authenticator, TooManyAttempts
from passerelle.server.limits import read_body
from passerelle.server.ox.servlet import log_in, refuse_login
from passerelle.server.push.audience import Guest
from passerelle.server.push.hub import Hub, Teller
from passerelle.server.push.mailbox import Letter, Mailbox
from passerelle.store import Store
from passerelle.wire import eventstream

MOST_STREAMS: Final = 20
"""How many streams a user may have open in one server process."""
HEARTBEAT_S: Final = 15.0
"""Shorter than the patience of proxies, and of NAT."""
RETRY_MS: Final = 3000
_MAX_BODY_BYTES: Final = 1024
_HEADERS: Final = (
    (b"content-type", eventstream.MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back otherwise
    (b"x-content-type-options", b"nosniff"),
)
_encode = msgspec.json.Encoder().encode


def _always() -> bool:
    return True


class Line(Struct, frozen=True, kw_only=True):
    """Who wants to be told: see :class:`Guest`. ``is_welcome`` is asked, in a thread, before anything is told."""

    user: UserId
    seal: bytes | None = None
    since: str | None = None
    is_welcome: Callable[[], bool] = _always


class Streams:
    """The streams that are open to a hub: so many a user at most."""

    def __init__(self, hub: Teller, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._hub = hub
        self._heartbeat_s = heartbeat_s
        self._open: Counter[UserId] = Counter()

    async def answer(self, line: Line, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell somebody of changes until the client hangs up, or is not welcome any more."""
        await read_body(receive, _MAX_BODY_BYTES, announced=Request(scope).headers.get("content-length"))
        if self._open[line.user] >= MOST_STREAMS:
            await _refuse_more()(scope, receive, send)
            return
        mailbox = Mailbox(asyncio.get_running_loop())
        guest = Guest(user=line.user, listener=mailbox, seal=line.seal, since=line.since)
        self._open[line.user] += 1
        self._hub.join(guest)
        try:
            await self._write(mailbox, line.is_welcome, receive, send)
        finally:
            self._hub.leave(guest)
            self._open[line.user] -= 1

    async def _write(self, mailbox: Mailbox, is_welcome: Callable[[], bool], receive: Receive, send: Send) -> None:
        """Write what comes into the mailbox, until the client hangs up or the hub has nothing more to say."""
        gone = asyncio.ensure_future(receive())
        gone.add_done_callback(lambda _: mailbox.ended())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send(_piece(eventstream.retry(RETRY_MS)))
            is_over = False
            while not is_over:
                letter = await mailbox.next(self._heartbeat_s)
                if letter is not None:
                    is_wanted = await run_in_threadpool(is_welcome)
                    is_over = letter.is_last or not is_wanted
                    await send(_piece(_written(letter) if is_wanted else b""))
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


class EventStream:
    """The URL of server-sent events as an ASGI application."""

    def __init__(self, store: Store, authenticator: Authenticator, hub: Hub, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._store = store
        self._authenticator = authenticator
        self._streams = Streams(hub, heartbeat_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.method != "GET":
            await PlainTextResponse("Use GET.\n", 405, {"Allow": "GET"})(scope, receive, send)
            return
        try:
            user, seal = await self._log_in(request)
        except (Unauthenticated, TooManyAttempts) as error:
            await refuse_login(error)(scope, receive, send)
            return
        line = Line(user=user, seal=seal, since=request.headers.get("last-event-id"))
        await self._streams.answer(line, scope, receive, send)

    async def _log_in(self, request: Request) -> tuple[UserId, bytes]:
        """The user, and the seal of the account as it was when the password was right.

        It is read between two looks at the password, which costs next to nothing: a seal read after the only one could
        be that of a password that was changed in between.
        """
        session = await log_in(request, self._store, self._authenticator)
        seal = await run_in_threadpool(self._seal, session.user_id)
        await log_in(request, self._store, self._authenticator)
        return session.user_id, seal

    def _seal(self, user: UserId) -> bytes:
        with self._store.reading() as tx:
            return tx.principals.seals([user]).get(user, b"")


def _written(letter: Letter) -> bytes:
    """The blocks of a letter. Its place comes with the last one: who has not read that far has not all of it."""
    if not letter.events:
        return b"" if letter.is_last else eventstream.sign_of_life(letter.position)
    *first, last = letter.events
    blocks = [eventstream.message(_content(event, letter.position)) for event in first]
    return b"".join([*blocks, eventstream.message(_content(last, letter.position), letter.position)])


def _content(event: Event, at: Stamp) -> bytes:
    """``{"kind": "items", "folder": 31, "module": "calendar", "position": 1795831131170, "at": 1795831131175}``."""
    said = {
        "kind": event.kind, "folder": event.folder, "module": event.module, "position": event.position, "at": at,
    }  # fmt: skip
    return _encode({name: value for name, value in said.items() if value is not None})


def _piece(content: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": content, "more_body": True}


def _refuse_more() -> Response:
    text = f"You have {MOST_STREAMS} event streams open. Close one of them first.\n"
    return PlainTextResponse(text, 429, {"Retry-After": str(RETRY_MS // 1000)})
