"""Logins are noted for the audit: who, from where, with what; often alike only once; and never what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passerelle.model.ids import UserId
from passerelle.server.metrics import Attempt
from passerelle.server.trail import Trail
from passerelle.store import Store
from passerelle.store.audit import Note, Noted
from tests.support.waiting import eventually

ANNA = UserId(2)
NINE = datetime(2026, 11, 28, 9, 10, tzinfo=UTC)
HERE, THERE = "192.0.2.1", "2001:db8::1"


class Clock:
    """A time that is set by hand."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path) as store:
        with store.writing(ANNA) as tx:
            assert tx.principals.add_user("anna", "Anna").id == ANNA
        yield store


def notes(store: Store) -> list[Note]:
    with store.reading() as tx:
        return tx.audit.notes(NINE - timedelta(days=1))


def test_a_success_is_noted_once_an_hour_for_each_user_address_and_client(store: Store) -> None:
    clock = Clock()
    trail = Trail(store, clock)
    for _ in range(3):
        for address, client in ((HERE, "KDE"), (HERE, "Outlook"), (THERE, "KDE")):
            trail.logged_in(ANNA, address, client)
        trail.flush()
    assert [(one.kind, one.user, one.address, one.client, one.count) for one in notes(store)] == [
        (Noted.LOGIN, ANNA, HERE, "KDE", 1),
        (Noted.LOGIN, ANNA, HERE, "Outlook", 1),
        (Noted.LOGIN, ANNA, THERE, "KDE", 1),
    ]
    clock.now += timedelta(hours=1)
    trail.logged_in(ANNA, HERE, "KDE")
    trail.flush()
    assert len(notes(store)) == 4


def test_two_servers_on_one_database_make_one_row(store: Store) -> None:
    for _ in range(2):
        trail = Trail(store, Clock())
        trail.logged_in(ANNA, HERE, "KDE")
        trail.flush()
    assert [one.count for one in notes(store)] == [2]


def test_failures_are_counted_and_keep_whose_login_it_was_but_not_what_was_typed(store: Store) -> None:
    clock = Clock()
    trail = Trail(store, clock)
    for login in ("Anna", "anna@context", "my password", "other"):
        for _ in range(2):
            trail.refused(Attempt.FAILED, login, HERE)
    trail.refused(Attempt.THROTTLED, "anna", HERE)
    clock.now += timedelta(minutes=1)
    trail.refused(Attempt.FAILED, "anna", HERE)
    trail.flush()
    assert sorted((one.kind, one.user or 0, one.count) for one in notes(store)) == [
        (Noted.REFUSED, 0, 4),
        (Noted.REFUSED, ANNA, 5),
        (Noted.THROTTLED, ANNA, 1),
    ]
    assert {(one.account, one.client, one.detail) for one in notes(store)} == {("", "", "")}


def test_a_guesser_with_many_addresses_fills_neither_memory_nor_disk(store: Store) -> None:
    trail = Trail(store, Clock())
    for number in range(12_000):
        trail.refused(Attempt.FAILED, "anna", f"2001:db8::{number:x}")
    trail.flush()
    assert len(notes(store)) == 10_001
    assert sum(one.count for one in notes(store)) == 12_000


def test_what_waits_is_written_while_the_server_runs_and_when_it_ends(store: Store) -> None:
    trail = Trail(store, Clock())
    with trail.noting():
        trail.logged_in(ANNA, HERE, "KDE")
        eventually(lambda: len(notes(store)) == 1, "the login is noted")
        trail.logged_in(ANNA, THERE, "KDE")
    assert len(notes(store)) == 2


def test_old_notes_are_forgotten(store: Store) -> None:
    trail = Trail(store, Clock())
    trail.logged_in(ANNA, HERE, "KDE")
    trail.flush()
    for before, left in ((NINE, 1), (NINE + timedelta(hours=1), 0)):
        with store.writing(ANNA) as tx:
            tx.audit.prune(before)
        assert len(notes(store)) == left
