"""``passerelle sync --watch``: shows a person, or a service's log, what the daemon does."""

from __future__ import annotations

from threading import Lock
from typing import final

from passerelle.cli.output import about, complain, say
from passerelle.cli.syncing import print_result
from passerelle.daemon.running import run
from passerelle.model.errors import PasserelleError, Unauthenticated
from passerelle.model.text import Text, sentences
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.report import CycleResult


def watch_accounts(accounts: Accounts, name: str | None) -> int:
    """Keep accounts in step until Ctrl-C, or until a service manager says stop."""
    from passerelle.cli.logs import log_to_stderr

    log_to_stderr()
    say("Watching. Ctrl-C ends.")
    run(accounts, _Printer(), name)
    say("Stopped.")
    return 0


@final
class _Printer:
    """Prints what happens; the accounts' threads take turns. Nothing is said of cycles without work."""

    def __init__(self) -> None:
        self._guard = Lock()

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


def _next(account: str, error: PasserelleError, again_in_s: float | None) -> Text | str:
    if again_in_s is not None:
        return Text("Trying again in {seconds:.0f} s.", seconds=again_in_s)
    if isinstance(error, Unauthenticated):
        return Text("Nothing is lost. Give the new one with: passerelle account password {name}", name=account)
    return ""
