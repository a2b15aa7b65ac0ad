"""Reminders, and the update without alarm_flag that removes them (OX reference, sections 10.1 and 11.3)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-03-08 09:00")
MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}


@pytest.mark.parametrize("minutes", [0, 15, 60, 1440, 40320])
def test_a_reminder_is_minutes_before_the_start(calendar: Folder, minutes: int) -> None:
    found = calendar.load(calendar.create(**MEETING, alarm_flag=True, alarm=minutes))

    assert (found["alarm_flag"], found["alarm"]) == ("true", str(minutes))


def test_minutes_without_the_flag_are_no_reminder(calendar: Folder) -> None:
    for fields in ({"alarm": 15}, {"alarm": 15, "alarm_flag": False}, {"alarm": 15, "alarm_flag": ""}):
        found = calendar.load(calendar.create(**MEETING, **fields))

        assert found["alarm_flag"] == "false"
        assert "alarm" not in found


def test_an_update_without_the_flag_removes_the_reminder(calendar: Folder) -> None:
    made = calendar.create(**MEETING, alarm_flag=True, alarm=15)

    calendar.update(made, title="Changed", ignore_conflicts=True)

    assert calendar.load(made)["alarm_flag"] == "false"


def test_an_update_with_minutes_but_without_the_flag_removes_the_reminder(calendar: Folder) -> None:
    made = calendar.create(**MEETING, alarm_flag=True, alarm=15)

    calendar.update(made, alarm=30, ignore_conflicts=True)

    assert calendar.load(made)["alarm_flag"] == "false"


def test_an_update_with_the_flag_changes_the_reminder(calendar: Folder) -> None:
    made = calendar.create(**MEETING, alarm_flag=True, alarm=15)

    calendar.update(made, alarm_flag=True, alarm=30, ignore_conflicts=True)

    assert calendar.load(made)["alarm"] == "30"


def test_an_update_with_the_flag_alone_keeps_the_reminder(calendar: Folder) -> None:
    made = calendar.create(**MEETING, alarm_flag=True, alarm=15)

    calendar.update(made, alarm_flag=True, ignore_conflicts=True)

    assert calendar.load(made)["alarm_flag"] == "true"


@pytest.mark.rule("5.7")
def test_a_reminder_is_its_users_own(anna: OxUser, ben: OxUser) -> None:
    everybody = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id))
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = mine.create(**MEETING, alarm_flag=True, alarm=15, participants=everybody)

    assert bens.load(made)["alarm_flag"] == "false"
    bens.update(bens.load(made), alarm_flag=True, alarm=5, ignore_conflicts=True)

    assert (mine.load(made)["alarm"], bens.load(made)["alarm"]) == ("15", "5")


def test_another_users_update_without_the_flag_keeps_my_reminder(anna: OxUser, ben: OxUser) -> None:
    everybody = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id))
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = mine.create(**MEETING, alarm_flag=True, alarm=15, participants=everybody)

    bens.update(bens.load(made), note="Ben was here", ignore_conflicts=True)

    assert mine.load(made)["alarm"] == "15"
    assert mine.load(made)["note"] == "Ben was here"


@pytest.mark.parametrize("minutes", ["-5", "soon", "1.5", "99999999999999999999"])
def test_minutes_that_cannot_be_are_refused_or_left_out(calendar: Folder, minutes: str) -> None:
    answer = calendar.try_create(**MEETING, alarm_flag=True, alarm=minutes)

    assert answer.status in {"200", "409", "500"}
    assert answer.status == "200" or answer.code in {"1100", "1400", "1003"}
