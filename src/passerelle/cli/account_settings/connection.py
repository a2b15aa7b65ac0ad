"""How an account is called, and how its server is reached and understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.model.moments import zone_info
from passerelle.sync.accounts.registry import Account, Accounts


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ConnectionOptions:
    """Options of ``account set``."""

    name: Annotated[str | None, Parameter(help="How you want to call the account.")] = None
    url: Annotated[str | None, Parameter(help="The new address of the same server.")] = None
    login: Annotated[str | None, Parameter(help="The new login of the same user.")] = None
    zone: Annotated[str | None, Parameter(help="Your time zone, for servers that do not say it.")] = None
    allow_plain: Annotated[
        bool | None, Parameter(help="Whether the password may travel unencrypted to another machine.")
    ] = None

    def apply(self, accounts: Accounts, account: Account) -> Account:
        """Change what was given.

        Raises:
            Unsafe: another user, or another server, answers there.
            Contradiction: another account has that name.
            Invalid: there is no such time zone.
        """
        if self.zone is not None:
            zone_info(self.zone)
        given = {"name": self.name, "zone": self.zone, "allow_plain": self.allow_plain}
        changes = {name: value for name, value in given.items() if value is not None}
        if changes:
            account = accounts.change(account.name, lambda known: msgspec.structs.replace(known, **changes))
        if self.url is not None or self.login is not None:
            account = accounts.relocate(account.name, self.url or account.url, self.login or account.login)
        return account


def shown_connection(account: Account) -> Mapping[str, object]:
    """These settings as they are, by name."""
    return {
        "name": account.name,
        "url": account.url,
        "login": account.login,
        "zone": account.zone,
        "allow_plain": account.allow_plain,
        "enabled": account.enabled,
    }
