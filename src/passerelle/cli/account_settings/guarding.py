"""How many deletions at once wait for the user's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.model.errors import Invalid
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

    def check(self, _replica: Replica) -> None:
        """Make sure that the numbers can be.

        Raises:
            Invalid: a number of items below 0, or a share that is none.
        """
        if self.guard_items is not None and self.guard_items < 0:
            raise Invalid("The number of items cannot be below 0.", "guard-items")
        if self.guard_share is not None and not 0 <= self.guard_share <= 1:
            raise Invalid("The share must lie between 0 and 1.", "guard-share")

    def apply(self, replica: Replica) -> None:
        """Keep the settings in the account's replica."""
        given = {"guard_items": self.guard_items, "guard_share": self.guard_share}
        chosen = {name: value for name, value in given.items() if value is not None}
        replica.policy = msgspec.structs.replace(replica.policy, **chosen)


def shown_guarding(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {"guard_items": replica.policy.guard_items, "guard_share": round(replica.policy.guard_share, 2)}
