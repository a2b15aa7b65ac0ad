"""``passerelle sync --watch``: shows a person, a script or a service's log what the daemon does."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from threading import Lock
from typing import final

import msgspec

from passerelle.cli.choosing import enabled_accounts
from passerelle.cli.lasting import settle_in
from passerelle.cli.output import about, announce, complain, say
from passerelle.cli.results import as_mapping, print_result
from passerelle.daemon.control.messages import Failure
from passerelle.daemon.running import run
from passerelle.desktop.notifications import Notifications
from passerelle.model.errors import PasserelleError, Unauthenticated
from passerelle.model.text import Text, sentences
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.report import CycleResult


def watch_accounts(data: Path, name: str | None, *, json: bool) -> int:
    """Keep accounts in step until Ctrl-C, or until a service manager says stop.

    Raises:
        As :func:`passerelle.cli.choosing.enabled_accounts`, and ``Busy`` if another process watches them.
    """
    from passerelle.cli.logs import log_to_stderr

    accounts = Accounts(data)
    enabled_accounts(accounts, name, quiet=json)
    log_to_stderr()
    printer = _JsonPrinter() if json else _Printer()
    settle_in()
    printer.begins()
    run(accounts, printer, name, Notifications())
    printer.ends()
    return 0


@final
class _Printer:
    """Prints what happens; the accounts' threads take turns. Nothing is said of cycles without work."""

    def __init__(self) -> None:
        self._guard = Lock()

    def begins(self) -> None:
        """Print that accounts are watched."""
        say("Watching. Ctrl-C ends.")

    def ends(self) -> None:
        """Print that they are watched no longer."""
        say("Stopped.")

    def cycled(self, account: str, result: CycleResult) -> None:
        """Print what a cycle did."""
        if result.total or result.reports:
            with self._guard:
                print_result(account, result)

    def failed(self, account: str, error: PasserelleError, again_in_s: float | None) -> None:
        """Print why a cycle failed, and what comes next."""
        with self._guard:
            complain(
                about(account, sentences(error.text, _next(account, error, again_in_s))) if account else error.text
            )


@final
class _JsonPrinter:
    """Prints the same as JSON objects, one a line; each names its ``event``."""

    def begins(self) -> None:
        """Print that accounts are watched."""
        _print({"event": "watching"})

    def ends(self) -> None:
        """Print that they are watched no longer."""
        _print({"event": "stopped"})

    def cycled(self, account: str, result: CycleResult) -> None:
        """Print what a cycle did."""
        if result.total or result.reports:
            _print({"event": "cycle", "account": account, **as_mapping(result)})

    def failed(self, account: str, error: PasserelleError, again_in_s: float | None) -> None:
        """Print why a cycle failed; ``again_in_s`` is null if it waits for the user."""
        failure = as_mapping(Failure.of(error))
        _print({"event": "failure", "account": account or None, **failure, "again_in_s": again_in_s})


def _print(event: dict[str, object]) -> None:
    announce(msgspec.json.encode(event).decode())


def _next(account: str, error: PasserelleError, again_in_s: float | None) -> Text | str:
    if again_in_s is not None:
        return Text("Trying again in {seconds:.0f} s.", seconds=again_in_s)
    if isinstance(error, Unauthenticated):
        return Text("Nothing is lost. Give the new one with: passerelle account password {name}", name=quote(account))
    return ""
