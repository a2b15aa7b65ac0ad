"""The ASGI application asked in this process: the octets of a real request and answer, without the socket between.

Thousands of requests of a random walk cost seconds instead of minutes. What HTTP itself does is tested elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.types import ASGIApp, Message, Scope

from tests.support.ox.client import Reply


class Inside:
    """Sends single requests to an application, from the thread that made it; a context manager."""

    def __init__(self, app: ASGIApp) -> None:
        self.host: str = "inside"
        self.port: int | None = None
        self._app = app
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Says goodbye."""
        self._runner.close()

    def send(self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """Sends one request and reads the whole answer."""
        raw = body.encode() if isinstance(body, str) else body
        sized = {"Content-Length": str(len(raw))} if raw else {}
        return self.send_pieces(method, path, [raw], sized | dict(headers or {}))

    def send_pieces(self, method: str, path: str, pieces: Iterable[bytes], headers: Mapping[str, str]) -> Reply:
        """Sends one request whose body arrives piece by piece."""
        return self._runner.run(self._conversation(_scope(method, path, headers), pieces))

    async def _conversation(self, scope: Scope, pieces: Iterable[bytes]) -> Reply:
        arriving: list[Message] = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
        arriving[-1]["more_body"] = False
        said: list[Message] = []

        async def receive() -> Message:
            return arriving.pop(0) if arriving else await asyncio.Future()  # as long as the answer takes, nothing comes

        async def send(message: Message) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        return _reply(said)


def _scope(method: str, path: str, headers: Mapping[str, str]) -> Scope:
    target = urlsplit(f"//inside{path}" if path.startswith("/") else path)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(target.path).decode("utf-8", "replace"),
        "raw_path": target.path.encode(),
        "query_string": target.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("inside", 80),
    }


def _reply(said: list[Message]) -> Reply:
    start, *rest = said
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in rest)
    return Reply(start["status"], HTTPStatus(start["status"]).phrase, headers, body)
