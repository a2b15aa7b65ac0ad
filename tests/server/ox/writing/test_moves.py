"""Moving objects from folder to folder (OX reference, sections 5.1, 7 and 22.19; semantics 5.5, 6 and 7)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": ox.ms("2033-01-07 09:00"),
    "end_date": ox.ms("2033-01-07 10:00"),
    "ignore_conflicts": True,
}


@pytest.mark.rule("12.moves")
def test_a_moved_contact_keeps_number_and_content(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    person = contacts.create(last_name="Mover", email1="mover@example.org")

    moved = contacts.update(person, folder=other.id)

    assert moved.id == person.id
    found = other.load(person)
    assert (found["last_name"], found["email1"], found["folder_id"]) == ("Mover", "mover@example.org", str(other.id))
    assert contacts.try_load(person).outcome == ("404", "1001")


def test_a_move_can_change_the_content_too(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    person = contacts.create(last_name="Mover", email1="mover@example.org")

    contacts.update(person, folder=other.id, email1="", nickname="Mo")

    found = other.load(person)
    assert (found["nickname"], "email1" in found) == ("Mo", False)


def test_an_appointment_and_a_task_move_too(calendar: Folder, tasks: Folder, anna: OxUser, title: str) -> None:
    for folder, module, fields in ((calendar, "calendar", MEETING), (tasks, "task", {"title": "Task"})):
        other = anna.make_folder(module, f"{title} other")
        thing = folder.create(**fields)

        folder.update(thing, folder=other.id, ignore_conflicts=True)

        assert (folder.gone(), folder.live()) == ([thing.id], [])
        assert (other.gone(), other.live()) == ([], [thing.id])


def test_a_move_without_content_leaves_the_reminder_alone(calendar: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("calendar", f"{title} other")
    meeting = calendar.create(**MEETING, alarm_flag=True, alarm=15)

    calendar.update(meeting, folder=other.id)

    assert other.load(meeting)["alarm"] == "15"


def test_a_move_to_the_same_folder_is_no_deletion(contacts: Folder) -> None:
    person = contacts.create(last_name="Stayer")

    contacts.update(person, folder=contacts.id)

    assert (contacts.gone(), contacts.live()) == ([], [person.id])


def test_an_outdated_move_is_refused(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    person = contacts.create(last_name="Mover")

    assert contacts.try_update(person, folder=other.id, last_modified=0).outcome == ("409", "1000")
    assert (contacts.live(), other.live()) == ([person.id], [])


def test_nothing_moves_into_a_folder_of_another_module(contacts: Folder, tasks: Folder) -> None:
    person = contacts.create(last_name="Mover")

    assert contacts.try_update(person, folder=tasks.id).status in {"403", "409"}
    assert (contacts.live(), tasks.live()) == ([person.id], [])


def test_nothing_moves_into_an_unknown_folder(contacts: Folder) -> None:
    person = contacts.create(last_name="Mover")

    assert contacts.try_update(person, folder=99_999_999).status in {"403", "404"}
    assert contacts.live() == [person.id]


def test_nothing_moves_into_a_folder_without_the_right_to_create_there(
    anna: OxUser, ben: OxUser, contacts: Folder, title: str
) -> None:
    bens = ben.make_folder("contact", title, ox.right(anna.id, "2/4/0/0"))
    person = contacts.create(last_name="Mover")

    assert contacts.try_update(person, folder=bens.id).outcome == ("403", "1002")
    assert contacts.live() == [person.id]


def test_nothing_moves_out_of_a_folder_without_the_right_to_delete_there(anna: OxUser, ben: OxUser, title: str) -> None:
    bens = ben.make_folder("contact", title, ox.right(anna.id, "4/4/4/0"))
    person = bens.create(last_name="Mover")
    target = anna.make_folder("contact", f"{title} target")

    assert bens.seen_by(anna).try_update(person, folder=target.id).status == "403"
    assert bens.live() == [person.id]


@pytest.mark.rule("6.move")
def test_a_contact_moves_between_two_users_folders_with_the_rights_for_it(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    bens = ben.make_folder("contact", title, ox.right(anna.id, "4/4/4/4"))
    mine = anna.make_folder("contact", f"{title} mine")
    person = mine.create(last_name="Mover")

    mine.update(person, folder=bens.id)

    assert bens.live() == [person.id]
    assert mine.gone() == [person.id]


def test_a_private_contact_does_not_move_into_a_public_folder(anna: OxUser, contacts: Folder, title: str) -> None:
    public = anna.make_folder("contact", f"{title} public", parent=2)
    person = contacts.create(last_name="Private", private_flag=True)

    assert contacts.try_update(person, folder=public.id).status in {"403", "409"}
    assert contacts.live() == [person.id]


def test_a_series_does_not_move(calendar: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("calendar", f"{title} other")
    series = calendar.create(**MEETING, recurrence_type="daily", interval=1, occurrences=3)

    assert calendar.try_update(series, folder=other.id).status == "409"
    assert calendar.live() == [series.id]


def test_an_occurrence_does_not_move_to_another_folder(calendar: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("calendar", f"{title} other")
    series = calendar.create(**MEETING, recurrence_type="daily", interval=1, occurrences=3)
    day = ox.ms("2033-01-08")
    exception = calendar.update(series, recurrence_date_position=day, title="Other", ignore_conflicts=True)

    assert calendar.try_update(exception, folder=other.id, ignore_conflicts=True).status == "409"
    assert sorted(calendar.live()) == sorted([series.id, exception.id])
