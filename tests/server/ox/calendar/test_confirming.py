"""Accepting and declining (OX reference, section 10.3; semantics 5.3)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-03-10 09:00")
MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}


def _state(answer: Response, user: OxUser) -> str:
    (found,) = [one for one in answer.entries("participants") if one["text"] == str(user.id)]
    return found["confirm"]


def _confirm(user: OxUser, thing: Response, state: Value, servlet: str = "calendar", **fields: Value) -> Response:
    return user.try_write(servlet, object_id=thing.id, method="CONFIRM", confirm=state, **fields)


@pytest.fixture
def meeting(anna: OxUser, ben: OxUser) -> Response:
    everybody = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id))
    return anna.default("calendar").create(**MEETING, participants=everybody)


@pytest.mark.parametrize("state", ["accept", "decline", "tentative", "none"])
def test_an_answer_is_seen_by_all(anna: OxUser, ben: OxUser, meeting: Response, state: str) -> None:
    assert _confirm(ben, meeting, state, confirm_message="maybe").outcome == ("200", "1200")

    assert _state(anna.default("calendar").load(meeting), ben) == state
    assert _state(ben.default("calendar").load(meeting), ben) == state


def test_an_answer_changes_nobody_elses(anna: OxUser, ben: OxUser, meeting: Response) -> None:
    _confirm(ben, meeting, "decline")

    assert _state(anna.default("calendar").load(meeting), anna) == "accept"


def test_an_answer_is_a_change_of_the_appointment(anna: OxUser, ben: OxUser, meeting: Response) -> None:
    _confirm(ben, meeting, "accept")

    assert meeting.id in anna.default("calendar").live(meeting.last_modified + 1)


@pytest.mark.parametrize("state", ["", "perhaps", "ACCEPTED", "1", None])
def test_any_other_word_is_refused(anna: OxUser, ben: OxUser, meeting: Response, state: Value) -> None:
    answer = _confirm(ben, meeting, state)

    assert answer.status in {"400", "409", "500"}
    assert _state(anna.default("calendar").load(meeting), ben) == "none"


def test_an_answer_without_a_word_is_refused(ben: OxUser, meeting: Response) -> None:
    assert ben.try_write("calendar", object_id=meeting.id, method="CONFIRM").status in {"400", "409", "500"}


def test_one_who_takes_no_part_cannot_answer(anna: OxUser, carl: OxUser, meeting: Response) -> None:
    answer = _confirm(carl, meeting, "accept")

    assert answer.outcome == ("404", "1001")
    assert str(carl.id) not in [one["text"] for one in anna.default("calendar").load(meeting).entries("participants")]


def test_an_unknown_appointment_cannot_be_answered(ben: OxUser) -> None:
    answer = ben.try_write("calendar", object_id=99_999_999, method="CONFIRM", confirm="accept")

    assert answer.outcome == ("404", "1001")


def test_a_member_of_an_invited_group_can_answer(anna: OxUser, ben: OxUser, team: int) -> None:
    made = anna.default("calendar").create(**MEETING, participants=ox.group(team))

    assert _confirm(ben, made, "accept").outcome == ("200", "1200")


def test_a_new_time_takes_back_the_answers_of_the_others(anna: OxUser, ben: OxUser, meeting: Response) -> None:
    mine = anna.default("calendar")
    _confirm(ben, meeting, "accept")

    mine.update(mine.load(meeting), start_date=START + ox.HOUR, end_date=START + 2 * ox.HOUR, ignore_conflicts=True)

    assert _state(mine.load(meeting), ben) == "none"
    assert _state(mine.load(meeting), anna) == "accept"


def test_a_new_title_keeps_the_answers(anna: OxUser, ben: OxUser, meeting: Response) -> None:
    mine = anna.default("calendar")
    _confirm(ben, meeting, "tentative")

    mine.update(mine.load(meeting), title="Renamed", ignore_conflicts=True)

    assert _state(mine.load(meeting), ben) == "tentative"


def test_a_task_can_be_answered_too(anna: OxUser, ben: OxUser, tasks: Folder) -> None:
    made = tasks.create(title="Help", participants=ox.user(ben.id))

    assert _confirm(ben, made, "accept", "tasks").outcome == ("200", "1200")

    assert _state(tasks.load(made), ben) == "accept"


def test_an_answer_needs_neither_folder_nor_version_but_may_have_them(ben: OxUser, meeting: Response) -> None:
    folder = ben.default("calendar").id

    assert _confirm(ben, meeting, "accept", folder_id=folder, last_modified=0).status == "200"


def test_contacts_cannot_be_answered(contacts: Folder, anna: OxUser) -> None:
    person = contacts.create(last_name="x")

    assert _confirm(anna, person, "accept", "contacts", folder_id=contacts.id).status != "200"
