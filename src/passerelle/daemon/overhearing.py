"""Listens to Outlook in a thread that does nothing else: Outlook stands still until whoever listens has taken note."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Final, final

import structlog

from passerelle.daemon.hints import Hints
from passerelle.model.errors import PasserelleError
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.connecting import Attach, attach, enter_apartment
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.hearing import Hearing
from passerelle.peers.outlook.listening import Ears
from passerelle.peers.outlook.tree import Address

log = structlog.get_logger(__name__)

_LONG_S: Final = 3600.0
"""There is nothing to be done but to wait."""


@final
class Overhearing:
    """Begins when made. Where to listen is told by :meth:`listen`, what is heard to ``hints``."""

    def __init__(self, find: Attach, ears: Ears, hints: Hints, name: str) -> None:
        self._find = find
        self._ears = ears
        self._hints = hints
        self._pump = ears.pump()
        self._wanted: Mapping[RemoteId, Address] = {}
        self._hearing: Hearing | None = None
        self._is_over = False
        self._thread = Thread(target=self._run, name=f"overhearing {name}", daemon=True)
        self._thread.start()

    @property
    def is_hearing(self) -> bool:
        """Whether events come."""
        return self._hearing is not None

    def listen(self, folders: Mapping[RemoteId, Address]) -> None:
        """Listen to these folders from now on; with none of them, let Outlook go. For any thread."""
        if folders != self._wanted or (folders and not self.is_hearing):
            self._wanted = folders
            self._pump.wake()

    def end(self) -> None:
        """Tell it to end."""
        self._is_over = True
        self._pump.wake()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for longer than that."""
        self._thread.join(patience_s)

    def hear(self, folder: RemoteId) -> None:
        """Note what Outlook tells."""
        self._hints.hear(folder)

    def hear_of_folders(self) -> None:
        """Note what Outlook tells."""
        self._hints.hear_of_folders()

    def soon(self) -> None:
        """Go on once Outlook has been answered."""
        self._pump.wake()

    def quit(self) -> None:
        """Let Outlook go, once it has been answered."""
        self._wanted = {}
        self._pump.wake()
        self._hints.quit()

    def _run(self) -> None:
        enter_apartment()
        while not self._is_over:
            try:
                self._follow(self._wanted)
            except (PasserelleError, ComError) as error:
                log.info("outlook_not_heard", reason=str(error))
                self._let_go()
            self._pump.wait(_LONG_S)
        self._let_go()

    def _follow(self, wanted: Mapping[RemoteId, Address]) -> None:
        if not wanted:
            self._let_go()
            return
        if self._hearing is None:
            self._hearing = Hearing(attach(self._find, self._pump.wait), self._ears.connect, self)
        self._hearing.finish()
        self._hearing.listen(wanted)

    def _let_go(self) -> None:
        if self._hearing is not None:
            self._hearing.close()
        self._hearing = None
