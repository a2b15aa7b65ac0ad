"""Recurrence elements: patterns, their limits, and the days of exceptions (OX reference, section 11).

OX says a series as one pattern and a list of deleted days. :mod:`passerelle.model.patterns` projects any
recurrence to that; here the projection is written, and what a client makes of it is understood: a pattern
that comes back as it was given leaves the true rule alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile

import msgspec

from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.expansion.keys import series_keys
from passerelle.model.moments import ONE_DAY, Span, Timed, from_milliseconds, midnight, span_day, span_start, zone_info
from passerelle.model.occurrences import MOST, day_of, key_at
from passerelle.model.patterns import (
    Pattern,
    PatternType,
    Projection,
    adjust_start,
    check,
    normalise,
    project,
    to_rule,
)
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.values import INT, LONG, day, day_list, day_milliseconds, days, integer

HORIZON_YEARS = 10
"""How far a series without end is written out where its rule cannot be said as a pattern."""

MOST_DAYS = 20_000
"""Deletion days that one write may list, the days of half a century: while they are read, other writers wait."""

_FEW = 50
"""Up to so many days, each is looked up; of more, the series is walked once."""

ELEMENTS = ("recurrence_type", "interval", "days", "day_in_month", "month", "until", "occurrences")


_TYPES = {kind.value: kind for kind in PatternType}


def horizon(when: Span, stamp: int) -> date:
    """Where endless series that no pattern can say are cut: ten years after their start or last change."""
    latest = max(span_day(when), from_milliseconds(stamp).date())
    try:
        return latest.replace(year=min(latest.year + HORIZON_YEARS, date.max.year))
    except ValueError:  # 29 February
        return latest.replace(year=min(latest.year + HORIZON_YEARS, date.max.year), day=28)


@lru_cache(maxsize=256)
def projected(when: Span, recurrence: Recurrence, end: date) -> Projection:
    """The projection of a recurrence; the last ones are remembered, for a rule without pattern costs some effort."""
    return project(when, recurrence, end)


def zone_of(when: Span) -> str | None:
    """The zone whose days a series counts; None for whole days."""
    return when.zone if isinstance(when, Timed) else None


def encode(pattern: Pattern) -> str:
    """``recurrence_type`` and what belongs to it, in Java's order (section 10.1)."""
    parts = [f"<ox:recurrence_type>{pattern.type.value}</ox:recurrence_type>"]
    for name, value in (
        ("days", pattern.days),
        ("day_in_month", pattern.day_in_month),
        ("month", pattern.month),
    ):
        if value is not None:
            parts.append(f"<ox:{name}>{value}</ox:{name}>")
    parts.append(f"<ox:interval>{pattern.interval}</ox:interval>")
    if pattern.until is not None:
        parts.append(f"<ox:until>{day_milliseconds(pattern.until)}</ox:until>")
    if pattern.occurrences is not None:
        parts.append(f"<ox:occurrences>{pattern.occurrences}</ox:occurrences>")
    return "".join(parts)


def deleted_days(projection: Projection) -> str:
    """``deleteexceptions``: the days of the pattern that have no occurrence."""
    listed = day_list(projection.deleted)
    return f"<ox:deleteexceptions>{listed}</ox:deleteexceptions>" if listed else ""


def changed_days(when: Span, changed: Iterable[datetime]) -> str:
    """``changeexceptions`` of a master: the days of the occurrences that exceptions replace."""
    listed = day_list([day_of(when, key) for key in changed])
    return f"<ox:changeexceptions>{listed}</ox:changeexceptions>" if listed else ""


def is_series(properties: Properties) -> bool:
    """Whether elements describe a series.

    An absent, empty or ``none`` type does not (sections 11.3, 19.1).
    """
    return (properties.value("recurrence_type") or "none").lower() != "none"


def read_pattern(properties: Properties, when: Span) -> Pattern:
    """The pattern that elements say, checked and normalised.

    Servers answer a number of occurrences together with the day of the last; both together are accepted if
    they agree, and the number counts.

    Raises:
        Missing: a part that the type needs is absent.
        Invalid: a part is out of range.
        Contradiction: parts do not go together.
    """
    word = (properties.value("recurrence_type") or "").lower()
    if word not in _TYPES:
        raise Invalid(f"The recurrence type “{word[:40]}” is unknown.", "recurrence_type", "APP-0092")
    until = _number(properties, "until", LONG)
    occurrences = _number(properties, "occurrences") or None
    last = None if until is None else day(until, "until", zone_of(when))
    pattern = normalise(
        Pattern(
            type=_TYPES[word],
            interval=_interval(properties),
            days=_number(properties, "days"),
            day_in_month=_number(properties, "day_in_month"),
            month=_number(properties, "month"),
            until=None if occurrences else last,
            occurrences=occurrences,
        )
    )
    check(pattern, span_day(when))
    if occurrences and last and not _agree(pattern, last, when):
        message = "The series has both an end and a number of occurrences, and they do not agree."
        raise Contradiction(message, "APP-0095")
    return pattern


_PERIOD_DAYS = {PatternType.DAILY: 1, PatternType.WEEKLY: 7, PatternType.MONTHLY: 31, PatternType.YEARLY: 366}


def _agree(pattern: Pattern, last: date, when: Span) -> bool:
    """Whether a limit in days is that of a number of occurrences, to within one period and a day.

    The two sides may count days in different zones, which the interface does not tell.
    """
    counted = _last_day(pattern, when)
    period = timedelta(days=_PERIOD_DAYS[pattern.type] * pattern.interval + 1)
    return counted is None or abs(last - counted) <= period


def _interval(properties: Properties) -> int:
    interval = _number(properties, "interval")
    if interval is None:
        raise Missing("A series needs its interval.", "interval", "APP-0087")
    return interval


def _number(properties: Properties, name: str, most: int = INT) -> int | None:
    text = properties.value(name)
    return None if text is None else integer(text, name, -most - 1, most)


def _last_day(pattern: Pattern, when: Span) -> date | None:
    """The day of a limited pattern's last occurrence."""
    if pattern.occurrences is None:
        return pattern.until
    rule = to_rule(pattern, when)
    start = adjust_start(when, rule)
    key = key_at(start, Recurrence(rules=(rule,)), pattern.occurrences)
    return None if key is None else day_of(start, key)


def read(
    properties: Properties, when: Span, before: tuple[Span, Recurrence] | None, stamp: int
) -> tuple[Span, Recurrence]:
    """The series that elements say (:func:`is_series` holds), as its first span and its recurrence.

    ``before`` is the present span and recurrence, ``stamp`` the version that the client knows. If the pattern
    is the one that the client was given, the true rule stays, and days are added to its deletions or taken
    from them. Otherwise the pattern becomes the rule, and the first span is moved to its first occurrence.

    Raises:
        Refused: as :func:`read_pattern`.
    """
    pattern = read_pattern(properties, when)
    listed = _listed_days(properties, when)
    if before is not None:
        kept = _kept(pattern, listed, when, before, stamp)
        if kept is not None:
            return when, kept
    rule = to_rule(pattern, when)
    start = adjust_start(when, rule)
    recurrence = Recurrence(rules=(rule,))
    return start, msgspec.structs.replace(recurrence, deleted=_keys(start, recurrence, listed or ()))


def _listed_days(properties: Properties, when: Span) -> tuple[date, ...] | None:
    """The days of ``deleteexceptions``; an empty element counts as absent (section 11.4).

    Raises:
        Invalid: more days than any series has.
    """
    text = properties.value("deleteexceptions")
    if text is None:
        return None
    if text.count(",") >= MOST_DAYS:
        raise Invalid(f"“deleteexceptions” lists more than {MOST_DAYS} days.", "deleteexceptions")
    return days(text, "deleteexceptions", zone_of(when))


def _kept(
    pattern: Pattern,
    listed: tuple[date, ...] | None,
    when: Span,
    before: tuple[Span, Recurrence],
    stamp: int,
) -> Recurrence | None:
    """The present recurrence with the deletions now asked for; None where it must give way to the pattern."""
    old_when, old = before
    given = projected(old_when, old, horizon(old_when, stamp))
    if span_day(when) != span_day(old_when) or not _same(pattern, given.pattern, when):
        return None
    # Of a day with several occurrences, some may be deleted without the day being shown as deleted.
    deleted = set(given.deleted) & {day_of(old_when, key) for key in old.deleted}
    without_occurrence = set(given.deleted) - deleted
    if listed is not None and not without_occurrence <= set(listed):
        return None  # the client wants occurrences that the rule does not have
    wanted = deleted if listed is None else set(listed) - without_occurrence
    moved = _moved(old, old_when, when)
    if moved is None or wanted == deleted:
        return moved
    kept = [key for key in moved.deleted if day_of(when, key) not in deleted - wanted]
    return msgspec.structs.replace(moved, deleted=tuple(sorted({*kept, *_keys(when, moved, wanted - deleted)})))


def _same(sent: Pattern, given: Pattern, when: Span) -> bool:
    """Whether two patterns name the same days.

    KDE knows ``until`` only, so that is what limits are compared by.
    """

    def limit(pattern: Pattern) -> date | None:
        return pattern.until or _last_day(pattern, when)

    def parts(pattern: Pattern) -> tuple[object, ...]:
        return pattern.type, pattern.interval, pattern.days, pattern.day_in_month, pattern.month

    return parts(sent) == parts(given) and limit(sent) == limit(given)


_TIMES = ("by_hour", "by_minute", "by_second")
_SHORT = {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY}


def _moved(recurrence: Recurrence, old: Span, new: Span) -> Recurrence | None:
    """The recurrence after its start moved within its day: all keys follow.

    None where the rule fixes the time.
    """
    if span_start(old) == span_start(new) and zone_of(old) == zone_of(new):
        return recurrence
    if any(rule.frequency in _SHORT or any(getattr(rule, part) for part in _TIMES) for rule in recurrence.rules):
        return None

    def key(of: datetime) -> datetime:
        return _key(new, day_of(old, of))

    def rule(one: Rule) -> Rule:
        return one if one.until is None else msgspec.structs.replace(one, until=key(one.until))

    return Recurrence(
        rules=tuple(rule(one) for one in recurrence.rules),
        dates=tuple(sorted({key(one) for one in recurrence.dates})),
        deleted=tuple(sorted({key(one) for one in recurrence.deleted})),
    )


def _key(when: Span, on: date) -> datetime:
    """The key of an occurrence on a day, at the series' own time of day."""
    if not isinstance(when, Timed):
        return midnight(on)
    zone = zone_info(when.zone)
    local = when.start.astimezone(zone)
    return datetime.combine(on, local.time(), zone).astimezone(UTC)


def _keys(when: Span, recurrence: Recurrence, listed: Iterable[date]) -> tuple[datetime, ...]:
    """The keys of all occurrences on some days; a day without one deletes nothing."""
    wanted = frozenset(listed)
    if not wanted:
        return ()
    ranges = [(min(wanted), max(wanted))] if len(wanted) > _FEW else [(on, on) for on in wanted]
    found = (key for first, last in ranges for key in _keys_between(when, recurrence, first, last))
    return tuple(sorted({key for key in found if day_of(when, key) in wanted}))


def _keys_between(when: Span, recurrence: Recurrence, first: date, last: date) -> Iterator[datetime]:
    """The keys, deleted or not, of some days of the series' own calendar and of those around them."""
    lower = midnight(first) - _MARGIN if first.year > date.min.year else None
    upper = midnight(last) + _MARGIN if last.year < date.max.year else midnight(last)
    return takewhile(upper.__ge__, islice(series_keys(when, recurrence, lower), MOST))


_MARGIN = 2 * ONE_DAY
"""No zone's day is further than that from the UTC day of the same date."""


def exception_day(properties: Properties) -> date | None:
    """The day of the occurrence that a change exception in an answer replaces."""
    text = properties.value("recurrence_date_position")
    if text is None:
        return None
    return day(integer(text, "recurrence_date_position", -LONG - 1, LONG), "recurrence_date_position")
