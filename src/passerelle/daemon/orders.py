"""Cycles that somebody asked for and waits for."""

from __future__ import annotations

import time
from queue import SimpleQueue
from typing import Final, final

from passerelle.daemon.control.messages import Cycled, Failed, Failure, Progressed
from passerelle.model.errors import PasserelleError
from passerelle.sync.report import CycleResult, Progress

PROGRESS_S: Final = 0.1
"""A person sees no more of a progress bar than this."""


class Abandoned(Exception):
    """Whoever was to carry out an order cannot: the account was changed, or the daemon ends."""


Told = Progressed | Cycled | Failed | Abandoned


@final
class Order:
    """One cycle of one account. Its worker tells what becomes of it; whoever gave it reads ``told`` in a thread."""

    def __init__(self, account: str, told: SimpleQueue[Told]) -> None:
        self._account = account
        self._told = told
        self._next_at = 0.0

    def progress(self, at: Progress) -> None:
        """Tell where the cycle is, now and then."""
        now = time.monotonic()
        if now >= self._next_at:
            self._next_at = now + PROGRESS_S
            self._told.put(Progressed(self._account, at))

    def done(self, result: CycleResult) -> None:
        """Tell that the cycle went through."""
        self._told.put(Cycled(self._account, result))

    def failed(self, error: PasserelleError) -> None:
        """Tell that the cycle did not go through."""
        self._told.put(Failed(self._account, Failure.of(error)))

    def abandon(self) -> None:
        """Tell that nobody carries this out any more."""
        self._told.put(Abandoned())
