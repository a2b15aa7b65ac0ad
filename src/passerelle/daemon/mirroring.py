"""Keeps Outlook in step with one account's replica, in a thread of its own, as COM wants it."""

from __future__ import annotations

from threading import Event, Thread
from typing import Final, final

import structlog

from passerelle.daemon.turns import show_alone
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import PasserelleError
from passerelle.peers.outlook.connecting import Attach, enter_apartment, system_attach
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.mirror import Mirror

log = structlog.get_logger(__name__)

POLL_S: Final = 10.0
"""How often Outlook is looked at: that takes a reading of each folder's table, and is no more than a moment's work."""


@final
class Mirroring:
    """Begins when made. What people did in Outlook is told to the account's worker by ``wishes``."""

    def __init__(self, accounts: Accounts, account: Account, wishes: Wishes, find: Attach | None = None) -> None:
        self._accounts = accounts
        self._account = account
        self._wishes = wishes
        self._find = find
        self._wake = Event()
        self._is_over = False
        self._hindered = ""
        self._thread = Thread(target=self._run, name=f"outlook {account.name}", daemon=True)
        self._thread.start()

    def wish(self) -> None:
        """Look at once: something came from the server."""
        self._wake.set()

    def end(self) -> None:
        """Tell it to end, after what it is in the middle of."""
        self._is_over = True
        self._wake.set()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for longer than that."""
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            enter_apartment()
            with self._accounts.replica(self._account) as replica:
                mirror = Mirror(replica, self._account.outlook, self._find or system_attach())
                while not self._is_over:
                    self._attempt(mirror)
                    self._wake.wait(POLL_S)
                    self._wake.clear()
        except PasserelleError as error:
            log.warning("outlook_not_shown", account_directory=self._account.directory, reason=str(error))

    def _attempt(self, mirror: Mirror) -> None:
        """Show what there is; whatever hinders it is told once, and tried again."""
        reason = ""
        try:
            if show_alone(self._accounts, self._account, mirror, lambda _progress: None):
                self._wishes.look()
        except PasserelleError as error:
            reason = str(error)
        except Exception as error:
            reason = f"The program failed ({type(error).__name__})."
            if reason != self._hindered:
                log.exception("outlook_failed", account_directory=self._account.directory)
        if reason and reason != self._hindered:
            log.warning("outlook_not_in_step", account_directory=self._account.directory, reason=reason)
        self._hindered = reason
