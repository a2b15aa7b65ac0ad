"""``passerelle desk``: the pages of a replica, in the browser."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from passerelle.cli.lasting import settle_in
from passerelle.cli.options import Account, ConnectorData, connector_directory
from passerelle.cli.output import announce, say

if TYPE_CHECKING:
    from passerelle.desk.local import Pages


def desk(
    *,
    account: Account = None,
    data: ConnectorData = None,
    port: int = 0,
    browser: Annotated[bool, Parameter(negative="--no-browser")] = True,
) -> int:
    """Show an account's calendar, contacts and tasks in your browser, online or not, until Ctrl-C.

    What you change there is sent with the next sync; the pages “Synchronisation” show how your accounts fare, and add
    the first one.

    Args:
        account: Which account's items to show first; default: the first one.
        data: Directory of your accounts.
        port: Port on this machine; 0 takes a free one.
        browser: Open the browser; without it the address is printed, and lets in one browser once.
    """
    from passerelle.cli.logs import log_to_stderr
    from passerelle.cli.opening import Opening
    from passerelle.desk.connector.household import Household
    from passerelle.desk.local import serve_replica
    from passerelle.sync.accounts.registry import Accounts

    log_to_stderr()
    settle_in()
    accounts = Accounts(connector_directory(data))

    def ready(pages: Pages) -> None:
        if browser and opening.open(pages.invite()):
            say("Your browser shows the pages. Ctrl-C ends.")
        else:
            announce(f"open {pages.invite()}")

    with closing(Opening()) as opening, closing(Household(accounts, account)) as household:
        serve_replica(household, port, ready)
    say("Stopped.")
    return 0
