"""One cycle of an account by one process at a time: others wait for their turn, or ask a daemon that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from passerelle.daemon.control.client import CannotDo, Control, NoDaemon
from passerelle.daemon.control.messages import Failure
from passerelle.daemon.course import Folders
from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text
from passerelle.peers.base import Peer
from passerelle.peers.outlook.answers import NotRunning
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, Progress

if TYPE_CHECKING:
    from passerelle.sync.mirror import Mirror


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
    with locked(accounts.cycle_lock(account), _busy(account)):
        return replica.cycle(peer, on_progress, only=only)


def _busy(account: Account) -> Text:
    return Text("Another process has been synchronising “{account}” for a minute.", account=account.name)


def cycle_here(accounts: Accounts, account: Account, on_progress: OnProgress) -> CycleResult:
    """Open an account and its server, and run a cycle of it in this process. Raises as :func:`cycle_alone`."""
    peer = accounts.connect(account)
    try:
        with accounts.replica(account) as replica:
            result = cycle_alone(accounts, account, replica, peer, on_progress)
            if account.outlook and _show_here(accounts, account, replica, on_progress):
                cycle_alone(accounts, account, replica, peer, on_progress)
            return result
    finally:
        peer.close()


def _show_here(accounts: Accounts, account: Account, replica: Replica, on_progress: OnProgress) -> bool:
    from passerelle.peers.outlook.connecting import enter_apartment, system_attach  # noqa: PLC0415 - few need it
    from passerelle.sync.mirror import Mirror  # noqa: PLC0415 - as said

    find = system_attach()
    enter_apartment()
    return show_alone(accounts, account, Mirror(replica, account.outlook, find), on_progress)


def show_alone(accounts: Accounts, account: Account, mirror: Mirror, on_progress: OnProgress) -> bool:
    """Show an account in Outlook, if that runs; return whether something came from there that is to be sent.

    Raises:
        As :meth:`passerelle.sync.mirror.Mirror.show`, but for an Outlook that does not run.
    """
    with locked(accounts.cycle_lock(account), _busy(account)):
        try:
            return mirror.show(on_progress).came_here
        except NotRunning:
            return False  # it is shown when Outlook runs


def synchronise(accounts: Accounts, account: Account, on_progress: OnProgress) -> CycleResult | Failure:
    """Run a cycle of an account, by the daemon if one runs, and wait for its end."""
    try:
        outcomes = Control(accounts.data).sync(account.name, _Telling(on_progress)).outcomes
    except (NoDaemon, CannotDo):
        try:
            return cycle_here(accounts, account, on_progress)
        except PasserelleError as error:
            return Failure.of(error)
    return outcomes[account.name]


@final
class _Telling:
    """Hands on where the daemon's cycle is."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress

    def accepted(self, accounts: tuple[str, ...]) -> None:
        """There is nothing to tell yet."""

    def progress(self, _account: str, at: Progress) -> None:
        """The cycle is there."""
        self._on_progress(at)
