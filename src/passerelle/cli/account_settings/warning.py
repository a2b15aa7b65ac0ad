"""When the user is warned that an account is not in step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.sync.accounts.registry import Account


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class WarningOptions:
    """Options of ``account set``."""

    warn_after: Annotated[
        int | None, Parameter(help="Hours in which nothing went through after which you are warned; 0: never.")
    ] = None

    def revised(self, account: Account) -> Account:
        """The account with what was given."""
        if self.warn_after is None:
            return account
        return msgspec.structs.replace(account, warn_after_h=self.warn_after)


def shown_warning(account: Account) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {"warn_after": account.warn_after_h}
