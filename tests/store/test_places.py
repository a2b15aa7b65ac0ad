"""Items that show in several folders, and items that move: nobody misses them, nobody keeps what is gone."""

from __future__ import annotations

from passerelle.model.ids import FolderId, Stamp
from passerelle.store import Action, Placement, Store
from tests.store.conftest import ANNA, BEN, Hand, Place, new_folder
from tests.store.samples import ALL, changes, gone, meeting


def test_a_participant_finds_an_appointment_in_the_own_calendar(
    store: Store, calendar: FolderId, other: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        added = tx.items.add(calendar, meeting(), placements=[Placement(other, BEN)])
    with store.reading() as tx:
        anna, ben = tx.items.get(added.id, ANNA), tx.items.get(added.id, BEN)
        assert anna is not None
        assert ben is not None
        assert (anna.folder, ben.folder) == (calendar, other)
        assert anna.stamp == ben.stamp == tx.journal.clock(calendar) == tx.journal.clock(other)
        assert changes(tx, other) == [ben]
        assert tx.items.in_folder(other, added.id, None) == ben
        assert tx.items.placements(added.id) == (Placement(calendar), Placement(other, BEN))


def test_a_change_shows_in_all_folders_with_one_stamp(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        tx.items.add_many(other, [meeting()] * 50)  # the other calendar's counter runs ahead
        added = tx.items.add(calendar, meeting(), placements=[Placement(other, BEN)])
        stamp = tx.items.replace(added.id, meeting("Renamed"))
    with store.reading() as tx:
        for folder in (calendar, other):
            assert tx.journal.clock(folder) == stamp
            (record,) = changes(tx, folder, since=stamp)
            assert (record.id, record.item) == (added.id, meeting("Renamed"))


def test_who_is_no_longer_invited_sees_a_tombstone(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting(), placements=[Placement(other, BEN)]).id
        tx.items.replace(id_, meeting(), placements=[])
    with store.reading() as tx:
        assert (gone(tx, calendar), gone(tx, other)) == ([], [id_])
        assert tx.items.ids(other) == ()
        assert [entry.action for entry in tx.journal.entries(other, Stamp(0), ALL)] == [
            Action.CREATED,
            Action.LEFT,
        ]


def test_who_is_invited_later_sees_a_change(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.items.add(other, meeting("Something newer"))
        before = tx.journal.clock(other)
        tx.items.replace(id_, meeting(), placements=[Placement(other, BEN)])
        assert [record.id for record in changes(tx, other, since=before + 1)] == [id_]


def test_a_move_is_a_deletion_here_and_a_change_there(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
    with store.writing(ANNA) as tx:
        stamp = tx.items.replace(id_, meeting(), folder=other)
    with store.reading() as tx:
        assert (gone(tx, calendar, since=stamp), gone(tx, other)) == ([id_], [])
        assert gone(tx, calendar, since=stamp + 1) == []
        assert [record.id for record in changes(tx, other, since=stamp)] == [id_]
        assert changes(tx, calendar) == []


def test_moving_back_takes_the_tombstone_away(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.items.replace(id_, meeting(), folder=other)
        tx.items.replace(id_, meeting(), folder=calendar)
        assert (gone(tx, calendar), gone(tx, other)) == ([], [id_])
        assert [record.id for record in changes(tx, calendar)] == [id_]


def test_a_move_leaves_the_participants_calendars_alone(store: Store, calendar: FolderId, other: FolderId) -> None:
    bens = new_folder(store, "Ben's", BEN).id
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting(), placements=[Placement(bens, BEN)]).id
        tx.items.replace(id_, meeting(), folder=other)
        assert tx.items.placements(id_) == (Placement(other), Placement(bens, BEN))
        assert gone(tx, bens) == []


def test_a_deleted_item_leaves_a_tombstone_wherever_it_showed(
    store: Store, calendar: FolderId, other: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting(), placements=[Placement(other, BEN)]).id
        stamp = tx.items.remove(id_)
        assert tx.items.get(id_, ANNA) is None
        for folder in (calendar, other):
            assert [(stone.id, stone.stamp) for stone in tx.journal.tombstones(folder, stamp, stamp)] == [(id_, stamp)]


def test_an_item_that_comes_back_under_its_id_has_no_tombstone(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.items.remove(id_)
        tx.items.add(calendar, meeting(), id_=id_)
        assert gone(tx, calendar) == []


def test_positions_rise_also_when_the_clock_steps_back(place: Place) -> None:
    clock = Hand(1_800_000_000_000)
    with place.open(clock) as store:
        folder = new_folder(store, "Calendar").id
        with store.writing(ANNA) as tx:
            first = tx.items.add(folder, meeting())
    clock.now -= 86_400_000
    with place.open(clock) as store, store.writing(ANNA) as tx:
        second = tx.items.add(folder, meeting())
        third = tx.items.replace(first.id, meeting("Later"))
    assert (first.stamp, second.stamp, third) == (
        1_800_000_000_000,
        1_800_000_000_001,
        1_800_000_000_002,
    )


def test_positions_follow_the_clock(place: Place) -> None:
    clock = Hand(1_800_000_000_000)
    with place.open(clock) as store:
        folder = new_folder(store, "Calendar").id
        clock.now += 5000
        with store.writing(ANNA) as tx:
            assert tx.items.add(folder, meeting()).stamp == clock.now
