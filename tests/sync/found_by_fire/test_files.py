"""What the random walks have found: files that hang on items."""

from __future__ import annotations

from io import BytesIO

import pytest

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module
from passerelle.peers.base import RemoteId
from passerelle.sync.deletions.held import Decision
from passerelle.sync.report import Subject
from tests.sync.fire.edits import START, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.fire.wire import Trouble
from tests.sync.found_by_fire.telling import (
    ALL,
    ANNA,
    ANNA_THERE,
    BEN,
    BEN_THERE,
    READ,
    READ_OWN,
    come_to_rest,
    folder,
    hang,
    item,
    let_in,
)


def test_a_file_goes_along_though_the_folder_that_its_task_lives_in_was_shared_only_later(stage: Stage) -> None:
    ben, tasks = stage.users[1], Module.TASKS
    title, mine = f"task 2 of {ben}", folder(stage, ANNA, "Tasks", Module.TASKS)
    hang(stage, ANNA, mine, item(stage, ANNA, mine, title))
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", tasks), ALL)
    come_to_rest(stage)
    there = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Tasks", tasks), title)
    assert [one.name for one in there.attachments] == ["plan.pdf"]


def test_a_file_is_taken_back_with_an_edit_that_one_had_no_right_to_make(stage: Stage) -> None:
    ben = stage.users[1]
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), READ)
    inside = folder(stage, ANNA, f"Team of {ben}", owner=ben)
    series = item(stage, ANNA, inside, f"calendar of team {ben}")
    hang(stage, ANNA, inside, series)
    stage.session(ANNA).update(series.id, inside.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, ANNA, inside, f"calendar of team {ben}").attachments == ()


def test_an_item_stays_that_was_deleted_by_somebody_whose_machine_could_not_fetch_its_new_file(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    title, there = f"contact of team {anna}", folder(stage, ANNA_THERE, f"Team of {anna}", contacts)
    hang(stage, ANNA_THERE, there, item(stage, ANNA_THERE, there, title))
    told = stage.strike(BEN, Trouble.SHORTENED, 3, 0).reports
    assert [one.subject for one in told] == [Subject.SKIPPED]
    inside = folder(stage, BEN, f"Team of {anna}", contacts, owner=anna)
    stage.session(BEN).delete(item(stage, BEN, inside, title).id, inside.id, module=contacts)
    come_to_rest(stage)
    assert [one.name for one in item(stage, BEN, inside, title).attachments] == ["plan.pdf"]


def test_a_folder_stays_until_asked_whose_new_file_could_not_be_fetched_before_it_was_deleted(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, there = f"contact of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}", contacts)
    hang(stage, BEN_THERE, there, item(stage, BEN_THERE, there, title))
    stage.strike(BEN, Trouble.SHORTENED, 3, 0)
    stage.session(BEN).delete_folder(folder(stage, BEN, f"Team of {ben}", contacts).id)
    stage.devices[BEN].cycle()
    (held,) = [one for one in stage.devices[BEN].replica.waiting.skipped() if one.held]
    stage.devices[BEN].replica.waiting.confirm([str(held.id)], Decision.KEEP)
    come_to_rest(stage)
    inside = folder(stage, BEN, f"Team of {ben}", contacts)
    assert [one.name for one in item(stage, BEN, inside, title).attachments] == ["plan.pdf"]


def test_a_file_follows_an_item_that_outlived_its_folder_also_if_the_network_goes_between_the_two(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    name, title = f"Team of {ben}", f"contact of team {ben}"
    inside = folder(stage, BEN, name, contacts)
    hang(stage, BEN, inside, item(stage, BEN, inside, title))
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, name, contacts).id)
    with pytest.raises(Unreachable):
        stage.strike(BEN, Trouble.REFUSED, 4, 0)  # the request with the file
    come_to_rest(stage)
    there = item(stage, BEN_THERE, folder(stage, BEN_THERE, "Contacts", contacts), title)
    assert [one.name for one in there.attachments] == ["plan.pdf"]


def test_a_file_stays_with_an_item_that_was_brought_back_by_somebody_who_had_not_seen_it(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    inside = folder(stage, BEN, name, owner=anna)
    stage.session(BEN).delete_occurrence(item(stage, BEN, inside, title).id, inside.id, START.date())
    there = folder(stage, ANNA_THERE, name)
    hang(stage, ANNA_THERE, there, item(stage, ANNA_THERE, there, title))
    stage.devices[ANNA].cycle()
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, there, title).id, there.id)
    stage.devices[BEN].cycle()
    come_to_rest(stage)
    assert [one.name for one in item(stage, ANNA_THERE, there, title).attachments] == ["plan.pdf"]


def test_a_file_is_sent_once_another_of_its_name_has_come_that_could_not_be_fetched_at_first(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    inside, there = folder(stage, ANNA, name), folder(stage, ANNA_THERE, name)
    hang(stage, ANNA_THERE, there, item(stage, ANNA_THERE, there, title), b"%PDF, theirs")
    hang(stage, ANNA, inside, item(stage, ANNA, inside, title), b"%PDF, mine")
    told = stage.strike(ANNA, Trouble.LOGIN_PAGE, 3, 0).reports
    assert [one.subject for one in told] == [Subject.SKIPPED]
    stage.devices[ANNA].clock.jump(24 * 3600)
    come_to_rest(stage)
    assert len(item(stage, ANNA_THERE, there, title).attachments) == 2


def test_a_slow_sync_fetches_what_somebody_gave_up_that_could_not_be_had(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    title, there = f"contact of team {anna}", folder(stage, ANNA_THERE, f"Team of {anna}", contacts)
    hang(stage, ANNA_THERE, there, item(stage, ANNA_THERE, there, title))
    stage.strike(BEN, Trouble.SHORTENED, 3, 0)
    replica = stage.devices[BEN].replica
    (skipped,) = replica.waiting.skipped()
    replica.waiting.discard(skipped.id)
    stage.devices[BEN].cycle()
    inside = folder(stage, BEN, f"Team of {anna}", contacts, owner=anna)
    assert item(stage, BEN, inside, title).attachments == ()
    replica.want_slow_sync()
    come_to_rest(stage)
    assert [one.name for one in item(stage, BEN, inside, title).attachments] == ["plan.pdf"]


def test_a_file_that_was_replaced_there_outlives_that_its_predecessor_was_taken_off_here(stage: Stage) -> None:
    title, tasks = f"task 1 of {stage.users[1]}", Module.TASKS
    here, there = (folder(stage, place, "Tasks", tasks) for place in (BEN, BEN_THERE))
    hang(stage, BEN_THERE, there, item(stage, BEN_THERE, there, title))
    come_to_rest(stage)
    task, (file,) = item(stage, BEN, here, title), item(stage, BEN, here, title).attachments
    stage.session(BEN).detach(Target(task.id, tasks, here.id), file.id)
    task, (file,) = item(stage, BEN_THERE, there, title), item(stage, BEN_THERE, there, title).attachments
    new = NewFile(name="plan.pdf", media_type="application/pdf", size=4, stream=BytesIO(b"%PDG"))
    stage.session(BEN_THERE).attach(Target(task.id, tasks, there.id), new, file.id)
    stage.devices[BEN].cycle({RemoteId(stage.remote(BEN, here)): "1"})  # news of a server whose clock was set back
    come_to_rest(stage)
    assert [one.name for one in item(stage, BEN, here, title).attachments] == ["plan.pdf"]


def test_a_file_that_waits_for_one_of_its_name_keeps_the_item_that_is_deleted_there(stage: Stage) -> None:
    title, contacts = f"contact of team {stage.users[0]}", Module.CONTACTS
    here, there = (folder(stage, place, f"Team of {stage.users[0]}", contacts) for place in (ANNA, ANNA_THERE))
    hang(stage, ANNA_THERE, there, item(stage, ANNA_THERE, there, title), b"theirs")
    hang(stage, ANNA, here, item(stage, ANNA, here, title), b"mine")
    stage.strike(ANNA, Trouble.SHORTENED, 3, 0)
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, there, title).id, there.id, module=contacts)
    come_to_rest(stage)
    assert [one.size for one in item(stage, ANNA_THERE, there, title).attachments] == [len(b"mine")]


def test_a_file_is_kept_with_its_meeting_though_the_folder_through_which_it_was_tried_is_gone(stage: Stage) -> None:
    anna, ben = stage.users
    title, team = f"calendar of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}")
    people = {"participants": (user(anna), user(ben))}
    session, series = stage.session(BEN_THERE), item(stage, BEN_THERE, team, title)
    session.update(series.id, team.id, lambda _: people, ignore_conflicts=True)
    session.change_occurrence(series.id, team.id, START.date(), lambda _: {"note": "once"}, ignore_conflicts=True)
    come_to_rest(stage)
    session.delete_folder(team.id)
    theirs = folder(stage, ANNA, f"Team of {ben}", owner=ben)
    hang(stage, ANNA, theirs, item(stage, ANNA, theirs, title))
    both = (theirs, folder(stage, ANNA, "Calendar"))
    stage.devices[ANNA].cycle({RemoteId(stage.remote(ANNA, one)): "0" for one in both})  # it was told what it knows
    come_to_rest(stage)
    kept = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"), title)
    assert [one.name for one in kept.attachments] == ["plan.pdf"]


def test_an_occurrence_one_has_left_stays_so_when_a_file_hung_on_it_in_a_calendar_that_shows_own_items_only_is_given_up(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    title, mine = f"calendar 1 of {ben}", folder(stage, ANNA, "Calendar")
    series, change = item(stage, ANNA, mine, title), {"note": "in the other room"}
    stage.session(ANNA).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    theirs = folder(stage, BEN_THERE, "Calendar")
    let_in(stage, BEN_THERE, theirs, ALL)
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, "Calendar")
    left = next(one for one in stage.records(ANNA_THERE, there) if one.master is not None)
    stage.session(ANNA_THERE).delete(left.id, there.id)
    come_to_rest(stage)
    inside = folder(stage, ANNA, "Calendar", owner=ben)
    hang(stage, ANNA, inside, next(one for one in stage.records(ANNA, inside) if one.master is not None))
    let_in(stage, BEN_THERE, theirs, READ_OWN)
    for _ in range(3):
        stage.devices[ANNA].cycle()
    for one in stage.devices[ANNA].replica.waiting.skipped():
        stage.devices[ANNA].replica.waiting.discard(one.id)
    come_to_rest(stage)
    assert [one.master for one in stage.records(ANNA, mine) if title_of(one.item) == title] == [None]
