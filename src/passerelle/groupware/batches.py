"""Many writes in few transactions: a commit waits for the disk, and a hundred writes shall wait for it once.

Each piece of work is done as a whole or not at all, and alone: what undoes one leaves the others. Its outcome is
known only after the commit. Between commits other writers have their turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from time import monotonic
from typing import TypeVar

from passerelle.store import Writing

S = TypeVar("S")
T = TypeVar("T")

HOLD_S = 0.1
"""For how long pieces of work are added to one transaction, in seconds: so long, and one piece more, others wait.

Some hundred creations fit in, so that of each the commit costs next to nothing.
"""

Begin = Callable[[], AbstractContextManager[tuple[Writing, S]]]
"""Opens a transaction, and says what the pieces of work write through."""


def carry_out(begin: Begin[S], works: Iterable[Callable[[S], T]], hold_s: float = HOLD_S) -> list[T | Exception]:
    """Carry out pieces of work in order; return what each returned, or the exception that undid it.

    When a commit fails, all that it was to make lasting has that as its outcome, and so has all that comes after:
    nothing more is begun.
    """
    waiting = deque(works)
    outcomes: list[T | Exception] = []
    while waiting:
        left = len(waiting)
        try:
            done = _carry_out_some(begin, waiting, hold_s)
        except Exception as error:  # noqa: BLE001 - it is the outcome
            return [*outcomes, *[error] * left]
        outcomes += done
    return outcomes


def _carry_out_some(begin: Begin[S], waiting: deque[Callable[[S], T]], hold_s: float) -> list[T | Exception]:
    """Take pieces off the front until time is up or none is left, and commit them."""
    outcomes: list[T | Exception] = []
    with begin() as (tx, through):
        until = monotonic() + hold_s
        while waiting and (not outcomes or monotonic() < until):
            try:
                with tx.part():
                    outcomes.append(waiting.popleft()(through))
            except Exception as error:  # noqa: BLE001 - it is the outcome
                outcomes.append(error)
    return outcomes
