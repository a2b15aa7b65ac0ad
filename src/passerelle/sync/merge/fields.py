"""How one field of an item is merged: most as a whole, times, series and people part by part. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard, TypeVar, cast

import msgspec

from passerelle.model.moments import Instant, Timed
from passerelle.model.participants import Participant
from passerelle.model.recurrence import Recurrence
from passerelle.sync.merge.sides import Sides, pick, pick_each, pick_members
from passerelle.sync.policy import Winner

T = TypeVar("T", Timed, Instant, Recurrence)

_SETS = frozenset({"categories", "contacts", "foreign", "members"})
"""Fields that are sets written as tuples."""


def merge_field(name: str, sides: Sides[object], winner: Winner) -> tuple[object, bool]:
    """The merged value of a field that the peer changed, and whether one side's value was lost by that."""
    if _are(sides, Timed):
        return _merge_parts(sides, (("start", "end"), ("zone",), ("end_zone",), ("floating",)), winner)
    if _are(sides, Instant):
        return _merge_parts(sides, (("at",), ("zone",), ("floating",)), winner)
    if _are(sides, Recurrence):
        return _merge_recurrence(sides, winner)
    if not sides.is_mine:
        return sides.theirs, False
    return _merge_changed(name, sides, winner)


def _merge_changed(name: str, sides: Sides[object], winner: Winner) -> tuple[object, bool]:
    """Merge a field that both sides changed."""
    if name == "participants":
        return _merge_participants(cast(Sides[tuple[Participant, ...]], sides), winner)
    if name == "user_fields":
        return _merge_user_fields(cast(Sides[tuple[str | None, ...]], sides), winner)
    if name in _SETS:
        return pick_members(cast(Sides[tuple[object, ...]], sides)), False
    if name == "sequence":  # counts revisions; the higher one has seen both
        return max(cast(int, sides.mine), cast(int, sides.theirs)), False
    return pick(sides, winner), sides.clashes


def _are(sides: Sides[object], kind: type[T]) -> TypeGuard[Sides[T]]:
    return all(isinstance(value, kind) for value in (sides.base, sides.mine, sides.seen, sides.theirs))


def _merge_parts(sides: Sides[T], groups: Sequence[tuple[str, ...]], winner: Winner) -> tuple[T, bool]:
    """Merge the named attributes, a group as one. A zone that the peer did not touch stays mine."""
    changes: dict[str, object] = {}
    clash = False
    for group in groups:
        part = _attributes(sides, group)
        clash = clash or part.clashes
        picked: tuple[object, ...] = pick(part, winner)
        changes.update(zip(group, picked, strict=True))
    return msgspec.structs.replace(sides.mine, **changes), clash


def _attributes(sides: Sides[T], names: tuple[str, ...]) -> Sides[tuple[object, ...]]:
    return sides.each(lambda value: tuple([getattr(value, name) for name in names]))


def _merge_recurrence(sides: Sides[Recurrence], winner: Winner) -> tuple[Recurrence, bool]:
    """The rule as one, the deleted occurrences as a set."""
    merged, clash = _merge_parts(sides, (("rules", "dates"),), winner)
    deleted = pick_members(sides.each(lambda recurrence: recurrence.deleted))
    return msgspec.structs.replace(merged, deleted=tuple(sorted(deleted))), clash


def _merge_participants(sides: Sides[tuple[Participant, ...]], winner: Winner) -> tuple[tuple[Participant, ...], bool]:
    """Party by party: the answers of two people never clash."""
    by_party = sides.each(lambda parties: {party.identity: party for party in parties})
    merged, clash = pick_each(by_party, winner)
    return tuple(merged.values()), clash


def _merge_user_fields(sides: Sides[tuple[str | None, ...]], winner: Winner) -> tuple[tuple[str | None, ...], bool]:
    """Each of the numbered fields for itself."""
    by_number = sides.each(lambda values: {n: text for n, text in enumerate(values) if text is not None})
    merged, clash = pick_each(by_number, winner)
    return tuple(merged.get(number) for number in range(max(merged, default=-1) + 1)), clash
