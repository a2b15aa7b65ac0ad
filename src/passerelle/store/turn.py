"""Whose turn it is to write among the threads of one process; the database decides among processes."""

from __future__ import annotations

from collections import deque
from threading import Lock, get_ident

from passerelle.model.errors import Unreachable
from passerelle.model.text import Text
from passerelle.store.engine import PATIENCE_S


class Turn:
    """A lock that is handed on in the order of asking, so that nobody who writes again and again shuts others out.

    Threads that wait here wake at once, while SQLite's own waiting sleeps in growing steps.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == get_ident():
            raise RuntimeError("A writing block stands inside another one of the same thread.")
        gate = self._line_up()
        if gate is not None and not gate.acquire(timeout=PATIENCE_S) and self._gives_up(gate):
            raise busy()
        self._owner = get_ident()

    def __exit__(self, *_exception: object) -> None:
        with self._guard:
            self._owner = None
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _line_up(self) -> Lock | None:
        """Take the turn if it is free; otherwise wait behind the others, at a gate that the one before opens."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return None
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
            return gate

    def _gives_up(self, gate: Lock) -> bool:
        """Leave the line, unless the gate was opened at the last moment."""
        with self._guard:
            if gate not in self._waiting:
                return False
            self._waiting.remove(gate)
            return True


def busy() -> Unreachable:
    """What a writer is told that waited in vain."""
    return Unreachable(
        Text("Another program has been writing to the store for {seconds} seconds. Try again.", seconds=PATIENCE_S)
    )
