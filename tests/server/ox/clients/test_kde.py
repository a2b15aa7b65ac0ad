"""The server as KDE's resource uses it (OX reference, sections 3.1, 7, 11.6 and 19.1).

The requests are written as that client writes them: no client_id, no ignore_conflicts, empty elements for what is not
set, a multistatus as root of reads.
"""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

TIMES: dict[str, Value] = {
    "start_date": ox.ms("2050-01-02 09:00"),  # a Sunday
    "end_date": ox.ms("2050-01-02 10:00"),
    "shown_as": 4,  # free: this client cannot ignore conflicts with the other tests' appointments
}


def _sync(user: OxUser, servlet: str, lastsync: int, **query: Value) -> tuple[list[Response], list[Response], int]:
    """KDE's pair of reads, and the bound for its next ones."""
    answers = []
    for mode in ("MODIFIED", "DELETED"):
        prop = ox.elements(**query, lastsync=lastsync, objectmode=mode)
        answers.append(
            user.ask("PROPFIND", servlet, f"<D:multistatus {ox.NAMESPACES}><D:prop>{prop}</D:prop></D:multistatus>")
        )
    changed, gone = answers
    newest = max((one.last_modified for one in changed), default=0)
    return changed, gone, max(lastsync, newest - 1)


def test_the_own_number_is_the_owner_of_the_first_folder_below_1(anna: OxUser, ben: OxUser) -> None:
    for user in (anna, ben):
        folders, _, _ = _sync(user, "folders", 0)

        assert next(one["owner"] for one in folders if one["folder_id"] == "1") == str(user.id)


def test_a_day_with_kde(anna: OxUser, contacts: Folder) -> None:
    folder = {"folder_id": contacts.id}
    changed, gone, lastsync = _sync(anna, "contacts", 0, **folder)
    assert (changed, gone, lastsync) == ([], [], 0)

    ida, jo = contacts.create(last_name="Ida"), contacts.create(last_name="Jo")
    changed, gone, lastsync = _sync(anna, "contacts", lastsync, **folder)
    assert ([one.id for one in changed], gone) == ([ida.id, jo.id], [])

    contacts.delete(ida)
    changed, gone, lastsync = _sync(anna, "contacts", lastsync, **folder)
    assert ([one.id for one in changed], [one.id for one in gone]) == ([jo.id], [ida.id])

    jo = contacts.update(jo, last_name="Joanna", email1="", birthday="", image1="")
    changed, gone, lastsync = _sync(anna, "contacts", lastsync, **folder)
    assert ([one["last_name"] for one in changed], [one.id for one in gone]) == (["Joanna"], [ida.id])
    assert lastsync == jo.last_modified - 1


def test_a_load_by_number_alone_finds_an_object_anywhere(anna: OxUser, contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    body = f"<D:multistatus {ox.NAMESPACES}><D:prop>{ox.elements(object_id=person.id)}</D:prop></D:multistatus>"

    (answer,) = anna.ask("PROPFIND", "contacts", body)

    assert (answer.id, answer.status) == (person.id, "200")


def test_a_new_event_with_everything_empty_is_accepted(calendar: Folder) -> None:
    made = calendar.create(
        title="Lunch", **TIMES, full_time=False, location="", note="", categories="",
        private_flag=False, alarm_flag=False, alarm=0, recurrence_type="none", until="",
        deleteexceptions="", participants=ox.Xml(""),
    )  # fmt: skip

    found = calendar.load(made)
    assert (found["title"], found["alarm_flag"]) == ("Lunch", "false")
    assert "recurrence_type" not in found


def test_a_series_with_an_empty_end_is_endless(calendar: Folder) -> None:
    made = calendar.create(
        title="Lunch", **TIMES, recurrence_type="daily", interval=1, until="",
        deleteexceptions="",
    )  # fmt: skip

    assert "until" not in calendar.load(made)


def test_a_whole_day_that_ends_at_its_own_midnight_is_one_day(calendar: Folder) -> None:
    day = ox.ms("2050-01-02")

    found = calendar.load(calendar.create(title="Fair", start_date=day, end_date=day, full_time=True, shown_as=4))

    assert (found["start_date"], found["end_date"]) == (str(day), str(day + ox.DAY))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"recurrence_type": "monthly", "days": 128, "day_in_month": 1}, {"days": "1", "day_in_month": "1"}),
        ({"recurrence_type": "monthly", "days": 128, "day_in_month": -1}, {"days": "1", "day_in_month": "5"}),
        ({"recurrence_type": "monthly", "days": 2, "day_in_month": -1}, {"days": "2", "day_in_month": "5"}),
        (
            {"recurrence_type": "yearly", "days": 128, "day_in_month": -1, "month": 2},
            {"days": "1", "day_in_month": "5", "month": "2"},
        ),
        ({"recurrence_type": "weekly", "days": 128}, {"days": "1"}),
    ],
)
def test_its_sundays_and_last_weeks_are_understood(
    calendar: Folder, sent: dict[str, Value], stored: dict[str, str]
) -> None:
    made = calendar.create(title="x", **TIMES, interval=1, **sent)

    found = calendar.load(made)
    assert {name: found[name] for name in stored} == stored


def test_a_folder_is_moved_with_an_empty_version(anna: OxUser, calendar: Folder, title: str) -> None:
    target = anna.make_folder("calendar", f"{title} target")

    anna.write_well("folders", object_id=calendar.id, folder_id=1, folder=target.id, last_modified="")


def test_an_object_is_moved_by_control_elements_alone(anna: OxUser, calendar: Folder, title: str) -> None:
    target = anna.make_folder("calendar", f"{title} target")
    made = calendar.create(title="x", **TIMES, alarm_flag=True, alarm=15)

    calendar.update(made, folder=target.id)

    assert target.load(made)["alarm"] == "15"


def test_a_folder_below_a_structural_one_may_have_no_module(anna: OxUser, title: str) -> None:
    answer = anna.try_write(
        "folders", title=title, folder_id=1, module="", type="private",
        permissions=ox.right(anna.id, "8/2/2/2", admin=True),
    )  # fmt: skip

    assert answer.status in {"200", "409"}
    assert answer.code in {"1200", "1004", "1100", "1003"}


@pytest.mark.parametrize("text", [r"C:\\temp", r"say \"hello\"", r"back\\slash and \"quote\"", "\\", "\\\\"])
def test_its_escaped_text_comes_back_as_it_was_sent(contacts: Folder, text: str) -> None:
    assert contacts.load(contacts.create(last_name="x", note=text))["note"] == text


def test_its_task_is_understood(tasks: Folder) -> None:
    made = tasks.create(
        title="Pay", note="", private_flag=False, alarm_flag=False, alarm=0, categories="", start_date="", end_date="",
        priority=3, percent_completed=25, recurrence_type="none", participants=ox.Xml(""),
    )  # fmt: skip

    found = tasks.load(made)
    assert (found["priority"], found["percent_completed"]) == ("3", "25")
    assert not {"start_date", "end_date"} & set(found.names)


def test_its_update_of_a_task_leaves_alone_what_it_does_not_know(tasks: Folder) -> None:
    made = tasks.create(title="Pay", status=4, target_costs="12.5", companies="Example", date_completed=ox.DAY)

    tasks.update(made, title="Pay now", note="", priority=2, percent_completed=50, alarm_flag=False)

    found = tasks.load(made)
    assert (found["status"], float(found["target_costs"]), found["companies"]) == ("4", 12.5, "Example")
    assert found["date_completed"] == str(ox.DAY)


def test_all_its_answers_say_200_inside(anna: OxUser, contacts: Folder) -> None:
    contacts.create(last_name="x")

    answers = [*anna.folders(0, "MODIFIED"), *anna.folders(0, "DELETED"), *contacts.changes()]

    assert {one.status for one in answers} == {"200"}
    assert {one["object_status"] for one in answers} <= {"CREATE", "DELETE"}


def test_its_calendar_of_the_year_before_does_not_break_anything(calendar: Folder) -> None:
    for moment in (1000, 999, 1, 0, -1000):
        made = calendar.create(title="Old", start_date=moment, end_date=moment + ox.HOUR, shown_as=4)

        assert calendar.load(made)["start_date"] == str(moment)
