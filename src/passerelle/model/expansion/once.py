"""Whether a series starts at most once a day, and which rules with one time of day make up a rule with several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from math import lcm

import msgspec
from msgspec import Struct

from passerelle.model.expansion.clock import PERIOD_SECONDS, inside_a_period
from passerelle.model.expansion.keys import own_keys, rule_keys
from passerelle.model.expansion.parts import SUB_DAILY, Parts, parts_of
from passerelle.model.expansion.spans import day_of
from passerelle.model.expansion.zones import local_start, to_local, zone_of
from passerelle.model.moments import Span, Timed, WholeDays
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

MOST_TIMES = 100
"""A rule with more times of day than this is not taken apart: a quarter-hourly one has 96."""

_DAY = 86_400


class Timing(Struct, frozen=True):
    """A rule that names one time of day only, and the local time that its periods count from."""

    at: time
    rule: Rule
    anchor: datetime


def once_a_day(when: Span, recurrence: Recurrence) -> bool:
    """Whether no two occurrences start on one local day. False also where rules have different times of day."""
    if isinstance(when, WholeDays):
        return True
    found = [timings(when, rule) for rule in recurrence.rules]
    if any(each is None for each in found):
        return False
    if len({timing.at for each in found for timing in each or ()}) > 1:
        return False
    return _alone_on_their_days(when, recurrence)


def _alone_on_their_days(when: Timed, recurrence: Recurrence) -> bool:
    """Whether each additional date, and the start, is the only one on its day."""
    by_day: dict[date, set[datetime]] = {}
    for key in {*recurrence.dates, *own_keys(when, recurrence)}:
        by_day.setdefault(day_of(when, key), set()).add(key)
    for day, keys in by_day.items():
        for rule in recurrence.rules:
            keys.update(_keys_on(when, rule, day, min(keys)))
        if len(keys) > 1:
            return False
    return True


def _keys_on(when: Timed, rule: Rule, day: date, near: datetime) -> Iterator[datetime]:
    """The keys that a rule names on a local day, ``near`` being an instant of that day."""
    for key in rule_keys(when, rule, near - timedelta(days=1), near + timedelta(days=2)):
        found = day_of(when, key)
        if found > day:
            return
        if found == day:
            yield key


def timings(when: Timed, rule: Rule) -> tuple[Timing, ...] | None:
    """The rules, one for each time of day, that together name what ``rule`` names.

    A ``COUNT`` becomes an ``UNTIL`` where there are several. None where there are too many, or no rule can say it.
    """
    start = local_start(when)
    parts = parts_of(rule, start.replace(microsecond=0))
    apart = _of_short if rule.frequency in SUB_DAILY else _of_long
    found = apart(rule, parts, start)
    if found is None or len(found) <= 1 or rule.count is None:
        return found
    last = max(rule_keys(when, rule), default=None)
    return tuple(
        msgspec.structs.replace(each, rule=msgspec.structs.replace(each.rule, count=None, until=last)) for each in found
    )


def _of_long(rule: Rule, parts: Parts, start: datetime) -> tuple[Timing, ...] | None:
    """Daily and longer rules: the same rule for each time; ``BYSETPOS`` counts (day, time) pairs."""
    times = [_time(triple, start) for triple in product(parts.hours, parts.minutes, parts.seconds)]
    if len(times) > MOST_TIMES:
        return None
    explicit = _with_days_named(rule, parts)
    found = []
    for index, at in enumerate(times):
        positions = _day_positions(rule.by_position, index, len(times))
        if positions is None:
            continue
        timed = msgspec.structs.replace(explicit, **_at(at), by_position=positions)
        found.append(Timing(at, timed, start))
    return tuple(found)


def _of_short(rule: Rule, parts: Parts, start: datetime) -> tuple[Timing, ...] | None:
    """Hourly and shorter rules: every time that comes round again after some days is a daily rule."""
    if parts.year_days or parts.weeks:
        return None  # RFC 5545 knows no daily rule with BYYEARDAY or BYWEEKNO
    size = PERIOD_SECONDS[rule.frequency]
    per_day = _DAY // size
    cycle = lcm(per_day, parts.interval)
    within = inside_a_period(parts)
    first = _period_start(rule.frequency, start)
    found: list[Timing] = []
    for step, second in product(range(0, cycle, parts.interval), within):
        anchor = first + timedelta(seconds=step * size + second)
        if _takes_time(parts, anchor):
            found.append(Timing(anchor.time(), _daily(rule, parts, cycle // per_day, anchor), anchor))
        if len(found) > MOST_TIMES:
            return None
    return tuple(found)


def _daily(rule: Rule, parts: Parts, interval: int, anchor: datetime) -> Rule:
    return msgspec.structs.replace(
        rule,
        frequency=Frequency.DAILY,
        interval=interval,
        by_day=_named(parts.weekdays),
        by_position=(),
        **_at(anchor.time()),
    )


def _takes_time(parts: Parts, local: datetime) -> bool:
    return (
        (not parts.hours or local.hour in parts.hours)
        and (not parts.minutes or local.minute in parts.minutes)
        and (not parts.seconds or local.second in parts.seconds)
    )


def _period_start(frequency: Frequency, start: datetime) -> datetime:
    """The beginning of the hour, minute or second of a start; the start's fraction of a second is kept."""
    if frequency is Frequency.HOURLY:
        return start.replace(minute=0, second=0)
    return start.replace(second=0) if frequency is Frequency.MINUTELY else start


def _with_days_named(rule: Rule, parts: Parts) -> Rule:
    """The rule with the days in it that it took from its start, so that it may start on another day."""
    if rule.by_day or rule.by_month_day or rule.by_year_day or rule.by_week:
        return rule
    return msgspec.structs.replace(
        rule,
        by_month=tuple(sorted(parts.months)),
        by_month_day=tuple(sorted(parts.month_days)),
        by_day=_named(parts.weekdays),
    )


def _named(weekdays: Iterable[int]) -> tuple[NthWeekday, ...]:
    return tuple(NthWeekday(Weekday(day)) for day in sorted(weekdays))


def _day_positions(positions: tuple[int, ...], index: int, times: int) -> tuple[int, ...] | None:
    """Which days' times number ``index`` are at some positions among all times of all days; None: no day's."""
    if not positions:
        return ()
    forward = {(place - 1) // times + 1 for place in positions if place > 0 and (place - 1) % times == index}
    backward = {-((-place - 1) // times) - 1 for place in positions if place < 0 and place % times == index}
    return tuple(sorted(forward | backward)) or None


def _time(triple: tuple[int, int, int], start: datetime) -> time:
    return time(*triple, start.microsecond)


def _at(at: time) -> dict[str, tuple[int, ...]]:
    return {"by_hour": (at.hour,), "by_minute": (at.minute,), "by_second": (at.second,)}


def local_time(when: Timed, key: datetime) -> time:
    """The time of day of a key on the wall clock of its series."""
    return to_local(key, zone_of(when)).replace(fold=0).time()
