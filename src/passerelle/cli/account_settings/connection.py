"""How an account is called, and how its server is reached and understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.sync.accounts.registry import Account


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

    def revised(self, account: Account) -> Account:
        """The account with what was given; a new address or login is tried when it is kept."""
        given = {
            "name": self.name,
            "url": self.url,
            "login": self.login,
            "zone": self.zone,
            "allow_plain": self.allow_plain,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        return msgspec.structs.replace(account, **changes)


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
