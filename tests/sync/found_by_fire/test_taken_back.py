"""What the random walks have found: changes and deletions that are taken back when others have done more since."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Contradiction, Unreachable
from passerelle.model.folders import Folder, Module
from passerelle.model.items import Task
from passerelle.model.participants import Answer
from tests.sync.fire.edits import START
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.fire.wire import Trouble
from tests.sync.found_by_fire.telling import (
    ANNA,
    ANNA_AGAIN,
    ANNA_THERE,
    BEN,
    BEN_THERE,
    come_to_rest,
    folder,
    item,
)


def delete(stage: Stage, place: int, title: str) -> None:
    """Somebody deletes a task of their folder."""
    tasks = folder(stage, place, "Tasks", Module.TASKS)
    stage.session(place).delete(item(stage, place, tasks, title).id, tasks.id, module=Module.TASKS)


def tasks_called(stage: Stage, place: int, title: str) -> list[Task]:
    """The tasks of that title in somebody's folder."""
    records = stage.records(place, folder(stage, place, "Tasks", Module.TASKS))
    return [one.item for one in records if title_of(one.item) == title and isinstance(one.item, Task)]


def note_on_first(stage: Stage, place: int, inside: Folder, title: str, note: str) -> None:
    """Somebody writes a note on the first occurrence of a series."""
    session, series = stage.session(place), item(stage, place, inside, title)
    session.change_occurrence(series.id, inside.id, START.date(), lambda _: {"note": note}, ignore_conflicts=True)


def test_what_came_back_by_an_edit_is_not_there_twice_after_its_deletion_was_taken_back(stage: Stage) -> None:
    title, tasks = f"task 1 of {stage.users[0]}", folder(stage, ANNA_AGAIN, "Tasks", Module.TASKS)
    edited = item(stage, ANNA_AGAIN, tasks, title)
    stage.session(ANNA_AGAIN).update(edited.id, tasks.id, lambda _: {"note": "call first"}, module=Module.TASKS)
    deleted = item(stage, ANNA, folder(stage, ANNA, "Tasks", Module.TASKS), title)
    delete(stage, ANNA, title)
    stage.devices[ANNA_AGAIN].cycle()
    stage.devices[ANNA].cycle()
    with pytest.raises(Contradiction):
        stage.devices[ANNA].replica.history.undo()
    come_to_rest(stage)
    assert [one.note for one in tasks_called(stage, BEN, title)] == ["call first"]
    assert item(stage, ANNA, folder(stage, ANNA, "Tasks", Module.TASKS), title).id == deleted.id


def test_a_series_that_came_back_with_its_changed_occurrence_does_so_once(stage: Stage) -> None:
    title, mine = f"calendar 1 of {stage.users[0]}", folder(stage, ANNA, "Calendar")
    note_on_first(stage, ANNA, mine, title, "upstairs")
    come_to_rest(stage)
    theirs = folder(stage, ANNA_AGAIN, "Calendar")
    edited = item(stage, ANNA_AGAIN, theirs, title)
    stage.session(ANNA_AGAIN).update(edited.id, theirs.id, lambda _: {"location": "room 2"}, ignore_conflicts=True)
    stage.session(ANNA).delete(item(stage, ANNA, mine, title).id, mine.id)
    stage.devices[ANNA_AGAIN].cycle()
    stage.devices[ANNA].cycle()
    stage.devices[ANNA].replica.history.undo()  # the occurrence follows with the next look
    come_to_rest(stage)
    found = [one.item for one in stage.records(ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"))]
    assert [one.note for one in found if title_of(one) == title] == [None, "upstairs"]


def test_a_deletion_that_was_taken_back_on_one_machine_is_not_taken_back_on_another_as_well(stage: Stage) -> None:
    title = f"task 1 of {stage.users[0]}"
    delete(stage, ANNA_AGAIN, title)
    delete(stage, ANNA_THERE, title)
    stage.devices[ANNA].cycle()
    history = stage.devices[ANNA].replica.history
    history.undo(next(one.number for one in history.latest(30) if one.number is not None))
    stage.devices[ANNA].cycle()
    stage.devices[ANNA_AGAIN].cycle()
    with pytest.raises(Contradiction):
        stage.devices[ANNA_AGAIN].replica.history.undo()
    come_to_rest(stage)
    assert len(tasks_called(stage, BEN, title)) == 1


def test_a_task_that_one_has_left_invites_nobody_however_often_it_is_brought_back(stage: Stage) -> None:
    title = f"task 1 of {stage.users[0]}"
    delete(stage, BEN_THERE, title)
    stage.devices[BEN].cycle()
    history = stage.devices[BEN].replica.history
    number = next(one.number for one in history.latest(30) if one.number is not None)
    history.undo(number)
    history.undo()
    history.undo(number)
    come_to_rest(stage)
    assert [one.participants for one in tasks_called(stage, BEN_THERE, title)] == [()]


def test_a_task_that_one_has_left_goes_from_the_folder_that_another_machine_moved_it_to(stage: Stage) -> None:
    title, tasks = f"task 2 of {stage.users[1]}", folder(stage, ANNA_AGAIN, "Tasks", Module.TASKS)
    session = stage.session(ANNA_AGAIN)
    goal = session.create_folder(tasks.id, "Bridges", module=Module.TASKS)
    moved = item(stage, ANNA_AGAIN, tasks, title)
    session.update(moved.id, tasks.id, lambda _: {}, module=Module.TASKS, destination=goal.id)
    delete(stage, ANNA, title)
    come_to_rest(stage)
    assert [one.folder for one in stage.all_records(ANNA_THERE) if title_of(one.item) == title] == []
    assert len(tasks_called(stage, BEN_THERE, title)) == 1


def test_a_change_of_an_occurrence_that_gave_way_is_not_taken_back_over_what_stands_there_now(stage: Stage) -> None:
    ben = stage.users[1]
    title, name = f"calendar of team {ben}", f"Team of {ben}"
    for place, note in ((ANNA, "mine"), (BEN_THERE, "theirs")):
        inside = folder(stage, place, name, owner=ben)
        note_on_first(stage, place, inside, title, note)
    stage.devices[ANNA].cycle()
    with pytest.raises(Contradiction):
        stage.devices[ANNA].replica.history.undo()
    come_to_rest(stage)
    inside = folder(stage, BEN_THERE, name)
    assert [one.item.note for one in stage.records(BEN_THERE, inside) if one.master is not None] == ["theirs"]


def test_a_deletion_taken_back_before_it_was_sent_brings_back_what_the_server_has_made_of_the_last_change(
    stage: Stage,
) -> None:
    title, mine = f"calendar 0 of {stage.users[0]}", folder(stage, ANNA, "Calendar")
    series, session = item(stage, ANNA, mine, title), stage.session(ANNA)
    session.confirm(series.id, Answer.NONE, "perhaps", at=START.date())  # of oneself: the server takes one as coming
    stage.devices[ANNA].cycle()
    session.delete(series.id, mine.id)
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_BEFORE, 3, 0)  # after people, folders, and what came of the answer
    stage.devices[ANNA].replica.history.undo()
    come_to_rest(stage)
    assert [one.master for one in stage.records(ANNA, mine) if title_of(one.item) == title] == [None, series.id]


def test_what_was_rescued_from_a_folder_and_is_restored_as_it_was_before_is_still_known_to_the_server(
    stage: Stage,
) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, name = f"contact of team {ben}", f"Team of {ben}"
    theirs = folder(stage, ANNA, name, contacts, owner=ben)
    seen, session = item(stage, ANNA, theirs, title), stage.session(ANNA)
    session.update(seen.id, theirs.id, lambda _: {"note": "called back"}, module=contacts)
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, name, contacts).id)
    stage.devices[ANNA].cycle()
    mine = folder(stage, ANNA, "Contacts", contacts)
    session.delete(item(stage, ANNA, mine, title).id, mine.id, module=contacts)
    stage.devices[ANNA].replica.history.restore(seen.id, 1)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA_THERE, mine) if title_of(one.item) == title] == [None]
