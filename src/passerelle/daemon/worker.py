"""Keeps one account in step, in a thread of its own, until it is told to end."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Thread
from typing import Protocol, final

import structlog

from passerelle.daemon import course as courses
from passerelle.daemon.course import Course, Folders, Task
from passerelle.daemon.jitter import jitter
from passerelle.daemon.listening import Listener
from passerelle.daemon.turns import cycle_alone
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import PasserelleError, Unauthenticated, Unreachable
from passerelle.model.text import Text
from passerelle.peers.ox_webdav import OxWebDav
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.pending import NOTHING, Pending
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, Progress

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
    """Begins when made. ``wishes`` is how others tell it what to do."""

    def __init__(self, accounts: Accounts, account: Account, audience: Audience) -> None:
        self.account = account
        self.wishes = Wishes()
        self._accounts = accounts
        self._audience = audience
        self._course = Course()
        self._peer: OxWebDav | None = None
        self._listener: Listener | None = None
        self._tried = NOTHING
        self._thread = Thread(target=self._run, name=f"account {account.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Tell it to end, after the step that it is in the middle of."""
        self.wishes.end()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for longer than that: what it is asking a server may take a minute.

        Nothing is lost if the process ends then. The next cycle looks what became of it.
        """
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            with self._accounts.replica(self.account) as replica:
                self._keep_in_step(replica)
        except PasserelleError as error:
            self._audience.failed(self.account.name, error, None)
        finally:
            self._hang_up()

    def _keep_in_step(self, replica: Replica) -> None:
        patience_s: float | None = 0.0
        while True:
            taken = self.wishes.take(patience_s)
            if taken.is_over:
                return
            now = time.monotonic()
            if taken.is_renewed:
                self._hang_up()
                self._course = courses.renewed(self._course)
            self._course = courses.pushed(self._course, now, is_pushed=taken.is_pushed)
            task = courses.task(self._course, taken.wanted, now)
            if task is not None:
                self._attempt(replica, task)
            patience_s = courses.waits_s(self._course, time.monotonic())

    def _attempt(self, replica: Replica, task: Task) -> None:
        """Carry out a task; whatever hinders it decides on the next one."""
        try:
            self._carry_out(replica, task)
        except _Ended:
            return
        except Unauthenticated as error:
            self._hang_up()
            self._course = courses.refused(self._course)
            self._audience.failed(self.account.name, error, None)
        except PasserelleError as error:
            self._back_off(error)
        except Exception as error:
            log.exception("cycle_failed", account_directory=self.account.directory)
            self._back_off(Unreachable(Text("The program failed ({kind}).", kind=type(error).__name__)))

    def _back_off(self, error: PasserelleError) -> None:
        retry_after_s = error.retry_after_s if isinstance(error, Unreachable) else None
        now = time.monotonic()
        self._course = courses.after_failure(self._course, now, retry_after_s=retry_after_s, jitter=jitter())
        self._audience.failed(self.account.name, error, courses.waits_s(self._course, now))

    def _carry_out(self, replica: Replica, task: Task) -> None:
        before = replica.pending()
        only = self._only(before, task)
        if only is not None and not only:
            return
        result = cycle_alone(self._accounts, self.account, replica, self._connected(), self._stop_if_over, only=only)
        self._tried = before
        if replica.pending() != before:
            self.wishes.look()  # somebody edited something meanwhile
        self._course = courses.after_success(
            self._course, time.monotonic(), was_whole=only is None, had_work=bool(result.total), jitter=jitter()
        )
        if self._listener is None:
            self._listener = Listener(lambda: self._accounts.connect(self.account), self.wishes)
        self._audience.cycled(self.account.name, result)

    def _only(self, waiting: Pending, task: Task) -> Folders | None:
        """The folders to look at; None for all. What waited at the last cycle already waits for something else."""
        if task.folders is None or (task.look and waiting.tree not in {NOTHING.tree, self._tried.tree}):
            return None
        fresh = waiting.folders - self._tried.folders if task.look else frozenset()
        return {**task.folders, **{one.folder: None for one in fresh}}

    def _stop_if_over(self, _progress: Progress) -> None:
        if self.wishes.is_over:
            raise _Ended

    def _connected(self) -> OxWebDav:
        if self._peer is None:
            self._peer = self._accounts.connect(self.account)
        return self._peer

    def _hang_up(self) -> None:
        """Forget the conversations: the next ones begin with what is known of the account then."""
        if self._listener is not None:
            self._listener.close()
        if self._peer is not None:
            with suppress(OSError):
                self._peer.close()
        self._listener = self._peer = None
