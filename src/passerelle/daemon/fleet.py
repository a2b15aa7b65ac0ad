"""The workers of all accounts: made and ended as accounts come, go and change."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock
from typing import Final, final

from passerelle.daemon.watching import FileWatch
from passerelle.daemon.worker import Audience, Worker
from passerelle.model.errors import PasserelleError
from passerelle.sync.accounts.registry import Account, Accounts

STOP_PATIENCE_S: Final = 5.0


@final
class Fleet:
    """The enabled accounts, each with its worker; of ``name`` alone if one is given. May be used by any thread."""

    def __init__(self, accounts: Accounts, watch: FileWatch, audience: Audience, name: str | None = None) -> None:
        self._accounts = accounts
        self._watch = watch
        self._audience = audience
        self._name = name
        self._guard = Lock()
        self._workers: dict[str, Worker] = {}

    def muster(self) -> None:
        """See to it that each account has a worker that knows it as it is now, and no other has one."""
        try:
            accounts = {one.name: one for one in self._accounts.all() if self._is_ours(one)}
        except PasserelleError as error:  # damaged: those who work go on
            self._audience.failed("", error, None)
            return
        with self._guard:
            self._dismiss([one for one in self._workers.values() if accounts.get(one.account.name) != one.account])
            for account in accounts.values():
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

    def _is_ours(self, account: Account) -> bool:
        return account.enabled and self._name in {None, account.name}

    def _hire(self, account: Account) -> None:
        worker = self._workers[account.name] = Worker(self._accounts, account, self._audience)
        self._watch.watch(self._accounts.log_of(account), worker.wishes.look)

    def _dismiss(self, workers: Iterable[Worker]) -> None:
        for worker in workers:
            self._watch.forget(self._accounts.log_of(worker.account))
            del self._workers[worker.account.name]
            worker.end()
        deadline = time.monotonic() + STOP_PATIENCE_S
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
