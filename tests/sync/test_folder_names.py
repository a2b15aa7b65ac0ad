"""Folders of other people are told apart by their owners, wherever folders are named."""

from __future__ import annotations

import pytest

from passerelle.cli.naming import find_folder
from passerelle.groupware.folder_tree import in_tree
from passerelle.model.errors import Contradiction
from passerelle.model.folders import FULL, Module, Rights
from passerelle.peers.base import Root, Spot
from passerelle.sync.deletions.held import Decision
from tests.sync.conftest import MakeReplica
from tests.sync.world import World, appointment

READING = Rights(folder=2, read=128)


@pytest.fixture
def world(make_replica: MakeReplica) -> World:
    """Two colleagues, who share a folder called “Plans” each; I have one, too."""
    world = World(make_replica())
    carla = world.server.add_user(5, "carla")
    for owner in (world.other, carla):
        plans = world.server.add_folder(owner, "Plans", Module.CALENDAR)
        world.server.share(plans, world.me, READING)
    world.server.add_folder(world.me, "Plans", Module.CALENDAR)
    return world


def test_two_folders_of_one_name_are_told_apart_by_their_owners(world: World) -> None:
    world.cycle()
    names = [one.name for one in world.replica.status().folders]
    assert {"Plans", "Berta – Plans", "Carla – Plans"} <= set(names)
    session = world.replica.session()
    found = {name: find_folder(session, name).owner for name in ("Berta – Plans", "carla - plans")}
    assert found == {"Berta – Plans": world.other, "carla - plans": 5}
    assert find_folder(session, "Plans").owner == world.me
    session.delete_folder(find_folder(session, "Plans").id)
    with pytest.raises(Contradiction, match="Berta – Plans"):
        find_folder(session, "Plans")


def test_folders_stand_in_a_tree_of_own_public_shared_and_system_folders(world: World) -> None:
    public = world.server.add_folder(world.me, "Rooms", Module.CALENDAR, spot=Spot(root=Root.PUBLIC))
    mine = next(str(id_) for id_, one in world.server.folders.items() if (one.owner, one.name) == (world.me, "Plans"))
    world.server.add_folder(world.me, "Deep", Module.CALENDAR, spot=Spot(root=Root.PRIVATE, parent=mine))  # type: ignore[arg-type]
    world.cycle()
    session = world.replica.session()
    views = [view for view in session.folders().changed if view.folder.module is Module.CALENDAR]
    shown = [(depth, session.folder_names([view.folder])[view.folder.id]) for depth, view in in_tree(views)]
    assert public
    assert shown == [
        (0, "Calendar"), (0, "Plans"), (1, "Deep"), (0, "Rooms"), (0, "Berta – Plans"), (0, "Carla – Plans"),
    ]  # fmt: skip


def test_what_is_reported_held_and_remembered_of_a_shared_folder_names_its_owner(world: World) -> None:
    plans = next(id_ for id_, one in world.server.folders.items() if (one.owner, one.name) == (world.other, "Plans"))
    world.server.share(plans, world.me, FULL)
    stored = [world.server.create(world.other, plans, appointment(f"number {n}")) for n in range(30)]
    assert [one.name for one in world.cycle().folders.values()] == ["Berta – Plans"]
    for one in stored:
        world.server.delete(world.other, one.id)
    result = world.cycle()
    assert ["“Berta – Plans”" in report.message for report in result.reports] == [True]
    (held,) = world.replica.waiting.held()
    assert held.folder_name == "Berta – Plans"
    assert world.replica.history.latest(1)[0].folder_name == "Berta – Plans"
    assert world.replica.waiting.confirm(["berta - plans"], Decision.KEEP)
