"""Random histories: clients that follow their folders by change lists always know what is there, and nothing else.

Each client follows at its own pace. Every version of every item stays readable, and each item shows where it should.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from passerelle.model.errors import NotFound
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.items import Item
from passerelle.store import Placement, Store
from passerelle.store.integrity.everything import findings
from tests.store.clients import Client, truth
from tests.store.conftest import ANNA, BEN, Hand, Place, new_folder
from tests.store.samples import NINE, gone, meeting, moved, weekly

pytestmark = pytest.mark.long

FOLDERS = 3

folder_numbers = st.integers(0, FOLDERS - 1)


class Known:
    """What the test knows of an item: where it lives and shows, and all its versions."""

    def __init__(self, home: int, places: set[int], stamp: Stamp, item: Item) -> None:
        self.home = home
        self.places = places
        self.versions: list[tuple[Stamp, Item]] = [(stamp, item)]
        self.exceptions: list[ItemId] = []
        self.changed: list[datetime] = []


class Histories(RuleBasedStateMachine):
    """One history in folders of its own, on a store that other histories share."""

    items: Bundle[ItemId] = Bundle("items")
    masters: Bundle[ItemId] = Bundle("masters")

    store: ClassVar[Store]
    clock: ClassVar[Hand]

    def __init__(self) -> None:
        super().__init__()
        self.folders = [new_folder(self.store, f"Folder {number}").id for number in range(FOLDERS)]
        self.clients = [Client(folder) for folder in self.folders]
        self.known: dict[ItemId, Known] = {}

    @rule(step=st.integers(-5000, 5000))
    def time_passes_or_steps_back(self, step: int) -> None:
        self.clock.now += step

    @rule(target=items, home=folder_numbers, guest=folder_numbers)
    def add(self, home: int, guest: int) -> ItemId:
        item = meeting("First")
        with self.store.writing(ANNA) as tx:
            added = tx.items.add(self.folders[home], item, placements=self._guests(home, guest))
        self.known[added.id] = Known(home, {home, guest}, added.stamp, item)
        return added.id

    @rule(target=items, home=folder_numbers, count=st.integers(1, 8))
    def add_many(self, home: int, count: int) -> MultipleResults[ItemId]:
        item = meeting("Imported")
        with self.store.writing(BEN) as tx:
            added = tx.items.add_many(self.folders[home], [item] * count)
        for record in added:
            self.known[record.id] = Known(home, {home}, record.stamp, item)
        return multiple(*(record.id for record in added))

    @rule(target=masters, home=folder_numbers)
    def add_series(self, home: int) -> ItemId:
        with self.store.writing(ANNA) as tx:
            added = tx.items.add(self.folders[home], weekly())
        self.known[added.id] = Known(home, {home}, added.stamp, weekly())
        return added.id

    @rule(master=masters, week=st.integers(1, 9))
    def change_an_occurrence(self, master: ItemId, week: int) -> None:
        series = self.known[master]
        with self.store.writing(ANNA) as tx:
            added = tx.items.add(self.folders[series.home], moved(week), master=master)
        self.known[added.id] = Known(series.home, {series.home}, added.stamp, moved(week))
        series.exceptions.append(added.id)
        series.changed.append(NINE + timedelta(weeks=week))

    @rule(id_=items, title=st.sampled_from(("Second", "Third")))
    def edit(self, id_: ItemId, title: str) -> None:
        item = meeting(title)
        with self.store.writing(BEN) as tx:
            stamp = tx.items.replace(id_, item)
        self.known[id_].versions.append((stamp, item))

    @rule(id_=items, guest=folder_numbers)
    def invite(self, id_: ItemId, guest: int) -> None:
        known = self.known[id_]
        item = meeting("Invited")
        with self.store.writing(ANNA) as tx:
            stamp = tx.items.replace(id_, item, placements=self._guests(known.home, guest))
        known.places = {known.home, guest}
        known.versions.append((stamp, item))

    @rule(id_=items, home=folder_numbers)
    def move(self, id_: ItemId, home: int) -> None:
        known = self.known[id_]
        item = meeting("Moved")
        with self.store.writing(ANNA) as tx:
            stamp = tx.items.replace(id_, item, folder=self.folders[home])
        self._rehouse(known, home)
        known.versions.append((stamp, item))

    @rule(master=masters, home=folder_numbers)
    def move_series(self, master: ItemId, home: int) -> None:
        with self.store.writing(ANNA) as tx:
            tx.items.replace(master, weekly(), folder=self.folders[home])
        for id_ in (master, *self.known[master].exceptions):
            self._rehouse(self.known[id_], home)

    @rule(id_=consumes(items) | consumes(masters))
    def remove(self, id_: ItemId) -> None:
        with self.store.writing(ANNA) as tx:
            tx.items.remove(id_)
        for lost in (*self.known[id_].exceptions, id_):
            del self.known[lost]

    @rule(id_=items)
    def fail(self, id_: ItemId) -> None:
        with suppress(NotFound), self.store.writing(ANNA) as tx:
            tx.items.replace(id_, meeting("Never"))
            tx.items.remove(id_)
            tx.items.remove(id_)

    @rule(numbers=st.sets(folder_numbers, min_size=1))
    def clients_follow(self, numbers: set[int]) -> None:
        for number in numbers:
            client = self.clients[number]
            client.follow(self.store)
            assert client.known == truth(self.store, client.folder)

    @invariant()
    def every_item_shows_where_it_should(self) -> None:
        with self.store.reading() as tx:
            shown = [set(tx.items.ids(folder)) for folder in self.folders]
        for number, ids in enumerate(shown):
            assert ids == {id_ for id_, known in self.known.items() if number in known.places}

    def teardown(self) -> None:
        self.clients_follow(set(range(FOLDERS)))
        with self.store.reading() as tx:
            assert list(findings(tx)) == []
            for client in self.clients:
                assert not set(gone(tx, client.folder)) & client.known.keys()
            for id_, known in self.known.items():
                record = tx.items.get(id_, None)
                assert record is not None
                assert record.changed == tuple(sorted(known.changed))
                first = known.versions[0][0]
                assert tx.journal.version_at(id_, Stamp(first - 1)) is None
                assert [tx.journal.version_at(id_, stamp) for stamp, _ in known.versions] == [
                    item for _, item in known.versions
                ]

    def _guests(self, home: int, guest: int) -> list[Placement]:
        return [] if guest == home else [Placement(self.folders[guest], BEN)]

    @staticmethod
    def _rehouse(known: Known, home: int) -> None:
        if home != known.home:
            known.places = (known.places - {known.home}) | {home}
            known.home = home


def test_clients_that_follow_change_lists_know_what_is_there(place: Place) -> None:
    class Here(Histories):
        clock = Hand(1_800_000_000_000)

    with place.open(Here.clock) as Here.store:
        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=12, stateful_step_count=30, suppress_health_check=list(HealthCheck), deadline=None
            ),
        )
