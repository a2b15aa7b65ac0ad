"""Until when a series goes, as people say it: by its last day rather than by an instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from passerelle.model.expansion.zones import local_start, to_local, zone_of
from passerelle.model.moments import ONE_DAY, Span, Timed, day_start, midnight
from passerelle.model.recurrence import Frequency, Rule

_SECOND = timedelta(seconds=1)
_SEVERAL_A_DAY = (Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY)


def last_day(when: Span, until: datetime) -> date:
    """The last day on which a series that starts once a day, at the time of ``when``, may start."""
    local = to_local(until, zone_of(when))
    return local.date() if local.time() >= local_start(when).time() else local.date() - ONE_DAY


def until_day(when: Span, day: date) -> datetime:
    """What ``Rule.until`` says for a series whose last possible day is given, whatever its time of day."""
    if isinstance(when, Timed):
        return day_start(day + ONE_DAY, when.zone) - _SECOND
    return midnight(day)


def until_end_of_day(when: Span, rule: Rule) -> Rule:
    """The same rule, with an end that still holds its last occurrence if that moves to another time of day."""
    names_times = rule.by_hour or rule.by_minute or rule.by_second or rule.frequency in _SEVERAL_A_DAY
    if rule.until is None or names_times:
        return rule
    return replace(rule, until=until_day(when, last_day(when, rule.until)))
