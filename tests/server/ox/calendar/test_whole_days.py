"""Appointments that last whole days (OX reference, sections 10.1, 19.1 and 20; semantics 5.1)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

DAY = ox.ms("2033-03-07")


def _days(start: int, end: int, **fields: Value) -> dict[str, Value]:
    return {
        "title": "Fair",
        "start_date": start,
        "end_date": end,
        "full_time": True,
        "ignore_conflicts": True,
        **fields,
    }


@pytest.mark.rule("5.1.days")
def test_a_whole_day_ends_at_the_next_midnight(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**_days(DAY, DAY + ox.DAY)))

    assert (found["start_date"], found["end_date"], found["full_time"]) == (str(DAY), str(DAY + ox.DAY), "true")


def test_three_days_end_at_the_fourth_midnight(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**_days(DAY, DAY + 3 * ox.DAY)))

    assert found["end_date"] == str(DAY + 3 * ox.DAY)


def test_kdes_single_day_that_ends_where_it_starts_is_one_day(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**_days(DAY, DAY)))

    assert (found["start_date"], found["end_date"]) == (str(DAY), str(DAY + ox.DAY))


@pytest.mark.rule("5.1.days")
def test_a_start_within_a_day_is_cut_to_the_day(calendar: Folder) -> None:
    found = calendar.load(calendar.create(**_days(DAY + 9 * ox.HOUR, DAY + ox.DAY)))

    assert (found["start_date"], found["end_date"]) == (str(DAY), str(DAY + ox.DAY))


def test_what_is_read_can_be_written_back(calendar: Folder) -> None:
    made = calendar.create(**_days(DAY, DAY + 2 * ox.DAY))
    found = calendar.load(made)

    for _ in range(2):
        made = calendar.update(made, **_days(int(found["start_date"]), int(found["end_date"])))

    assert calendar.load(made)["end_date"] == str(DAY + 2 * ox.DAY)


@pytest.mark.parametrize("day", ["2033-03-27", "2033-10-30", "1969-12-31", "2000-02-29", "2036-02-29"])
def test_days_are_days_of_utc_whatever_the_clocks_do(calendar: Folder, day: str) -> None:
    start = ox.ms(day)

    found = calendar.load(calendar.create(**_days(start, start + ox.DAY)))

    assert (found["start_date"], found["end_date"]) == (str(start), str(start + ox.DAY))


def test_a_whole_day_becomes_an_hour(calendar: Folder) -> None:
    made = calendar.create(**_days(DAY, DAY + ox.DAY))

    calendar.update(
        made, full_time=False, start_date=DAY + 9 * ox.HOUR, end_date=DAY + 10 * ox.HOUR, ignore_conflicts=True
    )

    found = calendar.load(made)
    assert (found["full_time"], found["start_date"]) == ("false", str(DAY + 9 * ox.HOUR))


def test_an_hour_becomes_a_whole_day(calendar: Folder) -> None:
    made = calendar.create(**_days(DAY + 9 * ox.HOUR, DAY + 10 * ox.HOUR, full_time=False))

    calendar.update(made, **_days(DAY, DAY + ox.DAY))

    found = calendar.load(made)
    assert (found["full_time"], found["start_date"], found["end_date"]) == ("true", str(DAY), str(DAY + ox.DAY))


def test_an_absent_full_time_keeps_a_whole_day_one(calendar: Folder) -> None:
    made = calendar.create(**_days(DAY, DAY + ox.DAY))

    calendar.update(made, title="Renamed", ignore_conflicts=True)

    found = calendar.load(made)
    assert (found["full_time"], found["start_date"], found["end_date"]) == ("true", str(DAY), str(DAY + ox.DAY))
