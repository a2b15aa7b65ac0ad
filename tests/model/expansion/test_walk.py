# ruff: noqa: DTZ001 - times on a wall clock
"""A walk over a rule's local times agrees with python-dateutil, may start anywhere and always ends."""

from datetime import date, datetime, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passerelle.model.expansion.walk import walk
from passerelle.model.recurrence import Frequency, NthWeekday, Rule, Weekday
from tests.model.rules import LONG, SHORT, STARTS, for_dateutil, rules

MONDAY, TUESDAY = Weekday.MONDAY, Weekday.TUESDAY
YEARS = timedelta(days=366 * 12)
MOST = 120


def first_times(rule: Rule, start: datetime, end: datetime) -> list[datetime]:
    return list(takewhile(lambda moment: moment < end, islice(walk(rule, start), MOST)))


def dateutil_times(rule: Rule, start: datetime, end: datetime, at_most: int) -> list[datetime]:
    return list(takewhile(lambda moment: moment < end, islice(for_dateutil(rule, start), at_most)))


def same_times(rule: Rule, start: datetime, end: datetime) -> bool:
    ours = first_times(rule, start, end)
    # after the last time dateutil walks to the year 9999, which takes minutes: then ask for no more than there are
    after = next(walk(rule, start, end), None)
    soon = after is not None and after - end < end - start
    return ours == dateutil_times(rule, start, end, MOST if soon else len(ours))


@given(rules(LONG), STARTS)
@settings(max_examples=150, deadline=None)
def test_daily_to_yearly_rules_name_the_times_that_dateutil_names(rule: Rule, start: datetime) -> None:
    # of the first week, dateutil counts BYSETPOS from the start instead of from the week's first day
    assume(not (rule.frequency is Frequency.WEEKLY and rule.by_position))
    assert same_times(rule, start, start + YEARS)


@given(rules(SHORT), STARTS)
@settings(max_examples=100, deadline=None)
def test_hourly_to_secondly_rules_name_the_times_that_dateutil_names(rule: Rule, start: datetime) -> None:
    if next(walk(rule, start), None) is None:
        return  # dateutil takes hours to find that out, or raises an error
    assert same_times(rule, start, start + timedelta(days=60))


@given(rules(LONG + SHORT), STARTS, st.timedeltas(timedelta(0), timedelta(days=4000)))
@settings(max_examples=100, deadline=None)
def test_a_walk_from_the_middle_gives_the_rest_of_the_walk_from_the_start(
    rule: Rule, start: datetime, distance: timedelta
) -> None:
    whole = first_times(rule, start, start + timedelta(days=5000))
    lower = start + distance
    rest = [moment for moment in whole if moment >= lower]
    assert list(islice(walk(rule, start, lower), len(rest))) == rest


def test_weekdays_with_and_without_number_are_united() -> None:
    rule = Rule(
        frequency=Frequency.MONTHLY,
        by_month=(3,),
        by_day=(NthWeekday(Weekday.MONDAY), NthWeekday(Weekday.TUESDAY, 2)),
    )
    days = [moment.day for moment in islice(walk(rule, datetime(2026, 3, 1)), 6)]
    assert days == [2, 9, 10, 16, 23, 30]


def test_positions_of_a_weekly_rule_count_from_the_first_day_of_the_week_also_in_the_first() -> None:
    days = tuple(NthWeekday(day) for day in Weekday)
    rule = Rule(frequency=Frequency.WEEKLY, by_day=days, by_position=(2,))
    thursday = datetime(2026, 1, 1)
    assert [moment.day for moment in islice(walk(rule, thursday), 2)] == [6, 13]


@given(st.integers(1970, 2100), st.integers(-53, 53).filter(bool))
@settings(deadline=None)
def test_a_week_of_the_year_holds_the_days_that_the_calendar_says(year: int, week: int) -> None:
    def is_in_week(day: datetime) -> bool:
        of_year, number, _ = day.isocalendar()
        weeks = date(of_year, 12, 28).isocalendar().week
        return number == (week if week > 0 else weeks + 1 + week)

    start = datetime(year, 1, 1)
    found = first_times(Rule(frequency=Frequency.YEARLY, by_week=(week,)), start, datetime(year + 1, 1, 1))
    days = (start + timedelta(days=number) for number in range(366))
    assert found == [day for day in days if day.year == year and is_in_week(day)]


def test_second_sixty_is_second_fifty_nine() -> None:
    rule = Rule(frequency=Frequency.DAILY, by_second=(60,))
    assert next(walk(rule, datetime(2026, 1, 1, 8))) == datetime(2026, 1, 1, 8, 0, 59)


NEVER = [
    Rule(frequency=Frequency.YEARLY, by_month=(2,), by_month_day=(31,)),
    Rule(frequency=Frequency.MONTHLY, by_month=(2,), by_month_day=(30,)),
    Rule(frequency=Frequency.DAILY, by_month=(4,), by_month_day=(31,)),
    Rule(frequency=Frequency.WEEKLY, by_week=(20,), by_month=(12,), by_day=(NthWeekday(Weekday.MONDAY),)),
    Rule(frequency=Frequency.SECONDLY, by_month=(2,), by_month_day=(31,)),
    Rule(frequency=Frequency.SECONDLY, interval=2, by_second=(1,)),
    Rule(frequency=Frequency.HOURLY, interval=168, by_day=(NthWeekday(Weekday.SUNDAY),)),
    Rule(frequency=Frequency.YEARLY, by_day=(NthWeekday(Weekday.SUNDAY),), by_position=(200,)),
    Rule(frequency=Frequency.YEARLY, interval=4, by_year_day=(366,)),
    Rule(frequency=Frequency.DAILY, by_hour=(25,)),
    Rule(frequency=Frequency.MONTHLY, by_month=(13,)),
]


@pytest.mark.parametrize("rule", NEVER, ids=str)
def test_a_rule_that_never_matches_ends(rule: Rule) -> None:
    assert next(walk(rule, datetime(2025, 1, 1)), None) is None


def test_an_endless_rule_ends_with_the_year_9999() -> None:
    rule = Rule(frequency=Frequency.DAILY)
    last = list(walk(rule, datetime(2020, 1, 1, 12), datetime(9999, 12, 30)))
    assert last == [datetime(9999, 12, 30, 12), datetime(9999, 12, 31, 12)]


@pytest.mark.parametrize("frequency", Frequency)
def test_every_frequency_reaches_the_year_9999(frequency: Frequency) -> None:
    rule = Rule(frequency=frequency, interval=1)
    found = list(islice(walk(rule, datetime(2020, 1, 1), datetime(9999, 1, 1)), 5))
    assert found[0] == datetime(9999, 1, 1) or frequency is Frequency.WEEKLY


def test_a_huge_count_is_cut() -> None:
    rule = Rule(frequency=Frequency.MINUTELY, count=10**12)
    assert sum(1 for _ in walk(rule, datetime(2020, 1, 1))) == 100_000


def test_a_first_time_in_year_one_is_walked() -> None:
    rule = Rule(frequency=Frequency.WEEKLY, week_start=Weekday.SUNDAY)
    assert next(walk(rule, datetime(1, 1, 1))) == datetime(1, 1, 1)
