"""One cycle of an account by one process at a time: others wait for their turn."""

from __future__ import annotations

from passerelle.daemon.course import Folders
from passerelle.model.text import Text
from passerelle.peers.base import Peer
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress


def cycle_alone(
    accounts: Accounts,
    account: Account,
    replica: Replica,
    peer: Peer,
    on_progress: OnProgress,
    *,
    only: Folders | None = None,
) -> CycleResult:
    """Run a cycle once no other process runs one of this account.

    Raises:
        Busy: another one takes longer than a minute.
        As :func:`passerelle.sync.cycle.run_cycle`.
    """
    busy = Text("Another process has been synchronising “{account}” for a minute.", account=account.name)
    with locked(accounts.cycle_lock(account), busy):
        return replica.cycle(peer, on_progress, only=only)
