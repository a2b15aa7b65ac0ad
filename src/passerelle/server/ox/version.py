"""``webdav.version``: one line, no login (OX reference, section 17)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from passerelle import __version__
from passerelle.server.ox.servlet import options, unsupported

_VERBS = ("GET", "HEAD")
_PLAIN = {"Content-Type": "text/plain; charset=UTF-8"}


class VersionServlet:
    """The URL of the version as an ASGI application; a function would be taken for one of Starlette's endpoints."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await _answer(Request(scope, receive).method)(scope, receive, send)


def _answer(verb: str) -> Response:
    if verb in _VERBS:
        return Response(f"{__version__}\n", headers=_PLAIN)
    return options(_VERBS) if verb == "OPTIONS" else unsupported(verb, _VERBS)
