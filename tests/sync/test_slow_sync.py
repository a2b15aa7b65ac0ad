"""Slow sync mends whatever went wrong behind the engine's back, and costs what differs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module
from passerelle.model.items import Contact
from passerelle.store import Writing
from passerelle.sync.report import Subject
from tests.sync.faults import FaultyPeer
from tests.sync.real_server import real_server
from tests.sync.world import ME, World, appointment, weekly


def filled(world: World, count: int = 30) -> list[int]:
    """Appointments on both sides; their numbers at the server."""
    made = [world.server.create(world.me, world.calendar, appointment(f"number {n}")).id for n in range(count)]
    world.cycle()
    return made


def tamper(world: World) -> AbstractContextManager[Writing]:
    """Write to the replica as the engine would, so that nothing counts as the user's change."""
    return world.replica.store.writing(ME, world.replica.store.origin)


def slow(world: World) -> None:
    world.replica.want_slow_sync([world.folder().id])
    world.cycle()
    world.check()


def title(world: World, name: str) -> list[str | None]:
    return [one.item.location for one in world.records() if one.item.title == name]  # type: ignore[union-attr]


def test_an_item_that_was_lost_here_is_fetched_again(world: World) -> None:
    filled(world)
    lost = world.records()[3]
    with tamper(world) as tx:
        tx.items.remove(lost.id)
    world.cycle()
    assert len(world.records()) == 29
    slow(world)
    assert len(world.records()) == 30


def test_an_item_whose_link_was_lost_is_met_and_not_doubled(world: World) -> None:
    filled(world)
    record = world.records()[3]
    with tamper(world) as tx:
        tx.sync.remove_item_links(world.folder().id, [record.id])
    slow(world)
    assert len(world.records()) == 30
    assert len(world.server.in_folder(world.calendar)) == 30


def test_an_item_that_was_changed_here_unnoticed_is_sent(world: World) -> None:
    filled(world)
    record = world.records()[3]
    with tamper(world) as tx:
        tx.items.replace(record.id, msgspec.structs.replace(record.item, location="Room 1"), alarm_of=ME)
    slow(world)
    assert [one.item.location for one in world.server.in_folder(world.calendar)].count("Room 1") == 1  # type: ignore[union-attr]


def test_a_change_there_that_no_list_told_arrives(world: World) -> None:
    made = filled(world)
    stored = world.server.items[made[3]]
    stamp = stored.stamp
    world.edit_there(made[3], location="Room 1")
    if not world.server.plain:
        world.cycle()
        with tamper(world) as tx:
            (link,) = tx.sync.links_of_remote(f"calendar/{made[3]}")
            record = tx.items.get(link.local, ME)
            assert record is not None
            stamp_here = tx.items.replace(link.local, appointment("number 3"), alarm_of=ME)
            tx.sync.put_item_links([msgspec.structs.replace(link, version=str(stamp), agreed=stamp_here)])
    slow(world)
    assert title(world, "number 3") == ["Room 1"]


def test_an_item_that_lacks_there_goes_only_when_a_direct_read_says_so(world: World) -> None:
    made = filled(world)
    del world.server.items[made[3]]  # no tombstone tells
    world.cycle()
    assert len(world.records()) == 30
    slow(world)
    assert len(world.records()) == 29


def test_a_server_that_lost_most_items_is_asked_about(world: World) -> None:
    made = filled(world, 60)
    for id_ in made[:40]:
        del world.server.items[id_]
    world.replica.want_slow_sync()
    result = world.cycle()
    assert Subject.HELD in [one.subject for one in result.reports]
    assert len(world.records()) == 60


def test_what_the_user_changed_meanwhile_is_merged_as_ever(world: World) -> None:
    made = filled(world)
    record = next(one for one in world.records() if one.item.title == "number 3")  # type: ignore[union-attr]
    world.edit(record, location="Room 1")
    world.edit_there(made[3], note="theirs")
    gone = next(one for one in world.records() if one.item.title == "number 4")  # type: ignore[union-attr]
    world.replica.session().delete(gone.id)
    slow(world)
    item = next(one.item for one in world.records() if one.item.title == "number 3")  # type: ignore[union-attr]
    assert (item.location, item.note) == ("Room 1", "theirs")  # type: ignore[union-attr]
    assert len(world.records()) == len(world.server.in_folder(world.calendar)) == 29


def test_a_series_with_its_exception_comes_back(world: World) -> None:
    series = world.server.create(world.me, world.calendar, weekly())
    world.cycle()
    with tamper(world) as tx:
        tx.items.remove(world.record().id)
    assert series.id in world.server.items
    slow(world)
    assert world.record().item.title == "Weekly"  # type: ignore[union-attr]


def test_equal_items_cost_no_download(world: World) -> None:
    if world.server.plain:
        pytest.skip("tells no versions: all items are listed")
    filled(world)
    world.replica.want_slow_sync()
    before = world.peer.requests
    result = world.cycle()
    folders = sum(1 for one in world.server.folders.values() if one.owner == world.me)
    assert result.total == 0
    assert world.peer.requests - before == 2 + 2 * folders  # people, folders; of each folder versions and changes


def test_the_next_cycle_goes_on_where_a_slow_one_broke_off(world: World) -> None:
    filled(world)
    with tamper(world) as tx:
        for record in world.records()[:5]:
            tx.items.remove(record.id)
    world.replica.want_slow_sync()
    steps = 0
    while True:  # fail at every step in turn
        try:
            world.replica.cycle(FaultyPeer(world.peer, steps, after=steps % 2 == 0))
        except Unreachable:
            steps += 1
        else:
            break
    assert steps > 5
    assert len(world.records()) == 30
    world.check()
    assert world.cycle().total == 0


def test_comparing_costs_a_fraction_of_fetching_at_the_real_server(tmp_path: Path) -> None:
    with real_server(tmp_path) as server:
        server.add_user("anton")
        session = server.session("anton")
        device = server.device("anton")
        folder = next(
            view.folder
            for view in session.folders().changed
            if view.folder.module is Module.CONTACTS and view.folder.owner == session.user_id and view.folder.is_default
        )
        for number in range(200):
            session.create(folder.id, Contact(last_name=f"Number {number}", note="A note of some length. " * 20))
        first = device.cycle()
        again = device.cycle()
        device.replica.want_slow_sync([device.folder(Module.CONTACTS).id])
        compared = device.cycle()
        assert compared.total == 0
        assert compared.traffic.requests == again.traffic.requests + 2
        assert compared.traffic.received < first.traffic.received / 10
        session.update(next(iter(session.ids(folder.id, Module.CONTACTS))), folder.id, lambda _: {"note": "another"})
        device.replica.want_slow_sync()
        assert device.cycle().total == 1
