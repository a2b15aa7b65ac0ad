"""Every recurrence reaches an Open-Xchange client with the right occurrences; patterns mean what OX means."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Contradiction, Invalid, Missing, Refused
from passerelle.model.moments import ONE_DAY, Span, Timed, WholeDays, span_day, span_start
from passerelle.model.occurrences import day_of, first_key, occurrences
from passerelle.model.patterns import (
    Pattern,
    PatternType,
    Projection,
    adjust_start,
    check,
    normalise,
    project,
    to_rule,
)
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.model.rules import SPANS, rules, series

PARIS = "Europe/Paris"
DAILY, WEEKLY, MONTHLY, YEARLY = PatternType
THREE_YEARS = timedelta(days=1096)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (NthWeekday(day) for day in Weekday)
WORKDAYS = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)


def paris(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)  # type: ignore[arg-type, misc]


def starting(day: date, hour: int = 9) -> Timed:
    start = paris(day.year, day.month, day.day, hour)
    return Timed(start=start, end=start + timedelta(hours=1), zone=PARIS)


START = starting(date(2026, 1, 1))  # a Thursday


def seen_by_ox(when: Span, projection: Projection, first: date, end: date) -> list[date]:
    """The days on which an OX client shows a series that starts on ``first``, before a day."""
    span = WholeDays(start=first, end=first + ONE_DAY)
    found = occurrences(span, Recurrence(rules=(to_rule(projection.pattern, span),)), end=midnight(end))
    listed = [each.key.date() for each in found if each.key.date() not in projection.deleted]
    return [day for day in listed if not isinstance(when, Timed) or has_day(when.zone, day)]


def has_day(zone: str, day: date) -> bool:
    """Whether the clocks of a zone ever showed a day: an island that crosses the date line leaves one out."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days(when: Span, recurrence: Recurrence, end: date) -> list[date]:
    """The days of all occurrences before a day."""
    found = occurrences(when, recurrence, end=midnight(end) + 2 * ONE_DAY)
    return sorted({day for each in found if (day := day_of(when, each.key)) < end})


# --- projections


@given(series())
@settings(max_examples=150, deadline=None)
def test_an_ox_client_sees_the_occurrences_of_any_series_up_to_the_horizon(
    given_series: tuple[Span, Recurrence],
) -> None:
    when, recurrence = given_series
    horizon = span_day(when) + THREE_YEARS
    projection = project(when, recurrence, horizon)
    first = day_of(when, first_key(when, recurrence))
    assert seen_by_ox(when, projection, first, horizon) == days(when, recurrence, horizon)


@given(SPANS, rules((Frequency.WEEKLY, Frequency.MONTHLY, Frequency.YEARLY), times=False))
@settings(max_examples=150, deadline=None)
def test_an_exact_pattern_means_the_same_for_ever(when: Span, rule: Rule) -> None:
    recurrence = Recurrence(rules=(rule,))
    projection = project(when, recurrence, span_day(when))
    if projection.exact:
        back = Recurrence(rules=(to_rule(projection.pattern, when),))
        end = span_start(when) + 10 * THREE_YEARS
        ours = islice(occurrences(when, back, end=end), 300)
        assert list(ours) == list(islice(occurrences(when, recurrence, end=end), 300))


EXACT = [
    (Rule(frequency=Frequency.DAILY, interval=3), Pattern(type=DAILY, interval=3)),
    (Rule(frequency=Frequency.DAILY, by_day=WORKDAYS), Pattern(type=WEEKLY, days=62)),
    (Rule(frequency=Frequency.WEEKLY), Pattern(type=WEEKLY, days=16)),
    (
        Rule(frequency=Frequency.WEEKLY, interval=2, by_day=(MONDAY, THURSDAY)),
        Pattern(type=WEEKLY, interval=2, days=18),
    ),
    (Rule(frequency=Frequency.MONTHLY), Pattern(type=MONTHLY, day_in_month=1)),
    (
        Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.THURSDAY, 1),)),
        Pattern(type=MONTHLY, days=16, day_in_month=1),
    ),
    (
        Rule(frequency=Frequency.MONTHLY, by_day=(THURSDAY,), by_position=(1,)),
        Pattern(type=MONTHLY, days=16, day_in_month=1),
    ),
    (
        Rule(frequency=Frequency.MONTHLY, by_day=WORKDAYS, by_position=(1,)),
        Pattern(type=MONTHLY, days=62, day_in_month=1),
    ),
    (
        Rule(frequency=Frequency.MONTHLY, by_day=(THURSDAY,), by_month_day=(1, 2, 3, 4, 5, 6, 7)),
        Pattern(type=MONTHLY, days=16, day_in_month=1),
    ),
    (Rule(frequency=Frequency.MONTHLY, by_month=(1,)), Pattern(type=YEARLY, day_in_month=1, month=0)),
    (Rule(frequency=Frequency.YEARLY), Pattern(type=YEARLY, day_in_month=1, month=0)),
    (
        Rule(frequency=Frequency.YEARLY, interval=2, by_month=(1,), by_day=(NthWeekday(Weekday.THURSDAY, 1),)),
        Pattern(type=YEARLY, interval=2, days=16, day_in_month=1, month=0),
    ),
    (Rule(frequency=Frequency.DAILY, by_hour=(9,), by_minute=(0,)), Pattern(type=DAILY)),
]


@pytest.mark.parametrize(("rule", "pattern"), EXACT, ids=str)
def test_what_ox_can_say_is_said_exactly(rule: Rule, pattern: Pattern) -> None:
    projection = project(START, Recurrence(rules=(rule,)), date(2026, 1, 1))
    assert projection == Projection(pattern=pattern, deleted=(), exact=True)


LAST_DAYS = [
    (date(2026, 1, 31), Rule(frequency=Frequency.MONTHLY, by_month_day=(-1,)), 127),
    (date(2026, 1, 30), Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.FRIDAY, -1),)), 32),
    (date(2026, 1, 30), Rule(frequency=Frequency.MONTHLY, by_day=WORKDAYS, by_position=(-1,)), 62),
    (date(2026, 1, 31), Rule(frequency=Frequency.MONTHLY, by_day=(SATURDAY, SUNDAY), by_position=(-1,)), 65),
]


@pytest.mark.parametrize(("day", "rule", "bits"), LAST_DAYS, ids=str)
def test_the_last_days_of_months_are_said_exactly(day: date, rule: Rule, bits: int) -> None:
    projection = project(starting(day), Recurrence(rules=(rule,)), day)
    assert projection.exact
    assert projection.pattern == Pattern(type=MONTHLY, days=bits, day_in_month=5)


NOT_EXACT = [
    Rule(frequency=Frequency.MONTHLY, by_month_day=(1, 15)),
    Rule(frequency=Frequency.MONTHLY, by_month_day=(1, -2)),
    Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.THURSDAY, 5),)),
    Rule(frequency=Frequency.MONTHLY, by_day=WORKDAYS, by_position=(1, -1)),
    Rule(frequency=Frequency.YEARLY, by_week=(1, 20)),
    Rule(frequency=Frequency.YEARLY, by_year_day=(1, 100)),
    Rule(frequency=Frequency.DAILY, by_month=(1, 2)),
    Rule(frequency=Frequency.DAILY, interval=1000),
    Rule(frequency=Frequency.WEEKLY, by_day=(MONDAY,)),
    Rule(frequency=Frequency.WEEKLY, interval=2, by_day=(SUNDAY, THURSDAY), week_start=Weekday.SUNDAY),
]


@pytest.mark.parametrize("rule", NOT_EXACT, ids=str)
def test_what_ox_cannot_say_is_covered_up_to_the_horizon(rule: Rule) -> None:
    recurrence = Recurrence(rules=(rule,))
    horizon = date(2032, 1, 1)
    projection = project(START, recurrence, horizon)
    assert not projection.exact
    assert projection.pattern.until is not None
    assert projection.pattern.until <= horizon
    check(projection.pattern, span_day(START))
    assert seen_by_ox(START, projection, span_day(START), horizon) == days(START, recurrence, horizon)


def test_the_cover_is_as_tight_as_ox_can_say() -> None:
    two_months = Rule(frequency=Frequency.YEARLY, by_month=(1, 5), by_month_day=(1,))
    projection = project(START, Recurrence(rules=(two_months,)), date(2030, 12, 31))
    assert projection.pattern == Pattern(type=MONTHLY, interval=4, day_in_month=1, until=date(2030, 5, 1))
    assert len(projection.deleted) == 4  # every September


def test_additional_dates_are_covered() -> None:
    recurrence = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=3),), dates=(paris(2026, 1, 6, 9),))
    projection = project(START, recurrence, date(2026, 1, 1))
    assert projection.pattern == Pattern(type=WEEKLY, days=20, until=date(2026, 1, 15))
    assert projection.deleted == (date(2026, 1, 13),)


def test_an_end_is_always_told_beside_a_number_of_occurrences() -> None:
    weekly = Rule(frequency=Frequency.WEEKLY, count=5)
    projection = project(START, Recurrence(rules=(weekly,)), date(2026, 1, 1))
    assert projection.pattern == Pattern(type=WEEKLY, days=16, until=date(2026, 1, 29), occurrences=5)
    check(projection.pattern, span_day(START))


def test_an_end_within_the_day_is_told_as_the_day_of_the_last_occurrence() -> None:
    weekly = Rule(frequency=Frequency.WEEKLY, until=paris(2026, 1, 22, 8))
    projection = project(START, Recurrence(rules=(weekly,)), date(2026, 1, 1))
    assert projection.pattern.until == date(2026, 1, 15)


def test_deletions_are_told_as_local_days() -> None:
    late = Timed(start=paris(2026, 1, 1, 0, 30), end=paris(2026, 1, 1, 1), zone=PARIS)
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY),), deleted=(paris(2026, 1, 3, 0, 30),))
    assert project(late, daily, date(2026, 1, 1)).deleted == (date(2026, 1, 3),)


def test_a_deletion_that_meets_no_occurrence_is_not_told() -> None:
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY),), deleted=(paris(2026, 1, 3, 10),))
    assert project(START, daily, date(2026, 1, 1)).deleted == ()


def test_a_series_without_any_occurrence_is_one_deleted_day() -> None:
    over = Recurrence(rules=(Rule(frequency=Frequency.DAILY, until=paris(2025, 1, 1)),))
    projection = project(START, over, date(2027, 1, 1))
    assert projection.deleted == (date(2026, 1, 1),)
    assert projection.pattern.until == date(2026, 1, 1)


def test_a_long_series_with_a_far_end_is_cut_at_the_horizon() -> None:
    rule = Rule(frequency=Frequency.MONTHLY, by_month_day=(1, 15), until=datetime(9999, 12, 31, tzinfo=UTC))
    projection = project(START, Recurrence(rules=(rule,)), date(2030, 6, 1))
    assert projection.pattern.until == date(2030, 6, 1)


# --- what patterns mean


def pattern_days(pattern: Pattern, start: date, limit: int) -> list[date]:
    when = starting(start)
    return [
        day_of(when, each.key) for each in islice(occurrences(when, Recurrence(rules=(to_rule(pattern, when),))), limit)
    ]


def test_the_last_of_several_weekdays_is_the_last_of_them_together() -> None:
    pattern = Pattern(type=MONTHLY, days=62, day_in_month=5)
    assert pattern_days(pattern, date(2026, 1, 30), 3) == [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 31)]


def test_the_second_of_all_weekdays_is_the_second_of_the_month() -> None:
    pattern = Pattern(type=YEARLY, days=127, day_in_month=2, month=4)
    assert pattern_days(pattern, date(2026, 5, 2), 2) == [date(2026, 5, 2), date(2027, 5, 2)]


def test_the_31st_leaves_short_months_out() -> None:
    pattern = Pattern(type=MONTHLY, day_in_month=31)
    assert [day.month for day in pattern_days(pattern, date(2026, 1, 31), 4)] == [1, 3, 5, 7]


def test_the_end_is_the_day_of_the_last_occurrence_across_a_change_of_the_clock() -> None:
    pattern = Pattern(type=DAILY, until=date(2026, 4, 2))
    assert pattern_days(pattern, date(2026, 3, 27), 99)[-1] == date(2026, 4, 2)


def test_the_number_of_occurrences_wins_over_the_end() -> None:
    rule = to_rule(Pattern(type=DAILY, until=date(2026, 1, 3), occurrences=3), START)
    assert (rule.count, rule.until) == (3, None)


def test_whole_days_end_at_the_midnight_of_the_last() -> None:
    when = WholeDays(start=date(2026, 1, 1), end=date(2026, 1, 2))
    assert to_rule(Pattern(type=DAILY, until=date(2026, 1, 3)), when).until == datetime(2026, 1, 3, tzinfo=UTC)


def test_the_start_moves_to_the_first_real_occurrence_and_keeps_its_length() -> None:
    rule = to_rule(Pattern(type=WEEKLY, days=2), START)
    assert adjust_start(START, rule) == Timed(start=paris(2026, 1, 5, 9), end=paris(2026, 1, 5, 10), zone=PARIS)


def test_a_start_without_any_occurrence_stays() -> None:
    assert adjust_start(START, Rule(frequency=Frequency.MONTHLY, by_month=(2,), by_month_day=(30,))) == START


# --- checks


def test_the_numbers_of_kde_are_put_right() -> None:
    kde = Pattern(type=MONTHLY, days=128 | 2, day_in_month=-1)
    assert normalise(kde) == Pattern(type=MONTHLY, days=3, day_in_month=5)


GOOD = [
    Pattern(type=DAILY),
    Pattern(type=WEEKLY, days=127, occurrences=999),
    Pattern(type=MONTHLY, day_in_month=31),
    Pattern(type=MONTHLY, days=1, day_in_month=5),
    Pattern(type=YEARLY, day_in_month=29, month=1, until=date(2028, 2, 29)),
    Pattern(type=DAILY, days=2, day_in_month=3, month=4),
    Pattern(type=MONTHLY, days=0, day_in_month=17),
    Pattern(type=DAILY, until=date(2026, 1, 1)),
]


@pytest.mark.parametrize("pattern", GOOD, ids=str)
def test_a_good_pattern_passes(pattern: Pattern) -> None:
    check(pattern, date(2026, 1, 1))


BAD: list[tuple[Pattern, type[Refused], str]] = [
    (Pattern(type=DAILY, interval=0), Invalid, "APP-0055"),
    (Pattern(type=DAILY, interval=-1), Invalid, "APP-0055"),
    (Pattern(type=DAILY, interval=1000), Invalid, "APP-0078"),
    (Pattern(type=DAILY, occurrences=1000), Invalid, "APP-0078"),
    (Pattern(type=DAILY, occurrences=-1), Invalid, "APP-0078"),
    (Pattern(type=WEEKLY), Missing, "APP-0089"),
    (Pattern(type=WEEKLY, days=0), Invalid, "APP-0056"),
    (Pattern(type=WEEKLY, days=128), Invalid, "APP-0056"),
    (Pattern(type=MONTHLY), Missing, "APP-0090"),
    (Pattern(type=MONTHLY, day_in_month=0), Invalid, "APP-0042"),
    (Pattern(type=MONTHLY, day_in_month=32), Invalid, "APP-0042"),
    (Pattern(type=MONTHLY, days=2, day_in_month=6), Invalid, "APP-0045"),
    (Pattern(type=YEARLY, day_in_month=1), Missing, "APP-0091"),
    (Pattern(type=YEARLY, day_in_month=32, month=1), Invalid, "APP-0046"),
    (Pattern(type=YEARLY, days=2, day_in_month=0, month=1), Invalid, "APP-0048"),
    (Pattern(type=YEARLY, day_in_month=1, month=-1), Invalid, "APP-0064"),
    (Pattern(type=YEARLY, day_in_month=1, month=12), Invalid, "APP-0064"),
    (Pattern(type=DAILY, until=date(2025, 12, 31)), Contradiction, "APP-0086"),
    (Pattern(type=WEEKLY, days=2, until=date(2026, 1, 4)), Contradiction, "APP-0086"),
    (Pattern(type=DAILY, until=date(2026, 1, 4), occurrences=5), Contradiction, "APP-0095"),
]


@pytest.mark.parametrize(("pattern", "error", "code"), BAD, ids=str)
def test_a_bad_pattern_is_refused_with_its_code(pattern: Pattern, error: type[Refused], code: str) -> None:
    with pytest.raises(error) as refused:
        check(pattern, date(2026, 1, 1))
    assert refused.value.code == code


@given(
    st.builds(
        Pattern,
        type=st.sampled_from(PatternType),
        interval=st.integers(-2, 2000),
        days=st.none() | st.integers(-1, 200),
        day_in_month=st.none() | st.integers(-1, 40),
        month=st.none() | st.integers(-1, 13),
        occurrences=st.none() | st.integers(-1, 1001),
    )
)
def test_any_pattern_is_refused_or_means_a_rule(pattern: Pattern) -> None:
    try:
        check(normalise(pattern), date(2026, 1, 1))
    except Refused:
        return
    adjust_start(START, to_rule(normalise(pattern), START))
