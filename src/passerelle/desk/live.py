"""``GET /events`` of the pages: tells whoever looks at one in which folders something changed, as it happens.

The same hub tells other clients (docs/reference/events.md). A page names the place in history that it was made at, so
that nothing is missed between the page and its first event.
"""

from __future__ import annotations

from functools import partial
from typing import final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from passerelle.desk.doors import Doors
from passerelle.server.push.hub import Teller
from passerelle.server.push.stream import Line, Streams
from passerelle.server.requests import USER


@final
class Live:
    """The stream of a page, for as long as its visitor is let in."""

    def __init__(self, doors: Doors, hub: Teller) -> None:
        self._doors = doors
        self._streams = Streams(hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        guest = await run_in_threadpool(self._doors.guest, request)
        if guest is None or guest.session is None:
            await self._doors.turn_away(request)(scope, receive, send)
            return
        request.scope[USER] = guest.session.user_id
        line = Line(
            user=guest.session.user_id,
            since=request.headers.get("last-event-id") or request.query_params.get("since"),
            is_welcome=partial(self._doors.holds, guest.key),
        )
        await self._streams.answer(line, scope, receive, send)
