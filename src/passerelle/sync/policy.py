"""What an account's user decides about synchronisation; the engine only follows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from passerelle.model.errors import Invalid


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

    Deletions are held where a folder loses more than ``guard_share`` of its items within a day, and all such folders
    together more than ``guard_items`` (:mod:`passerelle.sync.deletions.guard`). A share of 1 switches the guard off.
    """

    winner: Winner = Winner.SERVER
    guard_items: int = 20
    guard_share: float = 1 / 3

    def towards_mirror(self) -> Policy:
        """The same between the replica and a program that shows it: there the replica speaks for the server.

        Nobody is asked about what is shown: the replica's word stays, and the other is in the history. Deletions are
        guarded on the way between replica and server.
        """
        turned = {Winner.SERVER: Winner.MINE, Winner.MINE: Winner.SERVER, Winner.ASK: Winner.MINE}
        return structs.replace(self, winner=turned.get(self.winner, self.winner), guard_share=1.0)

    def check(self) -> None:
        """Make sure that the numbers can be.

        Raises:
            Invalid: a number of items below 0, or a share that is none.
        """
        if self.guard_items < 0:
            raise Invalid("The number of items cannot be below 0.", "guard-items")
        if not 0 <= self.guard_share <= 1:
            raise Invalid("The share must lie between 0 and 1.", "guard-share")
