"""What all servlets of the OX WebDAV/XML interface share (OX reference, section 2).

A servlet is a table from verb to :data:`Handler`, a plain function that runs in a worker thread and returns
the answer's bytes piece by piece. A handler checks everything that can fail before it returns its iterator,
because after the first piece the status is sent.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

import structlog
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from passerelle.groupware.session import Session
from passerelle.model.errors import Forbidden, Missing, NotFound, Refused, Unauthenticated, Unreadable
from passerelle.server.auth import REALM, Authenticator, TooManyAttempts, credentials
from passerelle.server.conditions import compressed, takes_gzip
from passerelle.server.limits import read_body
from passerelle.server.ox.answer import CHUNK_BYTES
from passerelle.server.requests import USER
from passerelle.store import Store
from passerelle.wire.oxxml.extension import LINEAGE_HEADER

log = structlog.get_logger(__name__)

MAX_ORIGIN = 200
MULTISTATUS = "text/xml; charset=UTF-8"

Handler = Callable[[Session, bytes], Iterator[bytes]]
"""(the authenticated user's session, request body) -> pieces of a 207 answer."""


class Servlet:
    """One URL of the interface as an ASGI application."""

    def __init__(
        self, store: Store, authenticator: Authenticator, verbs: Mapping[str, Handler], lineage: str = ""
    ) -> None:
        self._store = store
        self._lineage = lineage
        self._authenticator = authenticator
        self._verbs = verbs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return options(self._verbs)
        handler = self._verbs.get(request.method)
        if handler is None:
            return unsupported(request.method, self._verbs)
        try:
            session = await log_in(request, self._store, self._authenticator)
        except (Unauthenticated, TooManyAttempts) as error:
            return refuse_login(error)
        body = await read_body(request.receive, announced=request.headers.get("content-length"))
        try:
            pieces = await run_in_threadpool(handler, session, body)
            sent, said = await run_in_threadpool(_coded, pieces, request.headers.get("accept-encoding", ""))
        except (Refused, Unreadable) as error:
            return PlainTextResponse(f"{error}\n", _http_status(error))
        asked = LINEAGE_HEADER in request.headers
        told = {LINEAGE_HEADER: self._lineage} if asked and self._lineage else {}
        return StreamingResponse(iterate_in_threadpool(sent), 207, {**told, **said}, media_type=MULTISTATUS)


def _coded(pieces: Iterator[bytes], accepted: str) -> tuple[Iterator[bytes], Mapping[str, str]]:
    """An answer as it is sent, and the headers that say so: a long one is compressed for who takes that.

    A short one is not: it saves little, and its compressed length would tell listeners of what stands in it beside
    something that they sent themselves.
    """
    first = next(pieces, b"")
    whole = chain((first,), pieces)
    if len(first) < CHUNK_BYTES or not takes_gzip(accepted):
        return whole, {}
    return compressed(whole, zlib.Z_BEST_SPEED), {"Content-Encoding": "gzip"}


def options(verbs: Iterable[str]) -> Response:
    """The answer to OPTIONS: a list of verbs that ends as clients know it (section 2.1)."""
    return Response(headers={"DAV": "1", "Allow": ",".join([*verbs, "TRACE", "OPTIONS"])})


def unsupported(verb: str, verbs: Iterable[str]) -> Response:
    """The answer to a verb that a servlet lacks (section 2.1)."""
    return PlainTextResponse(f"{verb} is not supported here. Use one of {', '.join(verbs)}.\n", 400)


async def log_in(request: Request, store: Store, authenticator: Authenticator) -> Session:
    """The session of the user whose credentials come with a request.

    Raises:
        Unauthenticated: they are missing, malformed or wrong.
        TooManyAttempts: their address failed too often.
    """
    login, password = credentials(request.headers.get("authorization"))
    address = request.client.host if request.client else ""
    client = request.headers.get("user-agent", "")[:MAX_ORIGIN]
    user = await run_in_threadpool(authenticator.user, login, password, address, client)
    request.scope[USER] = user.id
    return Session(store, user.id, client)


def refuse_login(error: Unauthenticated | TooManyAttempts) -> Response:
    """401 with the interface's realm, or 429 with the time to wait."""
    if isinstance(error, TooManyAttempts):
        return PlainTextResponse(f"{error}\n", 429, {"Retry-After": str(error.wait_s)})
    return PlainTextResponse(f"{error}\n", 401, {"WWW-Authenticate": REALM})


def _http_status(error: Refused | Unreadable) -> int:
    """The HTTP status of a request-level failure (section 2.3).

    A folder that does not exist and one that the user may not see are answered alike.
    """
    if isinstance(error, Unreadable | Missing):
        return 400
    if isinstance(error, Forbidden | NotFound):
        return 403
    return 409
