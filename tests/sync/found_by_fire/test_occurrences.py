"""What the random walks have found: single occurrences of series that are changed here and deleted there."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec

from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Timed, midnight
from passerelle.model.participants import Answer
from passerelle.model.patch import Patch
from passerelle.model.recurrence import Recurrence
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.report import Subject
from tests.sync.fire.edits import START, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
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


def moved_by(span: timedelta, item: Item) -> Patch:
    """An appointment some time later."""
    assert isinstance(item, Appointment)
    assert isinstance(item.when, Timed)
    return {"when": msgspec.structs.replace(item.when, start=item.when.start + span, end=item.when.end + span)}


def test_a_changed_occurrence_stays_in_the_own_calendar_when_the_organiser_s_is_shared(stage: Stage) -> None:
    ben = stage.users[1]
    title = f"calendar 1 of {ben}"
    mine = folder(stage, ANNA, "Calendar")
    series = item(stage, ANNA, mine, title)
    assert isinstance(series.item, Appointment)
    assert isinstance(series.item.recurrence, Recurrence)
    change = {"note": "in the other room"}
    stage.session(ANNA).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    theirs = folder(stage, BEN_THERE, "Calendar")
    stage.session(BEN_THERE).update_folder(theirs.id, rights=folder(stage, BEN_THERE, f"Team of {ben}").rights)
    come_to_rest(stage)
    shown = [stage.records(ANNA, one) for one in (mine, folder(stage, ANNA, "Calendar", owner=ben))]
    assert [len([one for one in records if one.master == series.id]) for records in shown] == [1, 1]


def test_an_occurrence_changed_before_the_organiser_s_calendar_was_shared_is_sent_through_that(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine = f"calendar 1 of {anna}", folder(stage, BEN, "Calendar")
    series = item(stage, BEN, mine, title)
    change = {"note": "in the other room"}
    stage.session(BEN).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    theirs = folder(stage, ANNA_THERE, "Calendar")
    let_in(stage, ANNA_THERE, theirs, ALL)
    come_to_rest(stage)
    changed = [one.item for one in stage.records(ANNA_THERE, theirs) if one.master is not None]
    assert [one.note for one in changed] == ["in the other room"]


def test_an_occurrence_changed_elsewhere_wins_over_the_deletion_of_its_series_here(stage: Stage) -> None:
    ben = stage.users[1]
    title, name = f"calendar of team {ben}", f"Team of {ben}"
    here, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    stage.session(ANNA).delete(item(stage, ANNA, here, title).id, here.id)
    series, change = item(stage, BEN_THERE, there, title), {"note": "in the other room"}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA, here)] == [None, "in the other room"]


def test_a_participant_who_takes_one_occurrence_out_of_the_own_calendar_is_rid_of_it_everywhere(stage: Stage) -> None:
    ben = stage.users[1]
    title, theirs = f"calendar 1 of {ben}", folder(stage, BEN_THERE, "Calendar")
    let_in(stage, BEN_THERE, theirs, ALL)
    series, change = item(stage, BEN_THERE, theirs, title), {"note": "in the other room"}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, theirs.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    mine = folder(stage, ANNA, "Calendar")
    (changed,) = (one for one in stage.records(ANNA, mine) if one.master is not None)
    stage.session(ANNA).delete(changed.id, mine.id)
    come_to_rest(stage)
    assert all(one.master is None for one in stage.records(ANNA_THERE, folder(stage, ANNA_THERE, "Calendar")))


def test_a_changed_occurrence_that_was_left_on_another_device_is_kept_as_an_appointment_of_one_s_own(
    stage: Stage,
) -> None:
    title, mine = f"calendar 1 of {stage.users[1]}", folder(stage, ANNA, "Calendar")
    session = stage.session(ANNA)
    series = item(stage, ANNA, mine, title)
    change = {"note": "in the other room"}
    changed = session.change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, "Calendar")
    (left,) = (one for one in stage.records(ANNA_THERE, there) if one.master is not None)
    stage.session(ANNA_THERE).delete(left.id, there.id)
    session.update(changed.id, mine.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    come_to_rest(stage)
    alone = [one for one in stage.records(ANNA, mine) if title_of(one.item) == title and one.id != series.id]
    (kept,) = (one.item for one in alone if isinstance(one.item, Appointment))
    assert (kept.location, kept.recurrence_id) == ("upstairs", None)
    assert [one.id for one in kept.participants] == [stage.users[0]]


def test_an_answer_to_an_occurrence_that_was_left_on_another_device_is_no_reason_to_keep_it(stage: Stage) -> None:
    title, mine = f"calendar 1 of {stage.users[1]}", folder(stage, ANNA, "Calendar")
    session = stage.session(ANNA)
    series = item(stage, ANNA, mine, title)
    change = {"note": "in the other room"}
    changed = session.change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, "Calendar")
    (left,) = (one for one in stage.records(ANNA_THERE, there) if one.master is not None)
    stage.session(ANNA_THERE).delete(left.id, there.id)
    session.confirm(changed.id, Answer.ACCEPTED, "gladly")
    come_to_rest(stage)
    assert [one.id for one in stage.records(ANNA, mine) if title_of(one.item) == title] == [series.id]


def test_an_occurrence_changed_in_a_series_that_was_left_on_another_device_leaves_with_it(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team = folder(stage, ANNA, name, owner=ben)
    series = item(stage, ANNA, team, title)
    people = {"participants": (user(anna), user(ben))}
    stage.session(ANNA).update(series.id, team.id, lambda _: people, ignore_conflicts=True)
    come_to_rest(stage)
    mine = folder(stage, ANNA_THERE, "Calendar")
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, mine, title).id, mine.id)
    change, session = {"note": "in the other room"}, stage.session(ANNA)
    session.change_occurrence(series.id, team.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    shown = [title_of(one.item) for one in stage.records(ANNA, folder(stage, ANNA, "Calendar"))]
    assert title not in shown


def test_a_change_of_an_occurrence_is_not_lost_when_one_is_invited_to_that_alone_from_now_on(stage: Stage) -> None:
    ben = stage.users[1]
    title, theirs = f"calendar 1 of {ben}", folder(stage, BEN_THERE, "Calendar")
    series, session = item(stage, BEN_THERE, theirs, title), stage.session(BEN_THERE)
    change = {"note": "in the other room"}
    session.change_occurrence(series.id, theirs.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    session.update(series.id, theirs.id, lambda _: {"participants": (user(ben),)}, ignore_conflicts=True)
    mine = folder(stage, ANNA, "Calendar")
    (changed,) = (one for one in stage.records(ANNA, mine) if one.master is not None)
    upstairs = {"location": "upstairs"}
    stage.session(ANNA).update(changed.id, mine.id, lambda _: upstairs, ignore_conflicts=True)
    come_to_rest(stage)
    (there,) = (one.item for one in stage.records(BEN_THERE, theirs) if one.master is not None)
    assert isinstance(there, Appointment)
    assert there.location == "upstairs"


def test_an_occurrence_whose_deletion_loses_comes_back_as_one_to_all_calendars(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {ben}", f"calendar of team {ben}"
    team, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    session, series = stage.session(BEN_THERE), item(stage, BEN_THERE, there, title)
    people, change = {"participants": (user(anna), user(ben))}, {"note": "in the other room"}
    session.update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    changed = session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    (here,) = (one for one in stage.records(ANNA, team) if one.master is not None)
    stage.session(ANNA).delete(here.id, team.id)
    session.update(changed.id, there.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    come_to_rest(stage)
    shown = [stage.records(ANNA, one) for one in (team, folder(stage, ANNA, "Calendar"))]
    found = [one.id for records in shown for one in records if one.item.note == "in the other room"]
    assert len(found) == 2
    assert len(set(found)) == 1


def test_who_takes_themselves_out_of_a_series_they_organise_for_others_has_declined_nothing(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    there, team = folder(stage, ANNA_THERE, name), folder(stage, BEN, name, owner=anna)
    series = item(stage, ANNA_THERE, there, title)
    people = {"participants": (user(anna), user(ben))}
    stage.session(ANNA_THERE).update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    come_to_rest(stage)
    here, session = item(stage, BEN, team, title), stage.session(BEN)
    change = {"note": "in the other room"}
    session.change_occurrence(here.id, team.id, START.date(), lambda _: change, ignore_conflicts=True)
    session.update(here.id, team.id, lambda _: {"participants": (user(anna),)}, ignore_conflicts=True)
    come_to_rest(stage)
    left = item(stage, ANNA_THERE, there, title).item
    assert isinstance(left, Appointment)
    assert [one.id for one in left.participants] == [anna]
    assert [one.item.note for one in stage.records(BEN, folder(stage, BEN, "Calendar")) if one.master] == [
        "in the other room"
    ]


def test_an_occurrence_changed_here_is_not_lost_when_its_series_shows_in_the_own_calendar_alone_from_now_on(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    team, there = folder(stage, BEN, name, owner=anna), folder(stage, ANNA_THERE, name)
    series, session = item(stage, BEN, team, title), stage.session(BEN)
    change, people = {"note": "in the other room"}, {"participants": (user(anna), user(ben))}
    session.change_occurrence(series.id, team.id, START.date(), lambda _: change, ignore_conflicts=True)
    let_in(stage, ANNA_THERE, there, READ_OWN)
    invited = item(stage, ANNA_THERE, there, title)
    stage.session(ANNA_THERE).update(invited.id, there.id, lambda _: people, ignore_conflicts=True)
    for _ in range(2):
        stage.devices[BEN].cycle()
    kept = [one.item.note for one in stage.records(BEN, folder(stage, BEN, "Calendar")) if one.master == series.id]
    assert kept == ["in the other room"]
    assert [one.title for one in stage.devices[BEN].replica.waiting.skipped()] == [title]


def test_an_edit_of_an_occurrence_here_wins_over_the_deletion_of_its_series_elsewhere(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    team, there = folder(stage, BEN, name, owner=anna), folder(stage, ANNA_THERE, name)
    series, session = item(stage, ANNA_THERE, there, title), stage.session(ANNA_THERE)
    change = {"note": "in the other room"}
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    (changed,) = (one for one in stage.records(BEN, team) if one.master is not None)
    upstairs = {"location": "upstairs"}
    stage.session(BEN).update(changed.id, team.id, lambda _: upstairs, ignore_conflicts=True)
    session.delete(series.id, there.id)
    come_to_rest(stage)
    (kept,) = (one.item for one in stage.records(ANNA_THERE, there) if one.master is not None)
    assert isinstance(kept, Appointment)
    assert (kept.note, kept.location) == ("in the other room", "upstairs")


def test_an_occurrence_that_one_was_invited_to_alone_stays_when_the_calendar_of_its_series_is_withdrawn(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    team = folder(stage, BEN_THERE, f"Team of {ben}")
    series = item(stage, BEN_THERE, team, f"calendar of team {ben}")
    session, note = stage.session(BEN_THERE), {"note": "in the other room"}
    changed = session.change_occurrence(series.id, team.id, START.date(), lambda _: note, ignore_conflicts=True)
    come_to_rest(stage)
    invited = {"participants": (user(anna), user(ben))}
    session.update(changed.id, team.id, lambda _: invited, ignore_conflicts=True)
    come_to_rest(stage)
    let_in(stage, BEN_THERE, team, Rights())
    come_to_rest(stage)
    found = [title_of(one.item) for one in stage.records(ANNA, folder(stage, ANNA, "Calendar"))]
    assert found.count(f"calendar of team {ben}") == 1


def test_an_occurrence_sent_through_a_folder_that_is_withdrawn_then_comes_no_second_time(stage: Stage) -> None:
    anna, ben = stage.users
    name, there = f"Team of {anna}", folder(stage, ANNA_THERE, f"Team of {anna}")
    team = item(stage, ANNA_THERE, there, f"calendar of team {anna}")
    people = {"participants": (user(anna), user(ben))}
    stage.session(ANNA_THERE).update(team.id, there.id, lambda _: people, ignore_conflicts=True)
    come_to_rest(stage)
    inside = folder(stage, BEN, name, owner=anna)
    series = item(stage, BEN, inside, f"calendar of team {anna}")
    change = {"note": "in the other room"}
    stage.session(BEN).change_occurrence(series.id, inside.id, START.date(), lambda _: change, ignore_conflicts=True)
    stage.devices[BEN].cycle()  # his own calendar was read before it was sent
    rights = tuple(one for one in there.rights if one.principal == anna)
    stage.session(ANNA_THERE).update_folder(there.id, rights=rights)
    come_to_rest(stage)
    mine = stage.records(BEN, folder(stage, BEN, "Calendar"))
    assert len([one for one in mine if one.master == series.id]) == 1


def test_an_occurrence_edited_here_wins_over_its_deletion_there_though_the_calendar_of_who_deleted_it_is_shared(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    title, mine, theirs = f"calendar 1 of {ben}", folder(stage, BEN, "Calendar"), folder(stage, ANNA_THERE, "Calendar")
    change = {"note": "in the other room"}
    series = item(stage, BEN, mine, title)
    stage.session(BEN).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    there = item(stage, ANNA_THERE, theirs, title)
    assert isinstance(there.item, Appointment)
    assert there.item.recurrence is not None
    without = msgspec.structs.replace(there.item.recurrence, deleted=(midnight(START.date()),))
    stage.session(ANNA_THERE).update(
        there.id, theirs.id, lambda _: {"recurrence": without}, module=Module.CALENDAR, ignore_conflicts=True
    )
    let_in(stage, ANNA_THERE, theirs, READ)
    (report,) = stage.devices[BEN].cycle().reports
    assert report.subject is Subject.EDIT_WON
    come_to_rest(stage)
    shown = stage.records(BEN_THERE, folder(stage, BEN_THERE, "Calendar"))
    assert [one.item.note for one in shown if one.master == there.id] == ["in the other room"]


def test_who_is_taken_out_of_a_series_that_they_had_changed_keeps_the_occurrence_that_they_are_invited_to(
    stage: Stage,
) -> None:
    ben = stage.users[1]
    title, there, mine = f"calendar 1 of {ben}", folder(stage, BEN_THERE, "Calendar"), folder(stage, ANNA, "Calendar")
    series, session = item(stage, BEN_THERE, there, title), stage.session(BEN_THERE)
    change = {"note": "in the other room"}
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    session.update(series.id, there.id, lambda _: {"participants": (user(ben),)}, ignore_conflicts=True)
    known = item(stage, ANNA, mine, title)
    stage.session(ANNA).delete_occurrence(known.id, mine.id, START.date() + timedelta(days=7))
    come_to_rest(stage)
    assert "in the other room" in [one.item.note for one in stage.records(ANNA, mine) if not one.master]


def test_an_occurrence_edited_in_one_calendar_and_deleted_there_in_another_wins_and_is_sent(stage: Stage) -> None:
    anna, ben = stage.users
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    there, session = folder(stage, BEN_THERE, name, owner=anna), stage.session(BEN_THERE)
    people = {"participants": (user(anna), user(ben))}
    team = item(stage, BEN_THERE, there, title)
    session.update(team.id, there.id, lambda _: people, ignore_conflicts=True)
    come_to_rest(stage)
    session.delete_occurrence(team.id, there.id, START.date())
    inside, change = folder(stage, BEN, name, owner=anna), {"note": "in the other room"}
    series = item(stage, BEN, inside, title)
    stage.session(BEN).change_occurrence(series.id, inside.id, START.date(), lambda _: change, ignore_conflicts=True)
    (report,) = stage.devices[BEN].cycle().reports
    assert report.subject is Subject.EDIT_WON
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA_THERE, there) if one.master] == ["in the other room"]


def test_an_occurrence_that_was_deleted_here_is_back_when_the_user_was_invited_to_it_meanwhile(stage: Stage) -> None:
    anna, ben = stage.users
    title, name = f"calendar of team {ben}", f"Team of {ben}"
    here, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    stage.session(ANNA).delete_occurrence(item(stage, ANNA, here, title).id, here.id, START.date())
    series, change = item(stage, BEN_THERE, there, title), {"participants": (user(anna), user(ben))}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    told = stage.devices[ANNA].cycle().reports
    come_to_rest(stage)
    assert [one.subject for one in told] == [Subject.EDIT_WON]
    shown = [one for one in stage.all_records(ANNA_THERE) if title_of(one.item) == title and one.master is not None]
    assert len(shown) == 2


def test_a_changed_occurrence_is_sent_anew_also_if_its_series_comes_to_show_in_a_colleague_s_calendar(
    stage: Stage,
) -> None:
    anna = stage.users[0]
    title, mine = f"calendar 1 of {anna}", folder(stage, ANNA_AGAIN, "Calendar")
    theirs, there = folder(stage, BEN_THERE, "Calendar"), folder(stage, ANNA_THERE, "Calendar")
    stage.session(BEN_THERE).delete_occurrence(item(stage, BEN_THERE, theirs, title).id, theirs.id, START.date())
    come_to_rest(stage)
    (left,) = (one for one in stage.records(ANNA_AGAIN, mine) if one.master is not None)
    stage.session(ANNA_AGAIN).update(left.id, mine.id, lambda _: {"note": "upstairs"})
    let_in(stage, BEN_THERE, theirs, READ)
    (known,) = (one for one in stage.records(ANNA_THERE, there) if one.master is not None)
    stage.session(ANNA_THERE).delete(known.id, there.id)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA_THERE, there) if one.master is not None] == ["upstairs"]


def test_a_changed_occurrence_goes_to_the_hour_that_was_decided_on_for_its_series(stage: Stage) -> None:
    title, mine = f"calendar 0 of {stage.users[0]}", folder(stage, ANNA, "Calendar")
    replica, series = stage.devices[ANNA].replica, item(stage, ANNA, mine, title)
    later, change = START.date() + timedelta(weeks=1), {"note": "in the other room"}
    stage.session(ANNA).change_occurrence(series.id, mine.id, later, lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    replica.policy = Policy(winner=Winner.ASK)
    there = folder(stage, ANNA_THERE, "Calendar")
    for place, inside, hours in ((ANNA, mine, 1), (ANNA_THERE, there, 2)):
        moved = partial(moved_by, timedelta(hours=hours))
        stage.session(place).update(item(stage, place, inside, title).id, inside.id, moved, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    (conflict,) = replica.waiting.conflicts()
    replica.waiting.decide(conflict.id, Winner.SERVER)
    come_to_rest(stage)
    changed = next(one.item for one in stage.records(ANNA, mine) if one.master == series.id)
    assert isinstance(changed, Appointment)
    assert changed.recurrence_id == START + timedelta(weeks=1, hours=2)
