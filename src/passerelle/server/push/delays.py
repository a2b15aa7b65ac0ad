"""Events that wait, so that many changes of a folder become one datagram (OX reference, section 18.2)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

from msgspec import Struct

from passerelle.model.ids import FolderId, UserId

CAP: Final = 5
"""Further events restart the delay, but none waits longer than so many delays after its first change."""
MOST_WAITING: Final = 100_000
"""Beyond these, further folders are not pushed: push is a hint, and clients look by themselves now and then."""


class Due(Struct, frozen=True):
    """An event whose time has come: a folder, and who is to be told."""

    user: UserId
    folder: FolderId


class _Waiting(Struct):
    due: float
    latest: float


class DelayQueue:
    """Holds each event back for a while; may be used by any thread. ``clock`` returns seconds."""

    def __init__(self, delay_s: float, clock: Callable[[], float]) -> None:
        self._delay_s = delay_s
        self._clock = clock
        self._lock = Lock()
        self._waiting: dict[Due, _Waiting] = {}

    def put(self, user: UserId, folder: FolderId) -> None:
        """Add an event, or restart the delay of the one that waits for the same user and folder."""
        event, now = Due(user, folder), self._clock()
        with self._lock:
            waiting = self._waiting.get(event)
            if waiting is not None:
                waiting.due = min(now + self._delay_s, waiting.latest)
            elif len(self._waiting) < MOST_WAITING:
                self._waiting[event] = _Waiting(now + self._delay_s, now + CAP * self._delay_s)

    def take_due(self) -> list[Due]:
        """Take out what has waited long enough."""
        now = self._clock()
        with self._lock:
            due = [event for event, waiting in self._waiting.items() if waiting.due <= now]
            for event in due:
                del self._waiting[event]
        return due

    def forget(self, user: UserId) -> None:
        """Drop what waits for a user."""
        with self._lock:
            for event in [event for event in self._waiting if event.user == user]:
                del self._waiting[event]

    def next_due(self) -> float | None:
        """When the next event is due; None if nothing waits."""
        with self._lock:
            return min((waiting.due for waiting in self._waiting.values()), default=None)
