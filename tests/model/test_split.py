"""Series with several times of day come apart into series with one, which together have the same occurrences."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings

from passerelle.model.items import Appointment
from passerelle.model.moments import Span, Timed, span_start
from passerelle.model.occurrences import occurrences, once_a_day, split_by_day
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.model.rules import rules, series, timed

PARIS = "Europe/Paris"
TWO_YEARS = timedelta(days=730)


def paris(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)  # type: ignore[arg-type, misc]


def appointment(*rules: Rule, dates: Iterable[datetime] = (), deleted: Iterable[datetime] = ()) -> Appointment:
    when = Timed(start=paris(2026, 3, 2, 9), end=paris(2026, 3, 2, 9, 30), zone=PARIS)
    recurrence = Recurrence(rules=rules, dates=tuple(dates), deleted=tuple(deleted))
    return Appointment(uid="standup", title="Stand-up", when=when, recurrence=recurrence)


def spans(parts: Iterable[Appointment], end: datetime) -> list[Span]:
    """All spans of some series before an end, without repeats."""
    found: set[Span] = set()
    for part in parts:
        if part.recurrence is None:
            found.add(part.when)
        else:
            found.update(each.span for each in islice(occurrences(part.when, part.recurrence, end=end), 3000))
    return sorted(found, key=span_start)


def same(item: Appointment, end: datetime) -> bool:
    parts = split_by_day(item)
    return spans(parts, end) == spans([item], end)


@given(series(times=True))
@settings(max_examples=50, deadline=None)
def test_the_parts_have_the_occurrences_of_the_whole(given_series: tuple[Span, Recurrence]) -> None:
    when, recurrence = given_series
    assert same(Appointment(when=when, recurrence=recurrence), span_start(when) + TWO_YEARS)


@given(timed(), rules((Frequency.HOURLY, Frequency.MINUTELY)))
@settings(max_examples=50, deadline=None)
def test_hourly_and_minutely_series_come_apart_without_loss(when: Timed, rule: Rule) -> None:
    item = Appointment(when=when, recurrence=Recurrence(rules=(rule,)))
    assert same(item, span_start(when) + timedelta(days=40))


@given(series(times=True))
@settings(max_examples=25, deadline=None)
def test_each_part_starts_at_most_once_a_day(given_series: tuple[Span, Recurrence]) -> None:
    when, recurrence = given_series
    parts = split_by_day(Appointment(when=when, recurrence=recurrence))
    assume(len(parts) > 1)
    assert all(part.recurrence is None or once_a_day(part.when, part.recurrence) for part in parts)


def test_a_series_with_one_time_of_day_stays_as_it_is() -> None:
    item = appointment(Rule(frequency=Frequency.DAILY))
    assert split_by_day(item) == (item,)


def test_two_times_a_day_become_two_series_with_uids_that_tell_them_apart() -> None:
    morning, afternoon = split_by_day(appointment(Rule(frequency=Frequency.DAILY, by_hour=(9, 14))))
    assert (morning.uid, afternoon.uid) == ("standup", "standup-140000")
    assert afternoon.when == Timed(start=paris(2026, 3, 2, 14), end=paris(2026, 3, 2, 14, 30), zone=PARIS)
    assert morning.recurrence == afternoon.recurrence == Recurrence(rules=(Rule(frequency=Frequency.DAILY),))
    assert afternoon.title == "Stand-up"


def test_deletions_go_to_the_part_that_has_the_occurrence() -> None:
    gone = paris(2026, 4, 1, 14)
    morning, afternoon = split_by_day(appointment(Rule(frequency=Frequency.DAILY, by_hour=(9, 14)), deleted=[gone]))
    assert morning.recurrence is not None
    assert afternoon.recurrence is not None
    assert (morning.recurrence.deleted, afternoon.recurrence.deleted) == ((), (gone,))


def test_a_count_is_shared_among_the_parts() -> None:
    item = appointment(Rule(frequency=Frequency.DAILY, by_hour=(9, 14), count=5))
    morning, afternoon = (list(spans([part], paris(2027, 1, 1))) for part in split_by_day(item))
    assert (len(morning), len(afternoon)) == (3, 2)


def test_positions_among_times_become_positions_among_days() -> None:
    workdays = tuple(NthWeekday(day) for day in Weekday if day < Weekday.SATURDAY)
    rule = Rule(frequency=Frequency.MONTHLY, by_day=workdays, by_hour=(9, 14), by_position=(1, -1))
    item = appointment(rule)
    assert len(split_by_day(item)) == 2
    assert same(item, paris(2028, 1, 1))


def test_an_additional_date_at_another_time_becomes_an_appointment_of_its_own() -> None:
    item = appointment(Rule(frequency=Frequency.WEEKLY, count=3), dates=[paris(2026, 3, 3, 15)])
    _, single = split_by_day(item)
    assert single.recurrence is None
    assert single.when == Timed(start=paris(2026, 3, 3, 15), end=paris(2026, 3, 3, 15, 30), zone=PARIS)


def test_every_five_hours_comes_round_every_five_days() -> None:
    parts = split_by_day(appointment(Rule(frequency=Frequency.HOURLY, interval=5)))
    assert len(parts) == 24
    assert all(part.recurrence and part.recurrence.rules[0].interval == 5 for part in parts)
    assert same(appointment(Rule(frequency=Frequency.HOURLY, interval=5)), paris(2026, 7, 1))


@pytest.mark.parametrize("frequency", [Frequency.MINUTELY, Frequency.SECONDLY])
def test_a_series_with_too_many_times_a_day_stays_whole(frequency: Frequency) -> None:
    item = appointment(Rule(frequency=frequency))
    assert split_by_day(item) == (item,)
