"""The change hub: one thread that follows the store, while anybody listens, and tells each listener what concerns it.

Writers only wake it. It looks at most every :data:`PAUSE_S` seconds, once for all that was written meanwhile and for
all who listen, so that neither many writers nor many listeners cost the server more than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware.history import Place
from passerelle.model.errors import PasserelleError
from passerelle.server.push.audience import Audience, Guest
from passerelle.server.push.look import Actors, Look, look
from passerelle.store import Store

log = structlog.get_logger(__name__)

PAUSE_S: Final = 0.05
"""A change is told within some 0.1 s; more looks than 20 a second would take time from the writers."""
RETRY_S: Final = 1.0


class Teller(Protocol):
    """What streams are open to; see :class:`Hub`."""

    def join(self, guest: Guest) -> None:
        """Have a listener told."""

    def leave(self, guest: Guest) -> None:
        """Tell a listener no more."""

    def close(self) -> None:
        """End all listeners."""


class Hub:
    """Tells listeners of changes. Made once for a server; works while :meth:`running` is open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._audience = Audience()
        self._wake = Signal()
        self._over = Signal()
        self._closed = Signal()

    def join(self, guest: Guest) -> None:
        """Have a listener told from its place on: at once what it missed, with the place that was reached."""
        self._audience.add(guest)
        self._wake.set()
        if self._closed.is_set():
            self._dismiss()

    def leave(self, guest: Guest) -> None:
        """Tell a listener no more, except what is being told just now."""
        self._audience.remove(guest)
        self._wake.set()

    def close(self) -> None:
        """End all listeners, now and from now on: the server stops."""
        self._closed.set()
        self._dismiss()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Tell listeners, in a thread of its own, until the block ends."""
        thread = Thread(target=self._run, name="push")
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._wake.set()
            thread.join()
            self.close()

    def _dismiss(self) -> None:
        for guest in self._audience.dismiss():
            guest.listener.ended()

    def _run(self) -> None:
        while not self._over.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                if self._audience:
                    self._follow()
            except Exception:  # the one place of this thread that catches everything
                log.exception("push_failed")
                self._dismiss()  # they come back, and hear what they missed
                self._over.wait(RETRY_S)

    def _follow(self) -> None:
        """Follow the store from now on, as long as anybody listens."""
        place: Place | None = None
        actors: Actors = {}
        with self._store.watching(self._wake.set):
            while self._audience and not self._over.is_set():
                try:
                    found = self._look(place, actors)
                except (PasserelleError, SQLAlchemyError) as error:  # what happens meanwhile is told afterwards
                    log.warning("push_waits_for_the_store", reason=str(error))
                    self._over.wait(RETRY_S)
                    continue
                self._tell(found)
                place, actors = found.place, found.actors
                self._over.wait(PAUSE_S)
                self._wake.wait()
                self._wake.clear()

    def _look(self, place: Place | None, actors: Actors) -> Look:
        present, arriving = self._audience.seen()
        with self._store.reading() as tx:
            return look(tx, place, actors, present, arriving)

    def _tell(self, found: Look) -> None:
        self._audience.admit([guest for guest, _ in found.told])
        for guest in found.ended:
            self._audience.remove(guest)
            guest.listener.ended()
        for guest, events in found.told:
            guest.listener.told(found.place.moment, events)
