"""Modules are left out and taken up again without harm to either side."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from passerelle.model.folders import Module
from passerelle.model.items import Contact
from passerelle.sync.scope import MODULES
from tests.sync.conftest import MakeReplica
from tests.sync.world import World, appointment, weekly

WITHOUT_CALENDAR = MODULES - {Module.CALENDAR}


def test_a_module_that_is_left_out_is_neither_fetched_nor_sent(world: World) -> None:
    kept = world.server.create(world.me, world.calendar, appointment("kept"))
    world.cycle()
    world.replica.modules = WITHOUT_CALENDAR
    world.edit_there(kept.id, title="New title")
    world.replica.session().create(world.folder().id, appointment("mine"), ignore_conflicts=True)
    world.server.create(world.me, world.contacts, Contact(last_name="Meyer"))
    world.cycle()
    assert {one.item.title for one in world.records()} == {"kept", "mine"}  # type: ignore[union-attr]
    assert len(world.server.in_folder(world.calendar)) == 1
    assert len(world.records("Contact")) == 1
    world.replica.modules = MODULES
    world.cycle()
    assert {one.item.title for one in world.records()} == {"New title", "mine"}  # type: ignore[union-attr]
    world.check()


def test_items_that_are_removed_with_their_module_stay_at_the_server_and_come_back_once(world: World) -> None:
    for number in range(60):  # more than the guard would let pass
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.server.create(world.me, world.calendar, weekly())
    world.cycle()
    world.replica.modules = WITHOUT_CALENDAR
    world.replica.remove_outside()
    world.cycle()
    assert world.records() == []
    assert len(world.server.in_folder(world.calendar)) == 61
    world.replica.modules = MODULES
    result = world.cycle()
    assert len(world.records()) == len(world.server.in_folder(world.calendar)) == 61
    assert result.reports == ()
    world.check()


def test_changes_that_were_not_sent_are_counted_before_they_are_removed(world: World) -> None:
    world.server.create(world.me, world.calendar, appointment("one"))
    world.cycle()
    world.edit(world.record(), title="changed")
    assert world.replica.unsent_outside(world.replica.modules) == 0
    world.replica.modules = WITHOUT_CALENDAR
    assert world.replica.unsent_outside(world.replica.modules) == 1


def add_there(world: World, number: int) -> None:
    world.server.create(world.me, world.calendar, appointment(f"there {number}"))


def add_here(world: World, number: int) -> None:
    if world.folders_known():
        world.replica.session().create(world.folder().id, appointment(f"here {number}"), ignore_conflicts=True)


def edit_there(world: World, number: int) -> None:
    stored = world.server.in_folder(world.calendar)
    if stored:
        world.edit_there(stored[number % len(stored)].id, note=f"there {number}")


def edit_here(world: World, number: int) -> None:
    records = world.records() if world.folders_known() else []
    if records:
        world.edit(records[number % len(records)], location=f"here {number}")


def delete_here(world: World, number: int) -> None:
    records = world.records() if world.folders_known() else []
    if records:
        world.replica.session().delete(records[number % len(records)].id)


def leave_out(world: World, _number: int) -> None:
    world.replica.modules = WITHOUT_CALENDAR


def take_up(world: World, _number: int) -> None:
    world.replica.modules = MODULES


def remove(world: World, _number: int) -> None:
    if not world.replica.unsent_outside(world.replica.modules):
        world.replica.remove_outside()


def compare(world: World, _number: int) -> None:
    world.replica.want_slow_sync()


def cycle(world: World, _number: int) -> None:
    world.cycle()


STEPS: tuple[Callable[[World, int], None], ...] = (
    add_there, add_here, edit_there, edit_here, delete_here, leave_out, take_up, remove, compare, cycle, cycle,
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(
    plain=st.booleans(), steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 99)), min_size=5, max_size=25)
)
def test_whatever_is_left_out_meanwhile_both_sides_are_equal_in_the_end(
    make_replica: MakeReplica, plain: bool, steps: list[tuple[Callable[[World, int], None], int]]
) -> None:
    with make_replica() as replica:
        world = World(replica, plain=plain)
        for turn, (step, number) in enumerate(steps):
            step(world, 100 * turn + number)
        world.replica.modules = MODULES
        world.cycle()
        world.check()
        uids = [one.item.uid for one in world.server.in_folder(world.calendar)]
        assert len(uids) == len(set(uids))
