"""Who wins where both sides changed the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

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

    def check(self, _replica: Replica) -> None:
        """Whoever may win may be chosen."""

    def apply(self, replica: Replica) -> None:
        """Keep the policy in the account's replica."""
        if self.conflicts is not None:
            replica.policy = msgspec.structs.replace(replica.policy, winner=self.conflicts)


def shown_merging(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {"conflicts": replica.policy.winner.value}
