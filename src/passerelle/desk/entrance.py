"""The doors of the server's pages: a login with a password, remembered in a cookie (design, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from passerelle.desk.administration import routing as administration
from passerelle.desk.doors import Area, Guest
from passerelle.desk.endpoints import read_fields
from passerelle.desk.guarding import is_from_here, proves
from passerelle.desk.personal import routing as personal
from passerelle.desk.rendering import render
from passerelle.desk.requests import is_part, root_of, words_of
from passerelle.desk.visit import Visit
from passerelle.groupware import logins
from passerelle.groupware.free_busy import BusyTime
from passerelle.groupware.session import Session
from passerelle.model.errors import Unauthenticated
from passerelle.model.participants import Participant
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.server.auth import Authenticator, TooManyAttempts
from passerelle.store import Store

COOKIE: Final = "passerelle-desk"
_NONE: Final = Text("")
_SECURE_COOKIE: Final = "__Host-passerelle-desk"
"""Over TLS the name itself keeps neighbours of the server's domain from setting one (RFC 6265bis, section 4.1.3.2)."""


@final
class Entrance:
    """Lets the users of a store in."""

    can_leave = True
    is_replica = False
    home = "/calendar"

    def __init__(self, store: Store, authenticator: Authenticator) -> None:
        self._store = store
        self._authenticator = authenticator

    def guest(self, request: Request) -> Guest | None:
        """Whoever logged in with this browser."""
        key = request.cookies.get(_cookie_of(request), "")
        user = logins.visitor(self._store, key) if key else None
        return None if user is None else Guest(Session(self._store, user, logins.ORIGIN), key)

    def holds(self, key: str) -> bool:
        """Whether the login goes on."""
        return logins.holds(self._store, key)

    def server(self) -> str:
        """There is no other one: this is the server."""
        return ""

    def busy(
        self,
        parties: Iterable[Participant],  # noqa: ARG002 - nobody else is to be asked
        start: datetime,  # noqa: ARG002 - as said
        end: datetime,  # noqa: ARG002 - as said
    ) -> Mapping[tuple[str, str], tuple[BusyTime, ...]]:
        """All that is known is known here."""
        return {}

    def turn_away(self, request: Request) -> Response:
        """The login; a part of a page only learns that it is time for that."""
        if request.method != "GET" or is_part(request):
            return PlainTextResponse(words_of(request).say("You were logged out. Load the page again."), 401,
                                     headers={"X-Desk-Page": "login"})  # fmt: skip
        return RedirectResponse(f"{root_of(request)}/enter", 303)

    def routes(self) -> Sequence[Route]:
        """``/enter`` and ``/leave``."""
        return (
            Route("/enter", self._show, methods=["GET"]),
            Route("/enter", self._enter, methods=["POST"]),
            Route("/leave", self._leave, methods=["POST"]),
        )

    def pages(self) -> Sequence[BaseRoute]:
        """The personal area, and that of administrators."""
        return (*personal.routes(self, self), *administration.routes(self))

    def areas(self, guest: Guest) -> Sequence[Area]:
        """That of administrators, for one."""
        return administration.areas(guest)

    def prove(self, visit: Visit, password: str) -> None:
        """Make sure that a visitor knows the own password. Raises Unauthenticated, TooManyAttempts."""
        self._user(visit.request, visit.session.user.login, password)

    def renew(self, visit: Visit, answer: Response) -> None:
        """Let a visitor's browser in again with an answer, as long as a new login lasts."""
        client = visit.request.headers.get("user-agent", "")
        _remember(visit.request, answer, logins.begin(self._store, visit.session.user_id, client), stays=False)

    def _user(self, request: Request, login: str, password: str) -> User:
        """Whom a login and a password belong to; guesses are slowed down. Raises Unauthenticated, TooManyAttempts."""
        address = request.client.host if request.client else ""
        return self._authenticator.user(login, password, address, request.headers.get("user-agent", ""))

    async def _show(self, request: Request) -> Response:
        return _form(request)

    async def _enter(self, request: Request) -> Response:
        fields = await read_fields(request)
        if not is_from_here(request):
            return _form(request, Text("Log in on this page."), status=403)
        client = request.headers.get("user-agent", "")
        login = fields.get("login", "")
        try:
            user = await run_in_threadpool(self._user, request, login, fields.get("password", ""))
        except TooManyAttempts as error:
            return _form(request, error.text, login, status=429)
        except Unauthenticated:
            return _form(request, Text("The login or the password is wrong."), login, status=403)
        stays = "stays" in fields
        key = await run_in_threadpool(lambda: logins.begin(self._store, user.id, client, stays=stays))
        answer = RedirectResponse(f"{root_of(request)}/", 303)
        _remember(request, answer, key, stays=stays)
        return answer

    async def _leave(self, request: Request) -> Response:
        fields = await read_fields(request)
        key = request.cookies.get(_cookie_of(request), "")
        if key and not proves(request, key, fields.get("token", "")):
            return PlainTextResponse(words_of(request).say("This page is out of date. Load it again."), 403)
        if key:
            await run_in_threadpool(logins.end, self._store, key)
        answer = RedirectResponse(f"{root_of(request)}/enter", 303)
        answer.delete_cookie(_cookie_of(request), secure=_is_secure(request), httponly=True, samesite="lax")
        return answer


def _remember(request: Request, answer: Response, key: str, *, stays: bool) -> None:
    answer.set_cookie(
        _cookie_of(request),
        key,
        max_age=int(logins.LONG.total_seconds()) if stays else None,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def _form(request: Request, error: Text = _NONE, login: str = "", status: int = 200) -> Response:
    values = {"root": root_of(request), "error": words_of(request).say(error), "login": login}
    return render("enter.html", words_of(request), values, status)


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie_of(request: Request) -> str:
    return _SECURE_COOKIE if _is_secure(request) else COOKIE
