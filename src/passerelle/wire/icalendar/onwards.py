"""Changes of an occurrence and all after it (RFC 5545, RANGE=THISANDFUTURE): a series of their own.

As today's calendar programs do it, the series ends before the change, and a second one with a uid of its own
goes on with the changed content, time and length.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, span_start
from passerelle.model.occurrences import last_key, occurrences
from passerelle.model.recurrence import Recurrence, Rule
from passerelle.wire.icalendar.recurring import ENDLESS_YEARS, MOST_KEYS, or_none
from passerelle.wire.icalendar.values import write_clock
from passerelle.wire.icalendar.zones import to_utc, to_wall

_SECOND = timedelta(seconds=1)


class Change(Struct, frozen=True):
    """A changed occurrence that stands for all after it, with the key of the first."""

    key: datetime
    item: Appointment


class Split(Struct, frozen=True):
    """The series that came of one, each with its changed occurrences; ``notes`` are sentences for the user."""

    series: tuple[tuple[Appointment, list[Appointment]], ...]
    notes: tuple[str, ...]


def split(master: Appointment, changes: Sequence[Change], exceptions: Sequence[Appointment]) -> Split:
    """Return a series that changes onwards from some occurrences as several series, the same occurrences in all."""
    changes = sorted(changes, key=lambda change: change.key)
    ends = [*(change.key for change in changes[1:]), None]
    first = changes[0].key
    series, notes = [], []
    own = [item for item in exceptions if (item.recurrence_id or first) < first]
    before = _cut(master.recurrence or Recurrence(), master, first)
    if _any_before(master, before, own):
        series.append((replace(master, recurrence=or_none(before)), own))
    for change, end in zip(changes, ends, strict=True):
        part = _Part(master, change, end)
        head, is_exact = part.head(part.uid() if series else master.uid)
        series.append((head, part.exceptions(exceptions, head.uid)))
        notes.append(_note(head, is_exact=is_exact))
    return Split(tuple(series), tuple(notes))


def _any_before(master: Appointment, recurrence: Recurrence, own: list[Appointment]) -> bool:
    return bool(own) or next(iter(occurrences(master.when, recurrence)), None) is not None


def _note(head: Appointment, *, is_exact: bool) -> str:
    day = f"{span_start(head.when):%Y-%m-%d}"
    note = f"The series changes from {day} onwards: it goes on as a series of its own."
    return note if is_exact else f"{note} It has no end, the first {ENDLESS_YEARS} years of it are kept."


def _cut(recurrence: Recurrence, master: Appointment, end: datetime | None) -> Recurrence:
    """Return what of a recurrence lies before ``end``."""
    if end is None:
        return recurrence
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


class _Part:
    """The occurrences from one change to the next."""

    def __init__(self, master: Appointment, change: Change, end: datetime | None) -> None:
        self._master, self._change, self._end = master, change, end
        self._zone = master.when.zone if isinstance(master.when, Timed) else "UTC"
        self._move = self._wall(span_start(change.item.when)) - self._wall(change.key)

    def uid(self) -> str | None:
        uid = self._master.uid
        return f"{uid}-{write_clock(self._change.key)}Z" if uid else None

    def exceptions(self, exceptions: Sequence[Appointment], uid: str | None) -> list[Appointment]:
        inside = [item for item in exceptions if item.recurrence_id and self._has(item.recurrence_id)]
        return [replace(item, recurrence_id=self._shift(item.recurrence_id), uid=uid) for item in inside]

    def head(self, uid: str | None) -> tuple[Appointment, bool]:
        """Return the master of the part, and whether it has all occurrences."""
        recurrence, is_exact = self._recurrence()
        item = replace(self._change.item, uid=uid, recurrence_id=None)
        return replace(item, recurrence=or_none(recurrence)), is_exact

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
        return to_wall(moment, self._zone)

    def _shift(self, key: datetime | None) -> datetime:
        return to_utc(self._wall(key or self._change.key) + self._move, self._zone)
