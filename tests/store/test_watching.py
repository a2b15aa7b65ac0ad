"""Whoever watches a store learns of every commit, by this process or another, and nothing of what was undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import psycopg
import pytest

from passerelle.model.ids import FolderId, Stamp, UserId
from passerelle.store import Store
from tests.store.conftest import ANNA, Hand, Place
from tests.store.samples import meeting
from tests.support.waiting import eventually

NOON = 1_800_000_000_000


@contextmanager
def watched(store: Store) -> Iterator[Event]:
    """An event that is set once something may have been committed; the first call, made at once, is waited for."""
    woken = Event()
    with store.watching(woken.set):
        assert woken.wait(15)
        woken.clear()
        yield woken


def add(store: Store, folder: FolderId) -> Stamp:
    with store.writing(ANNA) as tx:
        return tx.items.add(folder, meeting()).stamp


def moment(store: Store) -> Stamp:
    with store.reading() as tx:
        return tx.journal.moment()


def test_a_commit_of_this_process_is_told_at_once(store: Store, calendar: FolderId) -> None:
    with watched(store) as woken:
        add(store, calendar)
        assert woken.is_set()


def test_a_commit_of_another_process_is_told(place: Place, store: Store, calendar: FolderId) -> None:
    with place.open() as other, watched(store) as woken:
        add(other, calendar)
        assert woken.wait(15)


def test_every_commit_of_another_process_is_told_also_while_earlier_ones_are_heard(
    place: Place, store: Store, calendar: FolderId
) -> None:
    heard: list[Stamp] = []
    with place.open() as other, store.watching(lambda: heard.append(moment(store))):
        for _ in range(20):
            add(other, calendar)
        last = moment(other)
        eventually(lambda: heard and heard[-1] == last, "the last commit is heard")


def fail(store: Store, folder: FolderId) -> None:
    with store.writing(ANNA) as tx:
        tx.items.add(folder, meeting())
        raise ZeroDivisionError


def test_what_was_undone_is_not_told(store: Store, calendar: FolderId) -> None:
    before = moment(store)
    with watched(store) as woken:
        with pytest.raises(ZeroDivisionError):
            fail(store, calendar)
        assert not woken.is_set()
    assert moment(store) == before


def test_nobody_is_told_any_more_once_the_watch_has_ended(store: Store, calendar: FolderId) -> None:
    with watched(store) as woken:
        pass
    add(store, calendar)
    assert not woken.is_set()


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_lost_connection_is_made_anew_and_nothing_is_missed_meanwhile(
    kind: str, place: Place, store: Store, calendar: FolderId
) -> None:
    listening = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    with (
        place.open() as other,
        watched(store) as woken,
        psycopg.connect(str(place.location), autocommit=True) as administrator,
    ):
        (pid,) = administrator.execute(listening.encode()).fetchone() or (0,)
        administrator.execute(b"SELECT pg_terminate_backend(%s)", [pid])
        assert woken.wait(15)
        eventually(lambda: administrator.execute(listening.encode()).fetchone(), "it listens again")
        woken.clear()
        add(other, calendar)
        assert woken.wait(15)


# The moment


def test_what_comes_after_a_moment_has_positions_that_are_not_below_it_though_the_clock_steps_back(
    place: Place, calendar: FolderId, other: FolderId
) -> None:
    clock = Hand(NOON)
    with place.open(clock) as store:
        add(store, calendar)
        before = moment(store)
        clock.now = NOON - 3_600_000
        assert add(store, other) >= before
        assert moment(store) == before


def test_the_scopes_that_moved_since_a_moment_are_found_and_no_others(
    place: Place, calendar: FolderId, other: FolderId
) -> None:
    clock = Hand(NOON)
    with place.open(clock) as store:
        add(store, calendar)
        clock.now += 10
        since = Stamp(moment(store) + 1)
        stamp = add(store, other)
        with store.reading() as tx:
            assert tx.journal.moved(since) == {other: stamp}


def test_a_scope_in_which_much_was_written_is_ahead_of_the_moment(place: Place, calendar: FolderId) -> None:
    with place.open(Hand(NOON)) as store:
        with store.writing(ANNA) as tx:
            tx.items.add_many(calendar, [meeting() for _ in range(5)])
        with store.reading() as tx:
            assert tx.journal.moment() == NOON
            assert tx.journal.moved(Stamp(NOON)) == {calendar: NOON + 4}


# Accounts


def test_the_seal_of_an_account_changes_with_the_password_and_with_the_user_and_with_nothing_else(
    store: Store,
) -> None:
    with store.writing(ANNA) as tx:
        user = tx.principals.add_user("anna", "Anna", password_hash="one")
        other = tx.principals.add_user("ben", "Ben", password_hash="one")

    def seal(id_: UserId = user.id) -> bytes | None:
        with store.reading() as tx:
            return tx.principals.seals([user.id, other.id]).get(id_)

    seals = [seal()]
    assert seals != [seal(other.id)]
    with store.writing(ANNA) as tx:
        tx.principals.replace_user(other)
    assert seal() == seals[0]
    with store.writing(ANNA) as tx:
        before = tx.principals.clock()
        tx.principals.set_password(user.id, "two")
        assert tx.principals.clock() > before
    seals.append(seal())
    with store.writing(ANNA) as tx:
        tx.principals.replace_user(user)
    seals.append(seal())
    with store.writing(ANNA) as tx:
        tx.principals.remove_user(user.id)
    seals.append(seal())
    assert seals[-1] is None
    assert len(set(seals)) == 4
