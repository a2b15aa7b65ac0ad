"""What the random walks have found: what people are told by mail."""

from __future__ import annotations

from passerelle.model.folders import Folder, Module
from passerelle.model.items import Task
from tests.sync.fire.edits import GUEST, START, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import ANNA, ANNA_THERE, BEN, BEN_THERE, come_to_rest, folder, item


def test_a_guest_is_not_told_twice_that_an_occurrence_is_off_which_was_on_again_in_between(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    there, here = folder(stage, ANNA_THERE, name), folder(stage, BEN, name, owner=anna)
    series, people = item(stage, ANNA_THERE, there, title), {"participants": (user(anna), GUEST)}
    session, change = stage.session(ANNA_THERE), {"note": "in the other room"}
    session.update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    session.delete_occurrence(series.id, there.id, START.date())
    stage.deliver()
    known = item(stage, BEN, here, title)
    stage.session(BEN).change_occurrence(known.id, here.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA_THERE, there) if one.master] == ["in the other room"]


def leave_and_take_back(stage: Stage) -> tuple[str, Folder]:
    """Anna leaves a task of Ben's, the server hears of it, and she takes that back; return its title and its folder."""
    title, mine = f"task 2 of {stage.users[1]}", folder(stage, ANNA, "Tasks", Module.TASKS)
    stage.session(ANNA).delete(item(stage, ANNA, mine, title).id, mine.id, module=Module.TASKS)
    stage.devices[ANNA].cycle()
    stage.devices[ANNA].replica.history.undo()
    come_to_rest(stage)
    return title, mine


def test_what_one_has_left_comes_back_by_undo_as_an_entry_of_the_own_and_invites_nobody(stage: Stage) -> None:
    title, mine = leave_and_take_back(stage)
    back, there = item(stage, ANNA, mine, title).item, folder(stage, BEN_THERE, "Tasks", Module.TASKS)
    assert isinstance(back, Task)
    assert [one.id for one in back.participants] == []
    assert [title_of(one.item) for one in stage.records(BEN_THERE, there)].count(title) == 1


def test_an_earlier_version_of_what_one_has_left_and_taken_back_invites_nobody_either(stage: Stage) -> None:
    title, mine = leave_and_take_back(stage)
    back_id = item(stage, ANNA, mine, title).id
    stage.session(ANNA).update(back_id, mine.id, lambda _: {"note": "mine"}, module=Module.TASKS)
    stage.devices[ANNA].replica.history.restore(back_id, 1)
    come_to_rest(stage)
    back = item(stage, ANNA, mine, title).item
    assert isinstance(back, Task)
    assert (back.note, back.participants) == (None, ())


def test_what_was_left_and_not_sent_yet_comes_back_by_undo_as_it_was(stage: Stage) -> None:
    ben = stage.users[1]
    title, mine = f"task 2 of {ben}", folder(stage, ANNA, "Tasks", Module.TASKS)
    left = item(stage, ANNA, mine, title)
    stage.session(ANNA).delete(left.id, mine.id, module=Module.TASKS)
    stage.devices[ANNA].replica.history.undo()
    come_to_rest(stage)
    assert item(stage, ANNA, mine, title).item == left.item


def test_a_guest_who_never_heard_of_a_series_that_is_gone_hears_nothing_of_its_occurrences(stage: Stage) -> None:
    anna = stage.users[0]
    there, people = folder(stage, ANNA_THERE, f"Team of {anna}"), {"participants": (user(anna), GUEST)}
    series, session = item(stage, ANNA_THERE, there, f"calendar of team {anna}"), stage.session(ANNA_THERE)
    session.update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    change = {"note": "in the other room"}
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    session.delete(series.id, there.id)
    stage.deliver()
    assert stage.post.guest.complaints(stage.invitations()) == []
