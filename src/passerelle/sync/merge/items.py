"""Three-way merge of items, field by field (design, section 7). Pure.

Four values of each field take part: ``base`` as both sides last agreed on it, ``mine``, ``seen`` (the base as
the peer says it, which is less where the peer cannot carry everything) and ``theirs``. The peer's change is
what differs between ``seen`` and ``theirs``; what it cannot carry never differs, and so is never lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter

import msgspec
from msgspec import Struct

from passerelle.model.items import Item, Task
from passerelle.model.patch import difference
from passerelle.sync.merge.fields import merge_field
from passerelle.sync.merge.sides import Sides, pick
from passerelle.sync.policy import Winner

_NOTES = ("note", "note_html")
_PROGRESS = ("status", "percent", "completed")
"""How far a task is, said three times."""
_HELD_TOGETHER = (frozenset(_NOTES), frozenset(_PROGRESS), frozenset({"when", "start", "due", "recurrence"}))
"""Fields of which none is taken while the user has to decide about another: together they make sense."""
WHOLE = "kind"
"""What a conflict is about if both sides made different things of the item."""


class Conflict(Struct, frozen=True, kw_only=True):
    """Both sides changed ``field``, differently; ``winner`` says whose value stays, or that the user is asked."""

    field: str
    mine: object
    theirs: object
    winner: Winner


class Merged(Struct, frozen=True, kw_only=True):
    """The item as it shall be on both sides, and what could not be had both ways.

    ``held`` names the fields that stay as they are on either side until the user decides.
    """

    item: Item
    conflicts: tuple[Conflict, ...] = ()
    held: frozenset[str] = frozenset()


def rebase(item: Item, seen: Item, theirs: Item) -> Item:
    """Return ``item`` with everything that the peer changed from ``seen`` to ``theirs``."""
    return merge(Sides(item, item, seen, theirs)).item


def with_sent(base: Item, sent: Item, said: Item, theirs: Item) -> Item:
    """Return ``base`` with what the peer has as it was sent to it: that is agreed on, though the answer never came.

    ``said`` is how the peer would say what was sent.
    """
    if type(sent) is not type(theirs) or type(sent) is not type(base):
        return base
    return with_fields(base, sent, difference(base, sent).keys() - difference(said, theirs).keys())


def merge(items: Sides[Item], winner: Winner = Winner.SERVER) -> Merged:
    """Merge the peer's change into mine.

    If they are not all of one kind, one side is taken whole: a contact that became a list is another thing. With
    :attr:`Winner.ASK`, what both changed stays mine in the result, and is among what is held.
    """
    return _hold(items.mine, _merge(items, Winner.MINE)) if winner is Winner.ASK else _merge(items, winner)


def _hold(mine: Item, merged: Merged) -> Merged:
    """Take nothing of fields that clash: half of one merged now would be one side's change when they clash again."""
    held = held_with(mine, [one.field for one in merged.conflicts])
    conflicts = tuple(msgspec.structs.replace(one, winner=Winner.ASK) for one in merged.conflicts)
    return Merged(item=with_fields(merged.item, mine, held), conflicts=conflicts, held=held)


def held_with(item: Item, fields: Collection[str]) -> frozenset[str]:
    """The fields of a conflict, and those that wait with them."""
    if WHOLE in fields:
        return frozenset(item.__struct_fields__)
    groups = [group for group in _HELD_TOGETHER if group.intersection(fields)]
    return frozenset(fields).union(*groups).intersection(item.__struct_fields__)


def with_fields(item: Item, other: Item, names: Iterable[str]) -> Item:
    """The item with some fields of another one; all fields are the other one itself."""
    wanted = {name: getattr(other, name, None) for name in names}
    return other if wanted.keys() >= set(item.__struct_fields__) else msgspec.structs.replace(item, **wanted)


def settled(base: Item, mine: Item, theirs: Item, choices: Mapping[str, Winner]) -> tuple[Item, Item]:
    """Carry out what the user decided about held fields: the item, and what both sides agree on from then on."""
    item = mine
    for winner in (Winner.SERVER, Winner.MINE):
        fields = held_with(mine, [field for field, chosen in choices.items() if chosen is winner])
        if fields:
            item = with_fields(item, merge(Sides(base, mine, base, theirs), winner).item, fields)
    return item, with_fields(base, theirs, held_with(mine, list(choices)))


def _merge(items: Sides[Item], winner: Winner) -> Merged:
    if len({type(items.base), type(items.mine), type(items.seen), type(items.theirs)}) > 1:
        return _merge_whole(items, winner)
    merged: dict[str, object] = {}
    conflicts: list[Conflict] = []
    together = _PROGRESS if isinstance(items.mine, Task) else ()
    for name in items.mine.__struct_fields__:
        sides: Sides[object] = items.each(attrgetter(name))
        if sides.is_theirs and name not in _NOTES and name not in together:
            merged[name], clash = merge_field(name, sides, winner)
            if clash:
                conflicts.append(Conflict(field=name, mine=sides.mine, theirs=sides.theirs, winner=winner))
    conflicts += _merge_notes(items, winner, merged)
    conflicts += _merge_together(together, items, winner, merged)
    return Merged(item=msgspec.structs.replace(items.mine, **merged), conflicts=tuple(conflicts))


def _merge_whole(items: Sides[Item], winner: Winner) -> Merged:
    lost = Conflict(field=WHOLE, mine=items.mine, theirs=items.theirs, winner=winner)
    return Merged(item=pick(items, winner), conflicts=(lost,) if items.clashes else ())


def _merge_notes(items: Sides[Item], winner: Winner, merged: dict[str, object]) -> list[Conflict]:
    """Plain and formatted note go together: one whose other form was replaced would contradict it."""
    notes: Sides[tuple[str | None, str | None]] = items.each(attrgetter(*_NOTES))
    if not notes.is_theirs:
        return []
    theirs_wins = not notes.clashes or winner is Winner.SERVER
    kept = _notes_of_peer(items) if theirs_wins else notes.mine
    merged.update(zip(_NOTES, kept, strict=True))
    if not notes.clashes or (theirs_wins and kept == notes.mine):
        return []
    return [Conflict(field="note", mine=notes.mine, theirs=notes.theirs, winner=winner)]


def _merge_together(
    names: tuple[str, ...], items: Sides[Item], winner: Winner, merged: dict[str, object]
) -> list[Conflict]:
    """Fields that contradict each other when one comes from each side are taken from one side."""
    if not names:
        return []
    values: Sides[tuple[object, ...]] = items.each(attrgetter(*names))
    picked: tuple[object, ...] = pick(values, winner)
    merged.update(zip(names, picked, strict=True))
    if not values.clashes:
        return []
    return [Conflict(field=names[0], mine=values.mine, theirs=values.theirs, winner=winner)]


def _notes_of_peer(items: Sides[Item]) -> tuple[str | None, str | None]:
    """The peer's notes; my formatted one with them if the peer has none to say and left the text alone."""
    theirs = items.theirs
    says_formatted = theirs.note_html is not None or items.seen.note_html is not None
    if says_formatted or theirs.note != items.mine.note:
        return theirs.note, theirs.note_html
    return theirs.note, items.mine.note_html
