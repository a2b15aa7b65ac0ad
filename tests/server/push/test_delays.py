"""Many changes of a folder become one datagram, which is not held back for ever (OX reference, section 18.2)."""

from __future__ import annotations

from passerelle.model.ids import FolderId, UserId
from passerelle.server.push.delays import MOST_WAITING, DelayQueue, Due
from tests.server.push.clock import Clock

ANNA, BEN = UserId(2), UserId(3)
CALENDAR, TASKS = FolderId(31), FolderId(32)


def test_an_event_waits_for_the_delay(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    queue.put(ANNA, CALENDAR)
    clock.now += 9.9
    assert queue.take_due() == []
    clock.now += 0.1
    assert queue.take_due() == [Due(ANNA, CALENDAR)]
    assert queue.take_due() == []


def test_a_further_event_restarts_the_delay_and_makes_no_second_one(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    queue.put(ANNA, CALENDAR)
    clock.now += 9
    queue.put(ANNA, CALENDAR)
    clock.now += 9
    assert queue.take_due() == []
    clock.now += 1
    assert queue.take_due() == [Due(ANNA, CALENDAR)]


def test_no_event_waits_longer_than_five_delays(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    sent = []
    for second in range(60):
        queue.put(ANNA, CALENDAR)
        if queue.take_due():
            sent.append(second)
        clock.now += 1
    assert sent == [50]


def test_folders_and_users_wait_by_themselves(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    queue.put(ANNA, CALENDAR)
    clock.now += 5
    queue.put(ANNA, TASKS)
    queue.put(BEN, CALENDAR)
    clock.now += 5
    assert queue.take_due() == [Due(ANNA, CALENDAR)]
    clock.now += 5
    assert queue.take_due() == [Due(ANNA, TASKS), Due(BEN, CALENDAR)]


def test_without_delay_an_event_is_due_at_once(clock: Clock) -> None:
    queue = DelayQueue(0, clock)
    queue.put(ANNA, CALENDAR)
    assert queue.next_due() == clock.now
    assert queue.take_due() == [Due(ANNA, CALENDAR)]


def test_the_queue_says_when_it_is_to_be_looked_at(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    assert queue.next_due() is None
    queue.put(ANNA, CALENDAR)
    clock.now += 3
    queue.put(ANNA, TASKS)
    assert queue.next_due() == 1010


def test_who_is_gone_waits_for_nothing(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    queue.put(ANNA, CALENDAR)
    queue.put(BEN, CALENDAR)
    queue.forget(ANNA)
    clock.now += 10
    assert queue.take_due() == [Due(BEN, CALENDAR)]


def test_the_queue_does_not_grow_without_end(clock: Clock) -> None:
    queue = DelayQueue(10, clock)
    for number in range(MOST_WAITING + 10):
        queue.put(ANNA, FolderId(number))
    clock.now += 10
    assert len(queue.take_due()) == MOST_WAITING
