"""The doors of a replica's pages: whoever starts them gets an address that lets one browser in (design, section 8).

They listen on loopback only, where every user and every program of this machine can knock. So the address holds a token
that is good once, and the browser then has a key that dies with the process. A page of another site cannot come in by
giving its own name this machine's address (DNS rebinding): requests must name the host that we listen on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Final, final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from passerelle.desk.connector import routing as connector
from passerelle.desk.connector.household import Household
from passerelle.desk.doors import Area, Guest
from passerelle.desk.requests import is_part, root_of, words_of
from passerelle.groupware.free_busy import BusyTime
from passerelle.groupware.session import Session
from passerelle.model.participants import Participant

_COOKIE: Final = "passerelle-replica"


@final
class Latchkey:
    """Lets in who has a token. ``session`` is what the shown account's user can do. May be used by any thread.

    With a ``household`` there are the connector's dialogs, too.
    """

    can_leave = False
    is_replica = True
    home = "/sync/new"

    def __init__(self, session: Callable[[], Session | None], household: Household | None = None) -> None:
        self._session = session
        self._household = household
        self._guard = Lock()
        self._tokens: dict[bytes, str] = {}
        self._keys: set[bytes] = set()

    def invite(self, page: str = "/") -> str:
        """The path, below where the pages are, that lets in whoever comes with it first, and leads to a page."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._tokens[_digest(token)] = page
        return f"/enter/{token}"

    def guest(self, request: Request) -> Guest | None:
        """The user of the account, if the browser has a key."""
        key = request.cookies.get(_COOKIE, "")
        return Guest(self._session(), key) if self.holds(key) else None

    def holds(self, key: str) -> bool:
        """Whether it is one of the keys that were handed out."""
        with self._guard:
            return _digest(key) in self._keys

    def server(self) -> str:
        """Where the pages of the shown account's server are, if it is one of ours."""
        return "" if self._household is None else self._household.server()

    def busy(
        self, parties: Iterable[Participant], start: datetime, end: datetime
    ) -> Mapping[tuple[str, str], tuple[BusyTime, ...]]:
        """What the shown account's server tells."""
        return {} if self._household is None else self._household.busy(parties, start, end)

    def turn_away(self, request: Request) -> Response:
        """Say how to come in."""
        words = words_of(request).say("Open these pages with: passerelle desk")
        return PlainTextResponse(f"{words}\n", 401, headers={"X-Desk-Page": "closed"} if is_part(request) else None)

    def routes(self) -> Sequence[Route]:
        """The way in."""
        return (Route("/enter/{token}", self._enter, methods=["GET"]),)

    def pages(self) -> Sequence[BaseRoute]:
        """The connector's dialogs."""
        return () if self._household is None else connector.routes(self, self._household)

    def areas(self, _guest: Guest) -> Sequence[Area]:
        """Where the connector's dialogs are."""
        return () if self._household is None else (connector.area(self._household),)

    async def _enter(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        with self._guard:
            page = self._tokens.pop(_digest(token), None)
            key = secrets.token_urlsafe(32)
            if page is not None:
                self._keys.add(_digest(key))
        if page is None:
            return self.turn_away(request)
        answer = RedirectResponse(f"{root_of(request)}{page}", 303)
        answer.set_cookie(_COOKIE, key, path="/", httponly=True, samesite="strict")
        return answer


def _digest(secret: str) -> bytes:
    """What is compared: how long that takes tells nothing of the secret."""
    return sha256(secret.encode(errors="replace")).digest()


@final
class NamedHost:
    """Answers only requests that name one of the hosts that we listen on."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and Headers(scope=scope).get("host", "") not in self._hosts:
            await PlainTextResponse("This address is not known here.\n", 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)
