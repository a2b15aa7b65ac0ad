"""Runs cycles in this process. Loaded where no daemon does it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from passerelle.cli.choosing import enabled_accounts, want_slow_sync
from passerelle.cli.output import progress
from passerelle.cli.results import Outcome, shown_on
from passerelle.daemon.control.messages import Failure
from passerelle.daemon.turns import cycle_here
from passerelle.model.errors import PasserelleError
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.report import CycleResult, OnProgress


def want_slow(data: Path, account: str | None, folders: Sequence[str], *, slow: bool) -> None:
    """Have the next cycle compare items. Raises as :func:`passerelle.cli.choosing.want_slow_sync`."""
    accounts = Accounts(data)
    want_slow_sync(accounts, enabled_accounts(accounts, account, quiet=True), folders, slow=slow)


def cycles_here(data: Path, account: str | None, *, quiet: bool) -> dict[str, Outcome]:
    """One cycle of each account that is meant, or why it broke off: one does not keep the others from their turn.

    Raises:
        As :func:`passerelle.cli.choosing.enabled_accounts`.
    """
    accounts = Accounts(data)
    return {one.name: _attempt(accounts, one) for one in enabled_accounts(accounts, account, quiet=quiet)}


def _attempt(accounts: Accounts, account: Account) -> Outcome:
    try:
        return run_cycle(accounts, account)
    except PasserelleError as error:
        return Failure.of(error)


def run_cycle(accounts: Accounts, account: Account) -> CycleResult:
    """One cycle of one account under a progress bar."""
    with _shown(account.name) as on_progress:
        return cycle_here(accounts, account, on_progress)


@contextmanager
def _shown(name: str) -> Iterator[OnProgress]:
    """Shows progress to a person who watches; a cycle in the background need not load what draws it."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    with progress() as bar:
        yield shown_on(bar, bar.add_task(name, total=None))
