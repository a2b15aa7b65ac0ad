"""What an OX pattern means as a recurrence rule (OX reference, section 11)."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from passerelle.model.expansion.keys import rule_keys
from passerelle.model.expansion.spans import span_at
from passerelle.model.expansion.zones import key_of_local, local_start
from passerelle.model.moments import Span, midnight, span_start
from passerelle.model.pattern.values import LAST, Pattern, PatternType, weekdays
from passerelle.model.recurrence import Frequency, NthWeekday, Rule, Weekday


def to_rule(pattern: Pattern, when: Span) -> Rule:
    """Return the rule of a checked pattern for a series whose first start has the time of day of ``when``.

    Weeks begin on Monday, as in ISO 8601; OX does not say. Both limits together count as ``occurrences``.
    """
    until = None if pattern.until is None or pattern.occurrences else _key_on(when, pattern.until)
    rule = _unlimited(pattern)
    return msgspec.structs.replace(rule, interval=pattern.interval, count=pattern.occurrences, until=until)


def adjust_start(when: Span, rule: Rule) -> Span:
    """Return the span moved to the rule's first occurrence, if it has any (semantics reference, section 5.8)."""
    key = next(rule_keys(when, rule), None)
    span = None if key is None else span_at(when, key)
    return when if span is None else span


def _unlimited(pattern: Pattern) -> Rule:
    match pattern.type:
        case PatternType.DAILY:
            return Rule(frequency=Frequency.DAILY)
        case PatternType.WEEKLY:
            return Rule(frequency=Frequency.WEEKLY, by_day=_named(pattern.days or 0), week_start=Weekday.MONDAY)
        case PatternType.MONTHLY:
            return _of_month(pattern, Frequency.MONTHLY)
        case PatternType.YEARLY:
            rule = _of_month(pattern, Frequency.YEARLY)
            return msgspec.structs.replace(rule, by_month=((pattern.month or 0) + 1,))


def _of_month(pattern: Pattern, frequency: Frequency) -> Rule:
    """A day of the month, or the n-th of some weekdays: of all together, not of each."""
    number = pattern.day_in_month or 1
    if not pattern.days:
        return Rule(frequency=frequency, by_month_day=(number,))
    place = -1 if number == LAST else number
    named = _named(pattern.days)
    if len(named) == 1:
        return Rule(frequency=frequency, by_day=(NthWeekday(named[0].day, place),))
    return Rule(frequency=frequency, by_day=named, by_position=(place,))


def _named(days: int) -> tuple[NthWeekday, ...]:
    return tuple(NthWeekday(day) for day in weekdays(days))


def _key_on(when: Span, day: date) -> datetime:
    """The key of an occurrence on a day; the end of time where there is none."""
    key = key_of_local(when, datetime.combine(day, local_start(when).time()))
    return key or max(midnight(day), span_start(when))
