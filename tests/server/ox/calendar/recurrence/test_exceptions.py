"""Single occurrences deleted and changed (OX reference, sections 5.1 and 11.4)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-03-07 09:00")
MEETING: dict[str, Value] = {
    "title": "Series",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}
WEEKLY: dict[str, Value] = {"recurrence_type": "weekly", "interval": 1, "days": 2}
DAY = [ox.ms("2033-03-07") + week * 7 * ox.DAY for week in range(6)]


@pytest.fixture
def series(calendar: Folder) -> Response:
    """Five Mondays from 7 March on."""
    return calendar.create(**MEETING, **WEEKLY, occurrences=5, location="Office", alarm_flag=True, alarm=15)


def _now(calendar: Folder, thing: Response) -> Response:
    return calendar.load(thing)


def _changed(calendar: Folder, series: Response, week: int, **fields: Value) -> Response:
    return calendar.update(_now(calendar, series), recurrence_date_position=DAY[week], ignore_conflicts=True, **fields)


def _days(answer: Response, name: str) -> list[int]:
    return [int(day) for day in answer.values.get(name, "").split(",") if day]


# Deleting


@pytest.mark.parametrize("week", [0, 1, 4])
def test_an_occurrence_is_deleted_by_its_day(calendar: Folder, series: Response, week: int) -> None:
    answer = calendar.delete(series, recurrence_date_position=DAY[week])

    found = calendar.load(series)
    assert _days(found, "deleteexceptions") == [DAY[week]]
    assert found.last_modified > series.last_modified
    assert answer["recurrence_id"] == str(series.id)
    assert answer.last_modified == found.last_modified
    assert calendar.live() == [series.id]


def test_an_occurrence_is_deleted_by_its_number(calendar: Folder, series: Response) -> None:
    calendar.delete(series, recurrence_position=3)

    assert _days(calendar.load(series), "deleteexceptions") == [DAY[2]]


def test_occurrences_are_deleted_by_a_list(calendar: Folder, series: Response) -> None:
    calendar.update(series, **WEEKLY, occurrences=5, deleteexceptions=f"{DAY[1]},{DAY[3]}", ignore_conflicts=True)

    assert _days(calendar.load(series), "deleteexceptions") == [DAY[1], DAY[3]]


def test_a_series_can_be_made_with_deleted_occurrences(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **WEEKLY, occurrences=5, deleteexceptions=f"{DAY[2]}")

    assert _days(calendar.load(made), "deleteexceptions") == [DAY[2]]


def test_deleted_occurrences_stay_when_an_update_does_not_speak_of_them(calendar: Folder, series: Response) -> None:
    calendar.delete(series, recurrence_date_position=DAY[1])

    calendar.update(_now(calendar, series), **WEEKLY, occurrences=5, title="Renamed", ignore_conflicts=True)

    assert _days(calendar.load(series), "deleteexceptions") == [DAY[1]]


def test_kdes_empty_list_clears_nothing(calendar: Folder, series: Response) -> None:
    calendar.delete(series, recurrence_date_position=DAY[1])

    calendar.update(_now(calendar, series), **WEEKLY, occurrences=5, deleteexceptions="", ignore_conflicts=True)

    assert _days(calendar.load(series), "deleteexceptions") == [DAY[1]]


def test_deleting_keeps_start_end_and_limit_of_the_series(calendar: Folder, series: Response) -> None:
    before = calendar.load(series)

    calendar.delete(series, recurrence_date_position=DAY[0])

    after = calendar.load(series)
    for name in ("start_date", "end_date", "until", "occurrences", "alarm"):
        assert after.values.get(name) == before.values.get(name)


def test_an_occurrence_of_an_endless_series_can_be_deleted(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **WEEKLY)
    far = DAY[0] + 1000 * 7 * ox.DAY

    calendar.delete(made, recurrence_date_position=far)

    assert _days(calendar.load(made), "deleteexceptions") == [far]


def test_an_occurrence_of_whole_days_can_be_deleted(calendar: Folder) -> None:
    fields = MEETING | {"full_time": True, "start_date": DAY[0], "end_date": DAY[0] + ox.DAY}
    made = calendar.create(**fields, **WEEKLY, occurrences=5)

    calendar.delete(made, recurrence_date_position=DAY[1])

    assert _days(calendar.load(made), "deleteexceptions") == [DAY[1]]


@pytest.mark.parametrize("day", [DAY[0] + ox.DAY, DAY[0] - 7 * ox.DAY, DAY[5], 0])
@pytest.mark.parametrize("method", ["DELETE", "SAVE"])
def test_a_day_without_occurrence_is_refused(calendar: Folder, series: Response, day: int, method: str) -> None:
    answer = calendar.try_update(series, recurrence_date_position=day, method=method, title="x", ignore_conflicts=True)

    assert answer.status in {"409", "404"}
    assert any(code in answer.description for code in ("APP-0075", "APP-0098", "APP-0074"))
    assert calendar.load(series).last_modified == series.last_modified
    assert calendar.live() == [series.id]


@pytest.mark.parametrize("position", [6, 1000, -1, 2**31])
def test_a_number_without_occurrence_is_refused(calendar: Folder, series: Response, position: int) -> None:
    answer = calendar.try_delete(series, recurrence_position=position)

    assert answer.status in {"404", "409"}
    assert calendar.live() == [series.id]
    assert calendar.load(series).last_modified == series.last_modified


def test_an_occurrence_is_deleted_once(calendar: Folder, series: Response) -> None:
    calendar.delete(series, recurrence_date_position=DAY[1])

    assert calendar.try_delete(_now(calendar, series), recurrence_date_position=DAY[1]).status in {"404", "409"}


def test_an_outdated_deletion_of_an_occurrence_is_refused(calendar: Folder, series: Response) -> None:
    answer = calendar.try_delete(series, recurrence_date_position=DAY[1], last_modified=0)

    assert answer.outcome == ("409", "1000")


def test_when_the_last_occurrence_is_deleted_the_series_is_gone(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **WEEKLY, occurrences=2)
    calendar.delete(made, recurrence_date_position=DAY[0])

    calendar.delete(_now(calendar, made), recurrence_date_position=DAY[1])

    assert calendar.live() == []
    assert calendar.gone() == [made.id]


# Changing


@pytest.mark.parametrize("how", ["day", "number"])
def test_an_occurrence_is_changed_by_day_or_number_into_an_object_of_its_own(
    calendar: Folder, series: Response, how: str
) -> None:
    at: dict[str, Value] = {"recurrence_date_position": DAY[1]} if how == "day" else {"recurrence_position": 2}

    exception = calendar.update(series, title="Later", ignore_conflicts=True, **at)

    assert exception.id != series.id
    assert exception["recurrence_id"] == str(series.id)
    found = calendar.load(exception)
    assert (found["title"], found["recurrence_id"]) == ("Later", str(series.id))
    assert (found["recurrence_position"], found["recurrence_date_position"]) == ("2", str(DAY[1]))
    assert "recurrence_type" not in found
    assert (found["start_date"], found["end_date"]) == (str(DAY[1] + 9 * ox.HOUR), str(DAY[1] + 10 * ox.HOUR))


def test_a_changed_occurrence_takes_what_was_not_said_from_the_series(calendar: Folder, series: Response) -> None:
    found = calendar.load(_changed(calendar, series, 1, title="Later"))

    assert found["location"] == "Office"


def test_the_series_lists_the_day_and_stays_as_it_is(calendar: Folder, series: Response) -> None:
    before = calendar.load(series)

    _changed(calendar, series, 1, title="Later", start_date=DAY[1] + 12 * ox.HOUR, end_date=DAY[1] + 13 * ox.HOUR)

    after = calendar.load(series)
    assert _days(after, "changeexceptions") == [DAY[1]]
    assert _days(after, "deleteexceptions") == []
    for name in ("title", "start_date", "end_date", "recurrence_type", "until", "alarm"):
        assert after.values.get(name) == before.values.get(name)
    assert after.last_modified > before.last_modified


def test_an_exception_names_its_own_day(calendar: Folder, series: Response) -> None:
    found = calendar.load(_changed(calendar, series, 1, title="Later"))

    assert _days(found, "changeexceptions") == [DAY[1]]


def test_an_exception_may_be_on_another_day(calendar: Folder, series: Response) -> None:
    moved = DAY[1] + 2 * ox.DAY + 15 * ox.HOUR

    found = calendar.load(_changed(calendar, series, 1, start_date=moved, end_date=moved + ox.HOUR))

    assert (found["start_date"], found["recurrence_date_position"]) == (str(moved), str(DAY[1]))


def test_an_exception_is_changed_by_its_own_number(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    calendar.update(exception, title="Latest", ignore_conflicts=True)

    found = calendar.load(exception)
    assert (found["title"], found["recurrence_date_position"]) == ("Latest", str(DAY[1]))


def test_an_exception_may_repeat_its_position_in_a_change(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    again = calendar.update(
        exception, recurrence_date_position=DAY[1], recurrence_position=2, title="Latest", ignore_conflicts=True
    )

    assert again.id == exception.id


@pytest.mark.parametrize("place", [{"recurrence_date_position": DAY[2]}, {"recurrence_position": 3}])
@pytest.mark.parametrize("what", [{"title": "Latest"}, {"method": "DELETE"}])
def test_an_exception_keeps_its_place_in_the_series(
    calendar: Folder, series: Response, place: dict[str, Value], what: dict[str, Value]
) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    answer = calendar.try_update(exception, **place, **what, ignore_conflicts=True)

    assert answer.status == "409"
    assert "APP-0083" in answer.description
    assert calendar.load(exception)["title"] == "Later"


def test_a_second_exception_for_the_same_day_is_refused(calendar: Folder, series: Response) -> None:
    _changed(calendar, series, 1, title="Later")

    answer = calendar.try_update(
        _now(calendar, series), recurrence_date_position=DAY[1], title="Other", ignore_conflicts=True
    )

    assert answer.status == "409"
    assert len(calendar.live()) == 2


def test_a_deleted_occurrence_cannot_be_changed(calendar: Folder, series: Response) -> None:
    calendar.delete(series, recurrence_date_position=DAY[1])

    answer = calendar.try_update(
        _now(calendar, series), recurrence_date_position=DAY[1], title="x", ignore_conflicts=True
    )

    assert answer.status in {"404", "409"}


def test_an_outdated_change_of_an_occurrence_is_refused(calendar: Folder, series: Response) -> None:
    answer = calendar.try_update(series, recurrence_date_position=DAY[1], title="x", last_modified=0)

    assert answer.outcome == ("409", "1000")
    assert calendar.live() == [series.id]


def test_an_exception_does_not_become_a_series(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    answer = calendar.try_update(exception, **WEEKLY, ignore_conflicts=True)

    assert answer.status == "409"
    assert "recurrence_type" not in calendar.load(exception)


def test_an_exception_deleted_by_its_number_is_a_deleted_occurrence(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    calendar.delete(exception)

    assert calendar.live() == [series.id]
    found = calendar.load(series)
    assert (_days(found, "deleteexceptions"), _days(found, "changeexceptions")) == ([DAY[1]], [])


def test_an_exception_deleted_by_the_list_of_its_series_is_gone(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    calendar.update(
        _now(calendar, series), **WEEKLY, occurrences=5, deleteexceptions=str(DAY[1]), ignore_conflicts=True
    )

    assert calendar.live() == [series.id]
    assert calendar.gone() == [exception.id]
    assert _days(calendar.load(series), "changeexceptions") == []


def test_deleting_the_series_deletes_its_exceptions(calendar: Folder, series: Response) -> None:
    exception = _changed(calendar, series, 1, title="Later")

    calendar.delete(_now(calendar, series))

    assert calendar.live() == []
    assert sorted(calendar.gone()) == sorted([series.id, exception.id])


def test_deletions_of_exceptions_and_series_are_told_with_the_number_of_the_series(
    calendar: Folder, series: Response
) -> None:
    exception = _changed(calendar, series, 1, title="Later")
    calendar.delete(_now(calendar, series))

    stubs = {stub.id: stub for stub in calendar.changes(mode="DELETED")}

    assert stubs[exception.id]["recurrence_id"] == str(series.id)


def test_several_exceptions_live_side_by_side(calendar: Folder, series: Response) -> None:
    made = [_changed(calendar, series, week, title=f"Week {week}") for week in (3, 1, 0)]
    calendar.delete(_now(calendar, series), recurrence_date_position=DAY[2])

    found = calendar.load(series)
    assert sorted(_days(found, "changeexceptions")) == [DAY[0], DAY[1], DAY[3]]
    assert _days(found, "deleteexceptions") == [DAY[2]]
    assert [calendar.load(one)["recurrence_position"] for one in made] == ["4", "2", "1"]


def test_occurrences_of_one_request_are_changed_with_the_same_version(calendar: Folder, series: Response) -> None:
    control = {"object_id": series.id, "folder_id": calendar.id, "last_modified": series.last_modified}

    answers = calendar.user.write(
        "calendar",
        ox.block(**control, recurrence_date_position=DAY[1], title="A", ignore_conflicts=True),
        ox.block(**control, recurrence_date_position=DAY[2], title="B", ignore_conflicts=True),
        ox.block(**control, recurrence_date_position=DAY[3], method="DELETE"),
    )

    assert [answer.outcome for answer in answers] == [("200", "1200")] * 3
    assert sorted(_days(calendar.load(series), "changeexceptions")) == [DAY[1], DAY[2]]


def test_a_single_appointment_has_no_occurrences(calendar: Folder) -> None:
    made = calendar.create(**MEETING)

    answer = calendar.try_update(made, recurrence_date_position=DAY[0], title="x", ignore_conflicts=True)

    assert answer.status in {"200", "404", "409"}
    assert calendar.live() == [made.id]


def test_a_reader_who_takes_no_part_in_an_exception_sees_its_day_as_deleted(
    anna: OxUser, ben: OxUser, carl: OxUser
) -> None:
    mine, carls = anna.default("calendar"), carl.default("calendar")
    people = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id), ox.user(carl.id))
    made = mine.create(**MEETING, **WEEKLY, occurrences=5, participants=people)
    without_carl = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id))

    exception = mine.update(
        made, recurrence_date_position=DAY[1], title="Two of us", participants=without_carl, ignore_conflicts=True
    )

    assert exception.id not in carls.live()
    assert [(one.id, one["recurrence_id"]) for one in carls.changes(made.last_modified, "DELETED")] == [
        (exception.id, str(made.id))
    ]
    assert carls.try_load(exception).status == "404"
    assert DAY[1] in _days(carls.load(made), "deleteexceptions")
    assert _days(carls.load(made), "changeexceptions") == []
    assert _days(ben.default("calendar").load(made), "changeexceptions") == [DAY[1]]


def test_one_occurrence_can_be_answered(anna: OxUser, ben: OxUser) -> None:
    mine = anna.default("calendar")
    made = mine.create(**MEETING, **WEEKLY, occurrences=5, participants=ox.user(ben.id))

    answer = ben.try_write(
        "calendar", object_id=made.id, method="CONFIRM", confirm="decline", recurrence_date_position=DAY[1]
    )

    assert answer.outcome == ("200", "1200")
    states = {one["text"]: one["confirm"] for one in mine.load(made).entries("participants")}
    assert states[str(ben.id)] == "none"
    assert _days(mine.load(made), "changeexceptions") == [DAY[1]]
