"""Range and booking queries find every appointment that can have to do with a window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from passerelle.model.ids import FolderId, ItemId, ResourceId
from passerelle.model.items import Appointment, Task
from passerelle.model.moments import WholeDays
from passerelle.store import Placement, Store
from tests.store.conftest import ANNA, BEN
from tests.store.samples import NINE, booking, meeting, weekly

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ROOM = ResourceId(8)


def found(store: Store, folder: FolderId, start: datetime, end: datetime) -> list[ItemId]:
    with store.reading() as tx:
        return [record.id for record in tx.items.extents([folder], start, end)]


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        (NINE - HOUR, NINE, False),
        (NINE - HOUR, NINE + timedelta(seconds=1), True),
        (NINE, NINE + HOUR, True),
        (NINE + HOUR, NINE + 2 * HOUR, False),
        (NINE + HOUR / 2, NINE + HOUR / 2, True),
    ],
)
def test_an_appointment_is_found_where_it_takes_time(
    store: Store, calendar: FolderId, start: datetime, end: datetime, *, touches: bool
) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.items.add(calendar, Task(title="No appointment"))
    assert found(store, calendar, start, end) == ([id_] if touches else [])


def test_an_appointment_without_length_is_found_at_its_start(store: Store, calendar: FolderId) -> None:
    instant = meeting().when
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, Appointment(when=type(instant)(start=NINE, end=NINE))).id
    assert found(store, calendar, NINE, NINE + HOUR) == [id_]
    assert found(store, calendar, NINE - HOUR, NINE) == []


def test_an_endless_series_is_found_far_ahead_and_a_short_one_is_not(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        endless = tx.items.add(calendar, weekly()).id
        short = tx.items.add(calendar, weekly(count=3)).id
    assert found(store, calendar, NINE, NINE + HOUR) == [endless, short]
    assert found(store, calendar, NINE + 2 * WEEK, NINE + 3 * WEEK) == [endless, short]
    assert found(store, calendar, NINE + 500 * WEEK, NINE + 501 * WEEK) == [endless]
    assert found(store, calendar, NINE - WEEK, NINE) == []


def test_a_whole_day_is_found_wherever_on_earth_it_is_lived(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        day = WholeDays(start=date(2026, 3, 2), end=date(2026, 3, 3))
        id_ = tx.items.add(calendar, Appointment(when=day)).id
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert found(store, calendar, midnight - 14 * HOUR, midnight - 13 * HOUR) == [id_]
    assert found(store, calendar, midnight + 35 * HOUR, midnight + 36 * HOUR) == [id_]
    assert found(store, calendar, midnight + 36 * HOUR, midnight + 37 * HOUR) == []


def test_a_postponed_appointment_is_found_at_its_new_time_only(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.items.replace(id_, meeting(start=NINE + DAY))
    assert found(store, calendar, NINE, NINE + HOUR) == []
    assert found(store, calendar, NINE + DAY, NINE + DAY + HOUR) == [id_]


def test_several_folders_are_searched_at_once(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting(alarm=5), placements=[Placement(other, BEN)]).id
        records = tx.items.extents([calendar, other, FolderId(4711)], NINE, NINE + DAY, ANNA)
        assert [(record.id, record.folder) for record in records] == [(id_, calendar), (id_, other)]
        assert records[0].item == meeting(alarm=5)
        assert tx.items.extents([], NINE, NINE + DAY) == []


def test_a_room_is_busy_while_it_is_booked(store: Store, calendar: FolderId) -> None:
    def busy(start: datetime) -> list[ItemId]:
        with store.reading() as tx:
            return [record.id for record in tx.items.bookings(ROOM, start, start + HOUR)]

    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, booking(ROOM)).id
        tx.items.add(calendar, booking(9))
    assert busy(NINE) == [id_]
    assert busy(NINE + HOUR) == []
    with store.writing(ANNA) as tx:
        tx.items.replace(id_, booking(ROOM, NINE + DAY))
    assert busy(NINE) == []
    assert busy(NINE + DAY) == [id_]
    with store.writing(ANNA) as tx:
        tx.items.replace(id_, meeting())
    assert busy(NINE + DAY) == []
    with store.writing(ANNA) as tx:
        tx.items.replace(id_, booking(ROOM))
        tx.items.remove(id_)
    assert busy(NINE) == []
