"""Changing a whole series, and the update that forgets the pattern (OX reference, sections 11.2 and 11.3)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

START = ox.ms("2033-03-07 09:00")
MEETING: dict[str, Value] = {
    "title": "Series",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}
WEEKLY: dict[str, Value] = {"recurrence_type": "weekly", "interval": 1, "days": 2}
SECOND = ox.ms("2033-03-14")


@pytest.fixture
def series(calendar: Folder) -> Response:
    """Five Mondays from 7 March on."""
    return calendar.create(**MEETING, **WEEKLY, occurrences=5)


def test_an_update_without_type_makes_it_a_single_appointment(calendar: Folder, series: Response) -> None:
    calendar.update(series, title="Alone", ignore_conflicts=True)

    found = calendar.load(series)
    assert not {"recurrence_type", "interval", "days", "until", "occurrences", "deleteexceptions"} & set(found.names)
    assert found.values.get("recurrence_id", "0") == "0"
    assert found["start_date"] == str(START)


@pytest.mark.parametrize("word", ["none", ""])
def test_so_does_an_update_with_the_type_none_or_an_empty_one(calendar: Folder, series: Response, word: str) -> None:
    calendar.update(series, recurrence_type=word, ignore_conflicts=True)

    assert "recurrence_type" not in calendar.load(series)


def test_a_series_that_ends_takes_its_exceptions_with_it(calendar: Folder, series: Response) -> None:
    exception = calendar.update(series, recurrence_date_position=SECOND, title="Later", ignore_conflicts=True)

    calendar.update(calendar.load(series), title="Alone", ignore_conflicts=True)

    assert calendar.live() == [series.id]
    assert calendar.gone() == [exception.id]


def test_an_update_that_repeats_the_pattern_keeps_the_series_and_its_exceptions(
    calendar: Folder, series: Response
) -> None:
    exception = calendar.update(series, recurrence_date_position=SECOND, title="Later", ignore_conflicts=True)

    calendar.update(calendar.load(series), **WEEKLY, occurrences=5, title="Renamed", ignore_conflicts=True)

    assert sorted(calendar.live()) == sorted([series.id, exception.id])
    assert (calendar.load(series)["title"], calendar.load(exception)["title"]) == ("Renamed", "Later")


def test_until_as_it_was_read_is_the_same_pattern(calendar: Folder, series: Response) -> None:
    exception = calendar.update(series, recurrence_date_position=SECOND, title="Later", ignore_conflicts=True)
    found = calendar.load(series)

    calendar.update(found, **WEEKLY, until=found["until"], title="Renamed", ignore_conflicts=True)

    assert exception.id in calendar.live()


def test_another_pattern_drops_all_exceptions(calendar: Folder, series: Response) -> None:
    exception = calendar.update(series, recurrence_date_position=SECOND, title="Later", ignore_conflicts=True)
    pattern: dict[str, Value] = {"recurrence_type": "daily", "interval": 1, "occurrences": 10}

    calendar.update(calendar.load(series), **pattern, ignore_conflicts=True)

    found = calendar.load(series)
    assert (found["recurrence_type"], found.values.get("changeexceptions", "")) == ("daily", "")
    assert calendar.gone() == [exception.id]


def test_a_limited_series_becomes_endless(calendar: Folder, series: Response) -> None:
    calendar.update(series, **WEEKLY, ignore_conflicts=True)

    found = calendar.load(series)
    assert found["recurrence_type"] == "weekly"
    assert not {"until", "occurrences"} & set(found.names)


def test_an_endless_series_becomes_limited(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **WEEKLY)

    calendar.update(made, **WEEKLY, until=ox.ms("2033-03-21"), ignore_conflicts=True)

    assert calendar.load(made)["until"] == str(ox.ms("2033-03-21"))


def test_a_single_appointment_becomes_a_series(calendar: Folder) -> None:
    made = calendar.create(**MEETING)

    calendar.update(made, **WEEKLY, occurrences=3, ignore_conflicts=True)

    assert calendar.load(made)["until"] == str(ox.ms("2033-03-21"))
    assert calendar.load(made)["recurrence_id"] == str(made.id)


def test_a_series_can_be_moved_in_time(calendar: Folder, series: Response) -> None:
    at = START + ox.DAY + ox.HOUR
    pattern = WEEKLY | {"days": 4, "occurrences": 5}

    calendar.update(series, start_date=at, end_date=at + ox.HOUR, **pattern, ignore_conflicts=True)

    found = calendar.load(series)
    assert (found["start_date"], found["days"], found["until"]) == (str(at), "4", str(ox.ms("2033-04-05")))


def test_an_exception_leaves_the_pattern_alone_though_the_update_has_no_type(
    calendar: Folder, series: Response
) -> None:
    calendar.update(series, recurrence_date_position=SECOND, title="Later", ignore_conflicts=True)

    assert calendar.load(series)["recurrence_type"] == "weekly"


def test_echoing_changeexceptions_does_nothing(calendar: Folder, series: Response) -> None:
    calendar.update(series, **WEEKLY, occurrences=5, changeexceptions=str(SECOND), ignore_conflicts=True)

    assert calendar.load(series).values.get("changeexceptions", "") == ""
    assert calendar.live() == [series.id]
