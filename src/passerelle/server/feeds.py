"""``/feeds/TOKEN/NAME.ics``: a calendar for programs that subscribe to one, without login (decision 0044).

The token is the only key. It stands in no log of ours, and is looked up by its digest. NAME is for people and may be
anything. Conditional requests (RFC 9110, section 13) are answered without reading the calendar.
"""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

import structlog
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from passerelle.groupware.feeds.making import proof_of
from passerelle.groupware.feeds.reading import Opened, note_fetch, open_feed, pieces
from passerelle.model.errors import PasserelleError
from passerelle.model.ids import Stamp
from passerelle.server.conditions import changed_at, compressed, is_same, tag, takes_gzip
from passerelle.server.spool import CHUNK, Spool, in_chunks
from passerelle.server.throttle import Throttle
from passerelle.store import Store
from passerelle.store.feeds import Feed

log = structlog.get_logger(__name__)

_VERBS: Final = ("GET", "HEAD", "OPTIONS")
_ALLOW: Final = {"Allow": ", ".join(_VERBS)}
_AT_ONCE: Final = 4
"""So many calendars are written at a time: who subscribes to one can wait, who works in the pages cannot."""
_MOST_KNOWN: Final = 20_000
_SECRET: Final = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_FRESH_S: Final = 300


class Asked(Struct, frozen=True):
    """What a program wants: which feed, whether with a body, and what it has already."""

    proof: str
    is_head: bool
    takes_gzip: bool
    tags: str
    since: str


class Found(Struct, frozen=True):
    """A feed that may be read: its head, and whether the client has it all (``is_same``)."""

    feed: Feed
    headers: dict[str, str]
    is_same: bool


Promise = Future[tuple[Found, Spool] | None]
"""What is known once a calendar begins to be written; None: it may not be read any more."""


class Feeds:
    """The links as an ASGI application."""

    def __init__(self, store: Store, throttle: Throttle) -> None:
        self._store = store
        self._throttle = throttle
        self._writers = ThreadPoolExecutor(_AT_ONCE, "feeds")
        self._known: set[str] = set()
        """Proofs that were good lately. They are looked up also for an address from which others guess."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_ALLOW)
        if request.method not in _VERBS:
            return PlainTextResponse(f"Use one of {_ALLOW['Allow']}.\n", 405, _ALLOW)
        asked, address = _asked(request), request.client.host if request.client else ""
        wait_s = 0 if asked.proof in self._known else self._throttle.wait_s(asked.proof, address)
        if wait_s:
            text = f"Too many wrong links. Try again in {wait_s} seconds.\n"
            return PlainTextResponse(text, 429, {"Retry-After": str(wait_s), **_SECRET})
        found = await run_in_threadpool(self._find, asked)
        self._remember(asked.proof, address, is_good=found is not None)
        if found is None:
            return _nothing()
        answer = _head(found) if found.is_same or asked.is_head else await self._whole(asked)
        answer.background = BackgroundTask(self._note, found.feed, request.headers.get("user-agent", ""))
        return answer

    async def _whole(self, asked: Asked) -> Response:
        """The calendar; if it is small, it is all written before the answer begins."""
        promise: Promise = Future()
        self._writers.submit(self._write, asked, promise)
        written = await wrap_future(promise)
        if written is None:
            return _nothing()
        found, spool = written
        length = {"Content-Length": str(spool.size)} if spool.is_whole else {}
        return StreamingResponse(_read(spool), headers={**found.headers, **length})

    def _remember(self, proof: str, address: str, *, is_good: bool) -> None:
        if not is_good:
            self._known.discard(proof)
            self._throttle.failed(proof, address)
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(proof)

    def _find(self, asked: Asked) -> Found | None:
        """Look a feed up. Nothing of the calendar is read."""
        with self._store.reading() as tx:
            opened = open_feed(tx, asked.proof)
        return None if opened is None else _found(asked, opened)

    def _write(self, asked: Asked, promise: Promise) -> None:
        """Write a calendar as one transaction sees it, and keep the promise once there is enough to begin with."""
        spool = Spool()
        begun: tuple[Found, Spool] | None = None
        try:
            with self._store.reading() as tx:
                opened = open_feed(tx, asked.proof)
                if opened is not None:
                    begun, parts = (_found(asked, opened), spool), pieces(tx, opened)
                    for part in in_chunks(compressed(parts) if asked.takes_gzip else parts):
                        spool.write(part)
                        if spool.size > CHUNK and not promise.done():
                            promise.set_result(begun)
            spool.end()
            if not promise.done():
                promise.set_result(begun)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits, in another thread
            spool.fail(error)
            if not promise.done():
                spool.close()
                promise.set_exception(error)

    def _note(self, feed: Feed, client: str) -> None:
        """Note that the feed was read. That must not fail what has been answered already."""
        try:
            note_fetch(self._store, feed, client)
        except (PasserelleError, SQLAlchemyError) as error:
            log.warning("feed_not_noted", reason=type(error).__name__)


def _asked(request: Request) -> Asked:
    headers = request.headers
    return Asked(
        proof=proof_of(request.path_params["token"]),
        is_head=request.method == "HEAD",
        takes_gzip=takes_gzip(headers.get("accept-encoding", "")),
        tags=headers.get("if-none-match", ""),
        since=headers.get("if-modified-since", ""),
    )


def _headers(mark: str, stamp: Stamp, *, is_gzip: bool) -> dict[str, str]:
    changed = changed_at(stamp)
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": f"private, max-age={_FRESH_S}",
        "Vary": "Accept-Encoding",
        "ETag": tag(mark, is_gzip=is_gzip),
        **_SECRET,
    }
    if changed <= datetime.now(UTC):  # RFC 9110, section 8.8.2.1: never in the future
        headers["Last-Modified"] = format_datetime(changed, usegmt=True)
    if is_gzip:
        headers["Content-Encoding"] = "gzip"
    return headers


def _found(asked: Asked, opened: Opened) -> Found:
    headers = _headers(opened.mark, opened.stamp, is_gzip=asked.takes_gzip)
    return Found(opened.feed, headers, is_same(asked.tags, asked.since, opened.mark, changed_at(opened.stamp)))


def _nothing() -> Response:
    return PlainTextResponse("There is no such calendar.\n", 404, {"Cache-Control": "no-store", **_SECRET})


def _head(found: Found) -> Response:
    """An answer without the calendar: nothing has changed, or no more was asked for."""
    if found.is_same:
        told = {name: text for name, text in found.headers.items() if not name.startswith("Content-")}
        return Response(status_code=304, headers=told)
    answer = Response(headers=found.headers)
    del answer.headers["Content-Length"]  # unknown without writing it all (RFC 9110, section 9.3.2)
    return answer


async def _read(spool: Spool) -> AsyncIterator[bytes]:
    offset = 0
    try:
        while part := await run_in_threadpool(spool.read, offset):
            offset += len(part)
            yield part
    finally:
        spool.close()
