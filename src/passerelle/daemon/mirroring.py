"""Keeps Outlook in step with one account's replica, in a thread of its own, as COM wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import Final, final

import structlog

from passerelle.daemon.board import Board
from passerelle.daemon.control.messages import OutlookStanding, OutlookState
from passerelle.daemon.hints import Hints, Look
from passerelle.daemon.overhearing import Overhearing
from passerelle.daemon.standing import needs_user
from passerelle.daemon.turns import show_alone
from passerelle.daemon.wishes import Wishes
from passerelle.model.clock import utc_now
from passerelle.model.errors import PasserelleError, Unreachable
from passerelle.model.text import Text
from passerelle.peers.outlook.connecting import Attach, enter_apartment, system_attach
from passerelle.peers.outlook.listening import Ears, system_ears
from passerelle.peers.outlook.peer import NAME
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.mirror import Mirror
from passerelle.sync.report import CycleResult, silent

log = structlog.get_logger(__name__)

_NOTHING: Final = Text("")
POLL_S: Final = 10.0
"""How often Outlook is looked at: that takes a reading of each folder's table, and is no more than a moment's work."""
HEARING_POLL_S: Final = 60.0
"""How often while it tells of what happens: it does not tell of everything."""


@final
class Mirroring:
    """Begins when made. What people did in Outlook is told to the account's worker by ``wishes``.

    While the account is paused Outlook is left alone, too. ``board`` is where it tells how Outlook fares. ``find`` and
    ``ears`` are how Outlook is found, and listened to; the machine's own unless they are given.
    """

    def __init__(
        self,
        accounts: Accounts,
        account: Account,
        wishes: Wishes,
        board: Board,
        find: Attach | None = None,
        ears: Ears | None = None,
    ) -> None:
        self._accounts = accounts
        self._account = account
        self._wishes = wishes
        self._board = board
        self._find = find
        self._ears = ears
        self._hints = Hints()
        self._standing = OutlookStanding(since=utc_now())
        self._thread = Thread(target=self._run, name=f"outlook {account.name}", daemon=True)
        self._thread.start()

    def wish(self) -> None:
        """Look at once: something came from the server, or a pause is over."""
        self._hints.whole()

    def end(self) -> None:
        """Tell it to end, after what it is in the middle of."""
        self._hints.end()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for longer than that."""
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            enter_apartment()
            find = self._find or system_attach()
            with (
                self._listening(find) as overhearing,
                self._accounts.replica(self._account) as replica,
                Mirror(replica, self._account, find) as mirror,
            ):
                self._tell(OutlookState.STARTING, last_success=replica.successes(NAME).last)
                if self._wishes.is_paused:
                    self._hints.take(0)
                while not (look := self._hints.take(_patience_s(overhearing))).is_over:
                    self._follow(look, mirror, overhearing)
        except PasserelleError as error:
            self._hindered(error)

    @contextmanager
    def _listening(self, find: Attach) -> Iterator[Overhearing | None]:
        ears = self._ears if self._find else system_ears()
        if ears is None:
            yield None
            return
        overhearing = Overhearing(find, ears, self._hints, self._account.name)
        try:
            yield overhearing
        finally:
            overhearing.end()
            overhearing.join(POLL_S)

    def _follow(self, look: Look, mirror: Mirror, overhearing: Overhearing | None) -> None:
        if look.is_quit:
            mirror.let_go()
            self._tell(OutlookState.CLOSED)
        elif look.is_wished or not self._wishes.is_paused:
            self._attempt(look, mirror, overhearing)

    def _attempt(self, look: Look, mirror: Mirror, overhearing: Overhearing | None) -> None:
        """Show what there is; whatever hinders it is told, and tried again."""
        try:
            result = show_alone(self._accounts, self._account, mirror, silent, look.folders)
            if overhearing is not None:
                overhearing.listen({} if result is None else mirror.addresses())
        except PasserelleError as error:
            self._hindered(error)
        except Exception as error:
            failure = Unreachable(Text("The program failed ({kind}).", kind=type(error).__name__))
            if failure.text != self._standing.message:
                log.exception("outlook_failed", account_directory=self._account.directory)
            self._hindered(failure)
        else:
            self._shown(result)

    def _shown(self, result: CycleResult | None) -> None:
        if result is None:
            self._tell(OutlookState.CLOSED)
            return
        self._tell(OutlookState.IN_STEP, last_success=utc_now())
        if result.total:
            self._hints.wrote()
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
        if not self._hints.is_over:  # else another speaks for the account by now
            self._board.update(self._account.name, outlook=self._standing)


def _patience_s(overhearing: Overhearing | None) -> float:
    return HEARING_POLL_S if overhearing is not None and overhearing.is_hearing else POLL_S
