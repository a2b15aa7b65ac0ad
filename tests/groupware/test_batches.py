"""Many writes in few transactions: each is whole or not there, and what is said to be done is committed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import event

from passerelle.groupware import batches
from passerelle.groupware.session import Session
from passerelle.model.errors import NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact
from passerelle.model.records import ItemRecord
from tests.groupware.office import Office


class Unwell(Exception):
    """A disk that fails at a commit."""


class Disk:
    """Counts the commits of a store that write, and refuses those from a given one on."""

    def __init__(self, office: Office, fails_at: int | None = None) -> None:
        self.commits = 0
        self.fails_at = fails_at
        event.listen(office.store._engine, "commit", self._commit)

    def _commit(self, connection: object) -> None:
        self.commits += 1
        if self.fails_at is not None and self.commits >= self.fails_at:
            raise Unwell


def adding(folder: FolderId, name: str, *, twice: bool = False) -> Callable[[Session], ItemRecord]:
    def work(session: Session) -> ItemRecord:
        if twice:
            session.create(folder, Contact(last_name=f"{name}, to be undone"))
            session.get(ItemId(10**9), Module.CONTACTS)
        return session.create(folder, Contact(last_name=name))

    return work


def names(office: Office, folder: FolderId) -> list[str | None]:
    records = office.session("anna").changes(folder, Module.CONTACTS).items
    return [record.item.last_name for record in records if isinstance(record.item, Contact)]


@pytest.fixture
def contacts(office: Office) -> FolderId:
    return office.private("anna", "Friends", Module.CONTACTS).id


def test_a_hundred_writes_are_committed_together(office: Office, contacts: FolderId) -> None:
    disk = Disk(office)
    outcomes = batches.carry_out(
        office.session("anna")._begin, [adding(contacts, f"{n}") for n in range(100)], hold_s=60
    )
    assert disk.commits == 1
    assert [outcome.id for outcome in outcomes if isinstance(outcome, ItemRecord)] == list(
        office.session("anna").ids(contacts, Module.CONTACTS)
    )
    assert names(office, contacts) == [f"{n}" for n in range(100)]


@pytest.mark.parametrize("hold_s", [0, 60])
def test_a_piece_that_fails_half_way_is_undone_alone(office: Office, contacts: FolderId, hold_s: float) -> None:
    works = [adding(contacts, "One"), adding(contacts, "Two", twice=True), adding(contacts, "Three")]
    one, two, three = batches.carry_out(office.session("anna")._begin, works, hold_s)
    assert isinstance(one, ItemRecord)
    assert isinstance(two, NotFound)
    assert isinstance(three, ItemRecord)
    assert names(office, contacts) == ["One", "Three"]
    assert one.stamp < three.stamp


def test_an_operation_that_a_piece_lets_fail_leaves_nothing_of_itself(office: Office, contacts: FolderId) -> None:
    def work(session: Session) -> ItemRecord:
        made = session.create(contacts, Contact(last_name="Kept"))
        with pytest.raises(NotFound):
            session.update(made.id, contacts, lambda _: {"last_name": "Lost"}, destination=FolderId(10**9))
        return made

    office.session("anna").batch([work])
    assert names(office, contacts) == ["Kept"]


def test_later_pieces_see_what_earlier_ones_did(office: Office, contacts: FolderId) -> None:
    def rename(session: Session) -> ItemRecord:
        (id_,) = session.ids(contacts, Module.CONTACTS)
        record = session.get(id_, Module.CONTACTS)
        return session.update(id_, contacts, lambda _: {"last_name": "Two"}, expected=record.stamp)

    created, renamed = office.session("anna").batch([adding(contacts, "One"), rename])
    assert isinstance(created, ItemRecord)
    assert isinstance(renamed, ItemRecord)
    assert names(office, contacts) == ["Two"]


def test_after_a_failed_commit_nothing_counts_as_done_that_is_not_there(office: Office, contacts: FolderId) -> None:
    disk = Disk(office, fails_at=3)
    works = [adding(contacts, name) for name in "abcde"]
    outcomes = batches.carry_out(office.session("anna")._begin, works, hold_s=0)
    assert [type(outcome) for outcome in outcomes] == [ItemRecord, ItemRecord, Unwell, Unwell, Unwell]
    disk.fails_at = None
    assert names(office, contacts) == ["a", "b"]


def test_another_writer_need_not_wait_for_the_end_of_a_batch(office: Office, contacts: FolderId) -> None:
    other = Thread(target=lambda: office.session("anna").create(contacts, Contact(last_name="Meanwhile")))

    def first(session: Session) -> int:
        other.start()
        while not office.store._turn._waiting:
            other.join(0.001)
        return len(session.ids(contacts, Module.CONTACTS))

    def second(session: Session) -> int:
        return len(session.ids(contacts, Module.CONTACTS))

    assert batches.carry_out(office.session("anna")._begin, [first, second], hold_s=0) == [0, 1]
    other.join()
