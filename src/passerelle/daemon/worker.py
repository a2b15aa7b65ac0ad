"""Keeps one account in step, in a thread of its own, until it is told to end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Protocol, Unpack, final

import structlog
from msgspec import structs

from passerelle.daemon import course as courses
from passerelle.daemon.board import Board, Changes
from passerelle.daemon.control.messages import State
from passerelle.daemon.conversation import Conversation
from passerelle.daemon.course import Course, Folders, Task
from passerelle.daemon.jitter import jitter
from passerelle.daemon.orders import Order
from passerelle.daemon.standing import state_of
from passerelle.daemon.turns import cycle_alone
from passerelle.daemon.wishes import Taken, Wishes
from passerelle.model.clock import utc_now
from passerelle.model.errors import PasserelleError, Unauthenticated, Unreachable
from passerelle.model.text import Text
from passerelle.sync.accounts.locks import Busy
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.pending import NOTHING, Pending
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, Progress

if TYPE_CHECKING:
    from passerelle.daemon.mirroring import Mirroring

log = structlog.get_logger(__name__)


class Audience(Protocol):
    """Who is told how accounts fare, by any thread."""

    def cycled(self, account: str, result: CycleResult) -> None:
        """A cycle went through."""

    def failed(self, account: str, error: PasserelleError, again_in_s: float | None) -> None:
        """A cycle did not go through; None: the account waits for its user."""


class _Ended(Exception):
    """The worker is to end, in the middle of a cycle. The next cycle goes on with it."""


@final
class Worker:
    """Begins when made. ``wishes`` is how others tell it what to do; ``board`` is where it tells how it fares.

    Nothing but :meth:`end` ends it: what hinders it is tried again.
    """

    def __init__(
        self, accounts: Accounts, account: Account, audience: Audience, board: Board, *, is_paused: bool = False
    ) -> None:
        self.account = account
        self.wishes = Wishes(is_paused=is_paused)
        self._accounts = accounts
        self._audience = audience
        self._board = board
        self._course = Course()
        self._replica: Replica | None = None
        self._conversation = Conversation(accounts, account, self.wishes)
        self._mirroring = _mirroring(accounts, account, self.wishes, board) if account.outlook else None
        self._orders: Sequence[Order] = ()
        self._tried = NOTHING
        self._thread = Thread(target=self._run, name=f"account {account.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Tell it to end, after the step that it is in the middle of."""
        self.wishes.end()
        if self._mirroring is not None:
            self._mirroring.end()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for longer than that: what it is asking a server may take a minute.

        Nothing is lost if the process ends then. The next cycle looks what became of it.
        """
        until = time.monotonic() + patience_s
        self._thread.join(patience_s)
        if self._mirroring is not None:
            self._mirroring.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        patience_s: float | None = 0.0
        while not (taken := self.wishes.take(patience_s)).is_over:
            self._obey(taken)
            patience_s = courses.waits_s(self._course, time.monotonic())
            self._tell(next_try=None if patience_s is None else utc_now() + timedelta(seconds=patience_s))
        for order in taken.orders:
            order.abandon()
        self._conversation.hang_up()
        self._close_replica()

    def _obey(self, taken: Taken) -> None:
        now = time.monotonic()
        self._orders = taken.orders
        if taken.is_renewed:
            self._conversation.hang_up()
            self._course = courses.renewed(self._course)
        if taken.is_paused is not self._course.is_paused:
            self._pause(is_paused=taken.is_paused)
        self._course = courses.pushed(self._course, now, is_pushed=taken.push is not None)
        self._tell(push=taken.push)
        task = Task(None) if taken.orders else courses.task(self._course, taken.wanted, now)
        if task is not None or taken.wanted.look:
            self._attempt(task)

    def _pause(self, *, is_paused: bool) -> None:
        if is_paused:
            self._conversation.hang_up()
        elif self._mirroring is not None:
            self._mirroring.wish()
        self._course = courses.paused(self._course, is_paused=is_paused)
        self._tell(state=State.PAUSED if is_paused else State.STARTING, message=Text(""))

    def _attempt(self, task: Task | None) -> None:
        """Carry out a task, or only count what waits; whatever hinders it decides on the next one."""
        try:
            self._carry_out(task)
        except _Ended:
            for order in self._orders:
                order.abandon()
        except Unauthenticated as error:
            self._conversation.hang_up()
            self._course = courses.refused(self._course)
            self._fail(error, None)
        except PasserelleError as error:
            self._back_off(error)
        except Exception as error:
            log.exception("cycle_failed", account_directory=self.account.directory)
            self._close_replica()
            self._back_off(Unreachable(Text("The program failed ({kind}).", kind=type(error).__name__)))

    def _back_off(self, error: PasserelleError) -> None:
        retry_after_s = error.retry_after_s if isinstance(error, Unreachable) else None
        now = time.monotonic()
        self._course = courses.after_failure(self._course, now, retry_after_s=retry_after_s, jitter=jitter())
        self._fail(error, courses.waits_s(self._course, now))

    def _fail(self, error: PasserelleError, again_in_s: float | None) -> None:
        if self.wishes.is_over:  # the account may be gone, and that the reason
            for order in self._orders:
                order.abandon()
            return
        self._tell(**self._standing_after(error))
        for order in self._orders:
            order.failed(error)
        self._audience.failed(self.account.name, error, again_in_s)

    def _standing_after(self, error: PasserelleError) -> Changes:
        """How the account fares after an error, and since when: perhaps since an earlier daemon's time."""
        found = Changes(state=state_of(error.exit_code), message=error.text, is_working=False)
        if self._course.is_paused:
            found["state"] = State.PAUSED
        elif isinstance(error, Busy):
            found["state"] = State.FAILING
        else:
            trouble = None if self._replica is None else self._replica.successes().trouble
            if trouble is not None and trouble.exit_code == error.exit_code:
                found["since"] = trouble.since
        return found

    def _carry_out(self, task: Task | None) -> None:
        replica = self._opened()
        before = replica.pending()
        only = {} if task is None else self._only(before, task)
        if only is not None and not only:
            self._count()
            return
        self._tell(is_working=True)
        peer = self._conversation.peer()
        result = cycle_alone(self._accounts, self.account, replica, peer, self._progress, only=only)
        self._tried = before
        if replica.pending() != before:
            self.wishes.look()  # somebody edited something meanwhile
        self._course = courses.after_success(
            self._course, time.monotonic(), was_whole=only is None, had_work=bool(result.total), jitter=jitter()
        )
        self._succeed(result)

    def _succeed(self, result: CycleResult) -> None:
        is_paused = self._course.is_paused
        if is_paused:
            self._conversation.hang_up()
        else:
            self._conversation.listen()
        state = State.PAUSED if is_paused else State.IN_STEP
        self._tell(state=state, message=Text(""), is_working=False, last_success=utc_now())
        self._count()
        for order in self._orders:
            order.done(result)
        if self._mirroring is not None:
            self._mirroring.wish()
        self._audience.cycled(self.account.name, result)

    def _only(self, waiting: Pending, task: Task) -> Folders | None:
        """The folders to look at; None for all. What waited at the last cycle already waits for something else."""
        if task.folders is None or (task.look and waiting.tree not in {NOTHING.tree, self._tried.tree}):
            return None
        fresh = waiting.folders - self._tried.folders if task.look else frozenset()
        return {**task.folders, **{one.folder: None for one in fresh}}

    def _progress(self, at: Progress) -> None:
        if self.wishes.is_over:
            raise _Ended
        for order in self._orders:
            order.progress(at)

    def _count(self) -> None:
        """Tell how much waits."""
        self._tell(**structs.asdict(self._opened().backlog()))

    def _tell(self, **changes: Unpack[Changes]) -> None:
        if not self.wishes.is_over:  # else another worker speaks for the account by now
            self._board.update(self.account.name, **changes)

    def _opened(self) -> Replica:
        if self._replica is None:
            self._replica = self._accounts.replica(self.account)
            self._tell(last_success=self._replica.successes().last)
        return self._replica

    def _close_replica(self) -> None:
        if self._replica is not None:
            self._replica.close()
        self._replica = None


def _mirroring(accounts: Accounts, account: Account, wishes: Wishes, board: Board) -> Mirroring:
    from passerelle.daemon.mirroring import Mirroring  # noqa: PLC0415 - few machines have an Outlook

    return Mirroring(accounts, account, wishes, board)
