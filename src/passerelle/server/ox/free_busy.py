"""``webdav.freebusy``: when somebody is busy, without login (OX reference, section 16).

Three forms of the query: the classic one with ``start`` and ``end`` or ``period``; the newer one with weeks; and
the one that the connector's manual gives to Outlook, which names only the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from passerelle.groupware.free_busy import ask
from passerelle.model.errors import Invalid, Missing, NotFound
from passerelle.model.moments import from_milliseconds
from passerelle.server.ox.servlet import options, unsupported
from passerelle.store import Store
from passerelle.wire.icalendar.free_busy import write_classic, write_published, write_simple

_VERBS: Final = ("GET", "HEAD")
_CONTEXT: Final = 1
_WEEKS_BACK, _WEEKS_AHEAD = 1, 4
_MOST_WEEKS: Final = 104
_MOST_MONTHS: Final = 60
_FIRST_YEAR, _LAST_YEAR = 1900, 9900
_MONTH: Final = timedelta(days=31)
_NEWER: Final = frozenset({"weeksIntoPast", "weeksIntoFuture", "simple", "userName", "contextId"})
_CLASSIC: Final = frozenset({"start", "end", "period"})
_HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


class Form(Enum):
    """How an answer is written."""

    CLASSIC = "classic"
    PUBLISHED = "published"
    SIMPLE = "simple"


class Query(Struct, frozen=True, kw_only=True):
    """Who is asked about, from when to when, and how the answer is to look."""

    name: str
    domain: str
    start: datetime
    end: datetime
    form: Form


class FreeBusyServlet:
    """The URL of free/busy times as an ASGI application."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return options(_VERBS)
        if request.method not in _VERBS:
            return unsupported(request.method, _VERBS)
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            query = read_query(request.query_params, now)
            body = await run_in_threadpool(self._body, query, now)
        except (Missing, Invalid) as error:
            return PlainTextResponse(f"{error}\n", 400)
        except NotFound as error:
            return PlainTextResponse(f"{error}\n", 404)
        if query.form is Form.CLASSIC:
            return Response(body, headers={"Content-Type": "text/calendar", **_HEADERS})
        disposition = 'attachment;filename="freebusy.vfb"'
        kind = "text/calendar; charset=UTF-8"
        return Response(body, headers={"Content-Type": kind, "Content-Disposition": disposition, **_HEADERS})

    def _body(self, query: Query, now: datetime) -> bytes:
        found = ask(self._store, query.name, query.domain, query.start, query.end)
        times = [(one.start, one.end, one.shown_as) for one in found.times]
        if query.form is Form.CLASSIC:
            return write_classic(found.address, query.start, query.end, times)
        write = write_simple if query.form is Form.SIMPLE else write_published
        return write(found.address, now, query.start, query.end, times)


def read_query(said: Mapping[str, str], now: datetime) -> Query:
    """A query in any of the three forms.

    Raises:
        NotFound: the context is not this server's, or what the newer form needs is missing (section 16.2).
        Missing: a mandatory parameter is absent.
        Invalid: a number or a date is malformed, or the range is none.
    """
    if not _NEWER.isdisjoint(said):
        return _newer(said, now)
    if _CLASSIC.isdisjoint(said):
        return _bare(said, now)
    _check_context(said.get("contextid"))
    name, domain = _person(said.get("username"), said.get("server"))
    start, end = _classic_range(said, now)
    return Query(name=name, domain=domain, start=start, end=end, form=Form.CLASSIC)


def _bare(said: Mapping[str, str], now: datetime) -> Query:
    """The manual's form: only a person, for programs that know no other parameters."""
    if "contextid" in said:
        _check_context(said["contextid"])
        raise Missing("Say start and end, or period.", "start")
    name, domain = _person(said.get("username"), said.get("server"))
    start, end = _weeks(now, _WEEKS_BACK, _WEEKS_AHEAD)
    return Query(name=name, domain=domain, start=start, end=end, form=Form.CLASSIC)


def _newer(said: Mapping[str, str], now: datetime) -> Query:
    _check_context(said.get("contextId", said.get("contextid")))
    try:
        name, domain = _person(said.get("userName", said.get("username")), said.get("server"))
    except Missing as error:
        raise NotFound(str(error)) from error
    back = _number(said.get("weeksIntoPast", str(_WEEKS_BACK)), "weeksIntoPast")
    ahead = _number(said.get("weeksIntoFuture", str(_WEEKS_AHEAD)), "weeksIntoFuture")
    start, end = _weeks(now, min(back, _MOST_WEEKS), min(ahead, _MOST_WEEKS))
    form = Form.SIMPLE if said.get("simple", "").lower() == "true" else Form.PUBLISHED
    return Query(name=name, domain=domain, start=start, end=end, form=form)


def _check_context(text: str | None) -> None:
    if text is None or not text.isascii() or not text.isdecimal() or text.lstrip("0") != str(_CONTEXT):
        raise NotFound("There is no such context. This server has the context 1.")


def _person(name: str | None, domain: str | None) -> tuple[str, str]:
    if not name or not domain:
        raise Missing("Say username and server: the two halves of the mail address.", "username")
    return name, domain


def _weeks(now: datetime, back: int, ahead: int) -> tuple[datetime, datetime]:
    return now - timedelta(weeks=back), now + timedelta(weeks=ahead)


def _classic_range(said: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    if "period" in said:
        length = min(_number(said["period"], "period"), _MOST_MONTHS) * _MONTH
        return now - length, now + length
    start, end = _date(said, "start"), _date(said, "end")
    if end < start:
        raise Invalid("The end is before the start.", "end")
    return start, min(end, start + 2 * _MOST_MONTHS * _MONTH)


def _date(said: Mapping[str, str], name: str) -> datetime:
    """Midnight UTC of ``yyyyMMdd``; a longer number is taken as milliseconds, which old clients send."""
    text = said.get(name, "")
    if not text:
        raise Missing(f"Say {name} as yyyyMMdd.", name)
    try:
        is_day = len(text) == len("yyyyMMdd") and text.isdecimal()
        found = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC) if is_day else _instant(text, name)
    except ValueError as error:
        raise Invalid(f"{name} is not a date of the form yyyyMMdd.", name) from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Invalid(f"{name} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.", name)
    return found


def _instant(text: str, name: str) -> datetime:
    return from_milliseconds(_number(text, name))


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(2**63)):
        raise Invalid(f"{name} is not a whole number of 0 or more.", name)
    return int(text)
