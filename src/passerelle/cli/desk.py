"""``passerelle desk``: the pages of a replica, in the browser."""

from __future__ import annotations

import html
import os
import tempfile
import webbrowser
from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from passerelle.cli.options import Account, ConnectorData, connector_directory
from passerelle.cli.output import announce, say


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
    from passerelle.desk.connector.household import Household
    from passerelle.desk.local import serve_replica
    from passerelle.sync.accounts.registry import Accounts

    log_to_stderr()
    accounts = Accounts(connector_directory(data))
    with (
        closing(Household(accounts, account)) as household,
        tempfile.TemporaryDirectory(prefix="passerelle-") as directory,
    ):

        def ready(url: str) -> None:
            if browser and webbrowser.open(_page_to(url, Path(directory)).as_uri()):
                say("Your browser shows the pages. Ctrl-C ends.")
            else:
                announce(f"open {url}")

        serve_replica(household, port, ready)
    say("Stopped.")
    return 0


def _page_to(url: str, directory: Path) -> Path:
    """A page that leads to an address: in a command line, everybody on this machine could read the token."""
    page = directory / "desk.html"
    descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">')
    return page
