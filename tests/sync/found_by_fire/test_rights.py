"""What the random walks have found: who may see and change what others made."""

from __future__ import annotations

from datetime import timedelta

from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment
from passerelle.sync.policy import Policy
from tests.sync.fire.edits import START, new, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import (
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


def test_a_colleague_who_may_read_the_own_items_only_from_now_on_is_not_told_of_a_replaced_server(stage: Stage) -> None:
    ben = stage.users[1]
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), READ_OWN)
    come_to_rest(stage)
    come_to_rest(stage)
    assert stage.records(ANNA, folder(stage, ANNA, f"Team of {ben}", owner=ben)) == []


def test_what_is_made_anew_where_only_the_own_items_may_be_read_shows_on_all_sides(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, there = f"contact of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}", contacts)
    inside = folder(stage, ANNA, f"Team of {ben}", contacts, owner=ben)
    let_in(stage, BEN_THERE, there, READ_OWN)
    edited = item(stage, ANNA, inside, title)
    stage.session(ANNA).update(edited.id, inside.id, lambda _: {"note": "called back"}, module=contacts)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA, inside)] == ["called back"]


def test_who_made_an_item_anew_is_its_maker_on_all_sides(stage: Stage) -> None:
    anna, ben = stage.users
    title, team = f"calendar of team {ben}", folder(stage, BEN, f"Team of {ben}")
    let_in(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"), READ_OWN)
    come_to_rest(stage)
    series = item(stage, BEN, team, title)
    inside = folder(stage, ANNA, f"Team of {ben}", owner=ben)
    stage.session(ANNA).delete_occurrence(item(stage, ANNA, inside, title).id, inside.id, START.date())
    stage.session(BEN).update(series.id, team.id, lambda _: {"participants": (user(anna), user(ben))})
    there = folder(stage, BEN_THERE, f"Team of {ben}")
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id)
    come_to_rest(stage)
    assert item(stage, BEN, team, title).created_by == item(stage, BEN_THERE, there, title).created_by == anna


def test_a_change_taken_back_leaves_a_meeting_at_home_in_the_folder_of_its_organiser(stage: Stage) -> None:
    anna, ben = stage.users
    there = folder(stage, BEN_THERE, f"Team of {ben}")
    people, session = (user(anna), user(ben)), stage.session(BEN_THERE)
    session.create(there.id, new(Module.CALENDAR, 2, "Review", people), ignore_conflicts=True)
    come_to_rest(stage)
    let_in(stage, BEN_THERE, there, READ)
    mine = folder(stage, ANNA, "Calendar")
    invited = item(stage, ANNA, mine, "Review")
    stage.session(ANNA).update(invited.id, mine.id, lambda _: {"location": "upstairs"}, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, ANNA, mine, "Review").item == item(stage, BEN_THERE, there, "Review").item


def test_an_occurrence_that_one_was_not_invited_to_stays_out_when_the_calendar_of_its_series_is_withdrawn(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    team, session = folder(stage, ANNA_THERE, f"Team of {anna}"), stage.session(ANNA_THERE)
    series, change = item(stage, ANNA_THERE, team, f"calendar of team {anna}"), {"note": "in the other room"}
    session.change_occurrence(series.id, team.id, START.date(), lambda _: change, ignore_conflicts=True)
    invited = {"participants": (user(anna), user(ben))}
    session.update(series.id, team.id, lambda _: invited, ignore_conflicts=True)
    come_to_rest(stage)
    let_in(stage, ANNA_THERE, team, Rights())
    come_to_rest(stage)
    shown = item(stage, BEN, folder(stage, BEN, "Calendar"), f"calendar of team {anna}").item
    assert isinstance(shown, Appointment)
    assert shown.recurrence is not None
    assert [one.date() for one in shown.recurrence.deleted] == [START.date()]


def test_what_came_back_as_it_was_by_a_colleague_s_edit_is_the_colleague_s_on_every_machine(stage: Stage) -> None:
    ben = stage.users[1]
    title, team = f"calendar of team {ben}", folder(stage, BEN, f"Team of {ben}")
    inside = folder(stage, ANNA_AGAIN, f"Team of {ben}", owner=ben)
    stage.session(BEN).delete(item(stage, BEN, team, title).id, team.id)
    series, change = item(stage, ANNA_AGAIN, inside, title), {"note": "in the other room"}
    stage.session(ANNA_AGAIN).change_occurrence(
        series.id, inside.id, START.date(), lambda _: change, ignore_conflicts=True
    )
    stage.devices[BEN].cycle()
    stage.devices[ANNA_AGAIN].cycle()
    let_in(stage, BEN, team, READ_OWN)
    come_to_rest(stage)
    other = folder(stage, ANNA, inside.name, owner=ben)
    assert item(stage, ANNA, other, title).created_by == stage.users[0]


def test_what_others_made_goes_unasked_where_only_the_own_items_may_be_read_from_now_on(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    replica = stage.devices[ANNA].replica
    replica.policy = Policy(guard_items=0)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}", contacts), READ_OWN)
    assert stage.devices[ANNA].cycle().reports == ()
    assert replica.waiting.skipped() == ()
    come_to_rest(stage)
    assert stage.records(ANNA, folder(stage, ANNA, f"Team of {ben}", contacts, owner=ben)) == []


def test_an_occurrence_one_is_invited_to_stays_an_invitation_when_its_series_is_rescued_from_a_withdrawn_calendar(
    stage: Stage,
) -> None:
    anna, ben = stage.users
    title, team = f"calendar of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}")
    series = item(stage, BEN_THERE, team, title)
    both = {"participants": (user(ben), user(anna))}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, team.id, START.date(), lambda _: both, ignore_conflicts=True)
    come_to_rest(stage)
    inside, mine = folder(stage, ANNA, f"Team of {ben}", owner=ben), folder(stage, ANNA, "Calendar")
    seen, later = item(stage, ANNA, inside, title), START.date() + timedelta(weeks=1)
    change = {"note": "in the other room"}
    stage.session(ANNA).change_occurrence(seen.id, inside.id, later, lambda _: change, ignore_conflicts=True)
    let_in(stage, BEN_THERE, team, Rights())
    come_to_rest(stage)
    assert not stage.devices[ANNA].replica.waiting.skipped()
    shown = [one.item for one in stage.records(ANNA_THERE, mine) if title_of(one.item) == title]
    appointments = [one for one in shown if isinstance(one, Appointment)]
    assert sorted((len(one.participants), one.note or "") for one in appointments) == [
        (1, ""), (1, "in the other room"), (2, ""),
    ]  # fmt: skip
    own = next(one.recurrence for one in appointments if one.recurrence is not None)
    assert [one.date() for one in own.deleted] == [START.date()]
