"""Series mean the same in Outlook, or are covered by a pattern that does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Refused
from passerelle.model.expansion.spans import day_of
from passerelle.model.items import Appointment
from passerelle.model.moments import Span, Timed, WholeDays
from passerelle.model.occurrences import occurrences
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.peers.outlook.constants import DaysOfWeek, RecurrenceType
from passerelle.peers.outlook.mapping import ordering
from passerelle.peers.outlook.mapping.ordering import Move, in_order
from passerelle.peers.outlook.mapping.series import decode, encode
from passerelle.peers.outlook.mapping.values import Series
from tests import strategies

TODAY = date(2026, 11, 28)
NINE = Timed(
    start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 9, tzinfo=UTC), zone="Europe/Berlin"
)  # a Tuesday
WORKING_DAYS = tuple(NthWeekday(day) for day in list(Weekday)[:5])


def _rule(frequency: Frequency, **parts: object) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=frequency, **parts),))  # type: ignore[arg-type]  # named by the test


def _days(when: Span, recurrence: Recurrence, until: datetime) -> list[date]:
    return [day_of(when, one.key) for one in islice(occurrences(when, recurrence, end=until), 10_000)]


@pytest.mark.parametrize(
    ("recurrence", "type_", "parts"),
    [
        (_rule(Frequency.DAILY, interval=3), RecurrenceType.Daily, {"interval": 3}),
        (
            _rule(Frequency.WEEKLY, interval=2, by_day=(NthWeekday(Weekday.TUESDAY), NthWeekday(Weekday.FRIDAY))),
            RecurrenceType.Weekly,
            {"interval": 2, "mask": DaysOfWeek.Tuesday | DaysOfWeek.Friday},
        ),
        (_rule(Frequency.MONTHLY), RecurrenceType.Monthly, {"interval": 1, "day": 1}),
        (
            _rule(Frequency.MONTHLY, by_day=(NthWeekday(Weekday.TUESDAY, 1),)),
            RecurrenceType.MonthNth,
            {"mask": DaysOfWeek.Tuesday, "instance": 1},
        ),
        (
            _rule(Frequency.MONTHLY, by_day=WORKING_DAYS, by_position=(1,)),
            RecurrenceType.MonthNth,
            {"mask": 62, "instance": 1},
        ),
        (_rule(Frequency.YEARLY, interval=2), RecurrenceType.Yearly, {"interval": 24, "month": 12, "day": 1}),
        (
            _rule(Frequency.YEARLY, by_month=(12,), by_day=(NthWeekday(Weekday.TUESDAY, 1),)),
            RecurrenceType.YearNth,
            {"interval": 12, "month": 12, "mask": DaysOfWeek.Tuesday, "instance": 1},
        ),
    ],
)
def test_each_type_of_pattern_is_found(recurrence: Recurrence, type_: RecurrenceType, parts: dict[str, int]) -> None:
    series = encode(NINE, recurrence, TODAY)
    assert series.type is type_
    assert {name: getattr(series, name) for name in parts} == parts
    assert series.last is None
    until = NINE.start + timedelta(days=2000)
    assert _days(NINE, decode(NINE, series), until) == _days(NINE, recurrence, until)


@settings(max_examples=40)
@given(st.data())
def test_outlook_shows_the_days_that_a_series_has(data: st.DataObject) -> None:
    when = data.draw(strategies.spans(plain=True, recent=True))
    recurrence = data.draw(strategies.recurrences(when))
    try:
        series = encode(when, recurrence, date(2012, 1, 1))
    except Refused:
        return
    until = datetime(2013, 1, 1, tzinfo=UTC)
    shown = decode(when, series)
    assert sorted(set(_days(when, shown, until))) == sorted(set(_days(when, recurrence, until)))


def test_a_day_that_months_lack_is_left_out_as_the_rule_says() -> None:
    when = WholeDays(start=date(2026, 1, 31), end=date(2026, 2, 1))
    series = encode(when, _rule(Frequency.MONTHLY), TODAY)
    assert (series.type, series.day) == (RecurrenceType.Monthly, 31)
    assert date(2026, 2, 28) in series.deleted
    assert date(2026, 3, 31) not in series.deleted


def test_outlooks_last_day_of_short_months_comes_back() -> None:
    when = WholeDays(start=date(2026, 1, 30), end=date(2026, 1, 31))
    series = Series(type=RecurrenceType.Monthly, day=30, first=when.start)
    recurrence = decode(when, series)
    assert _days(when, recurrence, datetime(2026, 4, 1, tzinfo=UTC))[1] == date(2026, 2, 28)
    assert encode(when, recurrence, TODAY) == series


def test_a_count_becomes_the_day_of_the_last() -> None:
    assert encode(NINE, _rule(Frequency.WEEKLY, count=3), TODAY).last == date(2026, 12, 15)


def test_a_deleted_occurrence_is_known_by_its_day_on_the_series_clock() -> None:
    late = Timed(
        start=datetime(2026, 12, 1, 23, 30, tzinfo=UTC), end=datetime(2026, 12, 2, tzinfo=UTC), zone="Asia/Tokyo"
    )  # the 2nd in Tokyo
    recurrence = Recurrence(rules=(Rule(frequency=Frequency.DAILY),), deleted=(late.start + timedelta(days=1),))
    series = encode(late, recurrence, TODAY)
    assert (series.first, series.deleted) == (date(2026, 12, 2), frozenset({date(2026, 12, 3)}))
    assert decode(late, series) == recurrence


def test_a_rule_that_no_pattern_comes_near_is_refused_in_plain_words() -> None:
    primes = tuple(one for one in range(2, 366) if all(one % divisor for divisor in range(2, one)))
    with pytest.raises(Refused, match="simpler rules"):
        encode(NINE, _rule(Frequency.YEARLY, by_year_day=primes), date(2030, 1, 1))


def _moved(by: timedelta) -> Appointment:
    assert isinstance(NINE, Timed)
    start = NINE.start + timedelta(days=7)
    return Appointment(when=Timed(start=start + by, end=start + by, zone=NINE.zone), recurrence_id=start)


def test_an_occurrence_may_move_between_its_neighbours() -> None:
    master = Appointment(when=NINE, recurrence=_rule(Frequency.WEEKLY))
    for days in (-6, 6):
        ordering.check(master, {date(2026, 12, 8): _moved(timedelta(days=days))})


@pytest.mark.parametrize("days", [-8, -7, 7, 8])
def test_an_occurrence_that_passes_or_meets_its_neighbour_is_refused(days: int) -> None:
    master = Appointment(when=NINE, recurrence=_rule(Frequency.WEEKLY))
    with pytest.raises(Refused, match="2026-12-08"):
        ordering.check(master, {date(2026, 12, 8): _moved(timedelta(days=days))})


def test_changes_go_in_two_passes() -> None:
    def move(day: int, to: int) -> Move:
        return Move(date(2026, 1, day), datetime(2026, 1, day, 9), datetime(2026, 1, to, 9))  # noqa: DTZ001 - wall clock

    moves = [move(5, 7), move(12, 9), move(19, 20), move(26, 23)]
    assert [one.day.day for one in in_order(moves)] == [12, 26, 19, 5]
