from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from passerelle.groupware import provision
from passerelle.groupware.tasks import successor
from passerelle.model.errors import Contradiction, Missing
from passerelle.model.folders import Module
from passerelle.model.items import Task, TaskStatus
from passerelle.model.moments import Day, Instant
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.recurrence import Recurrence
from tests.groupware.office import Office, daily

FIRST = Task(
    title="Water the plants",
    start=Day(day=date(2026, 3, 2)),
    due=Day(day=date(2026, 3, 3)),
    alarm=datetime(2026, 3, 2, 8, tzinfo=UTC),
    recurrence=daily(3),
)
DONE = {"status": TaskStatus.DONE, "percent": 100, "completed": datetime(2026, 3, 2, 9, tzinfo=UTC)}


def tasks(office: Office) -> list[Task]:
    changes = office.session("anna").changes(office.default("anna", Module.TASKS), Module.TASKS)
    return [record.item for record in changes.items if isinstance(record.item, Task)]


@pytest.mark.rule("7.recurrence")
def test_completing_a_recurring_task_makes_exactly_one_successor(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, FIRST)
    session.update(task.id, folder, lambda _item: DONE)
    done, following = sorted(tasks(office), key=lambda one: one.percent, reverse=True)
    assert (done.status, done.recurrence) == (TaskStatus.DONE, None)
    assert (following.status, following.percent, following.completed) == (TaskStatus.NOT_STARTED, 0, None)
    assert (following.start, following.due) == (Day(day=date(2026, 3, 3)), Day(day=date(2026, 3, 4)))
    assert following.alarm == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert following.recurrence == daily(2)
    assert following.uid != done.uid


def test_a_task_that_is_done_stays_so_without_another_successor(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, FIRST)
    session.update(task.id, folder, lambda _item: DONE)
    session.update(task.id, folder, lambda _item: {"status": TaskStatus.IN_PROGRESS})
    session.update(task.id, folder, lambda _item: DONE)
    assert len(tasks(office)) == 2


@pytest.mark.rule("7.recurrence")
def test_after_the_last_occurrence_nothing_follows() -> None:
    assert successor(Task(title="T", start=FIRST.start, due=FIRST.due, recurrence=daily(1))) is None
    assert successor(Task(title="T", start=FIRST.start, due=FIRST.due)) is None


def test_occurrences_that_are_deleted_are_passed_over() -> None:
    skipping = Recurrence(rules=daily(3).rules, deleted=(datetime(2026, 3, 3, tzinfo=UTC),))
    following = successor(Task(title="T", start=FIRST.start, due=FIRST.due, recurrence=skipping))
    assert following is not None
    assert following.start == Day(day=date(2026, 3, 4))
    assert following.recurrence == daily(1)


def test_a_task_with_times_keeps_its_hour_across_the_change_to_summer_time() -> None:
    start = Instant(at=datetime(2026, 3, 28, 8, tzinfo=UTC), zone="Europe/Paris")
    due = Instant(at=datetime(2026, 3, 28, 10, tzinfo=UTC), zone="Europe/Paris")
    following = successor(Task(title="T", start=start, due=due, recurrence=daily(2)))
    assert following is not None
    assert (following.start, following.due) == (
        Instant(at=datetime(2026, 3, 29, 7, tzinfo=UTC), zone="Europe/Paris"),
        Instant(at=datetime(2026, 3, 29, 9, tzinfo=UTC), zone="Europe/Paris"),
    )


@pytest.mark.rule("7.recurrence")
def test_a_recurring_task_needs_start_and_due(office: Office) -> None:
    with pytest.raises(Missing) as refusal:
        office.session("anna").create(office.default("anna", Module.TASKS), Task(title="T", recurrence=daily(3)))
    assert refusal.value.code == "TSK-0037"


@pytest.mark.rule("7.participants")
def test_a_delegated_task_shows_in_the_task_folder_of_who_does_it(office: Office) -> None:
    task = office.session("anna").create(
        office.default("anna", Module.TASKS), Task(title="T", participants=office.invite("bruno"))
    )
    bruno = office.session("bruno")
    assert bruno.get(task.id, Module.TASKS).folder == office.default("bruno", Module.TASKS)
    bruno.confirm(task.id, Answer.ACCEPTED, module=Module.TASKS)
    bruno.update(task.id, None, lambda _item: {"percent": 50, "status": TaskStatus.IN_PROGRESS})
    seen = office.session("anna").get(task.id, Module.TASKS).item
    assert isinstance(seen, Task)
    assert (seen.percent, seen.participants[0].answer) == (50, Answer.ACCEPTED)


@pytest.mark.rule("7.participants")
def test_a_task_is_not_given_to_a_room(office: Office) -> None:
    with pytest.raises(Contradiction) as refusal:
        office.session("anna").create(
            office.default("anna", Module.TASKS), Task(title="T", participants=(office.invite_room(),))
        )
    assert refusal.value.code == "TSK-0049"


@pytest.mark.rule("7.participants")
def test_an_outsider_needs_an_address(office: Office) -> None:
    stranger = Participant(kind=ParticipantKind.EXTERNAL, name="Somebody")
    with pytest.raises(Missing) as refusal:
        office.session("anna").create(office.default("anna", Module.TASKS), Task(title="T", participants=(stranger,)))
    assert refusal.value.code == "TSK-0044"


def test_nobody_joins_a_task_by_making_it(office: Office) -> None:
    task = office.session("anna").create(office.default("anna", Module.TASKS), Task(title="T"))
    assert isinstance(task.item, Task)
    assert task.item.participants == ()


@pytest.mark.rule("7.participants")
def test_a_task_is_not_given_to_a_group_of_nobody(office: Office) -> None:
    nobody = provision.add_group(office.store, "nobody", "Nobody", [])
    group = Participant(kind=ParticipantKind.GROUP, id=nobody.id)
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    with pytest.raises(Contradiction) as refusal:
        session.create(folder, Task(title="T", participants=(group,)))
    assert refusal.value.code == "TSK-0052"


@pytest.mark.rule("7.participants")
def test_a_task_for_a_group_shows_in_the_task_folders_of_its_members(office: Office) -> None:
    staff = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
    task = office.session("anna").create(office.default("anna", Module.TASKS), Task(title="T", participants=(staff,)))
    for login in ("bruno", "carla"):
        session = office.session(login)
        assert session.get(task.id, Module.TASKS).folder == office.default(login, Module.TASKS)
    answered = office.session("carla").confirm(task.id, Answer.DECLINED, "No time", module=Module.TASKS)
    assert isinstance(answered.item, Task)
    assert [(one.id, one.answer) for one in answered.item.participants] == [
        (staff.id, Answer.NONE), (office.user("carla").id, Answer.DECLINED),
    ]  # fmt: skip


@pytest.mark.rule("7.status")
def test_not_started_and_a_percentage_said_together_are_refused_whatever_was_stored(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, Task(title="T"))
    with pytest.raises(Contradiction) as refusal:
        session.update(task.id, folder, lambda _item: {"status": TaskStatus.NOT_STARTED, "percent": 50})
    assert refusal.value.code == "TSK-0031"
    changed = session.update(task.id, folder, lambda _item: {"percent": 50})
    assert isinstance(changed.item, Task)
    assert (changed.item.status, changed.item.percent) == (TaskStatus.NOT_STARTED, 50)


@pytest.mark.rule("7.status")
def test_done_says_nothing_of_the_percentage_and_the_percentage_nothing_of_done(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, Task(title="T", status=TaskStatus.DONE, percent=40))
    changed = session.update(task.id, folder, lambda _item: {"status": TaskStatus.IN_PROGRESS, "percent": 100})
    assert isinstance(changed.item, Task)
    assert (changed.item.status, changed.item.percent) == (TaskStatus.IN_PROGRESS, 100)
