"""``passerelle sync``: by the daemon if one runs, which takes no time to get ready; else here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, final

from cyclopts import Parameter

from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import about, progress, say
from passerelle.cli.results import Outcome, show_outcomes, shown_on
from passerelle.daemon.control.client import CannotDo, Control, NoDaemon
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.sync.report import OnProgress
from passerelle.sync.report import Progress as At

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


def sync(
    *folders: str,
    slow: Annotated[bool, Parameter(negative="")] = False,
    watch: Annotated[bool, Parameter(negative="", help="Go on until Ctrl-C; changes are in step at once.")] = False,
    log: Path | None = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Bring your accounts in step with their servers, both ways.

    Args:
        folders: With --slow: which folders to compare; default: everything.
        slow: Compare every item rather than what has changed since the last time. It mends whatever went wrong.
        watch: Go on until Ctrl-C. What changes here or on the server is in step at once.
        log: With --watch: write what happens to this file, where there is no terminal.
        account: Only this account.
        data: Directory of your accounts.
        json: Print what happened as JSON.
    """
    directory = connector_directory(data)
    if log is not None and not watch:
        raise Misconfigured("Give --log together with --watch.")
    if slow or folders:
        from passerelle.cli.cycling import want_slow

        want_slow(directory, account, folders, slow=slow)
    if watch:
        from passerelle.cli.logs import write_to
        from passerelle.cli.watching import watch_accounts

        if log is not None:
            write_to(log)
        return watch_accounts(directory, account, json=json)
    outcomes = _by_daemon(directory, account, quiet=json)
    if outcomes is None:
        from passerelle.cli.cycling import cycles_here

        outcomes = cycles_here(directory, account, quiet=json)
    return show_outcomes(outcomes, json=json)


def _by_daemon(directory: Path, account: str | None, *, quiet: bool) -> dict[str, Outcome] | None:
    """What became of the cycles that a daemon ran; None if it did not, or not to the end."""
    control = Control(directory)
    try:
        if sys.stderr.isatty():
            with progress() as bar:
                done = control.sync(account, _Bars(bar))
        else:
            done = control.sync(account)
    except (NoDaemon, CannotDo):
        return None
    for name in () if quiet else done.disabled:
        say(about(name, Text("This account is disabled and was left alone.")))
    return done.outcomes


@final
class _Bars:
    """A progress bar for each account."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._shown: dict[str, OnProgress] = {}

    def accepted(self, accounts: tuple[str, ...]) -> None:
        """Cycles of these accounts run."""
        self._shown = {name: shown_on(self._bar, self._bar.add_task(name, total=None)) for name in accounts}

    def progress(self, account: str, at: At) -> None:
        """The cycle of an account is there."""
        self._shown[account](at)
