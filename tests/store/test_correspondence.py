"""A store remembers how new the messages are that were taken, whatever became of what they were about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.model.ids import UserId
from passerelle.store import Revision, Store, Subject
from tests.store.conftest import ANNA, BEN

SOME_DAY = datetime(2024, 1, 1, 8, tzinfo=UTC)
PLAN = Subject("plan", "Otto@outside.test")


def test_the_newest_revision_is_remembered(store: Store) -> None:
    with store.writing(ANNA) as tx:
        assert tx.correspondence.last(PLAN) is None
        tx.correspondence.note(PLAN, Revision(0, SOME_DAY))
        tx.correspondence.note(PLAN, Revision(3, SOME_DAY - timedelta(days=1)))
    with store.reading() as tx:
        assert tx.correspondence.last(PLAN) == Revision(3, SOME_DAY - timedelta(days=1))


def test_the_case_of_an_address_does_not_matter(store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.correspondence.note(PLAN, Revision(0, SOME_DAY))
        assert tx.correspondence.last(Subject("plan", "otto@OUTSIDE.test")) == Revision(0, SOME_DAY)


def test_other_subjects_are_other_matters(store: Store) -> None:
    others = (
        Subject("Plan", PLAN.sender),
        Subject("plan", "eve@evil.test"),
        Subject("plan", PLAN.sender, occurrence=SOME_DAY),
        Subject("plan", PLAN.sender, occurrence=datetime(1, 1, 1, tzinfo=UTC)),
        Subject("plan", PLAN.sender, recipient=ANNA),
        Subject("plan", PLAN.sender, recipient=BEN),
        Subject("plan", PLAN.sender, recipient=UserId(0)),
    )
    with store.writing(ANNA) as tx:
        tx.correspondence.note(PLAN, Revision(0, SOME_DAY))
        assert [tx.correspondence.last(other) for other in others] == [None] * len(others)
        for number, other in enumerate(others, 1):
            tx.correspondence.note(other, Revision(number, SOME_DAY))
        found = [tx.correspondence.last(one) for one in (PLAN, *others)]
    assert [one.sequence for one in found if one is not None] == list(range(len(others) + 1))


def test_a_sequence_decides_before_a_time_does() -> None:
    assert Revision(1, SOME_DAY) > Revision(0, SOME_DAY + timedelta(days=9))
    assert Revision(1, SOME_DAY) > Revision(1, SOME_DAY - timedelta(seconds=1))


def test_what_comes_from_the_future_counts_as_now(store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.correspondence.note(PLAN, Revision(0, datetime(9999, 12, 31, tzinfo=UTC)))
        last = tx.correspondence.last(PLAN)
    assert last is not None
    assert last.stamped <= datetime.now(UTC)


def test_what_was_taken_long_ago_is_forgotten(store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.correspondence.note(PLAN, Revision(0, SOME_DAY))
        assert tx.correspondence.prune(SOME_DAY) == 0
    with store.writing(ANNA) as tx:
        assert tx.correspondence.prune(datetime.now(UTC) + timedelta(days=1)) == 1
        assert tx.correspondence.last(PLAN) is None
