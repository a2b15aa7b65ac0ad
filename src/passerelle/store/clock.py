"""Where positions come from: one strictly rising counter per scope, in milliseconds since 1970.

A position is ``max(now, counter + 1)``, so it follows the system's clock where it can, and is never handed
out twice, also when that clock steps back. Only one writing block runs at a time (see
:mod:`passerelle.store.engine`), so the order of positions is the order of commits: whoever has seen position
*n* of a scope has seen all before it.

Across scopes, the *moment* orders transactions: it is the time of the last one that changed anything, never falls,
and no later transaction hands out a position below it. So whoever has seen everything up to a moment finds all that
came afterwards by looking at the scopes whose counter is not below it. Scopes in which much was written at once may
be ahead of the moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection, bindparam, select, update

from passerelle.model.ids import Stamp
from passerelle.store.among import among
from passerelle.store.schema import scopes, sequences

Clock = Callable[[], int]
"""Returns the present in milliseconds since 1970 UTC. May step back; positions do not."""

MOMENT = "writer"
"""The sequence that holds the moment: the row that every writing block has locked on PostgreSQL anyway."""

Mark = tuple[dict[int, int], set[int], set[int]]
"""What :class:`Positions` had handed out at some point of a transaction."""

_COUNTER = select(scopes.c.counter).where(scopes.c.scope == bindparam("scope_"))
_COUNTERS = select(scopes.c.scope, scopes.c.counter).where(among(scopes.c.scope, "scopes_"))
_MOVE = update(scopes).where(scopes.c.scope == bindparam("scope_")).values(counter=bindparam("counter_"))
_VALUE = select(sequences.c.value).where(sequences.c.name == bindparam("name_"))
_ADVANCE = update(sequences).where(sequences.c.name == bindparam("name_")).values(value=bindparam("value_"))


def system_clock() -> int:
    """The system's time in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Positions:
    """Hands out the positions of one transaction. Counters are read once and written by :meth:`flush`.

    ``moment`` is the moment before the transaction, if it is known.
    """

    def __init__(self, connection: Connection, clock: Clock, moment: Stamp | None = None) -> None:
        self._connection = connection
        self._clock = clock
        self._moment = moment
        self._counters: dict[int, int] = {}
        self._moved: set[int] = set()
        self._taken: set[int] = set()

    def counter(self, scope: int) -> int:
        """The last position handed out in a scope; 0 if there is none."""
        if scope not in self._counters:
            stored = self._connection.scalar(_COUNTER, {"scope_": scope})
            self._counters[scope] = 0 if stored is None else stored
        return self._counters[scope]

    def read(self, wanted: Iterable[int]) -> None:
        """Read the counters of many scopes in one statement, for :meth:`counter`."""
        unknown = dict.fromkeys(scope for scope in wanted if scope not in self._counters)
        if unknown:
            rows = self._connection.execute(_COUNTERS, {"scopes_": unknown})
            self._counters.update(dict.fromkeys(unknown, 0))
            self._counters.update((scope, counter) for scope, counter in rows)

    def moment(self) -> Stamp:
        """The moment before this transaction: everything that other scopes were given later is at or above it."""
        if self._moment is None:
            self._moment = Stamp(self._connection.execute(_VALUE, {"name_": MOMENT}).scalar_one())
        return self._moment

    def has_moved(self, scope: int) -> bool:
        """Whether this transaction took a position of a scope, and so changed it."""
        return scope in self._taken

    def take(self, wanted: Collection[int], count: int = 1) -> Stamp:
        """Take ``count`` consecutive positions above all counters of some scopes; return the first."""
        first = max(self._clock(), self.moment(), 1 + max(self.counter(scope) for scope in wanted))
        self._counters.update(dict.fromkeys(wanted, first + count - 1))
        self._moved.update(wanted)
        self._taken.update(wanted)
        return Stamp(first)

    def mark(self) -> Mark:
        """What was handed out so far, for :meth:`return_to`."""
        return self._counters.copy(), self._moved.copy(), self._taken.copy()

    def return_to(self, mark: Mark) -> None:
        """Forget what was handed out after a mark: that part of the transaction was undone."""
        self._counters, self._moved, self._taken = mark

    def flush(self) -> None:
        """Write the counters that moved."""
        for scope in sorted(self._moved):
            values = {"scope_": scope, "counter_": self._counters[scope]}
            if self._connection.execute(_MOVE, values).rowcount == 0:
                self._connection.execute(scopes.insert(), {"scope": scope, "counter": values["counter_"]})
        self._moved.clear()

    def conclude(self) -> Stamp | None:
        """Write the counters at the end of a transaction; return its moment, or None if it changed nothing."""
        self.flush()
        return Stamp(max(self._clock(), self.moment())) if self._taken else None


class Sequence:
    """Identifiers that are never used twice, also after what bore them is gone. One per kind of object."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def take(self, count: int = 1) -> int:
        """Take ``count`` consecutive identifiers; return the first."""
        first = self._last() + 1
        self._connection.execute(_ADVANCE, {"name_": self._name, "value_": first + count - 1})
        return first

    def pass_over(self, used: int) -> None:
        """Make sure that ``used``, chosen by the caller, is not handed out later."""
        if used > self._last():
            self._connection.execute(_ADVANCE, {"name_": self._name, "value_": used})

    def _last(self) -> int:
        value: int = self._connection.execute(_VALUE, {"name_": self._name}).scalar_one()
        return value
