"""Series with several times of day as several series with one each, for clients that know no others.

An OX pattern says days; the time is that of the first start. So a series that starts several times a day, or at
different times on different days, reaches an OX client only as several series (OX reference, section 11).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import msgspec

from passerelle.model.expansion.keys import own_keys, rule_keys, series_keys
from passerelle.model.expansion.once import Timing, local_time, timings
from passerelle.model.expansion.spans import span_at
from passerelle.model.expansion.zones import key_of_local, local_start
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, WholeDays, span_start
from passerelle.model.recurrence import Recurrence, Rule


def split_by_day(appointment: Appointment) -> tuple[Appointment, ...]:
    """Return a series as series that have one time of day each; together they have the same occurrences.

    The first part keeps the uid, the others add their time of day to it. A change exception belongs to the
    part that has an occurrence with its key. A series with one time of day comes back as it is, and so does one
    with more than a hundred, or that no rules can say.
    """
    when, recurrence = appointment.when, appointment.recurrence
    if recurrence is None or isinstance(when, WholeDays):
        return (appointment,)
    found = [timings(when, rule) for rule in recurrence.rules]
    if any(each is None for each in found):
        return (appointment,)
    groups = _groups(when, recurrence, [timing for each in found for timing in each or ()])
    if len(groups) <= 1:
        return (appointment,)
    parts = [part for at, rules, dates in groups for part in _parts(appointment, when, at, rules, dates)]
    parts.sort(key=lambda part: span_start(part.when))
    return (msgspec.structs.replace(parts[0], uid=appointment.uid), *parts[1:])


_Group = tuple[time, list[Timing], list[datetime]]


def _groups(when: Timed, recurrence: Recurrence, found: list[Timing]) -> list[_Group]:
    """The rules by their time of day, each with the additional dates and the start that no rule names."""
    rules: dict[time, list[Timing]] = {}
    for timing in found:
        if next(_keys(when, timing), None) is not None:
            rules.setdefault(timing.at, []).append(timing)
    dates: dict[time, list[datetime]] = {}
    for key in sorted({*recurrence.dates, *own_keys(when, recurrence)}):
        if not any(_names(when, rule, key) for rule in recurrence.rules):
            dates.setdefault(local_time(when, key), []).append(key)
    return [(at, rules.get(at, []), dates.get(at, [])) for at in sorted({*rules, *dates})]


def _parts(
    appointment: Appointment, when: Timed, at: time, rules: list[Timing], dates: list[datetime]
) -> Iterator[Appointment]:
    """The series of one time of day: one, unless rules with an interval each need a start of their own."""
    if all(timing.rule.interval == 1 for timing in rules):
        yield _part(appointment, when, at, rules, dates)
        return
    for index, timing in enumerate(rules):
        yield _part(appointment, when, at, [timing], [] if index else dates)


def _part(appointment: Appointment, when: Timed, at: time, rules: list[Timing], dates: list[datetime]) -> Appointment:
    starts = [next(_keys(when, timing)) for timing in rules] or dates
    first = span_at(when, min(starts))
    assert isinstance(first, Timed)  # noqa: S101 - its key was just found
    plain = all(local_start(first).time() == timing.at for timing in rules)
    recurrence = Recurrence(
        rules=tuple(_without_time(timing.rule) if plain else timing.rule for timing in rules),
        dates=tuple(key for key in dates if key != first.start),
    )
    deleted = appointment.recurrence.deleted if appointment.recurrence else ()
    gone = tuple(key for key in deleted if next(series_keys(first, recurrence, key, key), None) == key)
    single = not recurrence.rules and not recurrence.dates and not gone
    return msgspec.structs.replace(
        appointment,
        when=first,
        recurrence=None if single else msgspec.structs.replace(recurrence, deleted=gone),
        uid=f"{appointment.uid}-{at:%H%M%S}" if appointment.uid else None,
    )


def _keys(when: Timed, timing: Timing) -> Iterator[datetime]:
    """The keys of one timing: those from its own anchor on that do not lie before the series."""
    if timing.anchor == local_start(when):
        return rule_keys(when, timing.rule)
    anchor = key_of_local(when, timing.anchor)
    if anchor is None:
        return iter(())
    since = msgspec.structs.replace(when, start=anchor)
    return (key for key in rule_keys(since, timing.rule) if key >= when.start)


def _names(when: Timed, rule: Rule, key: datetime) -> bool:
    return any(found == key for found in _until(rule_keys(when, rule, key, key), key))


def _until(keys: Iterator[datetime], last: datetime) -> Iterator[datetime]:
    for key in keys:
        if key > last:
            return
        yield key


def _without_time(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, by_hour=(), by_minute=(), by_second=())
