"""Tasks (OX reference, section 12; semantics 7)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value, Xml

DAY = ox.ms("2033-03-07")


def test_a_task_needs_nothing_but_a_title(tasks: Folder) -> None:
    found = tasks.load(tasks.create(title="Buy paper"))

    assert found["title"] == "Buy paper"
    assert not {"start_date", "end_date", "date_completed", "alarm"} & set(found.names)


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5])
def test_every_status_comes_back(tasks: Folder, status: int) -> None:
    assert tasks.load(tasks.create(title="x", status=status))["status"] == str(status)


@pytest.mark.parametrize("priority", [1, 2, 3])
def test_every_priority_comes_back(tasks: Folder, priority: int) -> None:
    assert tasks.load(tasks.create(title="x", priority=priority))["priority"] == str(priority)


@pytest.mark.parametrize("percent", [0, 1, 50, 99, 100])
def test_every_percentage_comes_back(tasks: Folder, percent: int) -> None:
    assert tasks.load(tasks.create(title="x", percent_completed=percent))["percent_completed"] == str(percent)


@pytest.mark.rule("7.status", "7.dates", "7.amounts")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"percent_completed": 101}, "TSK-0030"),
        ({"percent_completed": -1}, "TSK-0030"),
        ({"status": 1, "percent_completed": 50}, "TSK-0031"),
        ({"priority": 4}, "TSK-0057"),
        ({"priority": -1}, "TSK-0057"),
        ({"status": 6}, ""),
        ({"status": 0}, ""),
        ({"status": -1}, ""),
        ({"start_date": DAY + ox.DAY, "end_date": DAY}, "TSK-0040"),
        ({"title": "x" * 256}, ""),
        ({"participants": ox.guest("")}, ""),
        ({"recurrence_type": "daily", "interval": 1}, "TSK-0037"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_code(tasks: Folder, fields: dict[str, Value], code: str) -> None:
    answer = tasks.try_create(**{"title": "x"} | fields)

    assert answer.status == "409", answer
    assert code in answer.description
    assert tasks.changes() == []


@pytest.mark.rule("7.amounts")
@pytest.mark.parametrize("name", ["target_costs", "actual_costs"])
@pytest.mark.parametrize("value", ["0", "12.5", "1000000.75", "-3.25", "0.01"])
def test_costs_are_decimal_numbers(tasks: Folder, name: str, value: str) -> None:
    assert float(tasks.load(tasks.create(title="x", **{name: value}))[name]) == float(value)


@pytest.mark.parametrize("name", ["target_costs", "actual_costs"])
@pytest.mark.parametrize("value", ["1,5", "much", "NaN", "Infinity", "-Infinity", "1e999", "0x1p3"])
def test_costs_that_are_no_numbers_are_refused(tasks: Folder, name: str, value: str) -> None:
    assert tasks.try_create(**{"title": "x", name: value}).status in {"409", "500"}
    assert tasks.changes() == []


@pytest.mark.rule("7.amounts")
@pytest.mark.parametrize("name", ["target_duration", "actual_duration"])
@pytest.mark.parametrize("value", [0, 1, 525_600, 2**31])
def test_durations_are_minutes(tasks: Folder, name: str, value: int) -> None:
    found = tasks.load(tasks.create(title="x", **{name: value}))

    assert found.values.get(name, "0") == str(value)


@pytest.mark.rule("7.alarm")
def test_a_reminder_is_a_moment(tasks: Folder) -> None:
    found = tasks.load(tasks.create(title="x", alarm_flag=True, alarm=DAY + 8 * ox.HOUR))

    assert (found["alarm_flag"], found["alarm"]) == ("true", str(DAY + 8 * ox.HOUR))


def test_an_update_without_the_flag_removes_the_reminder(tasks: Folder) -> None:
    made = tasks.create(title="x", alarm_flag=True, alarm=DAY)

    tasks.update(made, note="x")

    found = tasks.load(made)
    assert (found["alarm_flag"], "alarm" in found) == ("false", False)


def test_kdes_reminder_in_minutes_does_no_harm(tasks: Folder) -> None:
    made = tasks.create(title="x", start_date=DAY, end_date=DAY + ox.DAY, alarm_flag=True, alarm=15)

    found = tasks.load(made)
    assert found["alarm_flag"] == "false" or abs(int(found["alarm"]) - DAY) <= 2 * ox.DAY


def test_color_labels_are_accepted_and_not_written(tasks: Folder) -> None:
    assert "color_label" not in tasks.load(tasks.create(title="x", color_label=3))


@pytest.mark.rule("7.delete")
def test_the_stub_of_a_deleted_task_has_three_elements(tasks: Folder) -> None:
    tasks.delete(tasks.create(title="x"))

    (stub,) = tasks.changes()
    assert stub.names == ["object_id", "last_modified", "object_status"]


# Delegation


def test_a_delegated_task_stands_in_the_default_folder_of_who_shall_do_it(
    tasks: Folder, ben: OxUser, carl: OxUser
) -> None:
    made = tasks.create(title="Help", participants=ox.user(ben.id))

    assert ben.default("task").load(made)["title"] == "Help"
    assert carl.default("task").try_load(made).status == "404"


def test_who_shall_do_it_may_report_progress(tasks: Folder, ben: OxUser) -> None:
    made = tasks.create(title="Help", participants=ox.user(ben.id))
    bens = ben.default("task")

    bens.update(bens.load(made), status=2, percent_completed=50)

    assert tasks.load(made)["percent_completed"] == "50"


def test_participants_of_a_task_come_back(tasks: Folder, ben: OxUser, team: int) -> None:
    people = ox.together(ox.user(ben.id), ox.group(team), ox.guest("guest@example.net", "Guest"))

    entries = tasks.load(tasks.create(title="Help", participants=people)).entries("participants")

    assert sorted((one["kind"], one.get("mail") or one["text"]) for one in entries) == sorted(
        [("user", str(ben.id)), ("group", str(team)), ("user", "guest@example.net")]
    )


@pytest.mark.parametrize("people", [Xml("<ox:robot>1</ox:robot>"), ox.user(99_999_999), Xml("<ox:user>x</ox:user>")])
def test_people_who_cannot_be_are_refused(tasks: Folder, people: Xml) -> None:
    assert tasks.try_create(title="x", participants=people).status in {"404", "409", "500"}
    assert tasks.changes() == []


def test_somebody_from_outside_needs_an_address(tasks: Folder) -> None:
    answer = tasks.try_create(title="x", participants=ox.guest("", "Guest"))

    assert answer.outcome == ("409", "1004")
    assert "TSK-0044" in answer.description


def test_a_room_does_no_tasks(tasks: Folder, room: int) -> None:
    answer = tasks.try_create(title="x", participants=ox.resource(room))

    assert answer.status == "409"
    assert "TSK-0049" in answer.description


# Private tasks


@pytest.mark.rule("4.3.others")
def test_a_private_task_is_hidden_from_others(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("task", title, ox.right(ben.id, "4/4/4/4"))
    made = shared.create(title="Secret", private_flag=True)
    bens = shared.seen_by(ben)

    assert bens.live() == bens.listed() == []
    assert bens.try_load(made).outcome == ("404", "1001")
    assert bens.try_delete(made).outcome == ("404", "1001")


def test_a_private_task_has_no_other_participants_and_is_in_no_public_folder(
    anna: OxUser, ben: OxUser, tasks: Folder, title: str
) -> None:
    public = anna.make_folder("task", title + " public", parent=2)

    with_ben = tasks.try_create(title="x", private_flag=True, participants=ox.user(ben.id))
    in_public = public.try_create(title="x", private_flag=True)

    assert (with_ben.status, "TSK-0028" in with_ben.description) == ("409", True)
    assert (in_public.status, "TSK-0008" in in_public.description) == ("409", True)


# Recurring tasks

SERIES: dict[str, Value] = {
    "title": "Report",
    "start_date": DAY,
    "end_date": DAY + ox.DAY,
    "recurrence_type": "weekly",
    "interval": 1,
    "days": 2,
}


def test_a_recurring_task_comes_back_with_its_pattern(tasks: Folder) -> None:
    found = tasks.load(tasks.create(**SERIES, occurrences=3))

    assert (found["recurrence_type"], found["interval"], found["days"]) == ("weekly", "1", "2")
    assert (found["occurrences"], found["until"]) == ("3", str(DAY + 14 * ox.DAY))


def test_an_update_without_the_pattern_ends_the_recurrence(tasks: Folder) -> None:
    made = tasks.create(**SERIES, occurrences=3)

    tasks.update(made, note="x")

    assert "recurrence_type" not in tasks.load(made)


def test_a_recurring_task_that_is_done_has_exactly_one_successor(tasks: Folder) -> None:
    made = tasks.create(**SERIES, occurrences=3)

    tasks.update(made, status=3, percent_completed=100, recurrence_type="weekly", interval=1, days=2, occurrences=3)

    assert len(tasks.live()) == 2
    (following,) = [one for one in tasks.changes() if one.id != made.id]
    assert (following["status"], following.values.get("percent_completed", "0")) == ("1", "0")
    assert (following["start_date"], following["end_date"]) == (str(DAY + 7 * ox.DAY), str(DAY + 8 * ox.DAY))
    assert following["until"] == str(DAY + 14 * ox.DAY)


def test_the_last_of_a_recurring_task_has_no_successor(tasks: Folder) -> None:
    made = tasks.create(**SERIES, occurrences=1)

    tasks.update(made, status=3, percent_completed=100, recurrence_type="weekly", interval=1, days=2, occurrences=1)

    assert tasks.live() == [made.id]
