"""Who listens to the hub: those who are about to come in, and those who are in."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from msgspec import Struct

from passerelle.groupware.news import Event
from passerelle.model.ids import Stamp, UserId


class Listener(Protocol):
    """Who is told. Both methods are called in the hub's thread, and must neither block nor raise."""

    def told(self, position: Stamp, events: Sequence[Event]) -> None:
        """Hear what happened, often nothing; with it, everything up to ``position`` is told."""

    def ended(self) -> None:
        """Hear that nothing more will come."""


class Guest(Struct, frozen=True, kw_only=True, eq=False):
    """A listener, and for whom it listens.

    ``seal`` is that of the account when the user logged in; a listener without one stays as long as the account is
    there. ``since`` is the place that the listener wants to go on from, as it was written down; None: from now on.
    """

    user: UserId
    listener: Listener
    seal: bytes | None = None
    since: str | None = None


class Audience:
    """The guests of a hub; may be used by any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._arriving: list[Guest] = []
        self._present: list[Guest] = []

    def __bool__(self) -> bool:
        with self._lock:
            return bool(self._arriving or self._present)

    def add(self, guest: Guest) -> None:
        """Have somebody wait to come in."""
        with self._lock:
            self._arriving.append(guest)

    def remove(self, guest: Guest) -> None:
        """Forget somebody, who may be gone already."""
        with self._lock:
            self._arriving = [one for one in self._arriving if one is not guest]
            self._present = [one for one in self._present if one is not guest]

    def seen(self) -> tuple[list[Guest], list[Guest]]:
        """Those who are in, and those who wait to come in."""
        with self._lock:
            return self._present.copy(), self._arriving.copy()

    def admit(self, guests: Sequence[Guest]) -> None:
        """Let those in who waited and are still there."""
        wanted = set(map(id, guests))
        with self._lock:
            self._present += [one for one in self._arriving if id(one) in wanted]
            self._arriving = [one for one in self._arriving if id(one) not in wanted]

    def dismiss(self) -> list[Guest]:
        """Send everybody away; return them."""
        with self._lock:
            everybody = self._present + self._arriving
            self._present, self._arriving = [], []
        return everybody
