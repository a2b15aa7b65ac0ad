"""``passerelle skipped …``: what to do with changes that a side refused."""

from __future__ import annotations

from collections.abc import Callable

from cyclopts import App

from passerelle.cli.options import ConnectorData, connector_directory
from passerelle.cli.output import say
from passerelle.cli.replicas import Account
from passerelle.sync.accounts import Accounts
from passerelle.sync.replica import Replica

app = App(name="skipped", help="Decide on changes that were refused; “status” lists them.")


@app.command
def retry(number: int, /, *, account: Account = None, data: ConnectorData = None) -> int:
    """Try a change again with the next cycle.

    Args:
        number: The skipped object, as "status" shows it.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """
    return _decide(data, account, lambda replica: replica.retry(number), "It is tried again with the next sync.")


@app.command
def discard(number: int, /, *, account: Account = None, data: ConnectorData = None) -> int:
    """Give a change up and take the server's state.

    Args:
        number: The skipped object, as "status" shows it.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """
    return _decide(data, account, lambda replica: replica.discard(number), "It is given up.")


def _decide(data: ConnectorData, account: Account, decision: Callable[[Replica], None], said: str) -> int:
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        decision(replica)
    say(said)
    return 0
