"""Which occurrence is meant, and what becomes of exceptions when a series changes (reference, 11.4). Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from passerelle.model.errors import Contradiction
from passerelle.model.items import Appointment
from passerelle.model.moments import Span
from passerelle.model.occurrences import Occurrence, day_of, key_at, key_on, occurrences
from passerelle.model.recurrence import Recurrence, Rule
from passerelle.model.text import Text

At = date | int
"""An occurrence as protocols name it: its local day, or its 1-based position (deleted ones count)."""

_MOMENT = timedelta(seconds=1)


def series_of(item: Appointment) -> Recurrence:
    """The recurrence of a master.

    Raises:
        Contradiction: the item is a change exception (APP-0065), or no series (APP-0029).
    """
    if item.recurrence_id is not None:
        raise Contradiction("A changed occurrence has no occurrences of its own.", "APP-0065")
    if item.recurrence is None:
        raise Contradiction("The appointment is no series.", "APP-0029")
    return item.recurrence


def key_of(item: Appointment, at: At) -> datetime:
    """The key of the occurrence that is meant, deleted or not.

    Raises:
        Contradiction: the day is none of an occurrence (APP-0075), the position is not in the series
        (APP-0074).
    """
    recurrence = series_of(item)
    if isinstance(at, int):
        key = key_at(item.when, recurrence, at) if at > 0 else None
        code, what = "APP-0074", Text("position {number}", number=at)
    else:
        key = key_on(item.when, recurrence, at)
        code, what = "APP-0075", Text(at.isoformat())
    if key is None:
        raise Contradiction(Text("The series has no occurrence at {what}.", what=what), code)
    return key


def live_key_of(item: Appointment, at: At, changed: tuple[datetime, ...]) -> datetime:
    """The key of an occurrence that is neither deleted nor replaced.

    Raises:
        Contradiction: APP-0074, APP-0075, or APP-0098 where it is deleted or already changed.
    """
    key = key_of(item, at)
    if key in series_of(item).deleted:
        raise Contradiction("That occurrence is deleted.", "APP-0098")
    if key in changed:
        raise Contradiction("That occurrence is changed already; it is an appointment of its own.", "APP-0098")
    return key


def occurrence_at(when: Span, recurrence: Recurrence, key: datetime) -> Occurrence | None:
    """The occurrence with a key, deleted or not."""
    near = occurrences(when, recurrence, start=key, end=key + _MOMENT, deleted=True)
    return next((one for one in near if one.key == key), None)


def as_exception(master: Appointment, key: datetime) -> Appointment:
    """One occurrence as an appointment of its own, before anybody changes it."""
    occurrence = occurrence_at(master.when, series_of(master), key)
    if occurrence is None:
        raise Contradiction("The series has no such occurrence.", "APP-0075")
    return msgspec.structs.replace(master, when=occurrence.span, recurrence=None, recurrence_id=key)


def with_deleted(master: Appointment, *keys: datetime) -> Appointment:
    """The master with more deletion exceptions."""
    recurrence = series_of(master)
    deleted = tuple(sorted({*recurrence.deleted, *keys}))
    return msgspec.structs.replace(master, recurrence=msgspec.structs.replace(recurrence, deleted=deleted))


def is_over(master: Appointment) -> bool:
    """Whether every occurrence is deleted, so that nothing is left of the series."""
    return next(occurrences(master.when, series_of(master)), None) is None


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of change exceptions: ``kept`` maps old keys to new ones, ``dropped`` lists the others."""

    item: Appointment
    kept: dict[datetime, datetime]
    dropped: tuple[datetime, ...]


def carry(before: Appointment, after: Appointment, changed: tuple[datetime, ...]) -> Carried:
    """Decide what a change of a master does to its exceptions.

    Another pattern, or none, drops them all; so does a start that leaves no occurrence on their day. A
    change of the time of day, or of the series' end, keeps those that still have their occurrence. A change
    exception whose date the deletion list now names is dropped.
    """
    old, new = before.recurrence, after.recurrence
    if old is None or new is None:
        return Carried(item=after, kept={}, dropped=changed)
    if _pattern(old) != _pattern(new):
        deleted = () if new.deleted == old.deleted else new.deleted
        return Carried(item=_deleting(after, new, deleted), kept={}, dropped=changed)
    moves = {key: _moved(before, after, key) for key in {*changed, *old.deleted}}
    deleted = tuple(sorted({moved for key in new.deleted if (moved := moves.get(key, key)) is not None}))
    kept = {key: new_key for key in changed if (new_key := moves[key]) is not None and new_key not in deleted}
    dropped = tuple(key for key in changed if key not in kept)
    return Carried(item=_deleting(after, new, deleted), kept=kept, dropped=dropped)


def _deleting(item: Appointment, recurrence: Recurrence, deleted: tuple[datetime, ...]) -> Appointment:
    if deleted == recurrence.deleted:
        return item
    return msgspec.structs.replace(item, recurrence=msgspec.structs.replace(recurrence, deleted=deleted))


def _pattern(recurrence: Recurrence) -> tuple[Rule, ...]:
    """What makes two recurrences the same pattern: the rules without their ends."""
    return tuple(msgspec.structs.replace(rule, count=None, until=None) for rule in recurrence.rules)


def _moved(before: Appointment, after: Appointment, key: datetime) -> datetime | None:
    """Where the occurrence of a key went: the same key, or the one on the same day; None if there is none."""
    recurrence = series_of(after)
    if occurrence_at(after.when, recurrence, key) is not None:
        return key
    if before.when == after.when:
        return None
    return key_on(after.when, recurrence, day_of(before.when, key))
