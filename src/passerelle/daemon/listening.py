"""Listens to what an account's server tells, in a thread of its own, over the best way that works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import Final, Protocol, final

import structlog

from passerelle.daemon.jitter import jitter
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import PasserelleError, Unauthenticated
from passerelle.peers.base import NoPush, Push, Pushing

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S: Final = 120.0
LOOK_AGAIN_S: Final = 600.0
"""When a server that offers no push is asked again: it may have been updated, or its proxy repaired."""


class PushingPeer(Pushing, Protocol):
    """A peer that tells of changes, and can be closed."""

    def close(self) -> None:
        """Free its connections."""


@final
class Listener:
    """Wishes for what it hears. Begins when made; :meth:`close` ends it."""

    def __init__(self, connect: Callable[[], PushingPeer], wishes: Wishes) -> None:
        self._connect = connect
        self._wishes = wishes
        self._over = Event()
        self._guard = Lock()
        self._push: Push | None = None
        self._failures = 0
        self._thread = Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up. Does not wait: whoever connects at the moment finds out when that is done."""
        with self._guard:
            self._over.set()
            push = self._push
        if push is not None:
            push.hang_up()

    def _run(self) -> None:
        try:
            peer = self._connect()
        except PasserelleError as error:
            log.info("push_impossible", reason=type(error).__name__)
            return
        try:
            self._listen(peer.pushes())
        finally:
            peer.close()

    def _listen(self, ways: Sequence[Push]) -> None:
        while not self._over.is_set():
            for push in ways:
                try:
                    self._follow(push)
                except NoPush:
                    continue
                except Unauthenticated:
                    self._wishes.whole()  # the worker finds out, and says so
                    return
            self._over.wait(LOOK_AGAIN_S * jitter())

    def _follow(self, push: Push) -> None:
        """Listen on one way, again and again, until it is all over.

        Raises:
            NoPush, Unauthenticated: it is of no use to go on.
        """
        with self._guard:
            self._push = push
        while not self._over.is_set():
            try:
                self._hear(push)
            except (NoPush, Unauthenticated):
                raise
            except PasserelleError as error:
                log.info("push_broke_off", reason=type(error).__name__, failures=self._failures)
            pause_s = min(push.pause_s * 2 ** min(self._failures, 10), LONGEST_PAUSE_S) * jitter()
            self._failures += 1
            self._over.wait(pause_s)

    def _hear(self, push: Push) -> None:
        stands = False
        try:
            for heard in push.listen():
                if not stands:
                    stands, self._failures = True, 0
                    self._wishes.pushed(stands=True)
                self._wishes.hear(heard)
        finally:
            if stands:
                self._wishes.pushed(stands=False)
