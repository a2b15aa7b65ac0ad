"""What the random walks have found: changed occurrences of a series that is given another pattern on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.sync.policy import Policy, Winner
from tests.sync.fire.edits import START, weekly
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import ANNA, ANNA_THERE, BEN, BEN_THERE, READ, come_to_rest, folder, item, let_in

NOTE = "in the other room"


def change_first(stage: Stage) -> str:
    """Anna's series has its first occurrence changed, on all sides; return the series' title."""
    title = f"calendar of team {stage.users[0]}"
    team = folder(stage, ANNA_THERE, f"Team of {stage.users[0]}")
    series = item(stage, ANNA_THERE, team, title)
    stage.session(ANNA_THERE).change_occurrence(series.id, team.id, START.date(), lambda _: {"note": NOTE})
    come_to_rest(stage)
    return title


def give_other_patterns(stage: Stage, title: str) -> None:
    """Ben ends the series after one occurrence; on her device Anna makes of it what does not recur."""
    anna = stage.users[0]
    theirs = folder(stage, BEN_THERE, f"Team of {anna}", owner=anna)
    series = item(stage, BEN_THERE, theirs, title)
    stage.session(BEN_THERE).update(series.id, theirs.id, lambda _: {"recurrence": weekly(1)}, ignore_conflicts=True)
    mine = folder(stage, ANNA, f"Team of {anna}")
    series = item(stage, ANNA, mine, title)
    stage.session(ANNA).update(series.id, mine.id, lambda _: {"recurrence": None}, ignore_conflicts=True)


def test_an_occurrence_changed_here_goes_with_its_series_to_another_hour_and_outlives_what_is_undone_then(
    stage: Stage,
) -> None:
    anna = stage.users[0]
    title, name = f"calendar of team {anna}", f"Team of {anna}"
    mine, theirs = folder(stage, ANNA, name), folder(stage, BEN_THERE, name, owner=anna)
    series = item(stage, ANNA, mine, title)
    stage.session(ANNA).change_occurrence(series.id, mine.id, START.date(), lambda _: {"note": NOTE})
    stage.session(ANNA).delete_onwards(series.id, mine.id, START.date() + timedelta(weeks=1))
    later = Timed(start=START + timedelta(hours=1), end=START + timedelta(hours=2), zone="Europe/Berlin")
    change = {"when": later, "recurrence": weekly(9)}
    there = item(stage, BEN_THERE, theirs, title)
    stage.session(BEN_THERE).update(there.id, theirs.id, lambda _: change, ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    (changed,) = [one.item for one in stage.records(ANNA, mine) if one.master == series.id]
    assert isinstance(changed, Appointment)
    assert changed.recurrence_id == later.start
    (conflict,) = [one for one in stage.devices[ANNA].replica.history.latest(30) if one.number is not None]
    stage.devices[ANNA].replica.history.undo(conflict.number)
    come_to_rest(stage)
    assert occurrences(stage, ANNA_THERE) == [None, NOTE]


def test_an_occurrence_that_went_with_a_pattern_which_the_server_refuses_is_back(stage: Stage) -> None:
    anna = stage.users[0]
    title, name = change_first(stage), f"Team of {anna}"
    theirs = folder(stage, BEN, name, owner=anna)
    series = item(stage, BEN, theirs, title)
    stage.session(BEN).update(series.id, theirs.id, lambda _: {"recurrence": None}, ignore_conflicts=True)
    let_in(stage, ANNA_THERE, folder(stage, ANNA_THERE, name), READ)
    come_to_rest(stage)
    assert occurrences(stage, ANNA_THERE) == [None, NOTE]
    assert NOTE in [one.item.note for one in stage.records(BEN, theirs) if one.master == series.id]


def occurrences(stage: Stage, place: int) -> list[str | None]:
    """The notes of Anna's series and its changed occurrence, as she sees them."""
    team = folder(stage, place, f"Team of {stage.users[0]}")
    found = [one.item for one in stage.records(place, team) if title_of(one.item).startswith("calendar of team")]
    return sorted((one.note for one in found), key=str)


def test_a_changed_occurrence_that_went_with_a_pattern_which_gave_way_is_back_and_nobody_lost_it(stage: Stage) -> None:
    title = change_first(stage)
    give_other_patterns(stage, title)
    told = [str(one.message) for one in stage.devices[ANNA].cycle().reports]
    assert [text for text in told if "It is back, for that rule did not stay." in text] == told[1:]
    assert len(told) == 2
    come_to_rest(stage)
    assert occurrences(stage, ANNA) == occurrences(stage, ANNA_THERE) == [None, NOTE]


@pytest.mark.parametrize(("winner", "left"), [(Winner.SERVER, [None, NOTE]), (Winner.MINE, [None])])
def test_while_one_is_asked_which_pattern_holds_no_occurrence_is_deleted(
    stage: Stage, winner: Winner, left: list[str | None]
) -> None:
    replica = stage.devices[ANNA].replica
    replica.policy = Policy(winner=Winner.ASK)
    title = change_first(stage)
    give_other_patterns(stage, title)
    for _ in range(2):
        stage.devices[ANNA].cycle()
        assert occurrences(stage, ANNA_THERE) == [None, NOTE]
    (conflict,) = replica.waiting.conflicts()
    replica.waiting.decide(conflict.id, winner)
    come_to_rest(stage)
    assert occurrences(stage, ANNA_THERE) == left
    series = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, f"Team of {stage.users[0]}"), title)
    assert isinstance(series.item, Appointment)
    assert (series.item.recurrence is None) is (winner is Winner.MINE)
