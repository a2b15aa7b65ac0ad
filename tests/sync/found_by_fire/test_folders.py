"""What the random walks have found: folders that are refused, gone, or made below such."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import PRIVATE, PUBLIC, Folder, Module, Rights
from passerelle.peers.base import RemoteId
from passerelle.sync.deletions.held import Decision
from passerelle.sync.policy import Policy, Winner
from tests.sync.fire.edits import new
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.fire.wire import Trouble
from tests.sync.found_by_fire.telling import (
    ALL,
    ANNA,
    ANNA_AGAIN,
    ANNA_THERE,
    BEN,
    BEN_THERE,
    come_to_rest,
    folder,
    item,
    let_in,
)


def test_a_folder_that_the_server_refuses_goes_when_it_is_discarded_and_what_is_in_it_stays(stage: Stage) -> None:
    stage.session(BEN_THERE).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    mine = stage.session(ANNA).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    stage.session(ANNA).create(mine.id, new(Module.CALENDAR, 2, "Plan", ()), ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    (skipped,) = (one for one in stage.devices[ANNA].replica.waiting.skipped() if one.item is None)
    stage.devices[ANNA].replica.waiting.discard(skipped.id)
    come_to_rest(stage)
    calendar = folder(stage, ANNA_THERE, "Calendar")
    assert item(stage, ANNA_THERE, calendar, "Plan").master is None


def test_a_folder_made_below_one_that_is_refused_is_sent_once_that_has_a_place(stage: Stage) -> None:
    there = stage.session(BEN_THERE).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    session = stage.session(ANNA)
    mine = session.create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    session.create_folder(mine.id, "Bridges", module=Module.CALENDAR)
    stage.devices[ANNA].cycle()
    stage.session(BEN_THERE).delete_folder(there.id)
    stage.devices[ANNA].clock.jump(2 * 24 * 3600)
    come_to_rest(stage)
    assert folder(stage, ANNA_THERE, "Bridges").parent == folder(stage, ANNA_THERE, "Projects").id


def test_a_folder_made_below_one_that_is_gone_meanwhile_is_kept(stage: Stage) -> None:
    above = stage.session(ANNA_THERE).create_folder(PRIVATE, "Projects", module=Module.CALENDAR)
    come_to_rest(stage)
    here = folder(stage, ANNA, "Projects")
    stage.session(ANNA).create_folder(here.id, "Bridges", module=Module.CALENDAR)
    stage.session(ANNA_THERE).delete_folder(above.id)
    come_to_rest(stage)
    assert folder(stage, ANNA_THERE, "Bridges").parent == PRIVATE


def test_a_meeting_back_from_a_folder_that_is_gone_waits_for_nothing_once_its_organiser_s_is_shared(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    mine, theirs = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved = item(stage, ANNA, mine, f"calendar 2 of {ben}")
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=theirs.id, ignore_conflicts=True)
    session = stage.session(BEN_THERE)
    session.delete_folder(folder(stage, BEN_THERE, f"Team of {ben}").id)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), ALL)
    come_to_rest(stage)
    shown = item(stage, ANNA, folder(stage, ANNA, "Calendar", owner=ben), f"calendar 2 of {ben}")
    assert item(stage, ANNA, mine, f"calendar 2 of {ben}").id == shown.id


def test_what_was_taken_out_of_a_folder_before_that_was_removed_is_moved_on_the_server_too(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name, title = f"Team of {anna}", f"contact of team {anna}"
    team, goal = folder(stage, ANNA, name, contacts), folder(stage, ANNA, "Contacts", contacts)
    before = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, name, contacts), title)
    moved = item(stage, ANNA, team, title)
    stage.session(ANNA).update(moved.id, team.id, lambda _: {}, module=contacts, destination=goal.id)
    stage.session(ANNA).delete_folder(team.id)
    come_to_rest(stage)
    after = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), title)
    assert after.id == before.id


def test_what_was_taken_out_of_a_folder_that_is_gone_meanwhile_is_kept(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name, title = f"Team of {anna}", f"contact of team {anna}"
    team, goal = folder(stage, ANNA, name, contacts), folder(stage, ANNA, "Contacts", contacts)
    moved = item(stage, ANNA, team, title)
    stage.session(ANNA).update(moved.id, team.id, lambda _: {}, module=contacts, destination=goal.id)
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_BEFORE, 2, 0)  # the request to move it
    stage.session(ANNA).delete_folder(team.id)
    stage.session(ANNA_THERE).delete_folder(folder(stage, ANNA_THERE, name, contacts).id)
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), title).master is None


def test_what_was_taken_out_of_a_colleague_s_folder_that_is_gone_meanwhile_is_kept_as_one_s_own(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    name, title = f"Team of {ben}", f"contact of team {ben}"
    team, goal = folder(stage, ANNA, name, contacts, ben), folder(stage, ANNA, "Contacts", contacts)
    moved = item(stage, ANNA, team, title)
    stage.session(ANNA).update(moved.id, team.id, lambda _: {}, module=contacts, destination=goal.id)
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_BEFORE, 2, 0)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, name, contacts), Rights())
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), title).master is None
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, name, contacts), title).master is None


def test_a_folder_put_below_another_there_outlives_the_deletion_of_that_one_here(stage: Stage) -> None:
    name = f"Team of {stage.users[1]}"
    doomed = folder(stage, BEN_THERE, name, Module.CONTACTS)
    below = folder(stage, BEN_THERE, name)
    session = stage.session(BEN_THERE)
    session.update_folder(below.id, parent=doomed.id)
    made = session.create_folder(doomed.id, "Projects", module=Module.CALENDAR)
    session.create(made.id, new(Module.CALENDAR, 2, "Plan", ()), ignore_conflicts=True)
    stage.session(BEN).delete_folder(folder(stage, BEN, name, Module.CONTACTS).id)
    come_to_rest(stage)
    assert doomed.id not in {one.id for one in stage.folders(BEN_THERE)}
    assert folder(stage, BEN_THERE, name).parent == PRIVATE
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, "Projects"), "Plan").master is None


def test_a_folder_that_is_renamed_here_and_put_below_another_there_outlives_that_one_s_deletion(stage: Stage) -> None:
    name, contacts = f"Team of {stage.users[1]}", Module.CONTACTS
    doomed, below = folder(stage, BEN_THERE, name, contacts), folder(stage, BEN_THERE, name)
    stage.session(BEN_THERE).update_folder(below.id, parent=doomed.id)
    session = stage.session(BEN)
    session.update_folder(folder(stage, BEN, name).id, name="Projects")
    session.delete_folder(folder(stage, BEN, name, contacts).id)
    come_to_rest(stage)
    assert folder(stage, BEN_THERE, "Projects").parent == PRIVATE


def test_a_folder_deleted_here_stays_there_with_those_above_while_it_has_news(stage: Stage) -> None:
    name, contacts, session = f"Team of {stage.users[1]}", Module.CONTACTS, stage.session(BEN_THERE)
    above = folder(stage, BEN_THERE, name, contacts)
    made = session.create_folder(above.id, "Projects", module=contacts)
    stage.devices[BEN].cycle()
    stage.session(BEN).delete_folder(folder(stage, BEN, name, contacts).id)
    session.create(made.id, new(contacts, 2, "Customer", ()))
    stage.devices[BEN].cycle()
    (skipped,) = stage.devices[BEN].replica.waiting.skipped()
    assert {above.id, made.id} <= {one.id for one in stage.folders(BEN_THERE)}
    stage.devices[BEN].replica.waiting.discard(skipped.id)
    come_to_rest(stage)
    assert [title_of(one.item) for one in stage.records(BEN, folder(stage, BEN, "Projects", contacts))] == ["Customer"]
    assert folder(stage, BEN_THERE, "Projects", contacts).parent == PRIVATE


def test_what_a_colleague_changed_in_a_folder_that_was_deleted_here_is_asked_about(stage: Stage) -> None:
    name, contacts = f"Team of {stage.users[1]}", Module.CONTACTS
    there, title = folder(stage, ANNA_THERE, name, contacts, stage.users[1]), f"contact of team {stage.users[1]}"
    stage.session(BEN).delete_folder(folder(stage, BEN, name, contacts).id)
    edited = item(stage, ANNA_THERE, there, title)
    stage.session(ANNA_THERE).update(edited.id, there.id, lambda _: {"note": "called back"}, module=contacts)
    stage.devices[BEN].cycle()
    (skipped,) = stage.devices[BEN].replica.waiting.skipped()
    stage.devices[BEN].replica.waiting.discard(skipped.id)
    come_to_rest(stage)
    assert item(stage, BEN, folder(stage, BEN, name, contacts), title).item.note == "called back"


def test_what_was_moved_out_there_of_a_folder_that_was_deleted_here_is_kept(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name, title = f"Team of {anna}", f"contact of team {anna}"
    stage.session(ANNA).delete_folder(folder(stage, ANNA, name, contacts).id)
    there, goal = folder(stage, ANNA_THERE, name, contacts), folder(stage, ANNA_THERE, "Contacts", contacts)
    session, moved = stage.session(ANNA_THERE), item(stage, ANNA_THERE, there, title)
    session.update(moved.id, there.id, lambda _: {}, module=contacts, destination=goal.id)
    session.create(there.id, new(contacts, 2, "Customer", ()))
    stage.devices[ANNA].cycle()
    (skipped,) = stage.devices[ANNA].replica.waiting.skipped()
    stage.devices[ANNA].replica.waiting.discard(skipped.id)
    come_to_rest(stage)
    assert item(stage, ANNA, folder(stage, ANNA, "Contacts", contacts), title).master is None


def test_folders_in_each_other_that_have_news_are_asked_about_at_once(stage: Stage) -> None:
    name, contacts, session = f"Team of {stage.users[1]}", Module.CONTACTS, stage.session(BEN_THERE)
    above = folder(stage, BEN_THERE, name, contacts)
    made = session.create_folder(above.id, "Projects", module=contacts)
    stage.devices[BEN].cycle()
    stage.session(BEN).delete_folder(folder(stage, BEN, name, contacts).id)
    for inside in (made, above):
        session.create(inside.id, new(contacts, 2, "Customer", ()))
    stage.devices[BEN].cycle()
    assert len(stage.devices[BEN].replica.waiting.held()) == 2


def test_what_was_moved_into_a_folder_that_is_gone_before_the_server_heard_of_it_is_back(stage: Stage) -> None:
    anna, ben = stage.users
    contacts, title = Module.CONTACTS, f"contact of team {anna}"
    team, goal = folder(stage, ANNA, f"Team of {anna}", contacts), folder(stage, ANNA, f"Team of {ben}", contacts, ben)
    stage.devices[ANNA].cycle()
    moved = item(stage, ANNA, team, title)
    stage.session(ANNA).update(moved.id, team.id, lambda _: {}, module=contacts, destination=goal.id)
    stage.devices[ANNA].cycle({RemoteId(stage.remote(ANNA, goal)): None})
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, goal.name, contacts).id)
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, team.name, contacts), title).master is None


def test_what_was_taken_out_of_a_folder_is_moved_there_though_the_deletion_of_that_one_waits(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name, title = f"Team of {anna}", f"contact of team {anna}"
    team, goal = folder(stage, ANNA, name, contacts), folder(stage, ANNA, "Contacts", contacts)
    there = folder(stage, ANNA_THERE, name, contacts)
    stage.session(ANNA_THERE).create(there.id, new(contacts, 2, "Customer", ()))
    moved = item(stage, ANNA, team, title)
    stage.session(ANNA).update(moved.id, team.id, lambda _: {}, module=contacts, destination=goal.id)
    stage.session(ANNA).delete_folder(team.id)
    stage.devices[ANNA].cycle()
    (skipped,) = stage.devices[ANNA].replica.waiting.skipped()
    stage.devices[ANNA].replica.waiting.discard(skipped.id)
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), title).master is None


def test_a_folder_that_one_is_not_let_look_into_is_not_deleted_with_what_was_never_seen(stage: Stage) -> None:
    anna, _ben = stage.users
    theirs = folder(stage, BEN, f"Team of {anna}", owner=anna)
    stage.session(BEN).create(theirs.id, new(Module.CALENDAR, 2, "Never seen", ()), ignore_conflicts=True)
    stage.devices[BEN].cycle()
    stage.session(ANNA_AGAIN).delete_folder(folder(stage, ANNA_AGAIN, f"Team of {anna}").id)
    stage.strike(ANNA_AGAIN, Trouble.FORBIDDEN, 2, 0)
    assert [one.held for one in stage.devices[ANNA_AGAIN].replica.waiting.skipped()] == [True]
    there = folder(stage, ANNA_THERE, f"Team of {anna}")
    assert item(stage, ANNA_THERE, there, "Never seen").master is None


def test_who_agrees_to_the_deletion_of_a_folder_is_asked_again_about_what_comes_into_it_after_that(
    stage: Stage,
) -> None:
    name, contacts, waiting = f"Team of {stage.users[1]}", Module.CONTACTS, stage.devices[BEN].replica.waiting
    there, session = folder(stage, BEN_THERE, name, contacts), stage.session(BEN_THERE)
    stage.session(BEN).delete_folder(folder(stage, BEN, name, contacts).id)
    for title in ("Customer", "Another"):
        session.create(there.id, new(contacts, 2, title, ()))
        stage.devices[BEN].cycle()
        assert [one.whole for one in waiting.held()] == [True]
        waiting.confirm([], Decision.DELETE)
    come_to_rest(stage)
    assert there.id not in {one.id for one in stage.folders(BEN_THERE)}


def test_what_was_moved_into_a_colleague_s_folder_that_is_gone_is_kept_though_its_own_was_removed(stage: Stage) -> None:
    anna, ben = stage.users
    title, contacts = f"contact of team {anna}", Module.CONTACTS
    mine, theirs = (folder(stage, ANNA, f"Team of {one}", contacts, owner=one) for one in (anna, ben))
    moved = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, module=contacts, destination=theirs.id)
    stage.session(ANNA).delete_folder(mine.id)
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, f"Team of {ben}", contacts).id)
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), title).master is None


def change(stage: Stage, place: int, inside: Folder, title: str, note: str) -> None:
    """Somebody writes a note about an item."""
    stage.session(place).update(item(stage, place, inside, title).id, inside.id, lambda _: {"note": note})


def test_what_waits_for_a_decision_is_kept_when_its_folder_goes(stage: Stage) -> None:
    anna = stage.users[0]
    title, name = f"calendar of team {anna}", f"Team of {anna}"
    stage.devices[ANNA].replica.policy = Policy(winner=Winner.ASK)
    for place, note in ((ANNA, "mine"), (ANNA_THERE, "theirs")):
        inside = folder(stage, place, name)
        change(stage, place, inside, title, note)
    stage.devices[ANNA].cycle()
    assert len(stage.devices[ANNA].replica.waiting.conflicts()) == 1
    stage.session(ANNA_THERE).delete_folder(folder(stage, ANNA_THERE, name).id)
    come_to_rest(stage)
    assert item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"), title).item.note == "mine"
    assert stage.devices[ANNA].replica.waiting.conflicts() == ()
