"""What is wanted of one account, gathered from all threads until its worker has time: a burst becomes one cycle."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Condition
from typing import final

from msgspec import Struct

from passerelle.daemon.course import Wanted
from passerelle.peers.base import Heard, RemoteId


class Taken(Struct, frozen=True, kw_only=True):
    """Everything that was wished for. ``is_pushed`` is whether push stands; ``is_renewed``: the account was changed."""

    wanted: Wanted
    is_pushed: bool
    is_renewed: bool
    is_over: bool


@final
class Wishes:
    """May be used by any thread; one thread takes."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_over = self._is_pushed = False
        self._clear()

    def _clear(self) -> None:
        self._folders: dict[RemoteId, str | None] = {}
        self._whole = self._look = self._renewed = self._fresh = False

    def hear(self, heard: Iterable[Heard]) -> None:
        """Wish for what the server tells of. The latest position of a folder holds, unless one is unknown."""
        with self._changed:
            for one in heard:
                self._fresh = True
                if one.folder is None:
                    self._whole = True
                else:
                    self._folders[one.folder] = _latest(self._folders.get(one.folder, ""), one.position)
            self._changed.notify()

    def whole(self) -> None:
        """Wish for a look at everything."""
        with self._changed:
            self._whole = self._fresh = True
            self._changed.notify()

    def look(self) -> None:
        """Wish for a look at what was done here."""
        with self._changed:
            self._look = self._fresh = True
            self._changed.notify()

    def renew(self) -> None:
        """Tell that the account, or its password, may be another."""
        with self._changed:
            self._renewed = self._fresh = True
            self._changed.notify()

    def pushed(self, *, stands: bool) -> None:
        """Tell whether push stands. When it comes to stand, what happened before is wished for."""
        with self._changed:
            self._is_pushed = stands
            self._whole = self._whole or stands
            self._fresh = True
            self._changed.notify()

    def end(self) -> None:
        """Wish for the end."""
        with self._changed:
            self._is_over = self._fresh = True
            self._changed.notify()

    @property
    def is_over(self) -> bool:
        """Whether the end was wished for."""
        return self._is_over

    def take(self, patience_s: float | None) -> Taken:
        """Everything that was wished for; waits for so long until there is something."""
        with self._changed:
            self._changed.wait_for(lambda: self._fresh, patience_s)
            wanted = Wanted(whole=self._whole, folders=self._folders, look=self._look)
            taken = Taken(wanted=wanted, is_pushed=self._is_pushed, is_renewed=self._renewed, is_over=self._is_over)
            self._clear()
            return taken


def _latest(known: str | None, told: str | None) -> str | None:
    """The later of two positions, the first being "" for none; None, which is not known, stays so."""
    if known is None or told is None:
        return None
    return max(known, told, key=lambda position: (len(position), position))
