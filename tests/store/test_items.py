"""Items come back as they were written, to whoever reads them, where they live."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from passerelle.model.errors import NotFound
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Contact, DistributionList, Item, Member, Task
from passerelle.store import Draft, Store
from tests.store.conftest import ANNA, BEN
from tests.store.samples import ALL, changes, meeting
from tests.strategies import items

ON_ONE_STORE = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ON_ONE_STORE
@given(item=items())
def test_any_item_comes_back_as_it_was_written(store: Store, calendar: FolderId, item: Item) -> None:
    with store.writing(ANNA) as tx:
        added = tx.items.add(calendar, item)
    with store.reading() as tx:
        found = tx.items.get(added.id, ANNA)
    assert found == added
    assert found.item == item


@ON_ONE_STORE
@given(before=items(), after=items())
def test_any_item_can_take_the_place_of_any_other(store: Store, calendar: FolderId, before: Item, after: Item) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, before).id
        stamp = tx.items.replace(id_, after)
    with store.reading() as tx:
        found = tx.items.get(id_, ANNA)
    assert found is not None
    assert (found.item, found.stamp) == (after, stamp)


def test_the_record_tells_who_made_and_who_changed_an_item(store: Store, calendar: FolderId) -> None:
    long_ago = datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    with store.writing(ANNA) as tx:
        added = tx.items.add(calendar, meeting(), created_by=UserId(9), created=long_ago)
    with store.writing(BEN) as tx:
        stamp = tx.items.replace(added.id, meeting("Later"))
    with store.reading() as tx:
        found = tx.items.get(added.id, None)
    assert found is not None
    assert (found.created_by, found.created, found.modified_by) == (9, long_ago, BEN)
    assert found.stamp == stamp > added.stamp


def test_thousands_of_items_are_added_at_once_and_in_order(store: Store, calendar: FolderId) -> None:
    titles = [f"Meeting {number}" for number in range(2500)]
    with store.writing(ANNA) as tx:
        added = tx.items.add_many(calendar, [meeting(title) for title in titles])
    with store.reading() as tx:
        upto = tx.journal.clock(calendar)
        page = tx.items.page(calendar, ANNA, added[0].stamp, upto, added[499].stamp, 1000)
        assert page == added[500:1500]
        assert tx.items.count(calendar) == len(tx.journal.entries(calendar, added[0].stamp, ALL)) + 1 == 2500
        assert tx.items.ids(calendar) == tuple(record.id for record in added)
    assert [record.item for record in added] == [meeting(title) for title in titles]
    assert len({record.stamp for record in added}) == 2500


def test_drafts_carry_what_a_replica_knows_of_an_item(store: Store, calendar: FolderId) -> None:
    draft = Draft(item=meeting(alarm=5), id=ItemId(700), created_by=BEN, alarm_of=BEN)
    with store.writing(ANNA) as tx:
        given_id, fresh = tx.items.add_many(calendar, [draft, meeting()])
    with store.reading() as tx:
        seen_by_ben, seen_by_anna = tx.items.get(ItemId(700), BEN), tx.items.get(ItemId(700), ANNA)
    assert (given_id.id, given_id.created_by) == (700, BEN)
    assert fresh.id > 700
    assert seen_by_ben is not None
    assert seen_by_ben.item == meeting(alarm=5)
    assert seen_by_anna is not None
    assert seen_by_anna.item == meeting()


def test_an_id_is_never_used_twice(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        first = tx.items.add(calendar, meeting()).id
        tx.items.remove(first)
        assert tx.items.add(calendar, meeting()).id > first


def test_a_change_list_starts_with_since_and_ends_with_upto(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        stamps = [tx.items.add(calendar, meeting()).stamp for _ in range(7)]
    with store.reading() as tx:
        page = tx.items.page(calendar, None, stamps[2], stamps[4], stamps[0], 100)
        assert [record.stamp for record in page] == stamps[2:5]
        assert [record.stamp for record in changes(tx, calendar)] == stamps


def test_items_are_found_by_uid(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        one = tx.items.add(calendar, Contact(uid="a")).id
        tx.items.add(calendar, Contact(uid="b"))
        two = tx.items.add(calendar, Task(uid="a")).id
        assert tx.items.by_uid("a") == (one, two)
        assert tx.items.by_uid("c") == ()


def test_an_outline_tells_what_rights_decide_on(store: Store, calendar: FolderId) -> None:
    with store.writing(BEN) as tx:
        secret = tx.items.add(calendar, Contact(private=True))
        tx.items.add(calendar, meeting())
    with store.reading() as tx:
        contact, appointment = tx.items.outlines(calendar)
    assert (contact.id, contact.kind, contact.private, contact.created_by) == (secret.id, "contact", True, BEN)
    assert (appointment.kind, appointment.private, appointment.master) == ("appointment", False, None)


def test_what_does_not_exist_is_not_found(store: Store, calendar: FolderId) -> None:
    with store.reading() as tx:
        assert tx.items.get(ItemId(1), ANNA) is None
        assert tx.items.in_folder(calendar, ItemId(1), ANNA) is None
        assert changes(tx, FolderId(4711)) == []
    with store.writing(ANNA) as tx:
        with pytest.raises(NotFound):
            tx.items.replace(ItemId(1), meeting())
        with pytest.raises(NotFound):
            tx.items.remove(ItemId(1))


def test_an_alarm_belongs_to_one_user(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting(alarm=15)).id
    with store.writing(BEN) as tx:
        tx.items.replace(id_, meeting("Renamed", alarm=60))
    with store.reading() as tx:
        alarms = {user: _alarm(tx.items.get(id_, user)) for user in (ANNA, BEN, UserId(9), None)}
        assert alarms == {ANNA: 15, BEN: 60, UserId(9): None, None: None}
        (listed,) = tx.items.page(calendar, ANNA, Stamp(0), ALL, Stamp(0), 10)
        assert listed.item == meeting("Renamed", alarm=15)
    with store.writing(ANNA) as tx:
        tx.items.replace(id_, meeting("Renamed"))
    with store.reading() as tx:
        assert _alarm(tx.items.get(id_, ANNA)) is None
        assert _alarm(tx.items.get(id_, BEN)) == 60


def _alarm(record: object) -> object:
    return getattr(getattr(record, "item", None), "alarm", None)


def test_a_tasks_alarm_is_an_instant_and_comes_back_exactly(store: Store, calendar: FolderId) -> None:
    task = Task(title="Taxes", alarm=datetime(2026, 5, 31, 8, 0, 0, 123456, tzinfo=UTC))
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, task).id
        found = tx.items.get(id_, ANNA)
    assert found is not None
    assert found.item == task


def test_several_items_are_read_at_once(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        one, two, _three = tx.items.add_many(calendar, [meeting(alarm=5), meeting(), meeting()])
    with store.reading() as tx:
        found = tx.items.several([two.id, ItemId(4711), one.id], ANNA)
    assert sorted(found, key=lambda record: record.id) == [one, two]


def test_items_are_read_however_many_are_asked_for(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        added = tx.items.add(calendar, meeting())
        assert tx.items.several(map(ItemId, range(1, 100_000)), ANNA) == [added]
        assert tx.items.several([], ANNA) == []


def test_several_items_are_removed_at_once_or_none(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        one, two, three = (record.id for record in tx.items.add_many(calendar, [meeting()] * 3))
    with pytest.raises(NotFound), store.writing(ANNA) as tx:
        tx.items.remove_many([one, ItemId(4711)])
    with store.writing(ANNA) as tx:
        tx.items.remove_many([one, three])
        assert tx.items.ids(calendar) == (two,)


def test_lists_are_found_by_the_contacts_that_they_refer_to(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        contact = tx.items.add(calendar, Contact(email1="a@example.org"))
        named = Member(mail="a@example.org", contact=contact.id, folder=calendar, email_field=1)
        cached = Member(mail="a@example.org", contact=contact.id)
        drafts = [DistributionList(members=(named, named)), DistributionList(members=(cached,)), DistributionList()]
        first, second, third = tx.items.add_many(calendar, drafts)
        assert [one.id for one in tx.items.referring(contact.id)] == [first.id]
        tx.items.replace(third.id, DistributionList(members=(named,)))
        tx.items.replace(first.id, DistributionList(members=(cached,)))
        assert [one.id for one in tx.items.referring(contact.id)] == [third.id]
        tx.items.remove(third.id)
        tx.items.remove(second.id)
        assert tx.items.referring(contact.id) == []
