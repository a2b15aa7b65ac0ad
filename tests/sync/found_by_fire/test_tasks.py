"""What the random walks have found: tasks that come again."""

from __future__ import annotations

from passerelle.model.folders import Module
from passerelle.model.items import Item, Task, TaskStatus
from passerelle.model.moments import Instant
from passerelle.model.patch import Patch
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import (
    ALL,
    ANNA,
    ANNA_AGAIN,
    ANNA_THERE,
    BEN_THERE,
    come_to_rest,
    folder,
    item,
    let_in,
)


def complete(stage: Stage, place: int, title: str) -> None:
    """Somebody has done a task."""
    inside = folder(stage, place, "Tasks", Module.TASKS)
    done = {"status": TaskStatus.DONE, "percent": 100}
    task = item(stage, place, inside, title)
    stage.session(place).update(task.id, inside.id, lambda _: done, module=Module.TASKS)


def starts(stage: Stage, title: str) -> list[int]:
    """On which days of the month there is a task, done or not."""
    records = stage.records(ANNA_THERE, folder(stage, ANNA_THERE, "Tasks", Module.TASKS))
    found = [one.item for one in records if title_of(one.item) == title]
    return [one.start.at.day for one in found if isinstance(one, Task) and isinstance(one.start, Instant)]


def noted(_task: Item) -> Patch:
    return {"note": "called"}


def made_urgent(_task: Item) -> Patch:
    return {"categories": ("urgent",)}


def test_a_task_that_is_done_on_two_devices_comes_again_once(stage: Stage) -> None:
    title = f"task 0 of {stage.users[0]}"
    for place in (ANNA, ANNA_AGAIN):
        complete(stage, place, title)
    come_to_rest(stage)
    assert starts(stage, title) == [9, 10]


def test_a_task_that_is_done_on_a_device_and_on_the_server_comes_again_once(stage: Stage) -> None:
    title = f"task 0 of {stage.users[0]}"
    for place in (ANNA, ANNA_THERE):
        complete(stage, place, title)
    come_to_rest(stage)
    assert starts(stage, title) == [9, 10]


def test_who_takes_part_is_not_invited_to_the_task_that_follows_one_that_was_done_on_a_device(stage: Stage) -> None:
    ben, tasks = stage.users[1], Module.TASKS
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", tasks), ALL)
    come_to_rest(stage)
    theirs = folder(stage, ANNA, "Tasks", tasks, owner=ben)
    task, before = item(stage, ANNA, theirs, f"task 0 of {ben}"), stage.post.mails
    done = {"status": TaskStatus.DONE, "percent": 100}
    stage.session(ANNA).update(task.id, theirs.id, lambda _: done, module=tasks)
    come_to_rest(stage)
    assert stage.post.mails - before == 1


def test_a_task_of_somebody_else_s_that_outlives_the_own_folder_it_was_moved_to_invites_nobody(stage: Stage) -> None:
    title, tasks = f"task 2 of {stage.users[1]}", Module.TASKS
    session, inbox = stage.session(ANNA), folder(stage, ANNA, "Tasks", tasks)
    plans = session.create_folder(inbox.id, "Plans", module=tasks)
    task = item(stage, ANNA, inbox, title)
    session.update(task.id, inbox.id, lambda _: {}, module=tasks, destination=plans.id)
    come_to_rest(stage)
    there = folder(stage, ANNA_AGAIN, "Plans", tasks)
    edited = item(stage, ANNA_AGAIN, there, title)
    stage.session(ANNA_AGAIN).update(edited.id, there.id, lambda _: {"note": "call first"}, module=tasks)
    session.delete_folder(plans.id)
    come_to_rest(stage)
    kept = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Tasks", tasks), title).item
    assert isinstance(kept, Task)
    assert (kept.note, kept.participants) == ("call first", ())


def test_a_task_that_two_devices_changed_and_somebody_deleted_there_is_there_once_with_both_changes(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    title, tasks = f"task 2 of {ben}", Module.TASKS
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", tasks), ALL)
    mine = folder(stage, ANNA_THERE, "Tasks", tasks)
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, mine, title).id, mine.id, module=tasks)  # she leaves it
    come_to_rest(stage)
    for place, change in ((ANNA, noted), (ANNA_AGAIN, made_urgent)):
        theirs = folder(stage, place, "Tasks", tasks, ben)
        stage.session(place).update(item(stage, place, theirs, title).id, theirs.id, change, module=tasks)
    there = folder(stage, ANNA_THERE, "Tasks", tasks, ben)
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, there, title).id, there.id, module=tasks)
    come_to_rest(stage)
    found = {one.id: one.item for one in stage.all_records(BEN_THERE) if title_of(one.item) == title}
    assert [(one.note, one.categories) for one in found.values()] == [("called", ("urgent",))]
