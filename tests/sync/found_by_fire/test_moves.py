"""What the random walks have found: items that people move, while others do so, too, or change them."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment, Contact
from passerelle.model.participants import Answer
from passerelle.peers.base import RemoteId
from passerelle.sync.deletions.held import Decision
from passerelle.sync.report import Progress
from tests.sync.fire.edits import new, user
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
    READ,
    come_to_rest,
    folder,
    hang,
    item,
    let_in,
)


def test_an_own_appointment_moved_to_a_colleague_s_calendar_moves_on_the_server_too(stage: Stage) -> None:
    anna, ben = stage.users
    mine, team = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved_title = f"calendar 2 of {anna}"
    moved = item(stage, ANNA, mine, moved_title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=team.id, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), moved_title).master is None


def test_a_contact_that_two_people_move_ends_in_one_folder_on_all_sides(stage: Stage) -> None:
    anna, ben = stage.users
    name, contacts = f"contact of team {ben}", Module.CONTACTS
    let_in(
        stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), Rights(folder=4, read=4, write=4, delete=4)
    )
    for place, into in ((BEN, f"Team of {anna}"), (ANNA_THERE, "Contacts")):
        inside = folder(stage, place, f"Team of {ben}", contacts, owner=ben)
        goal = (
            folder(stage, place, into, contacts, owner=anna) if place == BEN else folder(stage, place, into, contacts)
        )
        moved = item(stage, place, inside, name)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, module=contacts, destination=goal.id)
    come_to_rest(stage)
    found = [one for one in stage.folders(ANNA) if any(title_of(r.item) == name for r in stage.records(ANNA, one))]
    assert len(found) == 1


def test_a_contact_that_two_devices_moved_before_it_was_deleted_there_is_there_once(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name = f"contact 0 of {anna}"
    for place in (ANNA, ANNA_AGAIN):
        inside, goal = (folder(stage, place, one, contacts) for one in ("Contacts", f"Team of {anna}"))
        moved = item(stage, place, inside, name)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, module=contacts, destination=goal.id)
    there = folder(stage, ANNA_THERE, "Contacts", contacts)
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, there, name).id, there.id, module=contacts)
    come_to_rest(stage)
    shown = stage.records(ANNA_THERE, folder(stage, ANNA_THERE, f"Team of {anna}", contacts))
    assert [title_of(one.item) for one in shown].count(name) == 1


def test_a_contact_that_two_devices_move_ends_in_one_folder_on_both(stage: Stage) -> None:
    anna, ben = stage.users
    name, contacts = f"contact of team {ben}", Module.CONTACTS
    for place, into in ((ANNA, f"Team of {anna}"), (ANNA_AGAIN, "Contacts")):
        inside, goal = folder(stage, place, f"Team of {ben}", contacts, ben), folder(stage, place, into, contacts, anna)
        moved = item(stage, place, inside, name)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, module=contacts, destination=goal.id)
    come_to_rest(stage)


def test_a_contact_that_is_moved_on_after_an_unfinished_look_is_where_it_was_moved_last(stage: Stage) -> None:
    anna, ben = stage.users
    title, contacts = f"contact of team {anna}", Module.CONTACTS
    first, second = (folder(stage, ANNA_THERE, f"Team of {one}", contacts, owner=one) for one in (anna, ben))
    session = stage.session(ANNA_THERE)
    moved = item(stage, ANNA_THERE, first, title)
    session.update(moved.id, first.id, lambda _: {}, module=contacts, destination=second.id)
    tasks = folder(stage, BEN_THERE, "Tasks", Module.TASKS)
    stage.session(BEN_THERE).create(tasks.id, new(Module.TASKS, 1, "Call back", ()))
    with pytest.raises(Unreachable):  # when both folders were looked at, and the third is
        stage.strike(BEN, Trouble.REFUSED, 4, 0)
    team, mine = (folder(stage, BEN, name, contacts) for name in (f"Team of {ben}", "Contacts"))
    here = item(stage, BEN, team, title)
    stage.session(BEN).update(here.id, team.id, lambda _: {}, module=contacts, destination=mine.id)
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, "Contacts", contacts), title).id == moved.id


def test_an_item_moved_into_a_folder_that_is_gone_meanwhile_goes_back_to_where_it_was(stage: Stage) -> None:
    anna, ben, contacts = *stage.users, Module.CONTACTS
    mine, goal = folder(stage, BEN, "Contacts", contacts), folder(stage, BEN, f"Team of {anna}", contacts, owner=anna)
    title = f"contact 1 of {ben}"
    moved = item(stage, BEN, mine, title)
    stage.session(BEN).update(moved.id, mine.id, lambda _: {}, module=contacts, destination=goal.id)
    stage.session(ANNA_THERE).delete_folder(folder(stage, ANNA_THERE, f"Team of {anna}", contacts).id)
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, "Contacts", contacts), title).master is None


def test_an_own_appointment_moved_to_a_colleague_s_calendar_lives_there_on_the_other_device_too(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {anna}", "Review"
    here, goal = folder(stage, ANNA_AGAIN, name), folder(stage, ANNA_AGAIN, f"Team of {ben}", owner=ben)
    session = stage.session(ANNA_AGAIN)
    made = session.create(here.id, new(Module.CALENDAR, 2, title, (user(anna),)), ignore_conflicts=True)
    come_to_rest(stage)
    session.update(made.id, here.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    come_to_rest(stage)
    mine, theirs = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    assert item(stage, ANNA, mine, title).id == item(stage, ANNA, theirs, title).id


def test_a_contact_moved_out_of_a_colleague_s_sight_who_had_changed_it_is_two_contacts_everywhere(stage: Stage) -> None:
    anna, contacts = stage.users[0], Module.CONTACTS
    name, title = f"Team of {anna}", f"contact of team {anna}"
    there, goal = folder(stage, BEN_THERE, name, contacts, anna), folder(stage, BEN_THERE, "Contacts", contacts)
    moved = item(stage, BEN_THERE, there, title)
    stage.session(BEN_THERE).update(moved.id, there.id, lambda _: {}, module=contacts, destination=goal.id)
    mine = folder(stage, ANNA, name, contacts)
    changed = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(changed.id, mine.id, lambda _: {"company": "Bridges Ltd"}, module=contacts)
    come_to_rest(stage)
    kept = item(stage, BEN, folder(stage, BEN, "Contacts", contacts), title).item
    made = item(stage, BEN, folder(stage, BEN, name, contacts, anna), title).item
    assert [one.company for one in (kept, made) if isinstance(one, Contact)] == [None, "Bridges Ltd"]


def test_a_meeting_moved_to_another_own_calendar_is_not_declined_where_its_organiser_s_is_shared(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {anna}"
    let_in(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"), READ)
    come_to_rest(stage)
    mine, goal = folder(stage, BEN, "Calendar"), folder(stage, BEN, f"Team of {ben}")
    moved = item(stage, BEN, mine, title)
    stage.session(BEN).update(moved.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    come_to_rest(stage)
    found = item(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), title).item
    assert isinstance(found, Appointment)
    assert {one.answer for one in found.participants} == {Answer.ACCEPTED, Answer.NONE}


def test_a_meeting_of_a_colleague_s_team_moved_to_an_own_team_calendar_shows_in_both_on_all_devices(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    theirs, mine = folder(stage, ANNA_THERE, f"Team of {ben}", owner=ben), folder(stage, ANNA_THERE, "Calendar")
    session, people = stage.session(ANNA_THERE), (user(anna), user(ben))
    made = session.create(theirs.id, new(Module.CALENDAR, 3, "Review", people), ignore_conflicts=True)
    goal = folder(stage, ANNA_THERE, f"Team of {anna}")
    session.update(made.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    come_to_rest(stage)
    shown = [folder(stage, BEN, f"Team of {anna}", owner=anna), folder(stage, BEN, f"Team of {ben}")]
    assert len({item(stage, BEN, one, "Review").id for one in shown}) == 1


@pytest.mark.parametrize(("module", "goal"), [(Module.CONTACTS, "Contacts"), (Module.CALENDAR, "Calendar")])
def test_what_was_moved_here_and_on_another_device_elsewhere_is_in_one_folder_everywhere(
    stage: Stage, module: Module, goal: str
) -> None:
    anna, ben = stage.users
    team = folder(stage, ANNA_THERE, f"Team of {anna}", module)
    stage.session(ANNA_THERE).create(team.id, new(module, 2, "Alone", ()), ignore_conflicts=True)
    come_to_rest(stage)
    for place, into, owner in ((ANNA_AGAIN, f"Team of {ben}", ben), (ANNA, goal, anna)):
        inside, there = folder(stage, place, f"Team of {anna}", module), folder(stage, place, into, module, owner)
        moved = item(stage, place, inside, "Alone")
        stage.session(place).update(
            moved.id, inside.id, lambda _: {}, module=module, destination=there.id, ignore_conflicts=True
        )
    come_to_rest(stage)
    for place in (ANNA, ANNA_AGAIN):
        found = ((one, record) for one in stage.folders(place) for record in stage.records(place, one))
        assert [one.name for one, record in found if title_of(record.item) == "Alone"] == [goal]


def test_a_meeting_that_its_organiser_moved_here_and_there_ends_where_the_server_has_it(stage: Stage) -> None:
    anna, ben = stage.users
    title, here, there = f"calendar 2 of {ben}", folder(stage, BEN, "Calendar"), folder(stage, BEN_THERE, "Calendar")
    goals = folder(stage, BEN, f"Team of {anna}", owner=anna), folder(stage, BEN_THERE, f"Team of {ben}")
    for place, inside, goal in ((BEN, here, goals[0]), (BEN_THERE, there, goals[1])):
        moved = item(stage, place, inside, title)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, BEN, folder(stage, BEN, f"Team of {ben}"), title).master is None


def test_a_meeting_that_a_guest_moves_here_and_its_organiser_there_ends_where_the_server_has_it(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {ben}"
    theirs, goal = folder(stage, BEN_THERE, "Calendar"), folder(stage, BEN_THERE, f"Team of {anna}", owner=anna)
    moved = item(stage, BEN_THERE, theirs, title)
    stage.session(BEN_THERE).update(moved.id, theirs.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    mine, elsewhere = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=elsewhere.id, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, ANNA, folder(stage, ANNA, f"Team of {anna}"), title).master is None
    assert title not in [title_of(one.item) for one in stage.records(ANNA, elsewhere)]


def test_a_meeting_that_shows_in_two_calendars_is_moved_out_of_its_maker_s(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {anna}"
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), READ)
    come_to_rest(stage)
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    assert [stage.devices[ANNA].cycle().reports for _ in range(2)] == [(), ()]
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), title).master is None


def test_what_is_taken_out_of_a_colleague_s_calendar_but_not_of_the_own_is_gone_there_for_all(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {anna}"
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), ALL)
    come_to_rest(stage)
    theirs = folder(stage, ANNA, "Calendar", owner=ben)
    stage.session(ANNA).delete(item(stage, ANNA, theirs, title).id, theirs.id)
    come_to_rest(stage)
    assert title not in [title_of(one.item) for one in stage.records(ANNA, folder(stage, ANNA, "Calendar", owner=ben))]


def test_a_participant_s_move_that_is_refused_is_undone_also_if_the_organiser_s_calendar_comes_to_show(
    stage: Stage,
) -> None:
    _anna, ben = stage.users
    title = f"calendar 2 of {ben}"
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), ALL)
    stage.devices[ANNA].cycle()
    for one in stage.devices[ANNA].replica.waiting.skipped():
        stage.devices[ANNA].replica.waiting.discard(one.id)
    come_to_rest(stage)
    assert item(stage, ANNA, mine, title).master is None


@pytest.mark.parametrize("decision", [Decision.KEEP, Decision.DELETE])
def test_a_contact_changed_here_and_moved_there_into_a_folder_that_was_deleted_here_is_there_once(
    stage: Stage, decision: Decision
) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, name = f"contact 2 of {ben}", f"Team of {ben}"
    home, goal = (folder(stage, BEN_THERE, one, contacts) for one in ("Contacts", name))
    moved = item(stage, BEN_THERE, home, title)
    stage.session(BEN_THERE).update(moved.id, home.id, lambda _: {}, module=contacts, destination=goal.id)
    session, here = stage.session(BEN), folder(stage, BEN, "Contacts", contacts)
    session.delete_folder(folder(stage, BEN, name, contacts).id)
    session.update(item(stage, BEN, here, title).id, here.id, lambda _: {"note": "called back"}, module=contacts)
    stage.devices[BEN].cycle()
    waiting = stage.devices[BEN].replica.waiting
    (held,) = waiting.skipped()
    waiting.confirm([str(held.id)], decision)
    come_to_rest(stage)
    found = [one for one in stage.all_records(BEN_THERE) if title_of(one.item) == title]
    assert [(one.item.note, one.folder) for one in found] == [
        ("called back", goal.id if decision is Decision.KEEP else home.id)
    ]


def test_a_meeting_moved_to_where_the_organiser_has_put_it_meanwhile_is_there_once(stage: Stage) -> None:
    anna, ben = stage.users
    title, name = f"calendar 2 of {anna}", f"Team of {ben}"
    home, goal = folder(stage, ANNA_THERE, "Calendar"), folder(stage, ANNA_THERE, name, owner=ben)
    moved = item(stage, ANNA_THERE, home, title)
    stage.devices[BEN].cycle()
    stage.session(ANNA_THERE).update(moved.id, home.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    stage.devices[BEN].cycle({RemoteId(str(goal.id)): None})  # told of that folder, not yet of the calendar
    mine, team = folder(stage, BEN, "Calendar"), folder(stage, BEN, name)
    seen = item(stage, BEN, mine, title)
    stage.session(BEN).update(seen.id, mine.id, lambda _: {}, destination=team.id, ignore_conflicts=True)
    come_to_rest(stage)
    assert [one.folder for one in stage.all_records(BEN) if title_of(one.item) == title] == [team.id]


@pytest.mark.parametrize("is_edited", [False, True])
def test_a_meeting_that_is_called_off_goes_from_where_one_moved_it_but_for_what_one_wrote_on_it(
    stage: Stage, is_edited: bool
) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {ben}"
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {anna}")
    seen, session = item(stage, ANNA, mine, title), stage.session(ANNA)
    if is_edited:
        session.update(seen.id, mine.id, lambda _: {"note": "ask for the key"}, ignore_conflicts=True)
    session.update(seen.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    theirs = folder(stage, BEN_THERE, "Calendar")
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, theirs, title).id, theirs.id)
    come_to_rest(stage)
    found = [one.item.note for one in stage.all_records(ANNA_THERE) if title_of(one.item) == title]
    assert found == (["ask for the key"] if is_edited else [])


def test_who_moves_an_invitation_to_another_folder_has_not_answered_it(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {ben}"
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {anna}")
    seen = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(seen.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    come_to_rest(stage)
    moved = item(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), title).item
    assert isinstance(moved, Appointment)
    assert {one.id: one.answer for one in moved.participants} == {ben: Answer.ACCEPTED, anna: Answer.NONE}


@pytest.mark.parametrize("module", [Module.CONTACTS, Module.CALENDAR], ids=str)
def test_what_was_edited_here_and_moved_there_is_there_once_though_only_its_old_folder_was_told_of(
    stage: Stage, module: Module
) -> None:
    ben = stage.users[1]
    title = f"{module.value} 2 of {ben}"
    device, name = stage.devices[BEN], {Module.CONTACTS: "Contacts", Module.CALENDAR: "Calendar"}[module]
    device.cycle()
    inside, there = folder(stage, BEN, name, module), folder(stage, BEN_THERE, name, module)
    session, seen = stage.session(BEN), item(stage, BEN, inside, title)
    session.update(seen.id, inside.id, lambda _: {"note": "still needed"}, module=module, ignore_conflicts=True)
    goal, session = folder(stage, BEN_THERE, f"Team of {ben}", module), stage.session(BEN_THERE)
    moved = item(stage, BEN_THERE, there, title)
    session.update(moved.id, there.id, lambda _: {}, module=module, destination=goal.id, ignore_conflicts=True)
    assert device.cycle({RemoteId(stage.remote_of(BEN, inside.id)): None}).reports == ()
    come_to_rest(stage)
    found = [one for one in stage.all_records(BEN_THERE) if title_of(one.item) == title]
    assert [(one.item.note, one.folder) for one in found] == [("still needed", goal.id)]
    assert [one.id for one in stage.all_records(BEN) if title_of(one.item) == title] == [seen.id]


def test_what_is_moved_there_in_mid_cycle_into_a_folder_that_was_looked_at_is_there_once(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, name = f"contact of team {ben}", f"Team of {ben}"
    team, device = folder(stage, BEN, name, contacts), stage.devices[BEN]
    edited = item(stage, BEN, team, title)
    stage.session(BEN).update(edited.id, team.id, lambda _: {"note": "called"}, module=contacts)
    there, goal = folder(stage, BEN_THERE, name, contacts), folder(stage, BEN_THERE, "Contacts", contacts)
    moved, session = item(stage, BEN_THERE, there, title), stage.session(BEN_THERE)
    for inside in (goal, there):  # both are looked at, the default folder first
        session.create(inside.id, Contact(last_name=f"new in {inside.name}"))

    def move(at: Progress) -> None:
        if at.phase == "pull" and at.folder == name and not at.items:
            session.update(moved.id, there.id, lambda _: {}, module=contacts, destination=goal.id)

    assert device.replica.cycle(device.peer, move).reports == ()
    come_to_rest(stage)
    found = [one for one in stage.all_records(BEN_THERE) if title_of(one.item) == title]
    assert [(one.item.note, one.folder) for one in found] == [("called", goal.id)]


def test_a_meeting_moved_into_a_colleague_s_folder_that_is_gone_stays_in_the_calendars_of_both(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 2 of {anna}"
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), ALL)
    come_to_rest(stage)
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    stage.session(BEN_THERE).delete_folder(folder(stage, BEN_THERE, f"Team of {ben}").id)
    come_to_rest(stage)
    for place in (ANNA_THERE, BEN_THERE):
        assert item(stage, place, folder(stage, place, "Calendar"), title).master is None


def test_a_file_that_one_hung_on_a_meeting_and_moved_outlives_that_it_is_called_off(stage: Stage) -> None:
    anna, ben = stage.users
    title, theirs = f"calendar 2 of {ben}", folder(stage, BEN_THERE, "Calendar")
    mine, goal = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {anna}")
    seen = item(stage, ANNA, mine, title)
    hang(stage, ANNA, mine, seen)
    stage.session(ANNA).update(seen.id, mine.id, lambda _: {}, destination=goal.id, ignore_conflicts=True)
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, theirs, title).id, theirs.id)
    come_to_rest(stage)
    found = [one for one in stage.all_records(ANNA_THERE) if title_of(one.item) == title]
    assert [[file.name for file in one.attachments] for one in found] == [["plan.pdf"]]
