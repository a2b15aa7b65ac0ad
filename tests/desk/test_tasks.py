"""What people do with tasks on the pages, without a browser."""

from __future__ import annotations

from datetime import timedelta

from passerelle.model.folders import Module
from passerelle.model.items import Task, TaskStatus
from passerelle.model.moments import Day
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.desk.serving import Visitor
from tests.groupware.office import MONDAY, Office


def tasks(office: Office, login: str = "anna") -> list[ItemRecord]:
    """The tasks of a user's default folder."""
    folder = office.default(login, Module.TASKS)
    return list(office.session(login).changes(folder, Module.TASKS).items)


def task_of(record: ItemRecord) -> Task:
    assert isinstance(record.item, Task)
    return record.item


def dialog(visitor: Visitor, record: ItemRecord) -> dict[str, str]:
    return visitor.form("/tasks/item", id=record.id, folder=record.folder)


WEEKLY = {"title": "Water", "start": str(MONDAY), "due": str(MONDAY), "repeat": "WEEKLY", "interval": "2"}


def every_two_weeks(day: Weekday) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, interval=2, by_day=(NthWeekday(day),)),))


def test_a_task_that_repeats_is_followed_by_the_next_one_when_it_is_done(anna: Visitor, office: Office) -> None:
    assert anna.post("/tasks/save", **anna.form("/tasks/item") | WEEKLY).status_code == 204
    (record,) = tasks(office)
    assert task_of(record).recurrence == every_two_weeks(Weekday.MONDAY)
    assert "repeats" in anna.get("/tasks/rows").text
    ticked = {"id": record.id, "folder": record.folder, "stamp": record.stamp, "done": "1"}
    assert anna.post("/tasks/tick", **ticked).status_code == 204
    by_status = {task_of(one).status: task_of(one) for one in tasks(office)}
    assert by_status[TaskStatus.NOT_STARTED].start == Day(day=MONDAY + timedelta(14))
    assert by_status[TaskStatus.DONE].recurrence is None


def test_saving_a_repeating_task_unchanged_changes_nothing(anna: Visitor, office: Office) -> None:
    anna.post("/tasks/save", **anna.form("/tasks/item") | WEEKLY)
    (record,) = tasks(office)
    assert anna.post("/tasks/save", **dialog(anna, record)).status_code == 204
    assert tasks(office)[0].item == record.item


def test_the_day_of_the_week_moves_with_the_start(anna: Visitor, office: Office) -> None:
    anna.post("/tasks/save", **anna.form("/tasks/item") | WEEKLY)
    moved = str(MONDAY + timedelta(2))
    assert (
        anna.post("/tasks/save", **dialog(anna, tasks(office)[0]) | {"start": moved, "due": moved}).status_code == 204
    )
    assert task_of(tasks(office)[0]).recurrence == every_two_weeks(Weekday.WEDNESDAY)


def test_a_task_without_a_start_cannot_repeat(anna: Visitor, office: Office) -> None:
    answer = anna.post("/tasks/save", **anna.form("/tasks/item") | WEEKLY | {"start": ""})
    assert (answer.status_code, "needs a start" in answer.text) == (422, True)
    assert tasks(office) == []


def test_a_task_is_given_to_somebody_who_answers(anna: Visitor, bruno: Visitor, office: Office) -> None:
    given = {"title": "Paint", "participants": "Bruno Blanc"}
    assert anna.post("/tasks/save", **anna.form("/tasks/item") | given).status_code == 204
    (theirs,) = tasks(office, "bruno")
    page = bruno.get("/tasks/item", id=theirs.id, folder=theirs.folder).text
    assert "/tasks/answer" in page
    assert "/tasks/answer" not in anna.get("/tasks/item", id=theirs.id, folder=tasks(office)[0].folder).text
    sent = {"id": theirs.id, "folder": theirs.folder, "stamp": theirs.stamp, "answer": "decline", "message": "No time"}
    assert bruno.post("/tasks/answer", **sent).status_code == 204
    (mine,) = (one for one in task_of(tasks(office)[0]).participants if one.id == office.user("bruno").id)
    assert (mine.answer, mine.message) == (Answer.DECLINED, "No time")
    assert "No time" in anna.get("/tasks/item", id=theirs.id, folder=tasks(office)[0].folder).text


def test_who_made_a_task_is_not_asked_whether_to_do_it_and_others_are(
    anna: Visitor, bruno: Visitor, office: Office
) -> None:
    given = {"title": "Paint", "participants": "Anna Arnold\r\nBruno Blanc"}
    assert anna.post("/tasks/save", **anna.form("/tasks/item") | given).status_code == 204
    for visitor, login, is_asked in ((anna, "anna", False), (bruno, "bruno", True)):
        (shown,) = tasks(office, login)
        page = visitor.get("/tasks/item", id=shown.id, folder=shown.folder).text
        assert ("/tasks/answer" in page) is is_asked, login


def test_tasks_are_listed_by_person(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    for title, logins in (("Own", ()), ("With Carla", ("carla",)), ("With Bruno", ("bruno",))):
        session.create(folder, Task(title=title, participants=office.invite(*logins)))
    page = anna.get("/tasks/rows", order="person").text
    assert page.index("With Bruno") < page.index("With Carla") < page.index("Own")
