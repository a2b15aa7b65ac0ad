"""How an appointment or a task repeats, as far as a simple form can say it; every other rule is kept as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from passerelle.desk.fields import whole
from passerelle.desk.wallclock import day_of
from passerelle.model.errors import Invalid
from passerelle.model.limits import last_day, until_day, until_end_of_day
from passerelle.model.moments import Span, span_day
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

KEEP: Final = "keep"
"""What the form says of a rule that it has no words for."""
_SIMPLE: Final = (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY, Frequency.YEARLY)
_MOST: Final = 999
_DAYS: Final = tuple(f"on_{number}" for number in range(7))
REPETITION: Final = ("repeat", "interval", "ends", "until", "count", *_DAYS)
"""The fields of the form that are about it."""


def as_fields(when: Span, recurrence: Recurrence | None) -> dict[str, str]:
    """What the form says of a recurrence."""
    if recurrence is None:
        return {"repeat": "", "interval": "1", "ends": "never", f"on_{span_day(when).weekday()}": "1"}
    rule = recurrence.rules[0] if len(recurrence.rules) == 1 else None
    fields = {} if rule is None else _fields_of(when, rule)
    if rule is None or recurrence.dates or _rule(when, fields) != until_end_of_day(when, rule):
        return {"repeat": KEEP, "interval": "1", "ends": "never"}
    return fields


def _fields_of(when: Span, rule: Rule) -> dict[str, str]:
    fields = {"repeat": rule.frequency.value, "interval": str(rule.interval), "ends": "never"}
    days = {one.day for one in rule.by_day} or {Weekday(span_day(when).weekday())}
    fields |= {f"on_{int(day)}": "1" for day in days}
    if rule.count is not None:
        fields |= {"ends": "count", "count": str(rule.count)}
    elif rule.until is not None:
        fields |= {"ends": "until", "until": last_day(when, rule.until).isoformat()}
    if rule.frequency not in _SIMPLE:
        fields["repeat"] = KEEP
    return fields


def recurrence_of(when: Span, fields: Mapping[str, str], before: Recurrence | None) -> Recurrence | None:
    """The recurrence that a form asks for; occurrences that were deleted stay so as long as the rule does.

    Raises:
        Invalid: a number or a day is none.
    """
    repeat = fields.get("repeat", "")
    if repeat == KEEP:
        return before
    if not repeat:
        return None
    rule = _rule(when, fields)
    if before is not None and tuple(until_end_of_day(when, one) for one in before.rules) == (rule,):
        return before
    return Recurrence(rules=(rule,), deleted=before.deleted if before is not None else ())


def says_the_same(fields: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether a form says of the repetition what is known; parts that do not apply are not looked at."""
    names = ["repeat"]
    if known["repeat"] not in {"", KEEP}:
        names += ["interval", "ends", *(name for name in ("until", "count") if name == known["ends"])]
    return all(fields.get(name, "") == known.get(name, "") for name in names) and has_same_days(fields, known)


def has_same_days(fields: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether a form names the known days of the week, where these matter."""
    is_weekly = Frequency.WEEKLY.value in {fields.get("repeat"), known["repeat"]}
    return not is_weekly or all(fields.get(name, "") == known.get(name, "") for name in _DAYS)


def moved(fields: Mapping[str, str], days: int) -> dict[str, str]:
    """The same fields for a series whose occurrences move by some days: weekdays move along."""
    kept = {name: value for name, value in fields.items() if name not in _DAYS}
    chosen = [day for day in Weekday if fields.get(f"on_{int(day)}")]
    return kept | {f"on_{(int(day) + days) % 7}": "1" for day in chosen}


def moved_whole(fields: Mapping[str, str], days: int) -> dict[str, str]:
    """As :func:`moved`; the last day moves along, too.

    Raises:
        Invalid: the rule is one that the form has no words for, and days move.
    """
    if days and fields["repeat"] == KEEP:
        raise Invalid("It repeats by a rule of its own: the whole series can only change its time of day.", "start")
    ends = {"until": (day_of(fields["until"], "until") + timedelta(days=days)).isoformat()} if "until" in fields else {}
    return moved(fields, days) | ends


def _rule(when: Span, fields: Mapping[str, str]) -> Rule:
    first = span_day(when)
    try:
        frequency = Frequency(fields.get("repeat", ""))
    except ValueError as error:
        raise Invalid("Say how often it repeats.", "repeat") from error
    rule = Rule(frequency=frequency, interval=whole(fields.get("interval", "1"), "interval", _MOST, 1))
    if frequency is Frequency.WEEKLY:
        days = [day for day in Weekday if fields.get(f"on_{int(day)}")] or [Weekday(first.weekday())]
        rule = msgspec.structs.replace(rule, by_day=tuple(NthWeekday(day) for day in days))
    elif frequency in {Frequency.MONTHLY, Frequency.YEARLY}:
        rule = msgspec.structs.replace(rule, by_month_day=(first.day,))
    if frequency is Frequency.YEARLY:
        rule = msgspec.structs.replace(rule, by_month=(first.month,))
    match fields.get("ends"):
        case "count":
            return msgspec.structs.replace(rule, count=whole(fields.get("count", ""), "count", _MOST, 1))
        case "until":
            return msgspec.structs.replace(rule, until=until_day(when, day_of(fields.get("until", ""), "until")))
        case _:
            return rule
