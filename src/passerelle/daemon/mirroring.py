"""Keeps Outlook in step with one account's replica, in a thread of its own, as COM wants it."""

from __future__ import annotations

from datetime import datetime
from threading import Event, Thread
from typing import Final, final

import structlog

from passerelle.daemon.board import Board
from passerelle.daemon.control.messages import OutlookStanding, OutlookState
from passerelle.daemon.standing import needs_user
from passerelle.daemon.turns import show_alone
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import PasserelleError, Unreachable
from passerelle.model.text import Text
from passerelle.peers.outlook.connecting import Attach, enter_apartment, system_attach
from passerelle.peers.outlook.peer import NAME
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.clock import utc_now
from passerelle.sync.mirror import Mirror
from passerelle.sync.report import silent

log = structlog.get_logger(__name__)

_NOTHING: Final = Text("")
POLL_S: Final = 10.0
"""How often Outlook is looked at: that takes a reading of each folder's table, and is no more than a moment's work."""


@final
class Mirroring:
    """Begins when made. What people did in Outlook is told to the account's worker by ``wishes``.

    While the account is paused Outlook is left alone, too. ``board`` is where it tells how Outlook fares.
    """

    def __init__(
        self, accounts: Accounts, account: Account, wishes: Wishes, board: Board, find: Attach | None = None
    ) -> None:
        self._accounts = accounts
        self._account = account
        self._wishes = wishes
        self._board = board
        self._find = find
        self._wake = Event()
        self._is_over = False
        self._standing = OutlookStanding(since=utc_now())
        self._thread = Thread(target=self._run, name=f"outlook {account.name}", daemon=True)
        self._thread.start()

    def wish(self) -> None:
        """Look at once: something came from the server, or a pause is over."""
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
                self._tell(OutlookState.STARTING, last_success=replica.successes(NAME).last)
                if self._wishes.is_paused:
                    self._rest()
                while not self._is_over:
                    self._attempt(mirror)
                    self._rest()
        except PasserelleError as error:
            self._hindered(error)

    def _rest(self) -> None:
        """Wait until it is time to look again; while the account is paused, until that is wished for."""
        while not self._wake.wait(POLL_S) and self._wishes.is_paused:
            pass
        self._wake.clear()

    def _attempt(self, mirror: Mirror) -> None:
        """Show what there is; whatever hinders it is told, and tried again."""
        try:
            result = show_alone(self._accounts, self._account, mirror, silent)
        except PasserelleError as error:
            self._hindered(error)
        except Exception as error:
            failure = Unreachable(Text("The program failed ({kind}).", kind=type(error).__name__))
            if failure.text != self._standing.message:
                log.exception("outlook_failed", account_directory=self._account.directory)
            self._hindered(failure)
        else:
            if result is None:
                self._tell(OutlookState.CLOSED)
                return
            self._tell(OutlookState.IN_STEP, last_success=utc_now())
            if result.came_here:
                self._wishes.look()

    def _hindered(self, error: PasserelleError) -> None:
        if error.text != self._standing.message:
            log.warning("outlook_not_in_step", account_directory=self._account.directory, reason=str(error))
        self._tell(OutlookState.HINDERED, message=error.text, needs_user=needs_user(error.exit_code))

    def _tell(
        self,
        state: OutlookState,
        message: Text = _NOTHING,
        *,
        last_success: datetime | None = None,
        needs_user: bool = False,
    ) -> None:
        before = self._standing
        self._standing = OutlookStanding(
            state=state,
            since=before.since if before.state is state else utc_now(),
            message=message,
            last_success=last_success or before.last_success,
            needs_user=needs_user,
        )
        if not self._is_over:  # else another speaks for the account by now
            self._board.update(self._account.name, outlook=self._standing)
