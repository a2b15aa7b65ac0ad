"""How accounts fare: as the daemon says that keeps them, else as their replicas tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import structs

from passerelle.daemon.control.client import CannotDo, Control, NoDaemon
from passerelle.daemon.control.messages import OutlookStanding, OutlookState, Standing, State
from passerelle.model.errors import Misconfigured, Unauthenticated, Unreachable, Unsafe
from passerelle.model.text import Text, from_stored
from passerelle.peers.naming import OUTLOOK
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica


def kept_standings(accounts: Accounts) -> Mapping[str, Standing]:
    """How the accounts fare that a daemon keeps, by name; none if none runs."""
    try:
        return {one.account: one for one in Control(accounts.data).standings()}
    except (NoDaemon, CannotDo):
        return {}


def standing_of(account: Account, replica: Replica, kept: Standing | None, now: datetime) -> Standing:
    """How an account fares, with what waits in its replica at this moment; ``kept`` is what the daemon says."""
    if kept is None or not account.enabled:
        return standing_without_daemon(account, replica, now)
    return structs.replace(kept, **structs.asdict(replica.backlog()))


def standing_without_daemon(account: Account, replica: Replica, now: datetime) -> Standing:
    """How an account fared when it was last looked at. Asks nobody."""
    known = replica.successes()
    trouble = known.trouble
    state = State.UNWATCHED if trouble is None else state_of(trouble.exit_code)
    return Standing(
        account=account.name,
        state=state if account.enabled else State.DISABLED,
        since=known.last or now if trouble is None else trouble.since,
        message=Text("") if trouble is None else from_stored(trouble.message),
        last_success=known.last,
        warn_after_s=account.warn_after_s,
        outlook=_outlook(replica, now) if account.outlook and account.enabled else None,
        **structs.asdict(replica.backlog()),
    )


def _outlook(replica: Replica, now: datetime) -> OutlookStanding:
    """How Outlook fared when it was last looked at."""
    known = replica.successes(OUTLOOK)
    trouble = known.trouble
    if trouble is None:
        return OutlookStanding(state=OutlookState.UNWATCHED, since=known.last or now, last_success=known.last)
    return OutlookStanding(
        state=OutlookState.HINDERED,
        since=trouble.since,
        message=from_stored(trouble.message),
        last_success=known.last,
        needs_user=needs_user(trouble.exit_code),
    )


def needs_user(exit_code: int) -> bool:
    """Whether trouble with Outlook waits for the user: its data file is gone, or another one."""
    return exit_code in {Misconfigured.exit_code, Unsafe.exit_code}


def state_of(exit_code: int) -> State:
    """The state of an account whose last cycle broke off."""
    if exit_code == Unauthenticated.exit_code:
        return State.REFUSED
    return State.OFFLINE if exit_code == Unreachable.exit_code else State.FAILING
