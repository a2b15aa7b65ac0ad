"""How an account fares where no daemon keeps it: read from its replica."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from passerelle.daemon.control.messages import Standing, State
from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.model.text import Text, from_stored
from passerelle.sync.accounts.registry import Account
from passerelle.sync.replica import Replica


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
        **structs.asdict(replica.backlog()),
    )


def state_of(exit_code: int) -> State:
    """The state of an account whose last cycle broke off."""
    if exit_code == Unauthenticated.exit_code:
        return State.REFUSED
    return State.OFFLINE if exit_code == Unreachable.exit_code else State.FAILING
