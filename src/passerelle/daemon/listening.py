"""Listens to what an account's server tells, in a thread of its own, over the best way that works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Event, Lock, Thread
from typing import Final, Protocol, final

import structlog

from passerelle.daemon.jitter import jitter
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import PasserelleError, Unauthenticated
from passerelle.peers.base import NoPush, Push, Pushing, PushKind

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S: Final = 120.0
LOOK_AGAIN_S: Final = 600.0
"""When a server that offers no push is asked again: it may have been updated, or its proxy repaired."""
REFUSED_PAUSE_S: Final = 10.0
"""The first pause after a server refused a password here that holds for a cycle."""


class PushingPeer(Pushing, Protocol):
    """A peer that tells of changes, and can be closed."""

    def close(self) -> None:
        """Free its connections."""


@final
class Listener:
    """Wishes for what it hears. Begins when made; :meth:`close` ends it. ``refused_pause_s`` is for tests."""

    def __init__(
        self, connect: Callable[[], PushingPeer], wishes: Wishes, *, refused_pause_s: float = REFUSED_PAUSE_S
    ) -> None:
        self._connect = connect
        self._wishes = wishes
        self._refused_pause_s = refused_pause_s
        self._over = Event()
        self._proven = Event()
        self._guard = Lock()
        self._push: Push | None = None
        self._failures = self._refusals = 0
        self._thread = Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def prove(self) -> None:
        """Tell that the password held just now: one that was refused here may be tried again."""
        self._proven.set()

    def close(self) -> None:
        """Hang up. Does not wait: whoever connects at the moment finds out when that is done."""
        with self._guard:
            self._over.set()
            self._proven.set()
            push = self._push
        if push is not None:
            push.hang_up()

    def _run(self) -> None:
        while not self._over.is_set():
            self._over.wait(self._attempt() * jitter())

    def _attempt(self) -> float:
        """Listen as long as it goes; return how many seconds to wait before the next attempt."""
        try:
            with closing(self._connect()) as peer:
                self._listen(peer.pushes())
        except Unauthenticated:
            return self._refused()
        except PasserelleError as error:
            log.info("push_impossible", reason=type(error).__name__)
        except Exception:
            log.exception("listener_failed")
        return LOOK_AGAIN_S

    def _refused(self) -> float:
        """Have the worker find out whether the password still holds. If not, it closes us, and says so."""
        self._proven.clear()
        self._wishes.whole()
        if not self._over.is_set():
            self._proven.wait()
        self._refusals += 1
        return min(self._refused_pause_s * 2.0 ** min(self._refusals - 1, 10), LOOK_AGAIN_S)

    def _listen(self, ways: Sequence[Push]) -> None:
        """Listen on the first way that works until it is all over; return if none does."""
        for push in ways:
            try:
                self._follow(push)
            except NoPush:
                continue

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
                    stands, self._failures, self._refusals = True, 0, 0
                    self._tell(push.kind)
                self._wishes.hear(heard)
        finally:
            if stands:
                self._tell(None)

    def _tell(self, push: PushKind | None) -> None:
        with self._guard:
            if not self._over.is_set():  # else another listener speaks for the account by now
                self._wishes.pushed(push)
