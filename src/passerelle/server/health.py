"""``/health`` for load balancers and supervisors: does the process answer, and does its database?

``/health`` says that the process is alive and asks nobody; ``/health/ready`` reads from the database. The last answer
counts for a second, so that nobody keeps the database busy by asking.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import anyio
import structlog
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from passerelle.model.errors import PasserelleError
from passerelle.store import Store

log = structlog.get_logger(__name__)

_HEADERS: Final = {"Cache-Control": "no-store"}
_FRESH_S: Final = 1.0
_PATIENCE_S: Final = 5.0
_UNAVAILABLE: Final = 503


class Health:
    """The two endpoints. ``clock`` returns seconds."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._is_ready = False
        self._asked = float("-inf")
        self._asking = anyio.Lock()

    async def alive(self, _request: Request) -> Response:
        """Say that the process answers."""
        return PlainTextResponse("alive\n", headers=_HEADERS)

    async def ready(self, _request: Request) -> Response:
        """Say whether requests can be served: 200, or 503 while the database does not answer."""
        async with self._asking:
            if self._clock() - self._asked >= _FRESH_S:
                self._is_ready = await self._look()
                self._asked = self._clock()
        if self._is_ready:
            return PlainTextResponse("ready\n", headers=_HEADERS)
        return PlainTextResponse("The database does not answer.\n", _UNAVAILABLE, _HEADERS)

    async def _look(self) -> bool:
        try:
            with anyio.fail_after(_PATIENCE_S):
                return await run_sync(self._read, abandon_on_cancel=True)
        except (TimeoutError, PasserelleError, SQLAlchemyError) as error:
            log.warning("database_unreachable", reason=type(error).__name__)
            return False

    def _read(self) -> bool:
        with self._store.reading() as tx:
            tx.folders.clock()
        return True
