"""What a cycle costs follows from what changed, not from what there is: counted, not timed."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.folders import FULL, Module
from passerelle.store import Store
from tests.support.work import Work, counted
from tests.sync.conftest import MakeReplica
from tests.sync.world import World, appointment

FEW, MANY = 100, 3_000
CHANGES = 10


@dataclass(frozen=True)
class Cost:
    work: Work
    requests: int


def cost(world: World) -> Cost:
    with counted(world.replica.store) as work:
        result = world.cycle()
    return Cost(work, result.traffic.requests)


def with_items(make_replica: MakeReplica, count: int) -> World:
    world = World(make_replica())
    for number in range(count):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.cycle()
    world.cycle()
    return world


def change_on_both_sides(world: World) -> None:
    records = world.records()
    for record in records[:CHANGES]:
        world.edit(record, title="changed here")
    for stored in world.server.in_folder(world.calendar)[-CHANGES:]:
        world.edit_there(stored.id, title="changed there")


@pytest.mark.parametrize(
    "happens", [lambda _world: None, change_on_both_sides], ids=["nothing", "ten changes on each side"]
)
def test_a_cycle_costs_the_same_in_a_small_folder_and_in_a_large_one(
    make_replica: MakeReplica, happens: Callable[[World], None]
) -> None:
    costs = []
    for count in (FEW, MANY):
        world = with_items(make_replica, count)
        happens(world)
        costs.append(cost(world))
    small, large = costs
    assert large.requests == small.requests
    assert large.work.statements == small.work.statements
    assert large.work.steps <= 1.1 * small.work.steps


def change_in_one_folder(world: World) -> None:
    world.edit(world.record(), title="changed here")


@pytest.mark.parametrize("happens", [lambda _world: None, change_in_one_folder], ids=["nothing", "a change in one"])
def test_a_cycle_takes_as_many_statements_with_many_folders_as_with_few(
    make_replica: MakeReplica, happens: Callable[[World], None]
) -> None:
    costs = []
    for count in (1, 30):
        world = with_items(make_replica, 1)
        for number in range(count):
            world.server.add_folder(world.me, f"mine {number}", Module.CALENDAR)
            shared = world.server.add_folder(world.other, f"hers {number}", Module.CALENDAR)
            world.server.share(shared, world.me, FULL)
        world.cycle()
        world.cycle()
        happens(world)
        costs.append(cost(world))
    few, many = costs
    assert many.requests == few.requests
    assert many.work.statements == few.work.statements


def test_a_first_cycle_takes_no_statement_for_each_item(make_replica: MakeReplica) -> None:
    costs = []
    for count in (FEW, MANY // 2):
        world = World(make_replica())
        for number in range(count):
            world.server.create(world.me, world.calendar, appointment(f"number {number}"))
        costs.append(cost(world))
    small, large = costs
    assert large.requests == small.requests
    assert large.work.statements < 2 * small.work.statements


def test_a_first_cycle_leaves_nothing_to_the_collector_of_garbage_for_each_item(make_replica: MakeReplica) -> None:
    """Commands that end by themselves do not run it."""
    left = []
    for count in (FEW, FEW, MANY // 2):
        world = World(make_replica())
        for number in range(count):
            world.server.create(world.me, world.calendar, appointment(f"number {number}"))
        gc.collect()
        gc.disable()
        try:
            world.cycle()
            left.append(gc.collect())
        finally:
            gc.enable()
    _, few, many = left  # the first one made what is made once, such as statements
    assert many < few + MANY // 20


def test_a_server_looks_at_what_changed_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    works = []
    for count in (FEW, MANY):
        with Store.create(tmp_path_factory.mktemp("office")) as store:
            initialise(store)
            session = Session(store, add_user(store, "anna", "secret", email="anna@passerelle.example").id)
            calendar = next(view.folder for view in session.folders().changed if view.folder.module is Module.CALENDAR)
            with store.writing(session.user_id) as tx:
                tx.items.add_many(calendar.id, [appointment(f"number {number}") for number in range(count)])
            with store.reading() as tx:
                since = tx.journal.clock(calendar.id)
            session.create(calendar.id, appointment("the new one"))
            with counted(store) as work:
                found = session.changes(calendar.id, Module.CALENDAR, since)
                assert "the new one" in [record.item.title for record in found.items if record.item.uid]  # type: ignore[union-attr]
            works.append(work)
    small, large = works
    assert large.statements == small.statements
    assert large.steps <= 1.1 * small.steps
