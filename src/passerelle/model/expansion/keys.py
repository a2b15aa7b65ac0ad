"""The keys of a series in ascending order: rules, additional dates and the start, on the zone's wall clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import heappop, heappush, merge

from passerelle.model.expansion.walk import MOST, walk
from passerelle.model.expansion.zones import instant_of, key_of_local, local_start, to_local, zone_of
from passerelle.model.moments import Span, WholeDays, midnight, span_start
from passerelle.model.recurrence import Frequency, Recurrence, Rule

MARGIN = timedelta(hours=25)
"""More than any clock was ever put forward or back: a whole day, where an island crossed the date line."""


def series_keys(
    when: Span, recurrence: Recurrence, lower: datetime | None = None, upper: datetime | None = None
) -> Iterator[datetime]:
    """Yield all keys of a series from the instant ``lower`` on, ascending, each once, deleted ones too.

    With ``upper`` nobody looks further than that; some later keys may still come.

    The start counts by itself, also if no rule names it, and is then not part of a rule's ``COUNT``. A series whose
    rules all end before its start has no start either (as recurring-ical-events reads RFC 5545, section 3.8.5.3).
    """
    given = sorted({*recurrence.dates, *own_keys(when, recurrence)})
    sources: list[Iterable[datetime]] = [given, *(rule_keys(when, rule, lower, upper) for rule in recurrence.rules)]
    last: datetime | None = None
    for key in merge(*sources):
        if key != last and (lower is None or key >= lower):
            yield key
        last = key


def rule_keys(
    when: Span, rule: Rule, lower: datetime | None = None, upper: datetime | None = None
) -> Iterator[datetime]:
    """Yield the keys that one rule names, ascending; some before ``lower`` and after ``upper`` may be among them.

    A rule of whole days that repeats within a day names a day several times.
    """
    start, first = span_start(when), local_start(when)
    fraction = timedelta(microseconds=first.microsecond)
    floor = None if lower is None or lower <= start else _floor(when, lower)
    ends = [end for end in (upper, rule.until) if end is not None]
    last = _ceiling(when, min(ends)) if ends else date.max
    locals_ = (local + fraction for local in walk(rule, first, floor, last))
    for key in _ascending(when, locals_, first):
        if rule.until is not None and key > rule.until:
            return
        # a start in the second of two equal hours: what clocks show again may be earlier
        if key >= start:
            yield key


def last_key_of(when: Span, rule: Rule) -> datetime | None:
    """The last key of a limited rule, None if it has none. With ``UNTIL`` it is looked for backwards from there."""
    if rule.until is None or rule.count is not None:
        return _last_of_count(when, rule) or max(rule_keys(when, rule), default=None)
    distance = timedelta(days=1)
    start = span_start(when)
    while rule.until - distance > start:
        lower = rule.until - distance
        last = max((key for key in rule_keys(when, rule, lower) if key >= lower), default=None)
        if last is not None:
            return last
        distance *= 4
    return max(rule_keys(when, rule), default=None)


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}


def _last_of_count(when: Span, rule: Rule) -> datetime | None:
    """The last key of a rule that counts days or weeks and no more, as most do; None for others, to be walked."""
    count, days = rule.count or 0, _DAYS.get(rule.frequency)
    plain = Rule(frequency=rule.frequency, interval=rule.interval, count=rule.count, week_start=rule.week_start)
    if days is None or not 1 < count <= MOST or rule != plain:
        return None
    try:
        return key_of_local(when, local_start(when) + timedelta(days=days * rule.interval * (count - 1)))
    except OverflowError:
        return None


def own_keys(when: Span, recurrence: Recurrence) -> tuple[datetime, ...]:
    """The key of a series' start, which counts by itself; none if all rules end before it."""
    ends = [rule.until for rule in recurrence.rules if rule.until is not None]
    start = span_start(when)
    return () if ends and max(ends) < start else (start,)


def _floor(when: Span, lower: datetime) -> datetime:
    """A local time from which a walk surely meets everything at or after an instant."""
    lower = lower.replace(microsecond=0)  # a walk knows whole seconds only
    local = to_local(lower, zone_of(when))
    try:
        # times that clocks leave out are earlier on the wall than their instants: look back to the last change
        unchanged = to_local(lower - MARGIN, zone_of(when)) == local - MARGIN
        return local if unchanged else local - MARGIN
    except OverflowError:
        return local_start(when)


def _ceiling(when: Span, upper: datetime) -> date:
    """A local day after which no walk meets anything at or before an instant."""
    try:
        return (to_local(upper, zone_of(when)) + MARGIN).date()
    except OverflowError:
        return date.max


def _ascending(when: Span, locals_: Iterable[datetime], first: datetime) -> Iterator[datetime]:
    """Turn ascending local times into ascending keys; times that clocks leave out land among later ones."""
    if isinstance(when, WholeDays):
        yield from (midnight(local.date()) for local in locals_)
        return
    zone = zone_of(when)
    left_out: list[datetime] = []
    for local in locals_:
        found = (when.start, False) if local == first else instant_of(local, zone)
        if found is None:
            break
        key, skipped = found
        if skipped:
            heappush(left_out, key)
            continue
        while left_out and left_out[0] <= key:
            yield heappop(left_out)
        yield key
    yield from sorted(left_out)
