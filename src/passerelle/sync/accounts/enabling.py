"""Leaves an account alone, and takes it up again."""

from __future__ import annotations

import msgspec

from passerelle.sync.accounts.registry import Accounts


def disable(accounts: Accounts, name: str) -> None:
    """Have the server of an account asked no more. Raises NotFound."""
    accounts.change(name, lambda known: msgspec.structs.replace(known, enabled=False))


def enable(accounts: Accounts, name: str) -> None:
    """Have an account synchronised again, if it is not; the next cycle compares every item. Raises NotFound."""
    account = accounts.get(name)
    if not account.enabled:
        with accounts.replica(account) as replica:
            replica.want_slow_sync()
        accounts.change(name, lambda known: msgspec.structs.replace(known, enabled=True))
