"""Outlook's recurrence patterns and the model's recurrences, both ways. Pure.

Outlook's six types are those of Open-Xchange, so :mod:`passerelle.model.patterns` does most of it. What differs: a
yearly interval counts months; of weekdays in a month there is one, or all, or the working days, or the weekend; and a
day that a month lacks is its last, where RFC 5545 leaves that month out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.expansion.keys import rule_keys, series_keys
from passerelle.model.expansion.spans import day_of
from passerelle.model.moments import ONE_DAY, Span, midnight, span_day, span_start
from passerelle.model.occurrences import first_key, last_key
from passerelle.model.patterns import Pattern, PatternType, project, to_rule
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.model.text import Text
from passerelle.peers.outlook.constants import RecurrenceType
from passerelle.peers.outlook.mapping.values import Series

_YEAR = 12
_MOST_INTERVAL = {PatternType.DAILY: 999, PatternType.WEEKLY: 99, PatternType.MONTHLY: 99, PatternType.YEARLY: 99}
_MASKS = frozenset({0, 1, 2, 4, 8, 16, 32, 64, 62, 65, 127})
"""Sets of weekdays that the n-th of a month can be counted of."""
_SHORT_MONTHS = 28
"""Every month has days up to this one."""
_MOST_KEYS = 10_000
HORIZON = timedelta(days=366)
"""How far from today, or from its start, an endless series is written out that no pattern of Outlook's says."""
MOST_DELETED = 400
"""Occurrences that are deleted at most to make a pattern fit: each is a call to Outlook, which is not fast."""


@lru_cache(maxsize=256)
def encode(when: Span, recurrence: Recurrence, today: date) -> Series:
    """A recurrence as Outlook says it, exactly where it can; else a pattern that covers it, with days deleted.

    The last ones are remembered: covering a rule without a pattern costs some effort.

    Raises:
        Refused: no pattern of Outlook's comes near it.
    """
    clamped = _clamped(when, recurrence)
    end = max(today, span_day(when)) + HORIZON
    covered = None if clamped else _covered(when, recurrence, end)
    pattern, deleted = clamped or covered or _projected(when, recurrence, end)
    if pattern.interval > _MOST_INTERVAL[pattern.type] or len(deleted) > MOST_DELETED + len(recurrence.deleted):
        raise Refused(Text("Outlook cannot repeat the appointment in this way; it knows simpler rules only."))
    return _series(when, pattern, frozenset(deleted), day_of(when, first_key(when, recurrence)))


def _projected(when: Span, recurrence: Recurrence, end: date) -> tuple[Pattern, tuple[date, ...]]:
    found = project(when, recurrence, end)
    if found.pattern.days and found.pattern.day_in_month and found.pattern.days not in _MASKS:
        # an additional date that is an occurrence anyway changes nothing, and no pattern says it
        found = project(when, replace(recurrence, dates=(first_key(when, recurrence),)), end)
    return found.pattern, found.deleted


def _clamped(when: Span, recurrence: Recurrence) -> tuple[Pattern, tuple[date, ...]] | None:
    """The pattern of a rule that means a day which short months lack as Outlook does: the last that they have."""
    if len(recurrence.rules) != 1 or recurrence.dates:
        return None
    rule = recurrence.rules[0]
    day = len(rule.by_month_day) + _SHORT_MONTHS - 1
    plain = Pattern(type=PatternType.MONTHLY, interval=rule.interval, day_in_month=day)
    if rule.frequency is Frequency.YEARLY and len(rule.by_month) == 1:
        plain = replace(plain, type=PatternType.YEARLY, month=rule.by_month[0] - 1)
    if day <= _SHORT_MONTHS or replace(rule, count=None, until=None) != _rule(plain, when):
        return None
    if next(rule_keys(when, rule), None) != span_start(when):
        return None
    last = last_key(when, recurrence)
    return replace(plain, until=None if last is None else day_of(when, last)), _days(when, recurrence.deleted)


def _covered(when: Span, recurrence: Recurrence, end: date) -> tuple[Pattern, tuple[date, ...]] | None:
    """The pattern of a rule whose day short months lack, with the days deleted that Outlook has besides."""
    pattern, deleted = _projected(when, recurrence, end)
    if pattern.days or (pattern.day_in_month or 0) <= _SHORT_MONTHS:
        return None
    if pattern.until is None and pattern.occurrences is None:
        upper = midnight(end)
    else:
        upper = midnight(pattern.until or end) + ONE_DAY
    plain = replace(pattern, occurrences=None)
    own = _until(when, Recurrence(rules=(_rule(plain, when),)), upper)
    true = _until(when, Recurrence(rules=(to_rule(plain, when),)), upper)
    return plain, (*deleted, *sorted(own - true))


def _until(when: Span, recurrence: Recurrence, upper: datetime) -> set[date]:
    keys = takewhile(upper.__ge__, islice(series_keys(when, recurrence, None, upper), _MOST_KEYS))
    return {day_of(when, key) for key in keys}


def _days(when: Span, keys: tuple[datetime, ...]) -> tuple[date, ...]:
    return tuple(sorted({day_of(when, key) for key in keys}))


def _series(when: Span, pattern: Pattern, deleted: frozenset[date], first: date) -> Series:
    yearly = pattern.type is PatternType.YEARLY
    nth = bool(pattern.days) and pattern.type in {PatternType.MONTHLY, PatternType.YEARLY}
    return Series(
        type=_TYPES[pattern.type, nth],
        interval=pattern.interval * (_YEAR if yearly else 1),
        mask=pattern.days or 0,
        day=0 if nth else pattern.day_in_month or 0,
        instance=pattern.day_in_month or 0 if nth else 0,
        month=(pattern.month or 0) + 1 if yearly else 0,
        first=first,
        last=None if pattern.until is None else _last_day(when, pattern),
        deleted=deleted,
    )


def _last_day(when: Span, pattern: Pattern) -> date:
    """The day of the last occurrence, which Outlook makes the end of a pattern whatever day was given."""
    last = last_key(when, Recurrence(rules=(_rule(replace(pattern, occurrences=None), when),)))
    return day_of(when, last or span_start(when))


_TYPES = {
    (PatternType.DAILY, False): RecurrenceType.Daily,
    (PatternType.WEEKLY, False): RecurrenceType.Weekly,
    (PatternType.MONTHLY, False): RecurrenceType.Monthly,
    (PatternType.MONTHLY, True): RecurrenceType.MonthNth,
    (PatternType.YEARLY, False): RecurrenceType.Yearly,
    (PatternType.YEARLY, True): RecurrenceType.YearNth,
}
_PATTERNS = {type_: key for key, type_ in _TYPES.items()}


def decode(when: Span, series: Series) -> Recurrence:
    """What Outlook's pattern means. ``when`` is the first occurrence."""
    kind, nth = _PATTERNS[series.type]
    yearly = kind is PatternType.YEARLY
    pattern = Pattern(
        type=kind,
        interval=max(series.interval // _YEAR if yearly else series.interval, 1),
        days=series.mask or None,
        day_in_month=(series.instance if nth else series.day) or None,
        month=series.month - 1 if yearly else None,
        until=series.last,
    )
    recurrence = Recurrence(rules=(_rule(pattern, when),))
    return replace(recurrence, deleted=keys_on(when, recurrence, series.deleted))


def _rule(pattern: Pattern, when: Span) -> Rule:
    """The rule of a pattern, with a month's last day where it lacks the pattern's."""
    rule = to_rule(pattern, when)
    if not rule.by_month_day or rule.by_month_day[0] <= _SHORT_MONTHS:
        return rule
    return replace(rule, by_month_day=tuple(range(_SHORT_MONTHS, rule.by_month_day[0] + 1)), by_position=(-1,))


def keys_on(when: Span, recurrence: Recurrence, days: frozenset[date]) -> tuple[datetime, ...]:
    """The keys of all occurrences, deleted or not, on some days of the series' own calendar."""
    if not days:
        return ()
    lower, upper = midnight(min(days)) - 2 * ONE_DAY, midnight(max(days)) + 2 * ONE_DAY
    keys = series_keys(when, recurrence, lower, upper)
    return tuple(key for key in takewhile(upper.__ge__, keys) if day_of(when, key) in days)
