"""``/feeds/TOKEN/NAME.ics``: a calendar for programs that subscribe to one, without login (decision 0044).

The token is the only key. It stands in no log of ours, and is looked up by its digest. NAME is for people and may be
anything. Conditional requests (RFC 9110, section 13) are answered without reading the calendar.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Final

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from passerelle.groupware.feeds.making import proof_of
from passerelle.groupware.feeds.reading import note_fetch, open_feed, pieces
from passerelle.model.errors import PasserelleError
from passerelle.model.ids import Stamp
from passerelle.server.throttle import Throttle
from passerelle.store import Store
from passerelle.store.feeds import Feed

log = structlog.get_logger(__name__)

_VERBS: Final = ("GET", "HEAD", "OPTIONS")
_ALLOW: Final = {"Allow": ", ".join(_VERBS)}
_AT_ONCE: Final = 4
"""So many calendars are read at a time: those who subscribe can wait, those who work in the pages cannot."""
_MOST_KNOWN: Final = 20_000
_IN_MEMORY: Final = 1024 * 1024
_CHUNK: Final = 64 * 1024
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
    """A feed that may be read. Without ``body`` only its head is wanted, or nothing has changed (``is_same``)."""

    feed: Feed
    headers: dict[str, str]
    is_same: bool
    body: IO[bytes] | None


class Feeds:
    """The links as an ASGI application."""

    def __init__(self, store: Store, throttle: Throttle) -> None:
        self._store = store
        self._throttle = throttle
        self._limiter = CapacityLimiter(_AT_ONCE)
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
        found = await run_sync(self._find, asked, limiter=self._limiter)
        self._remember(asked.proof, address, is_good=found is not None)
        if found is None:
            return PlainTextResponse("There is no such calendar.\n", 404, {"Cache-Control": "no-store", **_SECRET})
        answer = _response(found)
        answer.background = BackgroundTask(self._note, found.feed, request.headers.get("user-agent", ""))
        return answer

    def _remember(self, proof: str, address: str, *, is_good: bool) -> None:
        if not is_good:
            self._known.discard(proof)
            self._throttle.failed(proof, address)
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(proof)

    def _find(self, asked: Asked) -> Found | None:
        """Look a feed up, and write it down whole if it is wanted: one transaction sees all of it."""
        with self._store.reading() as tx:
            opened = open_feed(tx, asked.proof)
            if opened is None:
                return None
            headers = _headers(opened.mark, opened.stamp, takes_gzip=asked.takes_gzip)
            is_same = _is_same(asked, opened.mark, _changed(opened.stamp))
            if is_same or asked.is_head:
                return Found(opened.feed, headers, is_same, None)
            parts = pieces(tx, opened)
            return Found(opened.feed, headers, is_same, _spooled(_compressed(parts) if asked.takes_gzip else parts))

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
        takes_gzip=_takes_gzip(headers.get("accept-encoding", "")),
        tags=headers.get("if-none-match", ""),
        since=headers.get("if-modified-since", ""),
    )


def _takes_gzip(accepted: str) -> bool:
    """Whether a client names gzip, and not to refuse it (RFC 9110, section 12.5.3)."""
    for one in accepted.lower().split(","):
        name, _, weight = one.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def _tag(mark: str, *, takes_gzip: bool) -> str:
    """A strong tag names the bytes, so the compressed form has one of its own."""
    return f'"{mark}-gzip"' if takes_gzip else f'"{mark}"'


def _changed(stamp: Stamp) -> datetime:
    """The first full second after the last change: whoever read then or later has seen it."""
    return datetime.fromtimestamp(stamp // 1000 + 1, UTC)


def _headers(mark: str, stamp: Stamp, *, takes_gzip: bool) -> dict[str, str]:
    changed = _changed(stamp)
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": f"private, max-age={_FRESH_S}",
        "Vary": "Accept-Encoding",
        "ETag": _tag(mark, takes_gzip=takes_gzip),
        **_SECRET,
    }
    if changed <= datetime.now(UTC):  # RFC 9110, section 8.8.2.1: never in the future
        headers["Last-Modified"] = format_datetime(changed, usegmt=True)
    if takes_gzip:
        headers["Content-Encoding"] = "gzip"
    return headers


def _is_same(asked: Asked, mark: str, changed: datetime) -> bool:
    """Whether the client has it all. A tag decides alone where there is one (RFC 9110, section 13.2.2)."""
    if asked.tags:
        given = {one.strip().removeprefix("W/") for one in asked.tags.split(",")}
        return not given.isdisjoint({"*", *(_tag(mark, takes_gzip=gzip) for gzip in (False, True))})
    if not asked.since:
        return False
    try:
        since = parsedate_to_datetime(asked.since)
    except ValueError:  # RFC 9110, section 13.1.3: no date is no condition
        return False
    return (since if since.tzinfo else since.replace(tzinfo=UTC)) >= changed


def _response(found: Found) -> Response:
    if found.is_same:
        told = {name: text for name, text in found.headers.items() if not name.startswith("Content-")}
        return Response(status_code=304, headers=told)
    if found.body is None:
        answer = Response(headers=found.headers)
        del answer.headers["Content-Length"]  # unknown without writing it all (RFC 9110, section 9.3.2)
        return answer
    length = {"Content-Length": str(found.body.tell())}
    return StreamingResponse(iterate_in_threadpool(_chunks(found.body)), headers={**found.headers, **length})


def _spooled(parts: Iterable[bytes]) -> IO[bytes]:
    """All of it, in memory if it is small, else in a file without a name: a slow reader keeps no transaction open."""
    spool: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by who sends it
    try:
        for part in parts:
            spool.write(part)
    except BaseException:
        spool.close()
        raise
    return spool


def _compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same as gzip (RFC 1952), without a time in its head: equal calendars are equal bytes."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def _chunks(spool: IO[bytes]) -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        while chunk := spool.read(_CHUNK):
            yield chunk
