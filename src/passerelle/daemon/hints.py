"""What was heard of Outlook, gathered until it is worth a look: a burst of events becomes one, of a few folders."""

from __future__ import annotations

import time
from threading import Condition
from typing import Final, final

from msgspec import Struct

from passerelle.peers.base import RemoteId


class Pauses(Struct, frozen=True, kw_only=True):
    """How long to wait before a look.

    After ``quiet_s`` without further news a burst is over, for a saved item is told of several times; ``longest_s`` it
    is waited for at most. For ``echo_s`` after we have written, what is heard may be that; and a look before Outlook's
    clock has gone on would have to be repeated.
    """

    quiet_s: float = 0.4
    longest_s: float = 1.5
    echo_s: float = 2.5


PAUSES: Final = Pauses()
"""What people do not notice."""


class Look(Struct, frozen=True, kw_only=True):
    """What is to be looked at: some folders, or with None all. With ``is_quit`` nothing is, for Outlook ends.

    ``is_wished`` says that somebody has asked for it.
    """

    folders: frozenset[RemoteId] | None
    is_wished: bool
    is_quit: bool
    is_over: bool


@final
class Hints:
    """May be used by any thread; one thread takes. The first look is at everything."""

    def __init__(self, pauses: Pauses = PAUSES) -> None:
        self._changed = Condition()
        self._pauses = pauses
        self._echo_until = 0.0
        self._is_over = False
        self._clear()
        self._is_whole = True

    def _clear(self) -> None:
        self._folders: set[RemoteId] = set()
        self._is_whole = self._is_new_tree = self._is_quit = False
        self._first = self._last = 0.0

    def hear(self, folder: RemoteId) -> None:
        """Something in a folder changes."""
        with self._changed:
            self._folders.add(folder)
            self._note()

    def hear_of_folders(self) -> None:
        """The folders change: all are looked at."""
        with self._changed:
            self._is_new_tree = True
            self._note()

    def quit(self) -> None:
        """Outlook ends."""
        with self._changed:
            self._is_quit = True
            self._changed.notify()

    def whole(self) -> None:
        """Look at everything, at once."""
        with self._changed:
            self._is_whole = True
            self._changed.notify()

    def wrote(self) -> None:
        """Something was written to Outlook just now: its echo can wait."""
        with self._changed:
            self._echo_until = time.monotonic() + self._pauses.echo_s

    def end(self) -> None:
        """There is to be no other look."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    @property
    def is_over(self) -> bool:
        """Whether there is to be no other look."""
        return self._is_over

    def take(self, patience_s: float) -> Look:
        """What is to be looked at next; all, when so much time has passed without news."""
        with self._changed:
            until = time.monotonic() + patience_s
            while not self._is_urgent and (left := self._due(until) - time.monotonic()) > 0:
                self._changed.wait(left)
            is_some = self._folders and not (self._is_whole or self._is_new_tree)
            look = Look(
                folders=frozenset(self._folders) if is_some else None,
                is_wished=self._is_whole,
                is_quit=self._is_quit,
                is_over=self._is_over,
            )
            wish = self._is_whole and look.is_quit
            self._clear()
            self._is_whole = wish
            return look

    def _note(self) -> None:
        self._last = time.monotonic()
        self._first = self._first or self._last
        self._changed.notify()

    @property
    def _is_urgent(self) -> bool:
        return self._is_over or self._is_whole or self._is_quit

    def _due(self, until: float) -> float:
        """When to look: at what was heard once that has settled, at the latest when patience ends."""
        if not self._first:
            return until
        over = min(self._last + self._pauses.quiet_s, self._first + self._pauses.longest_s)
        return min(until, max(self._echo_until, over))
