"""Mail waits with what it tells of: both are kept or neither, no mail twice, and nobody sends what another one has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from passerelle.model.errors import NotFound
from passerelle.model.ids import MailId
from passerelle.model.text import Text
from passerelle.store import MailState, Store, Writing, outbox
from passerelle.store.content import from_microseconds
from tests.store.conftest import ANNA, Hand, Place, new_folder

MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)


@pytest.fixture
def clock() -> Hand:
    return Hand(1_700_000_000_000)


@pytest.fixture
def store(place: Place, clock: Hand) -> Iterator[Store]:
    with place.open(clock) as store:
        yield store


def later(clock: Hand, duration: timedelta) -> None:
    clock.now += duration // timedelta(milliseconds=1)


def queue(store: Store, key: str = "one", *, pool: str = "", delay: timedelta = timedelta(0)) -> MailId:
    with store.writing(ANNA) as tx:
        mail = tx.outbox.add(key, "eva@example.org", "text", b"hello", pool=pool, delay=delay)
    assert mail is not None
    return mail.id


def claim(store: Store, most: int = 10) -> list[MailId]:
    with store.writing(ANNA) as tx:
        return [mail.id for mail in tx.outbox.claim(most, LEASE)]


def test_mail_is_kept_with_who_caused_it_and_what_it_says(store: Store, clock: Hand) -> None:
    id_ = queue(store, pool="item 7")
    with store.reading() as tx:
        mail = tx.outbox.get(id_)
        assert mail is not None
        assert (mail.key, mail.pool, mail.kind, mail.content) == ("one", "item 7", "text", b"hello")
        assert (mail.actor, mail.recipient, mail.attempts, mail.error) == (ANNA, "eva@example.org", 0, "")
        assert mail.state is MailState.WAITING
        assert mail.created == mail.due == from_microseconds(clock.now * 1000)
        assert tx.outbox.by_key("one") == mail
        assert tx.outbox.unsent() == (mail,)


def queue_and_fail(tx: Writing, key: str) -> None:
    tx.outbox.add(key, "eva@example.org", "text", b"hello")
    tx.outbox.remove(MailId(77))


def test_a_change_that_is_undone_sends_nothing(store: Store) -> None:
    with pytest.raises(NotFound), store.writing(ANNA) as tx:
        queue_and_fail(tx, "one")
    with store.writing(ANNA) as tx:
        with pytest.raises(NotFound), tx.part():
            queue_and_fail(tx, "two")
        assert tx.outbox.unsent() == ()


def test_a_key_is_taken_once_also_after_the_mail_went_out(store: Store) -> None:
    id_ = queue(store)
    with store.writing(ANNA) as tx:
        assert tx.outbox.add("one", "eva@example.org", "text", b"again") is None
        tx.outbox.claim(1, LEASE)
        tx.outbox.mark_sent(id_)
        assert tx.outbox.add("one", "eva@example.org", "text", b"again") is None
        assert tx.outbox.unsent() == ()


def test_mail_is_due_after_its_delay_in_the_order_of_time(store: Store, clock: Hand) -> None:
    second = queue(store, "second", delay=2 * MINUTE)
    first = queue(store, "first", delay=MINUTE)
    with store.reading() as tx:
        assert tx.outbox.next_due() == from_microseconds(clock.now * 1000) + MINUTE
    assert claim(store) == []
    later(clock, 2 * MINUTE)
    assert claim(store, 1) == [first]
    assert claim(store, 1) == [second]


def test_mail_from_a_time_when_the_clock_was_ahead_does_not_wait_until_then(store: Store, clock: Hand) -> None:
    id_ = queue(store, delay=MINUTE)
    later(clock, -timedelta(seconds=1))
    assert claim(store) == [], "a small step leaves it its delay"
    later(clock, -timedelta(days=2))
    assert claim(store) == [id_]
    with store.writing(ANNA) as tx:
        tx.outbox.put_off(id_, MINUTE, "no answer")
    assert claim(store) == [], "it is not tried over and over"
    later(clock, MINUTE)
    assert claim(store) == [id_]


def test_what_one_server_sends_another_one_does_not_unless_the_first_one_died(
    store: Store, place: Place, clock: Hand
) -> None:
    id_ = queue(store)
    with place.open(clock) as other:
        assert claim(store) == [id_]
        assert claim(other) == []
        later(clock, LEASE)
        assert claim(other) == [id_]
        with other.writing(ANNA) as tx:
            tx.outbox.mark_sent(id_)
    later(clock, LEASE)
    assert claim(store) == []
    with store.reading() as tx:
        mail = tx.outbox.get(id_)
        assert mail is not None
        assert (mail.state, mail.attempts, mail.content, tx.outbox.next_due()) == (MailState.SENT, 2, b"", None)


def test_mail_that_did_not_get_out_is_tried_later_and_says_why(store: Store, clock: Hand) -> None:
    id_ = queue(store)
    claim(store)
    due = from_microseconds(clock.now * 1000) + MINUTE
    with store.writing(ANNA) as tx:
        tx.outbox.put_off(id_, MINUTE, Text("Nobody is at {place}.", place="home"))
    assert claim(store) == []
    with store.reading() as tx:
        mail = tx.outbox.get(id_)
    assert mail is not None
    assert (mail.state, mail.due, mail.error.template) == (MailState.WAITING, due, "Nobody is at {place}.")
    later(clock, MINUTE)
    assert claim(store) == [id_]


def test_mail_that_was_given_up_stays_until_somebody_decides(store: Store, clock: Hand) -> None:
    id_ = queue(store)
    claim(store)
    with store.writing(ANNA) as tx:
        tx.outbox.give_up(id_, "unknown")
        assert tx.outbox.next_due() is None
    later(clock, 100 * LEASE)
    assert claim(store) == []
    with store.writing(ANNA) as tx:
        tx.outbox.try_again(id_)
    assert claim(store) == [id_]
    with store.writing(ANNA) as tx:
        tx.outbox.remove(id_)
        assert tx.outbox.get(id_) is None


def test_mail_that_was_never_tried_can_be_joined(store: Store, clock: Hand) -> None:
    id_ = queue(store, pool="item 7", delay=MINUTE)
    with store.writing(ANNA) as tx:
        mail = tx.outbox.joinable("item 7")
        assert mail is not None
        assert tx.outbox.joinable("item 8") is None
        tx.outbox.rewrite(mail.id, b"hello again", mail.due + MINUTE)
        assert tx.outbox.joinable("item 7") != mail
    later(clock, 2 * MINUTE)
    claim(store)
    with store.writing(ANNA) as tx:
        assert tx.outbox.joinable("item 7") is None
        tx.outbox.put_off(id_, timedelta(0), "busy")
        assert tx.outbox.joinable("item 7") is None


def test_claimed_mail_can_be_given_back_untried(store: Store) -> None:
    id_ = queue(store)
    claim(store)
    with store.writing(ANNA) as tx:
        tx.outbox.release(id_)
        mail = tx.outbox.get(id_)
        assert mail is not None
        assert (mail.state, mail.attempts, mail.due) == (MailState.WAITING, 0, tx.outbox.now)
    assert claim(store) == [id_]


def test_what_went_out_or_failed_long_ago_is_forgotten(store: Store) -> None:
    sent, failed, waiting = queue(store, "sent"), queue(store, "failed"), queue(store, "waiting", delay=1000 * LEASE)
    with store.writing(ANNA) as tx:
        now = tx.outbox.now
        tx.outbox.mark_sent(sent)
        tx.outbox.give_up(failed, "unknown")
        assert tx.outbox.prune(now - MINUTE, now - MINUTE) == 0
        assert tx.outbox.prune(now + MINUTE, now - MINUTE) == 1
        assert tx.outbox.by_key("sent") is None
        assert [mail.id for mail in tx.outbox.unsent()] == [failed, waiting]
        assert tx.outbox.prune(now + MINUTE, now + MINUTE) == 1
        assert [mail.id for mail in tx.outbox.unsent()] == [waiting]


def test_mail_that_is_gone_cannot_be_changed(store: Store, clock: Hand) -> None:
    id_ = queue(store)
    now = from_microseconds(clock.now * 1000)
    with store.writing(ANNA) as tx:
        tx.outbox.mark_sent(id_)
        changes: tuple[Callable[[], None], ...] = (
            partial(tx.outbox.rewrite, id_, b"", now),
            partial(tx.outbox.put_off, id_, MINUTE, "busy"),
            partial(tx.outbox.release, id_),
            partial(tx.outbox.give_up, id_, "busy"),
            partial(tx.outbox.try_again, id_),
        )
        for change in changes:
            with pytest.raises(NotFound):
                change()


def test_a_restored_backup_sends_nothing_by_itself(store: Store, tmp_path: Path) -> None:
    new_folder(store, "Calendar")
    id_ = queue(store)
    store.back_up(tmp_path / "office.zip")
    Store.restore(tmp_path / "new", tmp_path / "office.zip")
    with Store.open(tmp_path / "new") as again:
        assert claim(again) == []
        with again.reading() as tx:
            (mail,) = tx.outbox.unsent()
        assert (mail.id, mail.state, mail.content) == (id_, MailState.FAILED, b"hello")
        assert "may have been sent" in mail.error


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (outbox._JOINABLE.params(pool_="item 7"), "ix_outbox_pool"),
        (outbox._BY_KEY.params(key_="one"), "sqlite_autoindex_outbox_1"),
        (outbox._DUE.limit(5).params(now_=0, ahead_=0), "ix_outbox_state_due"),
        (outbox._NEXT, "ix_outbox_state_due"),
    ],
)
def test_looking_for_mail_costs_the_same_however_much_was_sent(
    tmp_path: Path, query: Select[tuple[object]], index: str
) -> None:
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with Store.create(tmp_path / "store") as store, store.reading() as tx:
        plan = tx._block.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    assert all(index in str(step) or "TEMP B-TREE" in str(step) for step in plan), plan
