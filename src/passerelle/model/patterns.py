"""Series as Open-Xchange says them: a pattern and a list of deleted days (OX reference, section 11).

The model knows all recurrences of RFC 5545, OX six forms. :func:`project` brings every recurrence to an OX client
with the right occurrences: as a pattern that means the same where there is one, else as a pattern that covers
it, with the days that have no occurrence deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice, takewhile

import msgspec

from passerelle.model.expansion.keys import rule_keys, series_keys
from passerelle.model.expansion.spans import day_of
from passerelle.model.expansion.zones import key_of_local, local_start
from passerelle.model.moments import Span, midnight, span_start
from passerelle.model.occurrences import first_key, last_key
from passerelle.model.pattern.checks import check, normalise
from passerelle.model.pattern.cover import cover
from passerelle.model.pattern.recognise import recognise
from passerelle.model.pattern.rules import adjust_start, to_rule
from passerelle.model.pattern.values import MOST, Pattern, PatternType, Projection
from passerelle.model.recurrence import Recurrence, Rule

__all__ = [
    "Pattern",
    "PatternType",
    "Projection",
    "adjust_start",
    "check",
    "normalise",
    "project",
    "to_rule",
]

_CENTURY = timedelta(days=36_525)
"""A limited series that no pattern says exactly is cut like an endless one if it is longer than this."""

_MOST_KEYS = 100_000
"""How many occurrences are looked at to cover a series."""


def project(when: Span, recurrence: Recurrence, horizon: date) -> Projection:
    """Return a recurrence as an OX pattern with deleted days.

    Where no pattern says it exactly, the days of all occurrences are covered, of an endless one up to ``horizon``.
    The pattern counts from the day of the first occurrence; ``until`` is set whenever it has an end. Changed
    occurrences count as occurrences. Times of day are not looked at: see :func:`split_by_day`.
    """
    return _exact(when, recurrence) or _covering(when, recurrence, horizon)


def _exact(when: Span, recurrence: Recurrence) -> Projection | None:
    if len(recurrence.rules) != 1 or recurrence.dates:
        return None
    rule = recurrence.rules[0]
    pattern = recognise(when, rule)
    if pattern is None or next(rule_keys(when, rule), None) != span_start(when):
        return None
    pattern = msgspec.structs.replace(
        pattern,
        until=_limit(when, rule) or _last_day(when, recurrence),
        occurrences=rule.count if rule.count is not None and rule.count <= MOST else None,
    )
    return Projection(pattern=pattern, deleted=_deleted(when, recurrence))


def _limit(when: Span, rule: Rule) -> date | None:
    """The day that a rule itself names as its last; None if that ends before an occurrence would begin."""
    if rule.until is None or rule.count is not None:
        return None
    day = day_of(when, rule.until)
    key = key_of_local(when, datetime.combine(day, local_start(when).time()))
    return day if key is not None and key <= rule.until else None


def _last_day(when: Span, recurrence: Recurrence) -> date | None:
    last = last_key(when, recurrence)
    return None if last is None else day_of(when, last)


def _deleted(when: Span, recurrence: Recurrence) -> tuple[date, ...]:
    """The days of the deletion exceptions that meet an occurrence, of a series with one rule."""
    keys: Iterable[datetime] = recurrence.deleted
    if keys and recurrence.rules[0].count is not None:
        # each look into a counted series walks from its start: walk once
        keys = set(series_keys(when, recurrence, None, recurrence.deleted[-1])).intersection(keys)
    else:
        keys = (key for key in keys if next(series_keys(when, recurrence, key, key), None) == key)
    return tuple(sorted({day_of(when, key) for key in keys}))


def _covering(when: Span, recurrence: Recurrence, horizon: date) -> Projection:
    days = dict(_days(when, recurrence, _end(when, recurrence, horizon)))
    if not days:
        # the first occurrence lies beyond the horizon, or there is none
        first = first_key(when, recurrence)
        days = {day_of(when, first): next(series_keys(when, recurrence), None) == first}
    pattern, surplus = cover(sorted(days))
    gone = {day for day, alive in days.items() if not alive}
    return Projection(pattern=pattern, deleted=tuple(sorted(gone.union(surplus))), exact=False)


def _end(when: Span, recurrence: Recurrence, horizon: date) -> datetime:
    """The last key to cover."""
    last = last_key(when, recurrence)
    if last is not None and last - first_key(when, recurrence) <= _CENTURY:
        return last
    return key_of_local(when, datetime.combine(horizon, time.max)) or midnight(horizon)


def _days(when: Span, recurrence: Recurrence, last: datetime) -> Iterator[tuple[date, bool]]:
    """Yield the days of all keys up to the last, and whether any of the day's occurrences is not deleted."""
    gone = frozenset(recurrence.deleted)
    keys = takewhile(last.__ge__, islice(series_keys(when, recurrence, None, last), _MOST_KEYS))
    for day, found in groupby(keys, lambda key: day_of(when, key)):
        yield day, any(key not in gone for key in found)
