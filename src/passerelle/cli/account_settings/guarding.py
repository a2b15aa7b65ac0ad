"""How many deletions at once wait for the user's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.sync.policy import Policy
from passerelle.sync.replica import Replica

_SHARE = (
    "A folder that loses more than this share of its items within a day is guarded: 0.33 is a third, 1 switches the "
    "guard off."
)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class GuardingOptions:
    """Options of ``account set``."""

    guard_items: Annotated[
        int | None, Parameter(help="More deletions than this in guarded folders wait until you confirm them.")
    ] = None
    guard_share: Annotated[float | None, Parameter(help=_SHARE)] = None

    def check(self, replica: Replica) -> None:
        """Make sure that the numbers can be. Raises Invalid."""
        self._revised(replica.policy).check()

    def apply(self, replica: Replica) -> None:
        """Keep the settings in the account's replica."""
        replica.policy = self._revised(replica.policy)

    def _revised(self, policy: Policy) -> Policy:
        given = {"guard_items": self.guard_items, "guard_share": self.guard_share}
        return msgspec.structs.replace(policy, **{name: value for name, value in given.items() if value is not None})


def shown_guarding(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {"guard_items": replica.policy.guard_items, "guard_share": round(replica.policy.guard_share, 2)}
