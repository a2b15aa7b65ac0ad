"""``/ajax/login``: the calls with which account dialogs test a connection (OX reference, section 2.2).

KDE sends the password in the query string; that is the client's choice, so the server logs no query strings.
A session id issued here opens nothing: the other servlets ask for Basic authentication on each request.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from passerelle.model.errors import Unauthenticated
from passerelle.server.auth import Authenticator, TooManyAttempts
from passerelle.server.limits import read_body
from passerelle.server.ox.servlet import MAX_ORIGIN
from passerelle.server.requests import USER

_UNCACHED = {"Cache-Control": "no-store"}
_MAX_FORM_BYTES = 10_000


class Login:
    """The ``action=login`` and ``action=logout`` calls, as far as a connection test needs them."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def endpoint(self, request: Request) -> Response:
        """Answer GET and POST."""
        arguments = dict(request.query_params)
        if request.method == "POST":
            body = await read_body(request.receive, _MAX_FORM_BYTES)
            arguments |= parse_qsl(body.decode("utf-8", "replace"))
        match arguments.get("action"):
            case "login":
                return await self._login(request, arguments)
            case "logout":
                return Response(headers=_UNCACHED)
            case _:
                return _error("Say action=login or action=logout.", "SVL-0001", 400)

    async def _login(self, request: Request, arguments: dict[str, str]) -> Response:
        address = request.client.host if request.client else ""
        name, password = arguments.get("name", ""), arguments.get("password", "")
        try:
            client = request.headers.get("user-agent", "")[:MAX_ORIGIN]
            user = await run_in_threadpool(self._authenticator.user, name, password, address, client)
        except TooManyAttempts as error:
            return _error(str(error), "LGI-0007", 429)
        except Unauthenticated as error:
            return _error(str(error), "LGI-0006", 200)
        request.scope[USER] = user.id
        session = {
            "session": secrets.token_hex(16),
            "user": user.login,
            "user_id": user.id,
            "locale": user.locale,
        }
        return JSONResponse(session, headers=_UNCACHED)


def _error(message: str, code: str, status: int) -> Response:
    """The error object of the OX HTTP API; it comes with status 200 where the API itself worked."""
    return JSONResponse({"error": message, "code": code, "error_params": []}, status, headers=_UNCACHED)
