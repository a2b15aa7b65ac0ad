"""Items that were deleted, moved or left here while the same happened to them on the server, in another way."""

from __future__ import annotations

from passerelle.model.folders import Module
from tests.sync.world import World, appointment


def test_an_item_deleted_here_and_moved_there_does_not_live_on_there_unseen(world: World) -> None:
    other = world.server.add_folder(world.me, "Second calendar", Module.CALENDAR)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    record = world.record()
    world.replica.session().delete(record.id, record.folder)
    world.server.move(world.me, stored.id, other)
    world.cycle()
    assert world.server.in_folder(other) == []
    world.check()
