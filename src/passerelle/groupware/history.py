"""How far somebody has followed a store's history, and what came after.

The place of a follower is a moment (:meth:`JournalReading.moment`), which lasts: it means the same after a restart and
in another process. Scopes may be ahead of it, as many changes at once make them; a follower that stays remembers how
far, one that comes back with the moment alone hears of them twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from passerelle.model.ids import Stamp
from passerelle.store import Reading

_MOST_DIGITS = 18
"""Of a position that the store can hold."""


class Place(Struct, frozen=True):
    """All up to ``moment`` was seen, and more of the scopes that are ``ahead`` of it: up to the position given."""

    moment: Stamp
    ahead: Mapping[int, Stamp] = {}

    def seen(self, scope: int) -> Stamp:
        """The last position of a scope that was seen for certain."""
        return self.ahead.get(scope, Stamp(self.moment - 1))


class Span(Struct, frozen=True):
    """The changes in one scope after a position and up to another."""

    scope: int
    after: Stamp
    upto: Stamp


def present(tx: Reading) -> Place:
    """The place of who has seen everything."""
    moment = tx.journal.moment()
    return Place(moment, tx.journal.moved(moment))


def place_of(tx: Reading, text: str) -> Place | None:
    """The place that was written down as a moment; None if it is none of ours, or too long ago to tell what came after.

    Too long ago is what lies before the first change whose history is forgotten.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        return None
    moment = Stamp(int(text))
    if not 0 < moment <= tx.journal.moment() or moment < tx.journal.pruned():
        return None
    return Place(moment)


def advance(tx: Reading, place: Place) -> tuple[list[Span], Place]:
    """What changed after a place, and the place of who knows that.

    The folder tree comes before the folders, which come in the order of their ids.
    """
    moment, moved = tx.journal.moment(), tx.journal.moved(place.moment)
    spans = [Span(scope, place.seen(scope), upto) for scope, upto in sorted(moved.items()) if upto > place.seen(scope)]
    return spans, Place(moment, {scope: upto for scope, upto in moved.items() if upto >= moment})
