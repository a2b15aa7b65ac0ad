"""What protects people from pages of others (design, section 8): headers, and where requests may come from.

A request that changes something must come from one of our own pages. The browser says so itself (``Sec-Fetch-Site``, or
``Origin`` where that is missing), and the page proves it with a token that no other site can read.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PROOF_HEADER: Final = "x-desk-token"


class Protected:
    """Adds the headers to every answer; nothing is kept in caches unless the answer itself says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a conversation on."""

        async def protecting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, protecting_send)


def token_of(key: str) -> str:
    """The token of the pages that a browser with this key gets. It does not give the key away."""
    return hmac.digest(key.encode(), b"desk", sha256).hex()


def is_from_here(request: Request) -> bool:
    """Whether one of our own pages sent a request, as far as the browser tells; one that tells nothing is not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host", "")


def proves(request: Request, key: str, given: str) -> bool:
    """Whether a request proves that it comes from a page that was given to the browser with this key."""
    shown = request.headers.get(PROOF_HEADER) or given
    return is_from_here(request) and hmac.compare_digest(shown.encode(), token_of(key).encode())
