"""Asks a running daemon. What this loads is light: no database, no HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol, final

import msgspec
from msgspec import Struct

from passerelle.daemon.control.doors import knock
from passerelle.daemon.control.messages import (
    Accepted,
    Answer,
    Cycled,
    Declined,
    Done,
    Failed,
    Failure,
    Follow,
    GetStatus,
    Pause,
    Progressed,
    Request,
    Resume,
    Standing,
    Standings,
    Sync,
    answer_of,
    line_of,
)
from passerelle.model.errors import Contradiction, Unreachable
from passerelle.model.text import Text
from passerelle.sync.report import CycleResult, Progress

PATIENCE_S: Final = 10.0
"""A daemon that says nothing for so long, not even that it is alive, is stopped or hangs."""
FOLLOW_PATIENCE_S: Final = 30.0


class NoDaemon(Unreachable):
    """No daemon of this user runs for that directory, or it went away."""


class CannotDo(Contradiction):
    """The daemon does not do what was asked, and says why."""


class Synchronised(Struct, frozen=True):
    """What became of each account's cycle, in their order; and the names of those that are disabled."""

    outcomes: dict[str, CycleResult | Failure]
    disabled: tuple[str, ...]


class Watcher(Protocol):
    """Is told where cycles are."""

    def accepted(self, accounts: tuple[str, ...]) -> None:
        """Cycles of these accounts run."""

    def progress(self, account: str, at: Progress) -> None:
        """The cycle of an account is there."""


@final
class Control:
    """The daemon of a data directory. Each method opens a line of its own.

    All methods raise :class:`NoDaemon` if none runs there or it goes away before it has answered, and
    :class:`CannotDo` if it declines.
    """

    def __init__(self, data: Path) -> None:
        self._data = data

    def standings(self) -> tuple[Standing, ...]:
        """How all accounts fare, in the order in which they were added. Costs no account anything."""
        return next((one.accounts for one in [*self._ask(GetStatus())] if isinstance(one, Standings)), ())

    def follow(self) -> Iterator[tuple[Standing, ...]]:
        """How all accounts fare, now and whenever that changes; at least every ten seconds, even if nothing did."""
        last: tuple[Standing, ...] = ()
        for answer in self._ask(Follow(), FOLLOW_PATIENCE_S):
            if isinstance(answer, Standings):
                last = answer.accounts
            yield last

    def sync(self, account: str | None = None, watcher: Watcher | None = None) -> Synchronised:
        """Run a cycle of an account, or of all that are enabled, whatever they wait for, and wait for its end.

        If this raises, cycles may have run; to run one again does no harm.
        """
        accepted = Accepted((), ())
        outcomes: dict[str, CycleResult | Failure] = {}
        for answer in self._ask(Sync(account, progress=watcher is not None)):
            match answer:
                case Accepted():
                    accepted = answer
                    if watcher is not None:
                        watcher.accepted(answer.accounts)
                case Progressed():
                    if watcher is not None:
                        watcher.progress(answer.account, answer.progress)
                case Cycled():
                    outcomes[answer.account] = answer.result
                case Failed():
                    outcomes[answer.account] = answer.failure
        return Synchronised({name: outcomes[name] for name in accepted.accounts}, accepted.disabled)

    def pause(self, account: str | None = None) -> None:
        """Leave an account, or all, alone until :meth:`resume` or the daemon's end."""
        list(self._ask(Pause(account)))

    def resume(self, account: str | None = None) -> None:
        """Go on with an account, or all."""
        list(self._ask(Resume(account)))

    def _ask(self, request: Request, patience_s: float = PATIENCE_S) -> Iterator[Answer]:
        try:
            with knock(self._data) as line, line.makefile("rb") as incoming:
                line.settimeout(patience_s)
                line.sendall(line_of(request))
                for text in incoming:
                    answer = answer_of(text)
                    if isinstance(answer, Declined):
                        raise CannotDo(answer.message)
                    if isinstance(answer, Done):
                        return
                    yield answer
        except (OSError, msgspec.MsgspecError) as error:  # the latter: it is of another version
            message = Text("No daemon answers for these accounts. Start one with: passerelle sync --watch")
            raise NoDaemon(message) from error
        raise NoDaemon(Text("The daemon ended before it had answered."))
