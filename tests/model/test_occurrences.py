"""Occurrences: identity by key, day and position, windows, changes of the clock, and what strangers find."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passerelle.model.expansion.zones import to_local
from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, Timed, WholeDays, span_end, span_start, zone_info
from passerelle.model.occurrences import (
    MOST,
    day_of,
    extent,
    first_key,
    key_at,
    key_on,
    last_key,
    occurrences,
    once_a_day,
    position_of,
)
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.model.rules import as_text, series

BERLIN = "Europe/Berlin"


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)  # type: ignore[arg-type, misc]


def meeting(start: datetime, minutes: int = 60, zone: str = BERLIN) -> Timed:
    return Timed(start=start, end=start + timedelta(minutes=minutes), zone=zone)


def keys(when: Span, *rules: Rule, limit: int = 5) -> list[datetime]:
    return [found.key for found in islice(occurrences(when, Recurrence(rules=rules)), limit)]


DAILY = Rule(frequency=Frequency.DAILY)
WEEKLY = Rule(frequency=Frequency.WEEKLY)


# --- identity


@given(series(times=True))
@settings(max_examples=60, deadline=None)
def test_positions_and_keys_are_each_others_inverse(given_series: tuple[Span, Recurrence]) -> None:
    when, recurrence = given_series
    found = [each.key for each in islice(occurrences(when, recurrence, deleted=True), 12)]
    assert found == sorted(set(found))
    for position, key in enumerate(found, start=1):
        assert key_at(when, recurrence, position) == key
        assert position_of(when, recurrence, key) == position
        assert position_of(when, recurrence, key + timedelta(microseconds=1)) is None


@given(series())
@settings(max_examples=60, deadline=None)
def test_days_and_keys_are_each_others_inverse(given_series: tuple[Span, Recurrence]) -> None:
    when, recurrence = given_series
    found = [each.key for each in islice(occurrences(when, recurrence, deleted=True), 12)]
    days = {day_of(when, key) for key in found}
    assert once_a_day(when, recurrence) <= (len(days) == len(found))
    for key in found:
        assert key_on(when, recurrence, day_of(when, key)) is not None
        if once_a_day(when, recurrence):
            assert key_on(when, recurrence, day_of(when, key)) == key
    assert all(
        (key_on(when, recurrence, day + ONE_DAY) is not None) == (day + ONE_DAY in days) for day in sorted(days)[:-1]
    )


@given(series(times=True), st.integers(0, 4000), st.integers(0, 900))
@settings(max_examples=60, deadline=None)
def test_a_window_has_the_occurrences_that_overlap_it(
    given_series: tuple[Span, Recurrence], distance: int, length: int
) -> None:
    when, recurrence = given_series
    start = span_start(when) - timedelta(days=30) + timedelta(days=distance, hours=distance % 24)
    end = start + timedelta(days=length)
    whole = list(islice(occurrences(when, recurrence, end=end), 400))
    assume(len(whole) < 400)
    overlapping = [each for each in whole if span_end(each.span) > start or span_start(each.span) >= start]
    assert list(occurrences(when, recurrence, start=start, end=end)) == overlapping


@given(series(times=True))
@settings(max_examples=60, deadline=None)
def test_first_and_last_bound_all_occurrences(given_series: tuple[Span, Recurrence]) -> None:
    when, recurrence = given_series
    found = list(islice(occurrences(when, recurrence, deleted=True), 200))
    assume(found)
    starts, ends = extent(Appointment(when=when, recurrence=recurrence))
    assert first_key(when, recurrence) == found[0].key == starts
    if len(found) < 200:
        assert last_key(when, recurrence) == found[-1].key
        assert ends == span_end(found[-1].span)
    elif last_key(when, recurrence) is None:
        assert ends is None


# --- what recurring-ical-events finds


def stranger(when: Span, recurrence: Recurrence, start: datetime, end: datetime) -> set[tuple[datetime, datetime]]:
    """Starts and ends in a window as recurring-ical-events sees them."""
    event = icalendar.Event()
    event.add("UID", "1")
    event.add("DTSTART", as_strangers_know(when, span_start(when)))
    event.add("DTEND", as_strangers_know(when, span_end(when)))
    for rule in recurrence.rules:
        event.add("RRULE", icalendar.vRecur.from_ical(as_text(rule)))
    for name, dates in (("RDATE", recurrence.dates), ("EXDATE", recurrence.deleted)):
        if dates:
            event.add(name, [as_strangers_know(when, key) for key in dates])
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(start, end)
    return {(in_utc(each["DTSTART"].dt), in_utc(each["DTEND"].dt)) for each in found}


def as_strangers_know(when: Span, instant: datetime) -> date:
    return instant.astimezone(zone_info(when.zone)) if isinstance(when, Timed) else instant.date()


def in_utc(moment: date) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def ordinary(when: Span, each: datetime) -> bool:
    """Whether a clock shows the local time of an instant once that day; around a change strangers go astray."""
    if isinstance(when, WholeDays):
        return True
    zone = zone_info(when.zone)
    return all(
        to_local(each + hours, zone) == to_local(each, zone) + hours
        for hours in (timedelta(hours=-26), timedelta(hours=26))
    )


def dense(recurrence: Recurrence) -> bool:
    """Whether rules match often enough for dateutil, which walks day by day to the year 9999."""
    return all(
        not (rule.by_month and rule.by_month_day and rule.by_day) and not rule.by_position and not rule.by_year_day
        for rule in recurrence.rules
    )


@given(series(), st.integers(0, 3000))
@settings(max_examples=80, deadline=None)
def test_series_have_the_occurrences_that_a_stranger_finds(
    given_series: tuple[Span, Recurrence], distance: int
) -> None:
    when, recurrence = given_series
    assume(dense(recurrence))
    start = span_start(when) + timedelta(days=distance)
    end = start + timedelta(days=200)
    assume(all(next(occurrences(when, Recurrence(rules=(rule,)), start=end), None) for rule in recurrence.rules))
    ours = {
        (span_start(each.span), span_end(each.span))
        for each in occurrences(when, recurrence, start=start, end=end)
        if ordinary(when, each.key) and ordinary(when, span_end(each.span))
    }
    theirs = {
        (first, last)
        for first, last in stranger(when, recurrence, start, end)
        if ordinary(when, first) and ordinary(when, last) and (last > start or first >= start)
    }
    assert ours == theirs


# --- changes of the clock


def test_a_daily_series_keeps_its_wall_time_across_both_changes() -> None:
    spring = meeting(berlin(2026, 3, 28, 9))
    assert keys(spring, DAILY, limit=3) == [berlin(2026, 3, day, 9) for day in (28, 29, 30)]
    assert keys(spring, DAILY, limit=2)[1] - spring.start == timedelta(hours=23)
    autumn = meeting(berlin(2026, 10, 24, 9))
    assert keys(autumn, DAILY, limit=2)[1] - autumn.start == timedelta(hours=25)


def test_a_time_that_clocks_leave_out_is_an_hour_later_that_day() -> None:
    when = meeting(berlin(2026, 3, 28, 2, 30))
    assert keys(when, DAILY, limit=3) == [
        berlin(2026, 3, 28, 2, 30),
        berlin(2026, 3, 29, 3, 30),
        berlin(2026, 3, 30, 2, 30),
    ]


def test_an_hourly_series_has_no_occurrence_twice_when_clocks_leave_an_hour_out() -> None:
    when = meeting(berlin(2026, 3, 29, 1), minutes=10)
    hours = [berlin(2026, 3, 29, hour) for hour in (1, 3, 4)]
    assert keys(when, Rule(frequency=Frequency.HOURLY), limit=3) == hours


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    when = meeting(berlin(2026, 10, 24, 2, 30))
    assert keys(when, DAILY, limit=2)[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_series_that_starts_in_the_second_of_two_equal_hours_starts_there() -> None:
    start = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 again
    found = keys(meeting(start), Rule(frequency=Frequency.MINUTELY, interval=15), limit=2)
    assert found == [start, datetime(2026, 10, 25, 2, 0, tzinfo=UTC)]


def test_a_night_shift_ends_at_the_same_wall_time_in_the_night_of_the_change() -> None:
    when = Timed(start=berlin(2026, 3, 27, 22), end=berlin(2026, 3, 28, 6), zone=BERLIN)
    night = list(islice(occurrences(when, Recurrence(rules=(DAILY,))), 2))[1]
    assert span_end(night.span) == berlin(2026, 3, 29, 6)


def test_a_flight_ends_in_the_zone_where_it_lands() -> None:
    when = Timed(
        start=berlin(2026, 3, 26, 10),
        end=datetime(2026, 3, 26, 18, tzinfo=UTC),
        zone=BERLIN,
        end_zone="America/New_York",
    )
    later = list(islice(occurrences(when, Recurrence(rules=(WEEKLY,))), 2))[1]
    assert later.key == berlin(2026, 4, 2, 10)
    assert span_end(later.span) == datetime(2026, 4, 2, 18, tzinfo=UTC)  # 14:00 there; both have changed by then


def test_a_day_that_an_island_left_out_gives_no_occurrence_twice() -> None:
    when = meeting(datetime(2011, 12, 28, 22, tzinfo=UTC), zone="Pacific/Apia")  # noon of the 28th
    found = keys(when, DAILY, limit=4)
    assert [day_of(when, key) for key in found] == [
        date(2011, 12, 28),
        date(2011, 12, 29),
        date(2011, 12, 31),
        date(2012, 1, 1),
    ]


def test_whole_days_follow_dates_whatever_the_zone() -> None:
    when = WholeDays(start=date(2026, 3, 28), end=date(2026, 3, 30))
    found = list(islice(occurrences(when, Recurrence(rules=(DAILY,))), 3))
    assert [each.key for each in found] == [datetime(2026, 3, day, tzinfo=UTC) for day in (28, 29, 30)]
    assert found[2].span == WholeDays(start=date(2026, 3, 30), end=date(2026, 4, 1))


def test_whole_days_that_repeat_within_a_day_come_once_a_day() -> None:
    when = WholeDays(start=date(2026, 3, 28), end=date(2026, 3, 29))
    assert len(set(keys(when, Rule(frequency=Frequency.HOURLY, interval=6), limit=4))) == 4


# --- what belongs to a series


def test_the_start_counts_though_no_rule_names_it_and_is_not_part_of_the_count() -> None:
    when = meeting(berlin(2026, 1, 1, 9))  # a Thursday
    rule = Rule(frequency=Frequency.WEEKLY, count=2, by_day=(NthWeekday(Weekday.MONDAY),))
    assert keys(when, rule) == [berlin(2026, 1, 1, 9), berlin(2026, 1, 5, 9), berlin(2026, 1, 12, 9)]


def test_a_series_that_ends_before_it_starts_is_empty_and_still_has_a_first_key() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    recurrence = Recurrence(rules=(Rule(frequency=Frequency.DAILY, until=berlin(2025, 1, 1)),))
    assert list(occurrences(when, recurrence)) == []
    assert first_key(when, recurrence) == last_key(when, recurrence) == when.start


def test_the_end_is_inclusive() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    assert len(keys(when, Rule(frequency=Frequency.DAILY, until=berlin(2026, 1, 3, 9)))) == 3
    assert len(keys(when, Rule(frequency=Frequency.DAILY, until=berlin(2026, 1, 3, 8)))) == 2


def test_additional_dates_may_lie_before_the_start() -> None:
    when = meeting(berlin(2026, 1, 5, 9))
    recurrence = Recurrence(rules=(WEEKLY,), dates=(berlin(2026, 1, 2, 9),))
    assert first_key(when, recurrence) == berlin(2026, 1, 2, 9)
    assert position_of(when, recurrence, when.start) == 2


def test_deleted_occurrences_keep_their_positions() -> None:
    when = meeting(berlin(2026, 1, 5, 9))
    recurrence = Recurrence(rules=(WEEKLY,), deleted=(berlin(2026, 1, 12, 9),))
    assert [each.key for each in islice(occurrences(when, recurrence), 2)] == [when.start, berlin(2026, 1, 19, 9)]
    assert key_at(when, recurrence, 2) == berlin(2026, 1, 12, 9) == key_on(when, recurrence, date(2026, 1, 12))


def test_a_single_appointment_extends_over_its_own_span() -> None:
    when = meeting(berlin(2026, 1, 5, 9))
    assert extent(Appointment(when=when)) == (when.start, when.end)


# --- limits


def test_a_position_outside_the_series_has_no_key() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    three = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=3),))
    assert [key_at(when, three, position) is None for position in (-1, 0, 1, 3, 4, MOST + 1)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "rule",
    [
        Rule(frequency=Frequency.DAILY),
        Rule(frequency=Frequency.WEEKLY, interval=2),
        Rule(frequency=Frequency.MINUTELY),
        Rule(frequency=Frequency.YEARLY, by_month=(2,), by_month_day=(31,)),
        Rule(frequency=Frequency.DAILY, until=datetime(9999, 12, 31, tzinfo=UTC)),
    ],
    ids=str,
)
def test_a_window_in_a_far_century_and_one_without_occurrences_are_found_at_once(rule: Rule) -> None:
    when = meeting(datetime(1970, 1, 1, 9, tzinfo=UTC), zone="UTC")
    start = datetime(9990, 1, 1, tzinfo=UTC)
    found = islice(occurrences(when, Recurrence(rules=(rule,)), start=start, end=start + timedelta(days=30)), 3)
    assert len(list(found)) == (0 if rule.by_month else 3 if rule.interval == 1 else 2)


@pytest.mark.parametrize("frequency", Frequency)
def test_every_endless_rule_ends_with_the_years(frequency: Frequency) -> None:
    when = meeting(datetime(9999, 12, 31, 20, tzinfo=UTC), zone="America/New_York")
    found = list(islice(occurrences(when, Recurrence(rules=(Rule(frequency=frequency),))), 50))
    assert all(each.key.year == 9999 for each in found)


def test_the_last_of_a_dense_rule_with_a_far_end_is_found_from_the_end() -> None:
    when = meeting(datetime(1990, 1, 1, tzinfo=UTC), zone="UTC")
    until = datetime(2500, 6, 1, 12, 0, 30, tzinfo=UTC)
    rule = Rule(frequency=Frequency.MINUTELY, until=until)
    assert last_key(when, Recurrence(rules=(rule,))) == until.replace(second=0)


def test_an_endless_series_has_no_last_occurrence_but_one_that_never_matches_has() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    assert last_key(when, Recurrence(rules=(DAILY,))) is None
    never = Rule(frequency=Frequency.YEARLY, by_month=(2,), by_month_day=(30,))
    assert last_key(when, Recurrence(rules=(never,))) == when.start


# --- once a day


def test_one_time_of_day_is_once_a_day_and_two_are_not() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    assert once_a_day(when, Recurrence(rules=(DAILY,)))
    assert once_a_day(when, Recurrence(rules=(Rule(frequency=Frequency.HOURLY, interval=24),)))
    assert not once_a_day(when, Recurrence(rules=(Rule(frequency=Frequency.HOURLY, interval=12),)))
    assert not once_a_day(when, Recurrence(rules=(Rule(frequency=Frequency.DAILY, by_hour=(9, 14)),)))


def test_an_additional_date_on_the_day_of_another_occurrence_is_not_once_a_day() -> None:
    when = meeting(berlin(2026, 1, 1, 9))
    assert not once_a_day(when, Recurrence(rules=(WEEKLY,), dates=(berlin(2026, 1, 8, 14),)))
    assert once_a_day(when, Recurrence(rules=(WEEKLY,), dates=(berlin(2026, 1, 9, 14),)))
