"""The lines to one account's server: one to ask on, one to listen on."""

from __future__ import annotations

from contextlib import suppress
from typing import final

from passerelle.daemon.listening import Listener
from passerelle.daemon.wishes import Wishes
from passerelle.peers.ox_webdav import OxWebDav
from passerelle.sync.accounts.registry import Account, Accounts


@final
class Conversation:
    """Lines that are made when they are needed, and kept. Used by one thread."""

    def __init__(self, accounts: Accounts, account: Account, wishes: Wishes) -> None:
        self._accounts = accounts
        self._account = account
        self._wishes = wishes
        self._peer: OxWebDav | None = None
        self._listener: Listener | None = None

    def peer(self) -> OxWebDav:
        """The server, to be asked. Raises Misconfigured: the password is not known."""
        if self._peer is None:
            self._peer = self._accounts.connect(self._account)
        return self._peer

    def listen(self) -> None:
        """Listen to the server, which just answered."""
        if self._listener is None:
            self._listener = Listener(lambda: self._accounts.connect(self._account), self._wishes)
        self._listener.prove()

    def hang_up(self) -> None:
        """Forget the lines: the next ones begin with what is known of the account then."""
        if self._listener is not None:
            self._listener.close()
            self._wishes.pushed(None)
        if self._peer is not None:
            with suppress(OSError):
                self._peer.close()
        self._listener = self._peer = None
