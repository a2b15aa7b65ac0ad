"""What is wanted of one account, gathered from all threads until its worker has time: a burst becomes one cycle."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Condition
from typing import final

from msgspec import Struct

from passerelle.daemon.course import Wanted
from passerelle.daemon.orders import Order
from passerelle.peers.base import Heard, PushKind, RemoteId


class Taken(Struct, frozen=True, kw_only=True):
    """Everything that was wished for.

    ``push`` is how the server tells of changes, None while it does not; ``is_renewed``: the account was changed;
    ``orders`` are to be carried out whatever else holds.
    """

    wanted: Wanted
    push: PushKind | None
    orders: tuple[Order, ...]
    is_renewed: bool
    is_paused: bool
    is_over: bool


@final
class Wishes:
    """May be used by any thread; one thread takes."""

    def __init__(self, *, is_paused: bool = False) -> None:
        self._changed = Condition()
        self._is_over = False
        self._is_paused = is_paused
        self._push: PushKind | None = None
        self._orders: list[Order] = []
        self._clear()

    def _clear(self) -> None:
        self._folders: dict[RemoteId, str | None] = {}
        self._orders.clear()
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

    def pushed(self, push: PushKind | None) -> None:
        """Tell in which way push stands, if it does. When it comes to stand, what happened before is wished for."""
        with self._changed:
            self._push = push
            self._whole = self._whole or push is not None
            self._fresh = True
            self._changed.notify()

    def pause(self, *, is_paused: bool) -> None:
        """Wish to be left alone, or to be looked at again."""
        with self._changed:
            self._is_paused = is_paused
            self._fresh = True
            self._changed.notify()

    def order(self, order: Order) -> None:
        """Give an order. It is abandoned at once if the end was wished for."""
        with self._changed:
            if not self._is_over:
                self._orders.append(order)
                self._fresh = True
                self._changed.notify()
                return
        order.abandon()

    def end(self) -> None:
        """Wish for the end."""
        with self._changed:
            self._is_over = self._fresh = True
            self._changed.notify()

    @property
    def is_paused(self) -> bool:
        """Whether the account is to be left alone."""
        return self._is_paused

    @property
    def is_over(self) -> bool:
        """Whether the end was wished for."""
        return self._is_over

    def take(self, patience_s: float | None) -> Taken:
        """Everything that was wished for; waits for so long until there is something."""
        with self._changed:
            self._changed.wait_for(lambda: self._fresh, patience_s)
            wanted = Wanted(whole=self._whole, folders=self._folders, look=self._look)
            taken = Taken(
                wanted=wanted,
                push=self._push,
                orders=tuple(self._orders),
                is_renewed=self._renewed,
                is_paused=self._is_paused,
                is_over=self._is_over,
            )
            self._clear()
            return taken


def _latest(known: str | None, told: str | None) -> str | None:
    """The later of two positions, the first being "" for none; None, which is not known, stays so."""
    if known is None or told is None:
        return None
    return max(known, told, key=lambda position: (len(position), position))
