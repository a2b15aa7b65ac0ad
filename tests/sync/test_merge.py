"""Merging: nothing that only one side changed is ever lost, and what both changed is reported."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from passerelle.model.items import Appointment, Contact, Item, Task, TaskStatus
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.merge.items import Merged, merge, rebase
from passerelle.sync.merge.sides import Sides
from passerelle.sync.policy import Winner
from tests.sync.strategies import START, items, same_kind

WHEN = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
BASE = Appointment(when=WHEN, title="Jour fixe", note="bring cake", note_html="<b>bring cake</b>")


def merge3(base: Item, mine: Item, theirs: Item, winner: Winner = Winner.SERVER) -> Merged:
    return merge(Sides(base, mine, base, theirs), winner)


def edited(item: Item, **changes: object) -> Item:
    return msgspec.structs.replace(item, **changes)


def user(id_: int, answer: Answer = Answer.NONE) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=id_, answer=answer)


@given(same_kind)
def test_a_change_of_one_side_alone_is_taken_whole(three: tuple[Item, Item, Item]) -> None:
    base, changed, _ = three
    assert merge3(base, changed, base) == Merged(item=changed)
    theirs = merge3(base, base, changed)
    assert theirs.conflicts == ()
    assert theirs.item == changed


@given(same_kind)
def test_both_making_the_same_change_is_no_conflict(three: tuple[Item, Item, Item]) -> None:
    base, changed, _ = three
    assert merge3(base, changed, changed).conflicts == ()


@given(same_kind)
def test_a_field_that_one_side_changed_alone_has_its_value(three: tuple[Item, Item, Item]) -> None:
    base, mine, theirs = three
    merged = merge3(base, mine, theirs).item
    for name in set(base.__struct_fields__) - {"note", "note_html", "status", "percent", "completed"}:
        was, here, there, now = (getattr(item, name) for item in (base, mine, theirs, merged))
        if there == was:
            assert now == here, name
        elif here in (was, there):
            assert now == there, name


@given(same_kind)
def test_every_lost_value_is_reported_and_only_those(three: tuple[Item, Item, Item]) -> None:
    base, mine, theirs = three
    outcome = merge3(base, mine, theirs)
    assert {conflict.field for conflict in outcome.conflicts} <= set(base.__struct_fields__)
    for conflict in outcome.conflicts:
        assert conflict.mine != conflict.theirs


@given(same_kind)
def test_after_merging_both_sides_reach_the_same_item(three: tuple[Item, Item, Item]) -> None:
    base, mine, theirs = three
    for winner in Winner:
        merged = merge3(base, mine, theirs, winner).item
        agreed = rebase(base, base, theirs)
        assert merge(Sides(agreed, merged, theirs, merged), winner).item == merged


@given(items, items, items)
def test_things_of_different_kinds_are_taken_as_a_whole(base: Item, mine: Item, theirs: Item) -> None:
    merged = merge3(base, mine, theirs).item
    if not type(base) is type(mine) is type(theirs):
        assert merged in (mine, theirs)


@pytest.mark.parametrize(("winner", "expected"), [(Winner.SERVER, "Theirs"), (Winner.MINE, "Mine")])
def test_the_policy_decides_who_wins_a_field(winner: Winner, expected: str) -> None:
    outcome = merge3(BASE, edited(BASE, title="Mine"), edited(BASE, title="Theirs"), winner)
    assert outcome.item == edited(BASE, title=expected)
    assert [(one.field, one.mine, one.theirs) for one in outcome.conflicts] == [("title", "Mine", "Theirs")]


def test_answers_of_two_people_are_both_kept() -> None:
    base = edited(BASE, participants=(user(3), user(4), user(5)))
    mine = edited(base, participants=(user(3, Answer.ACCEPTED), user(4), user(5)))
    theirs = edited(base, participants=(user(3), user(4, Answer.DECLINED)))
    outcome = merge3(base, mine, theirs)
    assert outcome.item == edited(base, participants=(user(3, Answer.ACCEPTED), user(4, Answer.DECLINED)))
    assert outcome.conflicts == ()


@pytest.mark.parametrize("winner", [Winner.SERVER, Winner.MINE])
def test_people_added_on_both_sides_stand_in_the_same_order_whoever_wins(winner: Winner) -> None:
    mine, theirs = edited(BASE, participants=(user(3),)), edited(BASE, participants=(user(4),))
    outcome = merge3(edited(BASE, participants=()), mine, theirs, winner)
    assert outcome.item == edited(BASE, participants=(user(4), user(3)))


def test_occurrences_deleted_on_both_sides_are_both_gone() -> None:
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY),))
    first, second = START, START + timedelta(weeks=1)
    base = edited(BASE, recurrence=weekly)
    mine = edited(BASE, recurrence=edited_recurrence(weekly, first))
    theirs = edited(BASE, recurrence=edited_recurrence(weekly, second))
    assert merge3(base, mine, theirs) == Merged(
        item=edited(BASE, recurrence=Recurrence(rules=weekly.rules, deleted=(first, second)))
    )


def edited_recurrence(recurrence: Recurrence, *deleted: object) -> Recurrence:
    return msgspec.structs.replace(recurrence, deleted=deleted)


def test_a_peer_that_knows_no_zones_leaves_mine_alone_when_it_moves_an_appointment() -> None:
    seen = edited(BASE, when=edited_when(zone="UTC"))
    later = edited(BASE, when=edited_when(zone="UTC", end=WHEN.end + timedelta(hours=1)))
    assert rebase(BASE, seen, later) == edited(BASE, when=edited_when(end=WHEN.end + timedelta(hours=1)))


def edited_when(**changes: object) -> Timed:
    return msgspec.structs.replace(WHEN, **changes)


def test_a_formatted_note_survives_a_peer_that_knows_plain_text_only() -> None:
    seen = edited(BASE, note_html=None)
    assert rebase(BASE, seen, edited(seen, title="New")) == edited(BASE, title="New")
    assert rebase(BASE, seen, edited(seen, note="New")) == edited(BASE, note="New", note_html=None)


def test_numbered_user_fields_are_merged_one_by_one() -> None:
    base = Contact(user_fields=("a", "b", "c"))
    outcome = merge3(base, Contact(user_fields=("A", "b", "c", "d")), Contact(user_fields=("a", "B")))
    assert outcome == Merged(item=Contact(user_fields=("A", "B", None, "d")))


def test_how_far_a_task_is_comes_from_one_side() -> None:
    base = Task(title="Build", status=TaskStatus.IN_PROGRESS, percent=20)
    mine = edited(base, percent=50)
    done = edited(base, status=TaskStatus.DONE, percent=100, completed=START, title="Built")
    outcome = merge3(base, mine, done)
    assert outcome.item == done
    assert [conflict.field for conflict in outcome.conflicts] == ["status"]
    assert merge3(base, mine, done, Winner.MINE).item == edited(mine, title="Built")
