"""What an account's user decides about synchronisation; the engine only follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Winner(StrEnum):
    """Whose value stays where both sides changed the same field."""

    SERVER = "server"
    MINE = "mine"
    NEWER = "newer"
    """That of the later change, as far as both times are known; else the server's."""
    ASK = "ask"
    """Neither: the field waits on both sides until the user decides."""

    def between(self, here: datetime | None, there: datetime | None) -> Winner:
        """Who wins of two changes, given when they were made: never :attr:`NEWER`."""
        if self is not Winner.NEWER:
            return self
        return Winner.MINE if here is not None and there is not None and here > there else Winner.SERVER

    @property
    def opponent(self) -> Winner:
        """Whose value loses."""
        return Winner.MINE if self is Winner.SERVER else Winner.SERVER


class Policy(Struct, frozen=True, kw_only=True):
    """The account's settings for merging and for the mass-deletion guard (design, section 7).

    Deletions in one folder are held when they exceed both ``guard_items`` and ``guard_share`` of the folder.
    """

    winner: Winner = Winner.SERVER
    guard_items: int = 20
    guard_share: float = 1 / 3

    def is_mass_deletion(self, deletions: int, count_items: Callable[[], int]) -> bool:
        """Whether deleting so many of a folder's items needs the user's word; these are counted for many only."""
        return deletions > self.guard_items and deletions > count_items() * self.guard_share
