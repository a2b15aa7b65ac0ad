"""The patterns of series and their limits (OX reference, sections 11.1 and 11.2; semantics 5.8).

Anna lives in Berlin. The first occurrence is on Monday, 7 March 2033 at 9:00 UTC, 10:00 in Berlin.
"""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

START = ox.ms("2033-03-07 09:00")
MEETING: dict[str, Value] = {
    "title": "Series",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}
ELEMENTS = ("recurrence_type", "interval", "days", "day_in_month", "month", "until", "occurrences")

DAILY: dict[str, Value] = {"recurrence_type": "daily", "interval": 1}
WEEKLY: dict[str, Value] = {"recurrence_type": "weekly", "interval": 1, "days": 2}


def _pattern(found: dict[str, str]) -> dict[str, str]:
    return {name: found[name] for name in ELEMENTS if name in found}


@pytest.mark.rule("5.8.types")
@pytest.mark.parametrize(
    "pattern",
    [
        {"recurrence_type": "daily", "interval": 1},
        {"recurrence_type": "daily", "interval": 3},
        {"recurrence_type": "daily", "interval": 999},
        {"recurrence_type": "weekly", "interval": 1, "days": 2},
        {"recurrence_type": "weekly", "interval": 2, "days": 2},
        {"recurrence_type": "weekly", "interval": 1, "days": 62},
        {"recurrence_type": "weekly", "interval": 1, "days": 127},
        {"recurrence_type": "weekly", "interval": 1, "days": 2 | 1},
        {"recurrence_type": "monthly", "interval": 1, "day_in_month": 7},
        {"recurrence_type": "monthly", "interval": 6, "day_in_month": 7},
        {"recurrence_type": "monthly", "interval": 1, "days": 2, "day_in_month": 1},
        {"recurrence_type": "yearly", "interval": 1, "day_in_month": 7, "month": 2},
        {"recurrence_type": "yearly", "interval": 2, "day_in_month": 7, "month": 2},
        {"recurrence_type": "yearly", "interval": 1, "days": 2, "day_in_month": 1, "month": 2},
    ],
)
def test_a_pattern_comes_back_as_it_was_given(calendar: Folder, pattern: dict[str, Value]) -> None:
    found = calendar.load(calendar.create(**MEETING, **pattern))

    assert _pattern(found.values) == {name: str(value) for name, value in pattern.items()}
    assert (found["start_date"], found["end_date"]) == (str(START), str(START + ox.HOUR))


@pytest.mark.parametrize(
    ("start", "pattern"),
    [
        ("2033-03-28 09:00", {"recurrence_type": "monthly", "interval": 1, "days": 2, "day_in_month": 5}),
        ("2033-03-31 09:00", {"recurrence_type": "monthly", "interval": 1, "day_in_month": 31}),
        ("2033-03-07 09:00", {"recurrence_type": "monthly", "interval": 1, "days": 62, "day_in_month": 5}),
        ("2033-03-01 09:00", {"recurrence_type": "monthly", "interval": 1, "days": 62, "day_in_month": 1}),
        ("2033-03-05 09:00", {"recurrence_type": "monthly", "interval": 1, "days": 65, "day_in_month": 1}),
        ("2033-03-31 09:00", {"recurrence_type": "monthly", "interval": 1, "days": 127, "day_in_month": 5}),
        ("2036-02-29 09:00", {"recurrence_type": "yearly", "interval": 1, "day_in_month": 29, "month": 1}),
        ("2033-12-26 09:00", {"recurrence_type": "yearly", "interval": 1, "days": 2, "day_in_month": 5, "month": 11}),
        ("2033-01-02 09:00", {"recurrence_type": "yearly", "interval": 1, "days": 1, "day_in_month": 1, "month": 0}),
    ],
)
def test_ends_of_months_and_kinds_of_days_come_back_too(
    calendar: Folder, start: str, pattern: dict[str, Value]
) -> None:
    times = {"start_date": ox.ms(start), "end_date": ox.ms(start) + ox.HOUR}

    found = calendar.load(calendar.create(**MEETING | times, **pattern))

    assert _pattern(found.values) == {name: str(value) for name, value in pattern.items()}


def test_a_series_is_its_own_master(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **WEEKLY, occurrences=5)

    assert made["recurrence_id"] == str(made.id)
    assert calendar.load(made)["recurrence_id"] == str(made.id)


@pytest.mark.rule("5.8.limits")
def test_an_endless_series_has_no_end(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**MEETING, **DAILY))

    assert "until" not in found
    assert "occurrences" not in found


@pytest.mark.parametrize("empty", [{"until": ""}, {"occurrences": ""}, {"until": "", "occurrences": ""}])
def test_an_empty_limit_is_none(calendar: Folder, empty: dict[str, Value]) -> None:
    found = calendar.load(calendar.create(**MEETING, **DAILY, **empty))

    assert "until" not in found


@pytest.mark.parametrize(
    ("pattern", "last"),
    [
        (DAILY, "2033-03-11"),
        (DAILY | {"interval": 2}, "2033-03-15"),
        (WEEKLY, "2033-04-04"),
        (WEEKLY | {"interval": 2}, "2033-05-02"),
        (WEEKLY | {"days": 2 | 8 | 32}, "2033-03-16"),
        (WEEKLY | {"days": 62}, "2033-03-11"),
        ({"recurrence_type": "monthly", "interval": 1, "day_in_month": 7}, "2033-07-07"),
        ({"recurrence_type": "monthly", "interval": 1, "days": 2, "day_in_month": 1}, "2033-07-04"),
        ({"recurrence_type": "yearly", "interval": 1, "day_in_month": 7, "month": 2}, "2037-03-07"),
        ({"recurrence_type": "yearly", "interval": 1, "days": 2, "day_in_month": 1, "month": 2}, "2037-03-02"),
    ],
)
def test_until_is_the_day_of_the_last_of_so_many_occurrences(
    calendar: Folder, pattern: dict[str, Value], last: str
) -> None:
    found = calendar.load(calendar.create(**MEETING, **pattern, occurrences=5))

    assert (found["occurrences"], found["until"]) == ("5", str(ox.ms(last)))


def test_a_series_until_a_day_says_that_day(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**MEETING, **WEEKLY, until=ox.ms("2033-04-04")))

    assert found["until"] == str(ox.ms("2033-04-04"))
    assert "occurrences" not in found


def test_until_is_inclusive(calendar: Folder) -> None:
    series = calendar.create(**MEETING, **WEEKLY, until=ox.ms("2033-03-14"))

    assert _exists(calendar, series.id, "2033-03-14")
    assert not _exists(calendar, series.id, "2033-03-21")


def test_until_between_two_occurrences_is_allowed(calendar: Folder) -> None:
    series = calendar.create(**MEETING, **WEEKLY, until=ox.ms("2033-03-18"))

    assert calendar.load(series)["until"] == str(ox.ms("2033-03-18"))
    assert _exists(calendar, series.id, "2033-03-14")
    assert not _exists(calendar, series.id, "2033-03-21")


def test_one_occurrence_is_a_series_too(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**MEETING, **DAILY, occurrences=1))

    assert (found["recurrence_type"], found["until"]) == ("daily", str(ox.ms("2033-03-07")))


def test_the_start_moves_to_the_first_day_that_fits(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**MEETING, **WEEKLY | {"days": 8}, occurrences=3))

    assert found["start_date"] == str(ox.ms("2033-03-09 09:00"))
    assert found["end_date"] == str(ox.ms("2033-03-09 10:00"))
    assert found["until"] == str(ox.ms("2033-03-23"))


def test_none_is_no_recurrence(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**MEETING, recurrence_type="none"))

    assert "recurrence_type" not in found


def test_whole_days_repeat(calendar: Folder) -> None:
    day = ox.ms("2033-03-07")
    fields = MEETING | {"full_time": True, "start_date": day, "end_date": day + ox.DAY}

    found = calendar.load(calendar.create(**fields, **WEEKLY, occurrences=5))

    assert (found["start_date"], found["end_date"]) == (str(day), str(day + ox.DAY))
    assert found["until"] == str(ox.ms("2033-04-04"))


@pytest.mark.rule("5.8.zone")
@pytest.mark.parametrize(
    ("start", "last_day", "before", "after"),
    [
        ("2033-03-21", "2033-03-28", "09:00", "08:00"),  # the clocks of Berlin go forward on 27 March 2033
        ("2033-10-24", "2033-10-31", "08:00", "09:00"),  # and back on 30 October
    ],
)
def test_occurrences_keep_their_hour_when_the_clocks_change(
    calendar: Folder, start: str, last_day: str, before: str, after: str
) -> None:
    at = ox.ms(f"{start} {before}")
    series = calendar.create(**MEETING | {"start_date": at, "end_date": at + ox.HOUR}, **WEEKLY, occurrences=3)

    exception = calendar.update(series, recurrence_date_position=ox.ms(last_day), title="Second", ignore_conflicts=True)

    found = calendar.load(exception)
    assert found["start_date"] == str(ox.ms(f"{last_day} {after}"))
    assert found["end_date"] == str(ox.ms(f"{last_day} {after}") + ox.HOUR)
    assert calendar.load(series)["start_date"] == str(at)


def test_whole_days_stay_days_when_the_clocks_change(calendar: Folder) -> None:
    day = ox.ms("2033-03-21")
    fields = MEETING | {"full_time": True, "start_date": day, "end_date": day + ox.DAY}
    series = calendar.create(**fields, **WEEKLY, occurrences=3)

    exception = calendar.update(
        series, recurrence_date_position=day + 7 * ox.DAY, title="Second", ignore_conflicts=True
    )

    assert calendar.load(exception)["start_date"] == str(day + 7 * ox.DAY)


def test_a_time_late_in_the_evening_belongs_to_the_local_day(calendar: Folder) -> None:
    at = ox.ms("2033-03-07 23:30")  # 0:30 on Tuesday the 8th in Berlin
    fields = MEETING | {"start_date": at, "end_date": at + ox.HOUR}

    found = calendar.load(calendar.create(**fields, **DAILY, occurrences=3))

    assert found["start_date"] == str(at)
    assert found["until"] == str(ox.ms("2033-03-10"))


def _exists(calendar: Folder, series: int, day: str) -> bool:
    """Whether a series has an occurrence on a day: whether that one could be deleted."""
    answer = calendar.user.try_write(
        "calendar",
        object_id=series,
        folder_id=calendar.id,
        last_modified=ox.ms("2100-01-01"),
        recurrence_date_position=ox.ms(day),
        method="DELETE",
    )
    return answer.status == "200"
