"""Three-way choice between values of which two sides each may have changed their own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from msgspec import Struct

from passerelle.sync.policy import Winner

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K", bound=Hashable)


class Sides(Struct, Generic[T], frozen=True):
    """One value four times: as agreed and as it is here, as the peer said it then and says it now."""

    base: T
    mine: T
    seen: T
    theirs: T

    @property
    def is_mine(self) -> bool:
        """Whether I changed it."""
        return self.base != self.mine

    @property
    def is_theirs(self) -> bool:
        """Whether the peer changed it."""
        return self.seen != self.theirs

    @property
    def clashes(self) -> bool:
        """Whether both changed it, and not to the same."""
        return self.is_mine and self.is_theirs and self.mine != self.theirs

    def each(self, part: Callable[[T], U]) -> Sides[U]:
        """The same four of a part of the value."""
        return Sides(part(self.base), part(self.mine), part(self.seen), part(self.theirs))


def pick(sides: Sides[T], winner: Winner) -> T:
    """The changed value; the winner's where both changed it."""
    if not sides.is_theirs or (sides.clashes and winner is Winner.MINE):
        return sides.mine
    return sides.theirs


def pick_each(sides: Sides[dict[K, T]], winner: Winner) -> tuple[dict[K, T], bool]:
    """Choose key by key. Also says whether any key clashed. The order is the peer's, whoever wins: it tells nothing."""
    picked: dict[K, T] = {}
    clash = False
    for key in (*sides.theirs, *(key for key in sides.mine if key not in sides.theirs)):
        one = _of_key(sides, key)
        clash = clash or one.clashes
        value = pick(one, winner)
        if value is not None:
            picked[key] = value
    return picked, clash


def _of_key(sides: Sides[dict[K, T]], key: K) -> Sides[T | None]:
    return sides.each(lambda mapping: mapping.get(key))


def pick_members(sides: Sides[tuple[K, ...]]) -> tuple[K, ...]:
    """A set written as a tuple: what either side added is in, what either took out is not. Never clashes."""
    by_member = sides.each(lambda members: {member: member for member in members})
    return tuple(pick_each(by_member, Winner.SERVER)[0])
