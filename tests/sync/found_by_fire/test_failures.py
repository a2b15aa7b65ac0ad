"""What the random walks have found: disks without room, clocks that are set, and deletions that are held."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact
from passerelle.model.participants import Answer
from passerelle.sync.policy import Policy
from tests.sync.fire.edits import START, new
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.fire.wire import Trouble
from tests.sync.found_by_fire.telling import ANNA, ANNA_THERE, BEN, BEN_THERE, come_to_rest, folder, item


def test_a_full_disk_is_told_and_nothing_is_lost_by_it(stage: Stage) -> None:
    inside = folder(stage, ANNA_THERE, "Contacts", Module.CONTACTS)
    for number in range(60):
        stage.session(ANNA_THERE).create(inside.id, new(Module.CONTACTS, 2, f"Person {number}", ()))
    device = stage.devices[ANNA]
    device.mortal.fill(0)
    with pytest.raises(Unreachable, match="no room left"):
        device.cycle()
    device.restart()
    come_to_rest(stage)
    assert len(stage.records(ANNA, folder(stage, ANNA, "Contacts", Module.CONTACTS))) >= 60


def test_what_is_deleted_after_a_clock_was_set_back_and_a_folder_renamed_goes_everywhere(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, there = f"contact of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}", contacts)
    stage.clock.jump(-50 * 3600)
    stage.session(BEN_THERE).update_folder(there.id, name="Friends")
    stage.devices[ANNA].cycle()
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id, module=contacts)
    come_to_rest(stage)
    assert stage.records(ANNA, folder(stage, ANNA, "Friends", contacts, owner=ben)) == []


def test_news_from_after_the_last_change_of_a_folder_are_no_sign_of_a_replaced_server(stage: Stage) -> None:
    device, inside = stage.devices[ANNA], folder(stage, ANNA_THERE, "Contacts", Module.CONTACTS)
    device.cycle()
    stage.session(ANNA_THERE).create(inside.id, new(Module.CONTACTS, 2, "Customer", ()))
    device.cycle({one.folder: one.position for one in stage.news(ANNA) if one.folder is not None})
    there = folder(stage, ANNA_THERE, "Tasks", Module.TASKS)
    stage.session(ANNA_THERE).create(there.id, new(Module.TASKS, 2, "Call back", ()))
    come_to_rest(stage)
    assert item(stage, ANNA, folder(stage, ANNA, "Contacts", Module.CONTACTS), "Customer").master is None


def test_what_the_guard_keeps_here_and_another_device_brings_back_is_there_once(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    name, title = f"Team of {ben}", f"contact of team {ben}"
    there, device = folder(stage, BEN_THERE, name, contacts), stage.devices[ANNA]
    device.replica.policy = Policy(guard_items=0)
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id, module=contacts)
    device.cycle()
    edited = item(stage, BEN, folder(stage, BEN, name, contacts), title)
    stage.session(BEN).update(edited.id, edited.folder, lambda _: {"note": "called back"}, module=contacts)
    stage.devices[BEN].cycle()
    assert [one.held for one in device.replica.waiting.skipped()] == [True]
    come_to_rest(stage)
    assert device.replica.waiting.skipped() == ()
    assert [one.item.note for one in stage.records(BEN_THERE, there)] == ["called back"]


_WRITE = 2
"""The request after those about people and folders, where nothing is new on the server."""


def change_without_answer(stage: Stage) -> None:
    """Anna changes a contact; the server does it, and its answer is lost."""
    inside = folder(stage, ANNA, "Contacts", Module.CONTACTS)
    edited = item(stage, ANNA, inside, f"contact 1 of {stage.users[0]}")
    stage.session(ANNA).update(edited.id, inside.id, lambda _: {"note": "first"}, module=inside.module)
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_AFTER, _WRITE, 0)


def test_what_is_changed_again_after_a_lost_answer_is_no_conflict_with_oneself(stage: Stage) -> None:
    change_without_answer(stage)
    inside = folder(stage, ANNA, "Contacts", Module.CONTACTS)
    edited = item(stage, ANNA, inside, f"contact 1 of {stage.users[0]}")
    stage.session(ANNA).update(edited.id, inside.id, lambda _: {"note": "second"}, module=inside.module)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    assert item(stage, ANNA, inside, f"contact 1 of {stage.users[0]}").item.note == "second"


def test_what_was_made_and_is_changed_after_a_lost_answer_is_no_conflict_with_oneself(stage: Stage) -> None:
    inside, there = (folder(stage, place, "Contacts", Module.CONTACTS) for place in (ANNA, ANNA_THERE))
    made = stage.session(ANNA).create(inside.id, new(Module.CONTACTS, 2, "Customer", ()))
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_AFTER, _WRITE, 0)
    stage.session(ANNA).update(made.id, inside.id, lambda _: {"last_name": "Customer & Sons"}, module=inside.module)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    shown = item(stage, ANNA_THERE, there, "Customer").item
    assert isinstance(shown, Contact)
    assert shown.last_name == "Customer & Sons"


def test_an_occurrence_that_is_changed_twice_around_a_lost_answer_is_as_it_was_changed_last(stage: Stage) -> None:
    title, inside = f"calendar 0 of {stage.users[0]}", folder(stage, ANNA, "Calendar")
    series, session = item(stage, ANNA, inside, title), stage.session(ANNA)
    changed = session.change_occurrence(
        series.id, inside.id, START.date(), lambda _: {"note": "first"}, ignore_conflicts=True
    )
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_AFTER, _WRITE, 0)
    session.update(changed.id, inside.id, lambda _: {"note": "second"}, ignore_conflicts=True)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    found = [one.item for one in stage.all_records(ANNA_THERE) if one.master is not None]
    assert [(title_of(one), one.note) for one in found] == [(title, "second")]


def test_what_is_changed_again_stays_though_another_field_was_changed_there_after_the_lost_answer(stage: Stage) -> None:
    change_without_answer(stage)
    title = f"contact 1 of {stage.users[0]}"
    inside, there = (folder(stage, place, "Contacts", Module.CONTACTS) for place in (ANNA, ANNA_THERE))
    edited, known = item(stage, ANNA, inside, title), item(stage, ANNA_THERE, there, title)
    stage.session(ANNA_THERE).update(known.id, there.id, lambda _: {"company": "Atlas"}, module=inside.module)
    stage.session(ANNA).update(edited.id, inside.id, lambda _: {"note": "second"}, module=inside.module)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    shown = item(stage, ANNA_THERE, there, title).item
    assert isinstance(shown, Contact)
    assert (shown.note, shown.company) == ("second", "Atlas")


def test_what_is_deleted_after_a_lost_answer_does_not_come_back_by_the_own_change(stage: Stage) -> None:
    change_without_answer(stage)
    inside = folder(stage, ANNA, "Contacts", Module.CONTACTS)
    edited = item(stage, ANNA, inside, f"contact 1 of {stage.users[0]}")
    stage.session(ANNA).delete(edited.id, inside.id, module=inside.module)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, "Contacts", Module.CONTACTS)
    assert f"contact 1 of {stage.users[0]}" not in [title_of(one.item) for one in stage.records(ANNA_THERE, there)]


def test_what_is_changed_back_after_a_lost_answer_stays_so(stage: Stage) -> None:
    change_without_answer(stage)
    inside = folder(stage, ANNA, "Contacts", Module.CONTACTS)
    stage.devices[ANNA].replica.history.undo()
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    assert item(stage, ANNA, inside, f"contact 1 of {stage.users[0]}").item.note is None


def test_who_answers_otherwise_after_a_lost_answer_has_the_last_word(stage: Stage) -> None:
    anna, ben = stage.users
    title, inside = f"calendar 1 of {ben}", folder(stage, ANNA, "Calendar")
    invited, session = item(stage, ANNA, inside, title), stage.session(ANNA)
    session.confirm(invited.id, Answer.ACCEPTED, "gladly", module=Module.CALENDAR)
    with pytest.raises(Unreachable):
        stage.strike(ANNA, Trouble.CUT_AFTER, _WRITE, 0)
    session.confirm(invited.id, Answer.DECLINED, "sorry", module=Module.CALENDAR)
    assert stage.devices[ANNA].cycle().reports == ()
    come_to_rest(stage)
    shown = item(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), title).item
    assert isinstance(shown, Appointment)
    assert [one.answer for one in shown.participants if one.id == anna] == [Answer.DECLINED]
