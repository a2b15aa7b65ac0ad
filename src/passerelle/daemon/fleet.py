"""The workers of all accounts: made and ended as accounts come, go and change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Lock
from typing import Final, final

from passerelle.daemon.board import Board
from passerelle.daemon.control.messages import Accepted, OutlookStanding, State
from passerelle.daemon.orders import Order, Told
from passerelle.daemon.watching import FileWatch
from passerelle.daemon.worker import Audience, Worker
from passerelle.model.clock import utc_now
from passerelle.model.errors import Contradiction, NotFound, PasserelleError
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Account, Accounts

STOP_PATIENCE_S: Final = 5.0


@final
class Fleet:
    """The enabled accounts, each with its worker; of ``name`` alone if one is given. May be used by any thread.

    Implements :class:`passerelle.daemon.control.server.Steward`.
    """

    def __init__(
        self, accounts: Accounts, watch: FileWatch, audience: Audience, board: Board, name: str | None = None
    ) -> None:
        self._accounts = accounts
        self._watch = watch
        self._audience = audience
        self._board = board
        self._name = name
        self._guard = Lock()
        self._workers: dict[str, Worker] = {}
        self._paused: set[str] = set()
        self._all_paused = False

    def muster(self) -> None:
        """See to it that each account has a worker that knows it as it is now, and no other has one."""
        try:
            accounts = self._ours()
        except PasserelleError as error:  # damaged: those who work go on
            self._audience.failed("", error, None)
            return
        with self._guard:
            enabled = {one.name: one for one in accounts if one.enabled}
            self._dismiss([one for one in self._workers.values() if enabled.get(one.account.name) != one.account])
            self._arrange(accounts)  # once nobody else speaks for those that are dismissed
            for account in enabled.values():
                if account.name in self._workers:
                    self._workers[account.name].wishes.renew()
                else:
                    self._hire(account)

    def wake(self) -> None:
        """Have each account looked at, now."""
        with self._guard:
            for worker in self._workers.values():
                worker.wishes.whole()

    def end(self) -> None:
        """End all workers; returns after some seconds even if one waits for a server for longer."""
        with self._guard:
            self._dismiss(list(self._workers.values()))

    def order(self, account: str | None, told: SimpleQueue[Told]) -> Accepted:
        """Have a cycle run of an account, or of all that are enabled.

        Raises:
            NotFound: there is no such account.
            Contradiction: it is disabled, or not all accounts are ours.
            Misconfigured: the list of accounts cannot be read.
        """
        chosen = self._accounts.all() if account is None else (self._accounts.get(account),)
        names = tuple(one.name for one in chosen if one.enabled)
        if not names:
            raise Contradiction("There is no account that is enabled.")
        with self._guard:
            strange = [name for name in names if name not in self._workers]
            if strange:
                raise Contradiction(Text("The daemon does not watch {account}.", account=strange[0]))
            for name in names:
                self._workers[name].wishes.order(Order(name, told))
        return Accepted(names, tuple(one.name for one in chosen if not one.enabled))

    def pause(self, account: str | None) -> None:
        """Leave an account, or all and those that come, alone. Raises NotFound."""
        self._set_paused(account, is_paused=True)

    def resume(self, account: str | None) -> None:
        """Go on with an account, or all. Raises NotFound."""
        self._set_paused(account, is_paused=False)

    def _set_paused(self, account: str | None, *, is_paused: bool) -> None:
        names = {one.name for one in self._ours()}
        if account is not None and account not in names:
            raise NotFound(Text("The daemon does not watch {account}.", account=account))
        with self._guard:
            if account is None:
                self._all_paused, self._paused = is_paused, set()
            elif is_paused:
                self._paused.add(account)
            else:
                self._paused = (names if self._all_paused else self._paused) - {account}
                self._all_paused = False
            for name, worker in self._workers.items():
                worker.wishes.pause(is_paused=self._is_paused(name))

    def _is_paused(self, name: str) -> bool:
        return self._all_paused or name in self._paused

    def _ours(self) -> Sequence[Account]:
        return [one for one in self._accounts.all() if self._name in {None, one.name}]

    def _arrange(self, accounts: Sequence[Account]) -> None:
        self._board.arrange([one.name for one in accounts])
        for account in accounts:
            self._board.update(account.name, warn_after_s=account.warn_after_s)
            if not account.enabled:
                self._board.update(
                    account.name, state=State.DISABLED, is_working=False, next_try=None, push=None, outlook=None
                )

    def _hire(self, account: Account) -> None:
        outlook = OutlookStanding(since=utc_now()) if account.outlook else None
        self._board.update(account.name, state=State.STARTING, message=Text(""), is_working=False, outlook=outlook)
        worker = self._workers[account.name] = Worker(
            self._accounts, account, self._audience, self._board, is_paused=self._is_paused(account.name)
        )
        self._watch.watch_database(self._accounts.database_of(account), worker.wishes.look)

    def _dismiss(self, workers: Sequence[Worker]) -> None:
        for worker in workers:
            self._watch.forget(self._accounts.database_of(worker.account))
            del self._workers[worker.account.name]
            worker.end()
        deadline = time.monotonic() + STOP_PATIENCE_S
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
