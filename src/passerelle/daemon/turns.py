"""One cycle of an account by one process at a time: others wait for their turn, or ask a daemon that runs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, final

from msgspec import structs

from passerelle.daemon.control.client import CannotDo, Control, NoDaemon
from passerelle.daemon.control.messages import Failure
from passerelle.daemon.course import Folders
from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text, sentences
from passerelle.peers.base import Peer, RemoteId
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, Progress, Report, Subject

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
            shown, came_here = _shown(accounts, account, replica, on_progress) if account.outlook else ((), False)
            if came_here:
                cycle_alone(accounts, account, replica, peer, on_progress)
            return structs.replace(result, reports=(*result.reports, *shown))
    finally:
        peer.close()


def _shown(
    accounts: Accounts, account: Account, replica: Replica, on_progress: OnProgress
) -> tuple[tuple[Report, ...], bool]:
    """Show an account in Outlook; what is to be told of it, and whether something came from there.

    Whatever stands against that is told, and leaves it true that the account is in step with its server.
    """
    try:
        result = _show_here(accounts, account, replica, on_progress)
    except PasserelleError as error:
        message = sentences(Text("Outlook is not in step."), error.text)
        return (Report(subject=Subject.NOT_SHOWN, message=message),), False
    return ((), False) if result is None else (result.reports, result.came_here)


def _show_here(accounts: Accounts, account: Account, replica: Replica, on_progress: OnProgress) -> CycleResult | None:
    from passerelle.peers.outlook.connecting import enter_apartment, system_attach  # noqa: PLC0415 - few need it
    from passerelle.sync.mirror import Mirror  # noqa: PLC0415 - as said

    find = system_attach()
    enter_apartment()
    with Mirror(replica, account, find) as mirror:
        return show_alone(accounts, account, mirror, on_progress)


def show_alone(
    accounts: Accounts,
    account: Account,
    mirror: Mirror,
    on_progress: OnProgress,
    folders: Collection[RemoteId] | None = None,
) -> CycleResult | None:
    """Show an account in Outlook, or some ``folders`` of it; None if that does not run.

    Raises:
        As :meth:`passerelle.sync.mirror.Mirror.show`, but for an Outlook that does not run.
    """
    from passerelle.peers.outlook.answers import NotRunning  # noqa: PLC0415 - as said

    with locked(accounts.cycle_lock(account), _busy(account)):
        try:
            return mirror.show(on_progress, folders)
        except NotRunning:
            return None  # it is shown when Outlook runs


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
