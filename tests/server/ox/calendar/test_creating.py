"""New appointments and what is wrong with some (OX reference, sections 6.2 and 10.1; semantics 5.1)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-03-07 09:00")
MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}


def test_an_appointment_comes_back_as_it_was_made(calendar: Folder) -> None:
    made = calendar.create(**MEETING, full_time=False, location="Office", note="Bring tea", shown_as=1, color_label=3)

    found = calendar.load(made)

    assert (found["title"], found["location"], found["note"]) == ("Meeting", "Office", "Bring tea")
    assert (found["start_date"], found["end_date"]) == (str(START), str(START + ox.HOUR))
    assert (found["full_time"], found["shown_as"], found["color_label"]) == ("false", "1", "3")
    assert (found["alarm_flag"], found["private_flag"]) == ("false", "false")
    assert "recurrence_type" not in found
    assert found.values.get("recurrence_id", "0") == "0"


def test_the_elements_of_an_appointment_come_in_order(calendar: Folder, anna: OxUser) -> None:
    made = calendar.create(
        **MEETING, location="Office", note="x", shown_as=1, color_label=3, categories="Work", alarm_flag=True, alarm=15,
        recurrence_type="weekly", interval=1, days=2, occurrences=5, uid="order@example.org", private_flag=False,
    )  # fmt: skip
    order = """
        object_status start_date end_date deleteexceptions changeexceptions location full_time shown_as
        recurrence_date_position alarm_flag alarm ignore_conflicts uid color_label title note recurrence_id
        recurrence_position recurrence_type days day_in_month month interval until occurrences participants attachments
        created_by creation_time modified_by last_modified object_id folder_id categories private_flag
    """

    names = calendar.load(made).names

    assert names == [name for name in order.split() if name in names]
    assert set(names) >= {"object_status", "start_date", "participants", "recurrence_id", "until", "categories"}


def test_who_made_and_who_changed_it_is_told(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"))
    made = shared.create(**MEETING)
    shared.seen_by(ben).update(made, title="Changed", ignore_conflicts=True)

    found = shared.load(made)

    assert (found["created_by"], found["modified_by"]) == (str(anna.id), str(ben.id))
    assert int(found["creation_time"]) <= made.last_modified < found.last_modified


def test_an_appointment_of_which_nothing_is_said_lacks_everything(calendar: Folder) -> None:
    assert calendar.try_create().outcome == ("409", "1004")


@pytest.mark.rule("5.1.mandatory")
@pytest.mark.parametrize(("name", "code"), [("start_date", "0026"), ("end_date", "0027"), ("title", "0028")])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_start_end_and_title_are_mandatory(calendar: Folder, name: str, code: str, how: str) -> None:
    fields = {key: value for key, value in MEETING.items() if key != name} | ({name: ""} if how == "empty" else {})

    answer = calendar.try_create(**fields)

    assert answer.outcome == ("409", "1004")
    assert f"APP-{code}" in answer.description
    assert calendar.changes() == []


@pytest.mark.rule("5.1.values")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"end_date": START - 1}, "APP-0020"),
        ({"end_date": START - ox.DAY, "full_time": True}, "APP-0020"),
        ({"color_label": 257}, "APP-0021"),
        ({"color_label": -1}, "APP-0021"),
        ({"shown_as": 5}, "APP-0025"),
        ({"shown_as": -1}, "APP-0025"),
        ({"title": "x" * 314}, "APP-0072"),
        ({"title": "x" * 256}, "APP-0072"),
    ],
)
def test_a_value_out_of_range_is_refused_with_its_code(calendar: Folder, fields: dict[str, Value], code: str) -> None:
    answer = calendar.try_create(**MEETING | fields)

    assert answer.status == "409"
    assert answer.code in {"1100", "1003"}
    assert code in answer.description
    assert calendar.changes() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 255},
        {"title": "ä" * 255},
        {"end_date": START},
        {"color_label": 0},
        {"color_label": 10},
        {"shown_as": 4},
        {"note": "long " * 10_000},
        {"start_date": -ox.DAY, "end_date": 0},
        {"start_date": ox.ms("1899-12-31"), "end_date": ox.ms("1900-01-01")},
        {"start_date": ox.ms("2099-12-31 23:00"), "end_date": ox.ms("2100-01-01")},
        {"start_date": START + 1, "end_date": START + 2},
        {"end_date": START + 400 * ox.DAY},
    ],
)
def test_what_is_just_allowed_is_stored_as_it_is(calendar: Folder, fields: dict[str, Value]) -> None:
    made = calendar.create(**MEETING | fields)

    found = calendar.load(made)

    assert {name: found.values.get(name, "0") for name in fields} == {k: str(v) for k, v in fields.items()}


@pytest.mark.rule("5.1.shown")
def test_shown_as_0_is_stored_as_1(calendar: Folder) -> None:
    made = calendar.create(**MEETING, shown_as=0)

    assert calendar.load(made)["shown_as"] == "1"


def test_an_outlook_appointment_without_shown_as_is_busy(calendar: Folder) -> None:
    assert calendar.load(calendar.create(**MEETING))["shown_as"] == "1"


def test_a_change_is_checked_like_a_new_appointment(calendar: Folder) -> None:
    made = calendar.create(**MEETING)

    assert calendar.try_update(made, end_date=START - 1).status == "409"
    assert calendar.try_update(made, title="x" * 314).status == "409"
    assert calendar.load(made).last_modified == made.last_modified


def test_a_uid_is_kept_and_one_is_made_where_none_was_given(calendar: Folder) -> None:
    given, made = calendar.create(**MEETING, uid=f"given-{calendar.id}"), calendar.create(**MEETING)

    assert calendar.load(given)["uid"] == f"given-{calendar.id}"
    assert calendar.load(made)["uid"]


def test_an_empty_uid_in_a_change_keeps_the_uid(calendar: Folder) -> None:
    made = calendar.create(**MEETING)
    uid = calendar.load(made)["uid"]

    calendar.update(made, uid=None, title="Other", ignore_conflicts=True)

    assert (calendar.load(made)["uid"], calendar.load(made)["title"]) == (uid, "Other")


def test_a_uid_is_there_once(calendar: Folder) -> None:
    calendar.create(**MEETING, uid=f"once-{calendar.id}")

    answer = calendar.try_create(**MEETING, uid=f"once-{calendar.id}")

    assert answer.outcome == ("409", "1003")
    assert "APP-0100" in answer.description


def test_the_uid_of_a_deleted_appointment_is_free_again(calendar: Folder) -> None:
    calendar.delete(calendar.create(**MEETING, uid=f"again-{calendar.id}"))

    calendar.create(**MEETING, uid=f"again-{calendar.id}")


def test_an_appointment_needs_a_folder(anna: OxUser) -> None:
    assert anna.try_write("calendar", **MEETING).outcome == ("409", "1004")


@pytest.mark.parametrize("folder_id", [1, 2, 3, 4, 6])
def test_an_appointment_needs_a_calendar(anna: OxUser, folder_id: int) -> None:
    assert anna.try_write("calendar", **MEETING, folder_id=folder_id).status in {"403", "404", "409"}


def test_an_appointment_does_not_go_into_a_task_folder(anna: OxUser, tasks: Folder) -> None:
    assert anna.try_write("calendar", **MEETING, folder_id=tasks.id).status in {"403", "409"}
    assert tasks.changes() == []


def test_a_deleted_appointment_is_gone(calendar: Folder) -> None:
    made = calendar.create(**MEETING)

    answer = calendar.delete(made)

    assert answer.outcome == ("200", "1200")
    assert (calendar.live(), calendar.gone()) == ([], [made.id])


def test_changing_the_time_keeps_everything_else(calendar: Folder) -> None:
    made = calendar.create(**MEETING, location="Office", categories="Work")

    calendar.update(made, start_date=START + ox.HOUR, end_date=START + 2 * ox.HOUR, ignore_conflicts=True)

    found = calendar.load(made)
    assert (found["start_date"], found["location"], found["categories"]) == (str(START + ox.HOUR), "Office", "Work")
