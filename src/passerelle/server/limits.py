"""What protects the server from its callers: bounded bodies and patience, and one place that catches all.

Written as plain ASGI wrappers, so that streamed answers stay streamed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerelle.server.connection import CutOff
from passerelle.server.requests import name_of

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024 * 1024
PATIENCE_S = 60.0
"""How long we wait for a client to send or to take the next piece before the connection is dropped."""


class BodyTooLarge(Exception):
    """More bytes came, or were announced, than a request may carry."""


class ClientGone(Exception):
    """The connection ended before the request was complete: there is nobody to answer."""


class Patience:
    """Drops a connection whose client neither sends nor reads for :data:`PATIENCE_S` seconds."""

    def __init__(self, app: ASGIApp, patience_s: float = PATIENCE_S) -> None:
        self._app = app
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP conversation on, each step of it under a deadline."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_is_complete = False

        async def patient_receive() -> Message:
            nonlocal body_is_complete
            if body_is_complete:  # only a disconnect can follow; it may take as long as the answer does
                return await receive()
            with anyio.fail_after(self._patience_s):
                message = await receive()
            body_is_complete = not message.get("more_body", False)
            return message

        async def patient_send(message: Message) -> None:
            with anyio.fail_after(self._patience_s):
                await send(message)

        await self._app(scope, patient_receive, patient_send)


class Barrier:
    """Turns what nobody caught into a plain 500 and a log entry; no traceback reaches a client."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a conversation on; answer 500 if it fails before its answer began, cut it off if later."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except TimeoutError as error:
            log.info("client_too_slow", servlet=name_of(scope))
            if begun:
                raise CutOff from error
            await PlainTextResponse("The request took too long to arrive.\n", 408)(scope, receive, send)
        except ClientGone:
            log.info("client_gone", servlet=name_of(scope))
        except BodyTooLarge:
            text = f"The request is larger than {MAX_BODY_BYTES} bytes. Send fewer objects at a time.\n"
            await PlainTextResponse(text, 413)(scope, receive, send)
        except Exception as error:  # the one place of the server that catches everything
            log.exception("request_failed", servlet=name_of(scope))
            if begun:  # a cut connection tells the client that the answer is not whole
                raise CutOff from error
            await PlainTextResponse("The server failed to answer. Its log says why.\n", 500)(scope, receive, send)


async def read_body(receive: Receive, limit: int = MAX_BODY_BYTES, *, announced: str | None = None) -> bytes:
    """The whole body of a request; see :func:`body_pieces`."""
    return b"".join([piece async for piece in body_pieces(receive, limit, announced=announced)])


async def body_pieces(receive: Receive, limit: int, *, announced: str | None = None) -> AsyncIterator[bytes]:
    """The body of a request as it arrives; ``announced`` is its Content-Length header.

    Raises:
        BodyTooLarge: it is longer than ``limit`` bytes, or says so before it comes.
        ClientGone: the connection ended before the body did.
    """
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise BodyTooLarge
    size = 0
    goes_on = True
    while goes_on:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge
        goes_on = message.get("more_body", False)
        yield piece
