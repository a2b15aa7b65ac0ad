"""Series and their change exceptions stay together."""

from __future__ import annotations

from datetime import timedelta

from passerelle.model.ids import FolderId, Stamp
from passerelle.store import Draft, Store
from tests.store.conftest import ANNA
from tests.store.samples import ALL, NINE, changes, gone, meeting, moved, weekly

WEEK = timedelta(weeks=1)


def test_a_master_tells_which_occurrences_are_changed(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        master = tx.items.add(calendar, weekly())
        later = tx.items.add(calendar, moved(3), master=master.id)
        sooner = tx.items.add(calendar, moved(1), master=master.id)
        found = tx.items.get(master.id, ANNA)
        assert found is not None
        assert found.changed == (NINE + WEEK, NINE + 3 * WEEK)
        assert [record.id for record in tx.items.exceptions(master.id)] == [sooner.id, later.id]
        assert sooner.master == master.id
        tx.items.remove(later.id)
        assert tx.items.exceptions(master.id) == [sooner]


def test_a_new_or_lost_exception_stamps_the_master_anew(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        master = tx.items.add(calendar, weekly())
        exception = tx.items.add(calendar, moved(1), master=master.id)
        grown = changes(tx, calendar, since=exception.stamp + 1)
        tx.items.replace(exception.id, moved(1))
        same = changes(tx, calendar, since=grown[0].stamp + 1)
        tx.items.remove(exception.id)
        shrunk = changes(tx, calendar, since=same[0].stamp + 1)
    assert [(record.id, record.changed) for record in grown] == [(master.id, (NINE + WEEK,))]
    assert [record.id for record in same] == [exception.id]
    assert [(record.id, record.changed) for record in shrunk] == [(master.id, ())]


def test_many_exceptions_stamp_their_master_once(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        master = tx.items.add(calendar, weekly())
        drafts = [Draft(item=moved(week), master=master.id) for week in range(1, 6)]
        last = tx.items.add_many(calendar, drafts)[-1]
        (stamped,) = changes(tx, calendar, since=last.stamp + 1)
    assert stamped.id == master.id
    assert len(stamped.changed) == 5


def test_a_deleted_master_takes_its_exceptions_along(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        master = tx.items.add(calendar, weekly()).id
        exception = tx.items.add(calendar, moved(1), master=master).id
        single = tx.items.add(calendar, meeting()).id
        tx.items.remove(master)
        assert tx.items.ids(calendar) == (single,)
        assert sorted(gone(tx, calendar)) == [master, exception]
        stones = {stone.id: stone.master for stone in tx.journal.tombstones(calendar, Stamp(0), ALL)}
    assert stones == {master: None, exception: master}


def test_a_moved_master_takes_its_exceptions_along(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        master = tx.items.add(calendar, weekly()).id
        exception = tx.items.add(calendar, moved(1), master=master).id
        tx.items.replace(master, weekly(), folder=other)
        assert tx.items.ids(other) == (master, exception)
        assert sorted(gone(tx, calendar)) == [master, exception]
        assert [record.item for record in tx.items.exceptions(master)] == [moved(1)]
