"""A series that changes from an occurrence on (RFC 5545, RANGE=THISANDFUTURE) becomes several.

As today's calendar programs do it, the series ends before the change, and a second one with a uid of its own
goes on with the changed content, time and length. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.expansion.zones import to_local, zone_of
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, span_start
from passerelle.model.occurrences import last_key, occurrences
from passerelle.model.recurrence import Recurrence, Rule

ENDLESS_YEARS: Final = 15
"""How far an endless series is spelled out where no rule can say it."""
MOST_KEYS: Final = 5000
_SECOND = timedelta(seconds=1)


class Change(Struct, frozen=True):
    """A changed occurrence that stands for all after it: the key of the first, and the uid of the series to come."""

    key: datetime
    item: Appointment
    uid: str | None


class Part(Struct, frozen=True):
    """A series with its changed occurrences; ``is_exact`` False where some of its occurrences could not be kept."""

    master: Appointment
    exceptions: tuple[Appointment, ...]
    is_exact: bool = True


class Split(Struct, frozen=True):
    """What came of a series: what is left of it, None for nothing, and a part for each change."""

    before: Part | None
    parts: tuple[Part, ...]


def split(master: Appointment, changes: Sequence[Change], exceptions: Sequence[Appointment]) -> Split:
    """Return a series that changes onwards from some occurrences as several series, the same occurrences in all.

    Where nothing is left before the first change, the first part keeps the uid.
    """
    changes = sorted(changes, key=lambda change: change.key)
    ends = [*(change.key for change in changes[1:]), None]
    before = _before(master, changes[0].key, exceptions)
    parts = []
    for number, (change, end) in enumerate(zip(changes, ends, strict=True)):
        keeps_uid = before is None and number == 0
        parts.append(_Stretch(master, change, end).part(master.uid if keeps_uid else change.uid, exceptions))
    return Split(before, tuple(parts))


def or_none(recurrence: Recurrence) -> Recurrence | None:
    """Return a recurrence, None if it says nothing."""
    return None if recurrence == Recurrence() else recurrence


def _before(master: Appointment, first: datetime, exceptions: Sequence[Appointment]) -> Part | None:
    own = tuple(item for item in exceptions if (item.recurrence_id or first) < first)
    whole = master.recurrence or Recurrence()
    if not own and next(iter(occurrences(master.when, whole, end=first)), None) is None:
        return None
    return Part(replace(master, recurrence=or_none(_cut(whole, master, first))), own)


def _cut(recurrence: Recurrence, master: Appointment, end: datetime) -> Recurrence:
    """Return what of a recurrence lies before ``end``."""
    last = end - _SECOND if isinstance(master.when, Timed) else end - timedelta(days=1)
    rules = (_until(rule, master, last) for rule in recurrence.rules)
    return Recurrence(
        rules=tuple(rule for rule in rules if rule.until is None or rule.until >= span_start(master.when)),
        dates=tuple(key for key in recurrence.dates if key < end),
        deleted=tuple(key for key in recurrence.deleted if key < end),
    )


def _until(rule: Rule, master: Appointment, last: datetime | None) -> Rule:
    """Return a rule that ends at ``last`` at the latest, and by its date rather than by a count."""
    own = rule.until
    if rule.count is not None:
        own = last_key(master.when, Recurrence(rules=(rule,)))
    ends = [moment for moment in (own, last) if moment is not None]
    return replace(rule, count=None, until=min(ends, default=None))


class _Stretch:
    """The occurrences from one change to the next."""

    def __init__(self, master: Appointment, change: Change, end: datetime | None) -> None:
        self._master, self._change, self._end = master, change, end
        self._zone = zone_of(master.when)
        self._move = self._wall(span_start(change.item.when)) - self._wall(change.key)

    def part(self, uid: str | None, exceptions: Sequence[Appointment]) -> Part:
        """Return these occurrences as a series of their own."""
        recurrence, is_exact = self._recurrence()
        head = replace(self._change.item, uid=uid, recurrence_id=None, recurrence=or_none(recurrence))
        inside = (item for item in exceptions if item.recurrence_id and self._has(item.recurrence_id))
        moved = (replace(item, recurrence_id=self._shift(item.recurrence_id), uid=uid) for item in inside)
        return Part(head, tuple(moved), is_exact)

    def _recurrence(self) -> tuple[Recurrence, bool]:
        whole = self._master.recurrence or Recurrence()
        limit = self._change.key + timedelta(days=366 * ENDLESS_YEARS)
        found = occurrences(self._master.when, whole, start=self._change.key, end=limit, deleted=True)
        keys = [each.key for each in islice(found, MOST_KEYS) if self._has(each.key)]
        wanted = sorted({span_start(self._change.item.when), *map(self._shift, keys)})
        deleted = tuple(self._shift(key) for key in whole.deleted if self._has(key))
        ruled = self._ruled(whole, deleted)
        if self._starts(ruled, limit) == wanted:
            return ruled, True
        is_limited = self._end is not None or last_key(self._master.when, whole) is not None
        return Recurrence(dates=tuple(wanted[1:]), deleted=deleted), is_limited and len(keys) < MOST_KEYS

    def _ruled(self, whole: Recurrence, deleted: tuple[datetime, ...]) -> Recurrence:
        """Return the rules of the whole series, moved: right unless the move leads to another day."""
        last = None if self._end is None else self._end - _SECOND
        rules = (_until(rule, self._master, last) for rule in whole.rules)
        moved = (replace(rule, until=self._shift(rule.until)) if rule.until else rule for rule in rules)
        dates = tuple(self._shift(key) for key in whole.dates if self._has(key))
        return Recurrence(rules=tuple(moved), dates=dates, deleted=deleted)

    def _starts(self, recurrence: Recurrence, limit: datetime) -> list[datetime]:
        span = self._change.item.when
        found = occurrences(span, recurrence, end=limit + self._move, deleted=True)
        return [each.key for each in islice(found, MOST_KEYS) if each.key < self._shift(limit)]

    def _has(self, key: datetime) -> bool:
        return self._change.key <= key and (self._end is None or key < self._end)

    def _wall(self, moment: datetime) -> datetime:
        return to_local(moment, self._zone).replace(fold=0)

    def _shift(self, key: datetime | None) -> datetime:
        wall = self._wall(key or self._change.key) + self._move
        return wall.replace(tzinfo=self._zone).astimezone(UTC)
