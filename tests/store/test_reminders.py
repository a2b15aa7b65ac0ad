"""Reminders wait in order, one per item, user and reason, and go with their item."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.store import Pending, Store
from tests.store.conftest import ANNA, BEN
from tests.store.samples import meeting

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def pending(item: ItemId, due: datetime = NOON, user: UserId = ANNA, reason: str = "alarm") -> Pending:
    return Pending(due=due, at=due + HOUR, item=item, user=user, reason=reason)


def test_what_is_due_comes_in_order_and_the_rest_waits(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        late, early, future = pending(id_), pending(id_, NOON - HOUR, BEN), pending(id_, NOON + HOUR, reason="due")
        assert tx.reminders.next_due() is None
        tx.reminders.put([late, early, future])
        assert tx.reminders.due(NOON, 10) == (early, late)
        assert tx.reminders.due(NOON, 1) == (early,)
        assert tx.reminders.next_due() == early.due
        assert set(tx.reminders.of(id_)) == {early, late, future}


def test_a_new_reminder_takes_the_place_of_the_old_one(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.reminders.put([pending(id_)])
        tx.reminders.put([pending(id_, NOON + HOUR)])
        assert tx.reminders.of(id_) == (pending(id_, NOON + HOUR),)
        tx.reminders.remove(pending(id_))
        assert tx.reminders.of(id_) == ()


def test_reminders_go_with_their_item_and_with_a_users_wish(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        first, second, third = (tx.items.add(calendar, meeting()).id for _ in range(3))
        tx.reminders.put(pending(id_, user=user) for id_ in (first, second, third) for user in (ANNA, BEN))
        tx.items.remove(first)
        tx.reminders.clear_item(second)
        tx.reminders.clear_user(BEN)
        assert tx.reminders.due(NOON, 10) == (pending(third),)


def test_who_has_an_alarm_is_known_both_ways(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        with_alarm = tx.items.add(calendar, meeting(alarm=5)).id
        without = tx.items.add(calendar, meeting()).id
        assert tx.reminders.users_with_alarm(with_alarm) == {ANNA}
        assert tx.reminders.users_with_alarm(without) == frozenset()
        assert tx.reminders.items_with_alarm(ANNA) == (with_alarm,)
        assert tx.reminders.items_with_alarm(BEN) == ()
