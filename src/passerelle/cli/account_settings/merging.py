"""Who wins where both sides changed the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.policy import Winner
from passerelle.sync.replica import Replica

_HELP = (
    'Whose value stays where you and the server changed the same field: "server" or "mine"; "newer", the later change; '
    '"ask", neither until you decide with "passerelle conflicts".'
)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MergingOptions:
    """Options of ``account set``."""

    conflicts: Annotated[Winner | None, Parameter(help=_HELP)] = None

    def apply(self, accounts: Accounts, account: Account) -> Account:
        """Keep the policy in the account's replica."""
        if self.conflicts is not None:
            with accounts.replica(account) as replica:
                replica.policy = msgspec.structs.replace(replica.policy, winner=self.conflicts)
        return account


def shown_merging(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {"conflicts": replica.policy.winner.value}
