"""Decisions about one item: edits win over deletions, and deciding again after acting does nothing."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.sync.merge.decide import Known, Project, decide_pull, decide_send
from passerelle.sync.merge.items import settled
from passerelle.sync.merge.plan import (
    Forget,
    Insert,
    Note,
    Remove,
    Replace,
    Restore,
    Revive,
    SendAnswer,
    SendContent,
    SendMove,
    SendNew,
    SendRemoval,
    Settle,
)
from passerelle.sync.policy import Policy, Winner
from tests.sync.strategies import START, contacts, same_kind

POLICY = Policy()
ME = UserId(3)
policies = st.builds(Policy, winner=st.sampled_from(Winner))
three_contacts = st.tuples(contacts, contacts, contacts)


def whole(item: Item) -> Item:
    return item


def plain(item: Item) -> Item:
    """A peer that knows neither formatted notes nor zones."""
    item = msgspec.structs.replace(item, note_html=None)
    if isinstance(item, Appointment) and isinstance(item.when, Timed):
        return msgspec.structs.replace(item, when=msgspec.structs.replace(item.when, zone="UTC"))
    return item


projections = st.sampled_from([whole, plain])


@given(contacts)
def test_an_unknown_item_is_inserted(theirs: Item) -> None:
    assert decide_pull(None, theirs, whole, POLICY) == Insert(theirs)


@given(contacts)
def test_an_unchanged_item_changes_nothing(item: Item) -> None:
    assert decide_pull(Known(base=item, mine=item), item, whole, POLICY) == Note()
    assert decide_send(Known(base=item, mine=item), whole, ME) == Settle()


@given(three_contacts)
def test_an_edit_wins_over_a_deletion(three: tuple[Item, Item, Item]) -> None:
    base, mine, theirs = three
    assert decide_pull(Known(base=base, mine=mine), None, whole, POLICY) == (Remove() if mine == base else Revive())
    expected = Note() if theirs == base else Restore(theirs)
    assert decide_pull(Known(base=base, mine=None), theirs, whole, POLICY) == expected


def test_what_both_deleted_is_forgotten() -> None:
    assert decide_pull(Known(base=None, mine=None), None, whole, POLICY) == Forget()
    assert decide_pull(None, None, whole, POLICY) == Forget()


@given(same_kind, policies, projections)
def test_after_pulling_and_sending_both_sides_say_the_same(
    three: tuple[Item, Item, Item], policy: Policy, project: Project
) -> None:
    base, mine, theirs = three
    theirs = project(theirs)
    pulled = decide_pull(Known(base=base, mine=mine), theirs, project, policy)
    if isinstance(pulled, Replace):
        base, mine = decided(pulled)
    assert project(base) == theirs
    if isinstance(decide_send(Known(base=base, mine=mine), project, ME), Settle):
        assert project(mine) == theirs
    said = project(mine)
    assert decide_pull(Known(base=mine, mine=mine), said, project, policy) == Note()


def decided(pulled: Replace, winner: Winner = Winner.SERVER) -> tuple[Item, Item]:
    """What both sides agree on and what is here, once the user has decided what waits."""
    if not pulled.held:
        return pulled.base, pulled.item
    assert pulled.lost is not None
    choices = dict.fromkeys([one.field for one in pulled.conflicts], winner)
    item, base = settled(pulled.base, pulled.item, pulled.lost, choices)
    return base, item


@given(same_kind, projections, st.sampled_from([Winner.SERVER, Winner.MINE]))
def test_what_is_asked_about_is_left_alone_on_both_sides_and_decided_as_a_policy_would(
    three: tuple[Item, Item, Item], project: Project, winner: Winner
) -> None:
    base, mine, theirs = three
    theirs = project(theirs)
    known = Known(base=base, mine=mine)
    asked = decide_pull(known, theirs, project, Policy(winner=Winner.ASK))
    if not isinstance(asked, Replace):
        return
    assert all(getattr(asked.item, name, None) == getattr(mine, name) for name in asked.held)
    sent = decide_send(Known(base=asked.base, mine=asked.item, held=asked.held), project, ME)
    if isinstance(sent, SendContent):
        assert not sent.fields & asked.held
    again = decide_pull(Known(base=asked.base, mine=asked.item), theirs, project, Policy(winner=Winner.ASK))
    assert not asked.held or again == asked
    by_policy = decide_pull(known, theirs, project, Policy(winner=winner))
    assert isinstance(by_policy, Replace)
    base, item = decided(asked, winner)
    assert project(base) == theirs
    assert project(item) == project(by_policy.item)


@given(three_contacts, st.booleans(), st.booleans())
def test_the_later_change_wins_if_both_times_are_known_else_the_servers(
    three: tuple[Item, Item, Item], here: bool, there: bool
) -> None:
    base, mine, theirs = three
    known = Known(base=base, mine=mine, changed=START + timedelta(minutes=1) if here else None)
    newer = decide_pull(known, theirs, whole, Policy(winner=Winner.NEWER), START if there else None)
    winner = Winner.MINE if here and there else Winner.SERVER
    assert newer == decide_pull(known, theirs, whole, Policy(winner=winner))


def test_two_appointments_that_meet_with_other_times_are_a_conflict() -> None:
    theirs = msgspec.structs.replace(appointment(), when=Timed(start=START, end=START + timedelta(hours=2)))
    action = decide_pull(Known(base=None, mine=appointment()), theirs, whole, POLICY)
    assert isinstance(action, Replace)
    assert [one.field for one in action.conflicts] == ["when"]
    assert (action.item, action.lost) == (theirs, appointment())


@given(same_kind, policies, projections)
def test_two_items_that_meet_lose_nothing_that_only_one_of_them_has(
    three: tuple[Item, Item, Item], policy: Policy, project: Project
) -> None:
    mine, theirs, _ = three
    theirs = project(theirs)
    action = decide_pull(Known(base=None, mine=mine), theirs, project, policy)
    assert isinstance(action, Replace)
    assert project(decided(action)[0]) == theirs
    for name in set(mine.__struct_fields__) - {"note", "note_html", "when"}:
        here, there, now = (getattr(item, name) for item in (mine, theirs, action.item))
        if not there:
            assert now == here, name


@given(same_kind, policies, projections, st.booleans())
def test_two_changes_of_one_thing_are_merged_and_what_the_peer_has_is_known(
    three: tuple[Item, Item, Item], policy: Policy, project: Project, is_other_there: bool
) -> None:
    origin, mine, theirs = three
    theirs = project(theirs)
    known = Known(base=None, mine=mine, origin=(origin, mine if is_other_there else origin))
    action = decide_pull(known, theirs, project, policy)
    assert isinstance(action, Replace)
    assert project(decided(action)[0]) == theirs
    if mine == origin:
        assert project(action.item) == theirs
        assert not action.conflicts


@pytest.mark.parametrize("winner", list(Winner))
def test_an_answer_counts_more_than_none_where_two_invitations_meet(winner: Winner) -> None:
    open_ = Participant(kind=ParticipantKind.USER, id=3)
    answered = Participant(kind=ParticipantKind.USER, id=3, mail="a@example.org", answer=Answer.ACCEPTED)
    mine, theirs = (msgspec.structs.replace(appointment(), participants=(one,)) for one in (open_, answered))
    action = decide_pull(Known(base=None, mine=mine), theirs, whole, Policy(winner=winner))
    assert isinstance(action, Replace)
    assert (action.item, action.conflicts) == (theirs, ())
    assert decided(action)[0] == theirs


def test_an_item_without_counterpart_is_created() -> None:
    assert decide_send(None, whole, ME) == SendNew()


@given(three_contacts)
def test_deletions_and_moves_are_sent(three: tuple[Item, Item, Item]) -> None:
    base, mine, _ = three
    assert decide_send(Known(base=base, mine=None), whole, ME) == SendRemoval()
    assert decide_send(Known(base=base, mine=mine, is_moved=True), whole, ME) == SendMove()


@given(three_contacts)
def test_only_what_differs_is_sent(three: tuple[Item, Item, Item]) -> None:
    base, mine, _ = three
    action = decide_send(Known(base=base, mine=mine), whole, ME)
    if mine == base:
        assert action == Settle()
    else:
        assert isinstance(action, SendContent)
        assert {name: getattr(mine, name) for name in action.fields} != {
            name: getattr(base, name) for name in action.fields
        }


def test_what_the_peer_cannot_carry_is_not_sent() -> None:
    base = appointment()
    assert decide_send(Known(base=base, mine=edited(base, note_html="<b>x</b>")), plain, ME) == Settle()


def test_my_answer_alone_is_a_confirmation() -> None:
    base = appointment(user(3), user(4))
    mine = appointment(user(3, Answer.ACCEPTED, "gladly"), user(4))
    assert decide_send(Known(base=base, mine=mine), whole, ME) == SendAnswer(Answer.ACCEPTED, "gladly")


def test_an_answer_together_with_another_change_is_an_update() -> None:
    base = appointment(user(3), user(4))
    mine = appointment(user(3, Answer.ACCEPTED))
    assert decide_send(Known(base=base, mine=mine), whole, ME) == SendContent(frozenset({"participants"}))


def appointment(*participants: Participant) -> Appointment:
    when = Timed(start=START, end=START + timedelta(hours=1))
    return Appointment(when=when, title="x", participants=participants)


def user(id_: int, answer: Answer = Answer.NONE, message: str = "") -> Participant:
    return Participant(kind=ParticipantKind.USER, id=id_, answer=answer, message=message)


def edited(item: Item, **changes: object) -> Item:
    return msgspec.structs.replace(item, **changes)
