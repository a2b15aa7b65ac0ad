"""Watches the board, and tells what is new on it that the user has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Final, Protocol, final

import structlog

from passerelle.daemon.alerts.matters import Matter, Matters, matters, news, warning
from passerelle.daemon.board import Board
from passerelle.daemon.control.messages import Standing
from passerelle.model.clock import utc_now
from passerelle.model.text import Text

log = structlog.get_logger(__name__)

LOOK_S: Final = 10.0
"""An account becomes overdue by nothing but time."""


class Notifier(Protocol):
    """How a user is told."""

    def show(self, account: str, text: Text, earlier: int) -> int:
        """Show a warning, in the place of the earlier one of that number if not 0; its number, 0 if nobody does."""

    def withdraw(self, number: int) -> None:
        """Show a warning no longer."""


@final
class Herald:
    """Tells what is new since it looked last; takes back what is over. Used by one thread."""

    def __init__(self, notifier: Notifier, now: Callable[[], datetime] = utc_now) -> None:
        self._notifier = notifier
        self._now = now
        self._known: Matters = {}
        self._shown: dict[Matter, int] = {}

    def look(self, standings: tuple[Standing, ...]) -> None:
        """Compare with what was known."""
        present = matters(standings, self._now())
        by_name = {one.account: one for one in standings}
        for matter, count in news(self._known, present).items():
            log.warning("account_needs_user", kind=matter.kind.value, count=count)
            text = warning(matter.kind, count, by_name[matter.account])
            self._shown[matter] = self._notifier.show(matter.account, text, self._shown.get(matter, 0))
        for matter in self._shown.keys() - present.keys():
            if number := self._shown.pop(matter):
                self._notifier.withdraw(number)
        self._known = present


@contextmanager
def warned(board: Board, notifier: Notifier) -> Iterator[None]:
    """Warn the user while the block runs, in a thread of its own: whoever shows warnings may take their time."""
    over = Event()

    def run() -> None:
        herald = Herald(notifier)
        revision = -1
        while not over.is_set():
            herald.look(board.standings())
            revision = board.await_change(revision, LOOK_S)

    Thread(target=run, name="warnings", daemon=True).start()
    try:
        yield
    finally:
        over.set()  # not waited for: it holds nothing that could be lost
