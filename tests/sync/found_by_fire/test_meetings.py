"""What the random walks have found: meetings and tasks of several people."""

from __future__ import annotations

from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer
from passerelle.peers.base import RemoteId
from passerelle.sync.policy import Policy, Winner
from tests.sync.fire.edits import GUEST, new, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import ANNA, ANNA_AGAIN, ANNA_THERE, BEN, BEN_THERE, come_to_rest, folder, item


def test_an_appointment_in_a_colleague_s_team_calendar_stays_there_when_its_author_is_invited(stage: Stage) -> None:
    anna, ben = stage.users
    team = folder(stage, BEN, f"Team of {anna}", owner=anna)
    stage.session(BEN).create(team.id, new(Module.CALENDAR, 2, "Review", (user(anna),)), ignore_conflicts=True)
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, f"Team of {anna}")
    review = item(stage, ANNA_THERE, there, "Review")
    people = (user(anna), user(ben))
    stage.session(ANNA_THERE).update(review.id, there.id, lambda _: {"participants": people}, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, BEN, folder(stage, BEN, "Calendar"), "Review").id
    assert item(stage, BEN, team, "Review").id


def test_an_edit_of_a_delegated_task_is_not_forgotten_when_its_folder_is_shared_meanwhile(stage: Stage) -> None:
    anna, _ben = stage.users
    tasks = folder(stage, BEN, "Tasks", Module.TASKS)
    title = f"task 1 of {anna}"
    task = item(stage, BEN, tasks, title)
    stage.session(BEN).update(task.id, tasks.id, lambda _: {"note": "half done"}, module=Module.TASKS)
    shared = folder(stage, ANNA_THERE, "Tasks", Module.TASKS)
    team = folder(stage, ANNA_THERE, f"Team of {anna}")
    stage.session(ANNA_THERE).update_folder(shared.id, rights=team.rights)
    come_to_rest(stage)
    found = item(stage, ANNA_THERE, shared, title).item
    assert isinstance(found, Task)
    assert found.note == "half done"


def test_what_somebody_who_was_taken_out_had_changed_becomes_an_entry_of_their_own(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine = f"task 1 of {anna}", folder(stage, BEN, "Tasks", Module.TASKS)
    theirs = folder(stage, ANNA_THERE, "Tasks", Module.TASKS)
    task = item(stage, ANNA_THERE, theirs, title)
    alone = {"participants": (user(anna),)}
    stage.session(ANNA_THERE).update(task.id, theirs.id, lambda _: alone, module=Module.TASKS)
    here = item(stage, BEN, mine, title)
    stage.session(BEN).update(here.id, mine.id, lambda _: {"note": "half done"}, module=Module.TASKS)
    come_to_rest(stage)
    kept = item(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", Module.TASKS), title).item
    assert isinstance(kept, Task)
    assert (kept.note, kept.participants) == ("half done", ())
    assert len([one for one in stage.records(ANNA_THERE, theirs) if title_of(one.item) == title]) == 1


def test_an_answer_to_a_meeting_that_was_called_off_does_not_bring_it_back(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine, theirs = f"calendar 2 of {anna}", folder(stage, BEN, "Calendar"), folder(stage, ANNA_THERE, "Calendar")
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, theirs, title).id, theirs.id)
    stage.session(BEN).confirm(item(stage, BEN, mine, title).id, Answer.ACCEPTED, "gladly")
    come_to_rest(stage)
    assert all(title_of(one.item) != title for one in stage.records(BEN, mine))


def test_a_meeting_that_an_edit_brings_back_shows_to_nobody_who_was_invited_after_that(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    there, team, session = folder(stage, BEN_THERE, name), folder(stage, BEN, name), stage.session(BEN_THERE)
    series = item(stage, BEN_THERE, there, title)
    people = {"participants": (user(anna), user(ben))}
    session.update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    edited = item(stage, BEN, team, title)
    stage.session(BEN).update(edited.id, team.id, lambda _: {"note": "upstairs"}, ignore_conflicts=True)
    session.delete(series.id, there.id)
    stage.devices[BEN].cycle()
    come_to_rest(stage)
    assert all(title_of(one.item) != title for one in stage.records(ANNA, folder(stage, ANNA, "Calendar")))
    assert item(stage, ANNA, folder(stage, ANNA, name, owner=ben), title).item.note == "upstairs"


def test_a_meeting_that_an_edit_brings_back_is_not_that_to_which_one_has_just_invited_oneself(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team, people = folder(stage, ANNA_AGAIN, name, owner=ben), {"participants": (user(anna), user(ben))}
    series = item(stage, ANNA_AGAIN, team, title)
    stage.session(ANNA_AGAIN).update(series.id, team.id, lambda _: people, ignore_conflicts=True)
    stage.devices[ANNA_AGAIN].cycle({RemoteId(stage.remote(ANNA_AGAIN, team)): None})
    there, edited = folder(stage, BEN_THERE, name), item(stage, ANNA, folder(stage, ANNA, name, owner=ben), title)
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id)
    stage.session(ANNA).update(edited.id, edited.folder, lambda _: {"note": "upstairs"}, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    come_to_rest(stage)
    mine = folder(stage, ANNA_AGAIN, "Calendar")
    assert all(title_of(one.item) != title for one in stage.records(ANNA_AGAIN, mine))


def test_a_meeting_that_outlived_its_calendar_stays_in_that_of_a_participant_who_heard_of_it_alone(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    name, people = f"Team of {ben}", (user(anna), user(ben))
    team, session = folder(stage, BEN, name), stage.session(BEN)
    made = session.create(team.id, new(Module.CALENDAR, 2, "Review", people), ignore_conflicts=True)
    come_to_rest(stage)
    session.update(made.id, team.id, lambda _: {"note": "upstairs"}, ignore_conflicts=True)
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, name).id)
    stage.devices[BEN].cycle()
    mine = folder(stage, ANNA, "Calendar")
    stage.devices[ANNA].cycle({RemoteId(stage.remote(ANNA, mine)): None})
    assert item(stage, ANNA, mine, "Review").item.note == "upstairs"
    come_to_rest(stage)


def test_what_the_server_had_is_in_the_history_also_where_people_who_left_there_stay_away(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    mine, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    invited, fewer = {"participants": (user(anna), user(ben), GUEST)}, {"participants": (user(ben),), "note": "there"}
    id_ = item(stage, BEN_THERE, there, title).id
    stage.session(BEN_THERE).update(id_, there.id, lambda _: invited, ignore_conflicts=True)
    come_to_rest(stage)
    replica, here = stage.devices[ANNA].replica, item(stage, ANNA, mine, title).id
    replica.policy = Policy(winner=Winner.ASK)
    stage.session(ANNA).confirm(here, Answer.TENTATIVE, "perhaps")
    stage.session(ANNA).update(here, mine.id, lambda _: {"note": "mine"}, ignore_conflicts=True)
    stage.session(BEN_THERE).update(id_, there.id, lambda _: fewer, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    (conflict,) = replica.waiting.conflicts()
    replica.waiting.decide(conflict.id, Winner.MINE)
    (decided,) = [one for one in replica.history.latest(30) if one.number == conflict.id]
    assert [one.note for one in (decided.before, decided.after) if one is not None] == ["there", "mine"]
    come_to_rest(stage)
    kept = item(stage, BEN_THERE, there, title).item
    assert isinstance(kept, Appointment)
    assert {one.identity for one in kept.participants} == {user(anna).identity, user(ben).identity}
