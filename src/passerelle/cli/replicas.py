"""Opens the replicas of the accounts in a data directory for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from passerelle.cli.options import connector_directory
from passerelle.sync.accounts.registry import Accounts

if TYPE_CHECKING:
    from passerelle.groupware.session import Session


@contextmanager
def open_replica(data: Path | None, account: str | None) -> Iterator[Session]:
    """What the user of an account can do in its replica.

    Raises:
        NotFound: there is no such account, or several and none was named.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        yield replica.session()
