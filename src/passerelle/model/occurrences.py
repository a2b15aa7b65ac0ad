"""The occurrences of series (RFC 5545, sections 3.3.10 and 3.8.5; OX reference, sections 11.4 and 11.5).

An occurrence is known by its key: its original start as a UTC instant, for whole days the UTC midnight. Occurrences
keep the wall time of ``when.zone`` across changes of the clock. *Positions* count from 1 and count deleted and
changed occurrences too. No function walks further than :data:`MOST` occurrences of one series.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice

from msgspec import Struct

from passerelle.model.expansion.keys import MARGIN, last_key_of, own_keys, rule_keys, series_keys
from passerelle.model.expansion.once import once_a_day
from passerelle.model.expansion.spans import day_of, span_at
from passerelle.model.expansion.split import split_by_day
from passerelle.model.expansion.walk import MOST
from passerelle.model.expansion.zones import key_of_local
from passerelle.model.items import Appointment
from passerelle.model.moments import Span, span_end, span_start
from passerelle.model.recurrence import Recurrence

__all__ = [
    "MOST",
    "Occurrence",
    "day_of",
    "extent",
    "first_key",
    "key_at",
    "key_on",
    "last_key",
    "occurrences",
    "once_a_day",
    "position_of",
    "split_by_day",
]


class Occurrence(Struct, frozen=True):
    """One occurrence of a series: its key, and the span it takes unless a change exception replaces it."""

    key: datetime
    span: Span


def occurrences(
    when: Span,
    recurrence: Recurrence,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    deleted: bool = False,
) -> Iterator[Occurrence]:
    """Yield the occurrences that overlap the time from ``start`` to ``end`` (exclusive), ascending by key.

    Deleted ones are left out unless ``deleted`` is true. One without length counts if it lies at ``start`` or
    between the two. Lazy: a window far from the start costs no more than one near it, unless a rule has ``COUNT``.
    """
    gone = frozenset() if deleted else frozenset(recurrence.deleted)
    for key in islice(series_keys(when, recurrence, _lower(when, start), end), MOST):
        if end is not None and key >= end:
            return
        span = None if key in gone else span_at(when, key)
        if span is not None and (start is None or _reaches(span, start)):
            yield Occurrence(key, span)


def first_key(when: Span, recurrence: Recurrence) -> datetime:
    """The key of the first occurrence; the span's own start if the series has none. Rules name nothing before that."""
    return min((*recurrence.dates, *own_keys(when, recurrence)), default=span_start(when))


def last_key(when: Span, recurrence: Recurrence) -> datetime | None:
    """The key of the last occurrence; None for an endless series."""
    last = [max((*recurrence.dates, span_start(when)))]
    for rule in recurrence.rules:
        if rule.count is None and rule.until is None:
            if next(rule_keys(when, rule), None) is not None:
                return None
        else:
            last.append(last_key_of(when, rule) or last[0])
    return max(last)


def extent(appointment: Appointment) -> tuple[datetime, datetime | None]:
    """When the first occurrence starts, and when the last ends (None: never); of a single one its own span."""
    when, recurrence = appointment.when, appointment.recurrence
    if recurrence is None:
        return span_start(when), span_end(when)
    last = last_key(when, recurrence)
    final = None if last is None else span_at(when, last)
    return first_key(when, recurrence), None if final is None else span_end(final)


def key_on(when: Span, recurrence: Recurrence, day: date) -> datetime | None:
    """The key of the first occurrence, deleted or not, that starts on a local day."""
    first, last = (key_of_local(when, datetime.combine(day, at)) for at in (time.min, time.max))
    if first is None or last is None:
        return None
    found = next(series_keys(when, recurrence, first, last), None)
    return found if found is not None and day_of(when, found) == day else None


def key_at(when: Span, recurrence: Recurrence, position: int) -> datetime | None:
    """The key of the occurrence with a position; None outside the series."""
    if not 1 <= position <= MOST:
        return None
    return next(islice(series_keys(when, recurrence), position - 1, None), None)


def position_of(when: Span, recurrence: Recurrence, key: datetime) -> int | None:
    """The position of the occurrence with a key; None if the series has none."""
    for position, found in enumerate(islice(series_keys(when, recurrence, None, key), MOST), start=1):
        if found >= key:
            return position if found == key else None
    return None


def _lower(when: Span, start: datetime | None) -> datetime | None:
    """The earliest key whose occurrence may reach into a window; clocks may stretch it by an hour or a day."""
    if start is None:
        return None
    try:
        return start - (span_end(when) - span_start(when)) - MARGIN
    except OverflowError:
        return None


def _reaches(span: Span, start: datetime) -> bool:
    return span_end(span) > start or span_start(span) >= start
