"""Recurrence rules as text (RFC 5545, sections 3.3.10 and 3.8.5.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.recurrence import Frequency, NthWeekday, Rule, Weekday
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine

_DAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), Weekday, strict=True))
_NAMES = {day: name for name, day in _DAYS.items()}
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WITH_NTH = frozenset({Frequency.MONTHLY, Frequency.YEARLY})


class _List(Struct, frozen=True):
    """A part that is a list of numbers: our name for it and the numbers it may hold."""

    field: str
    low: int
    high: int
    signed: bool = False


_LISTS = {
    "BYSECOND": _List("by_second", 0, 60),
    "BYMINUTE": _List("by_minute", 0, 59),
    "BYHOUR": _List("by_hour", 0, 23),
    "BYMONTHDAY": _List("by_month_day", 1, 31, signed=True),
    "BYYEARDAY": _List("by_year_day", 1, 366, signed=True),
    "BYWEEKNO": _List("by_week", 1, 53, signed=True),
    "BYMONTH": _List("by_month", 1, 12),
    "BYSETPOS": _List("by_position", 1, 366, signed=True),
}
MOST = 100_000
"""Higher counts and intervals than any calendar program offers."""
_SINGLE = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP"})


class _Malformed(ValueError):
    """A part cannot be read; the message says which and why."""


def read_rule(line: ContentLine, until: Callable[[str], datetime]) -> Rule:
    """Return the rule of a line; ``until`` turns the text of ``UNTIL`` into a key.

    Where ``COUNT`` and ``UNTIL`` are both there, which RFC 5545 forbids, ``UNTIL`` counts. A negative ``COUNT``,
    as some programs write it, means no end; neither does one come of more than `MOST`.

    Raises:
        Unreadable: the rule is malformed, or has a part that is not known.
    """
    try:
        parts = _parts(line.value)
        return _rule(parts, until)
    except _Malformed as error:
        message = Text("The rule “{line}” cannot be read: {error}.", line=line.value, error=Text.of(error.args[0]))
        raise Unreadable(message, line.number) from None


def _parts(text: str) -> dict[str, str]:
    parts = {}
    for part in filter(None, text.strip().upper().replace(" ", "").split(";")):
        name, equals, value = part.partition("=")
        known = name in _LISTS or name in _SINGLE or name.startswith("X-")
        if not equals or not known:
            message = Text("“{name}” is not a part of a rule", name=name)
            raise _Malformed(message)
        parts[name] = value
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        message = Text("the calendar {name} is not supported", name=parts["RSCALE"])
        raise _Malformed(message)
    return parts


def _rule(parts: Mapping[str, str], until: Callable[[str], datetime]) -> Rule:
    frequency = _frequency(parts.get("FREQ"))
    count = _number(parts, "COUNT")
    end = until(parts["UNTIL"]) if parts.get("UNTIL") else None
    interval = _number(parts, "INTERVAL")
    if interval is not None and interval < 1:
        message = Text("an interval of {interval} never comes to an end", interval=interval)
        raise _Malformed(message)
    if interval is not None and interval > MOST:
        message = Text("{name}={part} is out of range", name="INTERVAL", part=interval)
        raise _Malformed(message)
    return Rule(
        frequency=frequency,
        interval=interval or 1,
        count=max(count, 1) if count is not None and 0 <= count <= MOST and end is None else None,
        until=end,
        by_day=_by_day(parts.get("BYDAY", ""), frequency),
        week_start=_week_start(parts.get("WKST")),
        **{_LISTS[name].field: _numbers(name, value) for name, value in parts.items() if name in _LISTS},
    )


def _frequency(text: str | None) -> Frequency:
    try:
        return Frequency(text or "")
    except ValueError:
        message = Text("FREQ={text} is not a frequency", text=text) if text else Text("FREQ is absent")
        raise _Malformed(message) from None


def _number(parts: Mapping[str, str], name: str) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}", text):
        message = Text("{name}={text} is not a number", name=name, text=text)
        raise _Malformed(message)
    return int(text)


def _numbers(name: str, text: str) -> tuple[int, ...]:
    allowed = _LISTS[name]
    values = []
    for part in filter(None, text.split(",")):
        value = _number({name: part}, name) or 0
        size = abs(value) if allowed.signed else value
        if not allowed.low <= size <= allowed.high:
            message = Text("{name}={part} is out of range", name=name, part=part)
            raise _Malformed(message)
        values.append(value)
    return tuple(dict.fromkeys(values))


def _by_day(text: str, frequency: Frequency) -> tuple[NthWeekday, ...]:
    days = []
    for part in filter(None, text.split(",")):
        match = _BY_DAY.fullmatch(part)
        if match is None:
            message = Text("BYDAY={part} is not a day of the week", part=part)
            raise _Malformed(message)
        n = int(match[1] or 0) if frequency in _WITH_NTH else 0  # elsewhere RFC 5545 gives it no meaning
        days.append(NthWeekday(_DAYS[match[2]], n or None))
    return tuple(dict.fromkeys(days))


def _week_start(text: str | None) -> Weekday:
    if text is None:
        return Weekday.MONDAY
    if text not in _DAYS:
        message = Text("WKST={text} is not a day of the week", text=text)
        raise _Malformed(message)
    return _DAYS[text]


def write_rule(rule: Rule, until: Callable[[datetime], str]) -> str:
    """Return a rule as text; ``until`` turns its last key into the text of ``UNTIL``."""
    parts = [f"FREQ={rule.frequency.value}"]
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    if rule.until is not None:
        parts.append(f"UNTIL={until(rule.until)}")
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.by_day:
        parts.append("BYDAY=" + ",".join(f"{day.n or ''}{_NAMES[day.day]}" for day in rule.by_day))
    for name, numbers in _LISTS.items():
        values: tuple[int, ...] = getattr(rule, numbers.field)
        if values:
            parts.append(f"{name}={','.join(map(str, values))}")
    if rule.week_start != Weekday.MONDAY:
        parts.append(f"WKST={_NAMES[rule.week_start]}")
    return ";".join(parts)
