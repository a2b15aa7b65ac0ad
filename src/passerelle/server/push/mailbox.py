"""What waits for a reader of an event stream: never more than so many events, however slowly it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from typing import Final

from msgspec import Struct

from passerelle.groupware.news import EVERYTHING, Event, EventKind
from passerelle.model.ids import FolderId, Stamp

MOST_EVENTS: Final = 500
"""More than these, and the reader is told to look at everything: that is quicker then."""
_EVERYTHING: Final = (EVERYTHING.kind, EVERYTHING.folder)


class Letter(Struct, frozen=True):
    """What has come: with ``events``, all up to ``position`` is told. ``is_last``: nothing more will come."""

    position: Stamp
    events: tuple[Event, ...]
    is_last: bool


class Mailbox:
    """Takes events from the hub's thread and hands them to one coroutine of an event loop.

    An event takes the place of one of its kind that waits already, at the end: the last word on a folder is true.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = Lock()
        self._flag = asyncio.Event()
        self._position: Stamp | None = None
        self._events: dict[tuple[EventKind, FolderId | None], Event] = {}
        self._is_over = False

    def told(self, position: Stamp, events: Sequence[Event]) -> None:
        """Take what the hub tells."""
        with self._lock:
            is_first = self._position is None
            self._position = position
            for event in events:
                self._events.pop((event.kind, event.folder), None)
                self._events[event.kind, event.folder] = event
            if len(self._events) > MOST_EVENTS or _EVERYTHING in self._events:
                self._events = {_EVERYTHING: EVERYTHING}
        if events or is_first:
            self._rouse()

    def ended(self) -> None:
        """Take notice that nothing more will come."""
        with self._lock:
            self._is_over = True
        self._rouse()

    async def next(self, patience_s: float) -> Letter | None:
        """What has come, as soon as anything has, and after ``patience_s`` seconds at the latest.

        None if the hub has not said a word yet.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._flag.wait()
        self._flag.clear()
        with self._lock:
            events, self._events = tuple(self._events.values()), {}
            if self._position is None and not self._is_over:
                return None
            return Letter(self._position or Stamp(0), events, self._is_over)

    def _rouse(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(self._flag.set)
