"""What the random walks have found: occurrences that come without their series, and that these come to later."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer
from passerelle.sync.report import Subject
from tests.sync.fire.edits import START, user
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
    READ_OWN,
    come_to_rest,
    folder,
    item,
    let_in,
)


def invite_to_one(stage: Stage, name: str, title: str) -> None:
    """Ben invites Anna to the first occurrence alone of a series in a calendar of his."""
    anna, ben = stage.users
    there, session = folder(stage, BEN_THERE, name), stage.session(BEN_THERE)
    change = {"participants": (user(anna), user(ben)), "note": "in the other room"}
    series = item(stage, BEN_THERE, there, title)
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)


def masters(stage: Stage, name: str) -> list[ItemId | None]:
    """Which series Anna's replica has the changed occurrence in, as Ben's calendar shows it."""
    theirs = folder(stage, ANNA, name, owner=stage.users[1])
    return [one.master for one in stage.records(ANNA, theirs) if one.item.note == "in the other room"]


def test_an_occurrence_to_which_one_is_invited_wins_over_the_deletion_of_its_series_here(stage: Stage) -> None:
    ben = stage.users[1]
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team = folder(stage, ANNA, name, owner=ben)
    stage.session(ANNA).delete(item(stage, ANNA, team, title).id, team.id)
    invite_to_one(stage, name, title)
    come_to_rest(stage)
    assert masters(stage, name) == [item(stage, ANNA, team, title).id]


def test_an_occurrence_to_which_one_was_invited_alone_joins_its_series_when_the_calendar_of_that_is_shared(
    stage: Stage,
) -> None:
    title = f"calendar 0 of {stage.users[1]}"
    invite_to_one(stage, "Calendar", title)
    come_to_rest(stage)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), READ)
    come_to_rest(stage)
    theirs = folder(stage, ANNA, "Calendar", owner=stage.users[1])
    assert masters(stage, "Calendar") == [item(stage, ANNA, theirs, title).id]


def test_an_occurrence_to_which_one_was_invited_alone_joins_its_series_when_one_is_invited_to_all(stage: Stage) -> None:
    anna, ben = stage.users
    title = f"calendar 0 of {ben}"
    invite_to_one(stage, "Calendar", title)
    come_to_rest(stage)
    there = folder(stage, BEN_THERE, "Calendar")
    people = {"participants": (user(anna), user(ben))}
    series = item(stage, BEN_THERE, there, title)
    stage.session(BEN_THERE).update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    mine = folder(stage, ANNA, "Calendar")
    here = [one for one in stage.records(ANNA, mine) if title_of(one.item) == title]
    assert [one.master for one in here if one.item.note] == [one.id for one in here if not one.item.note]
    come_to_rest(stage)


def test_an_occurrence_that_one_is_invited_to_stays_in_its_series_that_another_device_puts_back(stage: Stage) -> None:
    ben = stage.users[1]
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    invite_to_one(stage, name, title)
    come_to_rest(stage)
    team, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    series = item(stage, ANNA, team, title)
    stage.session(ANNA).update(series.id, team.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id)
    come_to_rest(stage)
    assert item(stage, ANNA_AGAIN, team, title).item.note is None
    assert masters(stage, name) == [item(stage, ANNA, team, title).id]


def test_an_occurrence_that_joins_its_series_takes_along_the_files_that_hang_on_it_and_were_not_sent(
    stage: Stage,
) -> None:
    title, mine = f"calendar 0 of {stage.users[1]}", folder(stage, ANNA, "Calendar")
    invite_to_one(stage, "Calendar", title)
    come_to_rest(stage)
    (alone,) = (one for one in stage.records(ANNA, mine) if one.item.note == "in the other room")
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Calendar"), ALL)
    file = NewFile(name="plan.pdf", media_type="application/pdf", size=4, stream=BytesIO(b"%PDF"))
    stage.session(ANNA).attach(Target(alone.id, Module.CALENDAR, mine.id), file)
    come_to_rest(stage)
    there = stage.records(BEN_THERE, folder(stage, BEN_THERE, "Calendar"))
    assert [[file.name for file in one.attachments] for one in there if one.master] == [["plan.pdf"]]


def test_an_occurrence_that_was_changed_here_and_to_which_one_is_invited_there_is_one(stage: Stage) -> None:
    ben = stage.users[1]
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team, session = folder(stage, ANNA, name, owner=ben), stage.session(ANNA)
    series, change = item(stage, ANNA, team, title), {"location": "upstairs"}
    session.change_occurrence(series.id, team.id, START.date(), lambda _: change, ignore_conflicts=True)
    invite_to_one(stage, name, title)
    come_to_rest(stage)
    assert masters(stage, name) == [series.id]
    (kept,) = (one.item for one in stage.records(BEN_THERE, folder(stage, BEN_THERE, name)) if one.master)
    assert isinstance(kept, Appointment)
    assert (kept.note, kept.location) == ("in the other room", "upstairs")


def test_an_occurrence_changed_in_a_calendar_is_not_called_off_there_for_who_is_invited_to_the_rest_of_its_series(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    here, series, session = item(stage, ANNA, team, title), item(stage, BEN_THERE, there, title), stage.session(ANNA)
    mine, theirs = {"location": "upstairs"}, {"note": "in the other room"}
    session.change_occurrence(here.id, team.id, START.date(), lambda _: mine, ignore_conflicts=True)
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, there.id, START.date(), lambda _: theirs, ignore_conflicts=True)
    invited = {"participants": (user(anna), user(ben))}
    session.update(series.id, there.id, lambda _: invited, ignore_conflicts=True)
    come_to_rest(stage)
    (kept,) = (one.item for one in stage.records(BEN_THERE, there) if one.master)
    assert isinstance(kept, Appointment)
    assert (kept.note, kept.location) == ("in the other room", "upstairs")


def test_a_changed_occurrence_joins_its_series_that_could_be_read_only_later(stage: Stage) -> None:
    anna = stage.users[0]
    title, name = f"calendar of team {anna}", f"Team of {anna}"
    theirs, here = folder(stage, ANNA_THERE, name), folder(stage, BEN, name, owner=anna)
    let_in(stage, ANNA_THERE, theirs, READ)
    session, series = stage.session(ANNA_THERE), item(stage, ANNA_THERE, theirs, title)
    session.change_occurrence(series.id, theirs.id, START.date(), lambda _: {"note": "upstairs"}, ignore_conflicts=True)
    stage.session(BEN).delete(item(stage, BEN, here, title).id, here.id)
    told = stage.strike(BEN, Trouble.LOGIN_PAGE, 4, 0).reports
    assert [one.subject for one in told] == [Subject.TAKEN_BACK, Subject.SKIPPED]
    assert [one.master for one in stage.records(BEN, here)] == [None]  # the occurrence, without its series
    stage.devices[BEN].clock.jump(3600)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(BEN, here) if one.master is not None] == ["upstairs"]


def test_an_occurrence_changed_on_two_devices_has_what_its_series_was_given_on_one_of_them(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    mine, there = folder(stage, ANNA, name), folder(stage, ANNA_THERE, name)
    session, series = stage.session(ANNA), item(stage, ANNA, mine, title)
    session.update(series.id, mine.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    session.change_occurrence(series.id, mine.id, START.date(), lambda _: {"alarm": 15}, ignore_conflicts=True)
    series = item(stage, ANNA_THERE, there, title)
    change = {"note": "once"}
    stage.session(ANNA_THERE).change_occurrence(
        series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True
    )
    come_to_rest(stage)
    (changed,) = [one.item for one in stage.records(ANNA_THERE, there) if one.master == series.id]
    assert isinstance(changed, Appointment)
    assert (changed.location, changed.note, changed.alarm) == ("upstairs", "once", 15)


def test_an_occurrence_that_one_answered_and_another_moved_is_moved_and_answered(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    mine, theirs = folder(stage, ANNA, name), folder(stage, BEN, name, owner=anna)
    stage.session(ANNA).confirm(item(stage, ANNA, mine, title).id, Answer.TENTATIVE, "perhaps", at=START.date())
    later = Timed(start=START + timedelta(hours=5), end=START + timedelta(hours=6), zone="Europe/Berlin")
    change = {"when": later, "note": "after lunch"}
    series = item(stage, BEN, theirs, title)
    stage.session(BEN).change_occurrence(series.id, theirs.id, START.date(), lambda _: change, ignore_conflicts=True)
    reports = [one.subject for device in (ANNA, BEN) for one in stage.devices[device].cycle().reports]
    assert reports == []
    come_to_rest(stage)
    (changed,) = [one.item for one in stage.records(ANNA, mine) if one.master is not None]
    assert isinstance(changed, Appointment)
    assert (changed.when, changed.note) == (later, "after lunch")
    assert [one.answer for one in changed.participants if one.id == anna] == [Answer.TENTATIVE]


def test_an_occurrence_that_one_is_invited_to_alone_outlives_a_change_of_its_series_that_is_discarded(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    invite_to_one(stage, name, title)
    come_to_rest(stage)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, name), READ_OWN)
    theirs = folder(stage, ANNA, name, owner=ben)
    series = item(stage, ANNA, theirs, title)
    stage.session(ANNA).delete_occurrence(series.id, theirs.id, START.date() + timedelta(weeks=1))
    stage.devices[ANNA].cycle()
    (refused,) = stage.devices[ANNA].replica.waiting.skipped()
    stage.devices[ANNA].replica.waiting.discard(refused.id)
    come_to_rest(stage)
    mine = stage.records(ANNA, folder(stage, ANNA, "Calendar"))
    assert [one.item.note for one in mine if title_of(one.item) == title] == ["in the other room"]
