"""Refused changes: what a person can do with each, and that nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.model.errors import Contradiction, Forbidden, NotFound
from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment
from passerelle.model.participants import Participant, ParticipantKind
from tests.sync.invariants import quiet
from tests.sync.memory_server import FORBIDDEN_WORD
from tests.sync.world import START, World, appointment, weekly


def titles(world: World, folder: str = "Calendar") -> list[str]:
    return sorted(one.item.title or "" for one in world.records(folder) if isinstance(one.item, Appointment))


def berta(world: World) -> None:
    """Berta's calendar, which I may write in."""
    folder = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[folder].name = "Berta"
    world.server.share(folder, world.me, Rights(folder=4, read=4, write=4, delete=4))


def close(world: World) -> None:
    """The server takes no more changes there, whatever the rights say."""
    world.server.closed.add(world.server.default_folder(world.other, Module.CALENDAR))


def refused(world: World) -> int:
    world.cycle()
    (skipped,) = world.replica.waiting.skipped()
    return skipped.id


def test_a_refused_change_kept_as_a_copy_is_mine_and_the_servers_version_is_back(world: World) -> None:
    berta(world)
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="ida@example.org")
    folder = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.create(world.other, folder, appointment(participants=(guest,)))
    world.cycle()
    world.edit(world.record("Berta"), title="Mine")
    close(world)
    number = refused(world)
    details = world.replica.waiting.details(number)
    assert set(details.choices) == {"retry", "discard", "keep"}
    assert isinstance(details.here, Appointment)
    assert isinstance(details.there, Appointment)
    assert (details.here.title, details.there.title) == ("Mine", "Jour fixe")
    world.replica.waiting.keep(number)
    quiet({world.replica: world.peer})
    assert titles(world, "Berta") == ["Jour fixe"]
    (copy,) = world.records()
    assert isinstance(copy.item, Appointment)
    assert copy.item.title == "Mine"
    assert guest not in copy.item.participants
    assert len(world.server.in_folder(world.calendar)) == 1
    world.check()


def test_a_refused_new_series_is_kept_elsewhere_with_its_changed_occurrences(world: World) -> None:
    berta(world)
    world.server.add_folder(world.me, "Second calendar", Module.CALENDAR)
    world.cycle()
    here = world.replica.session()
    record = here.create(world.folder("Berta").id, weekly(), ignore_conflicts=True)
    day = START.date() + timedelta(weeks=1)
    here.change_occurrence(record.id, record.folder, day, lambda _: {"title": "Moved"}, ignore_conflicts=True)
    close(world)
    world.cycle()
    number = next(one.id for one in world.replica.waiting.skipped() if one.item == record.id)
    world.server.share(world.server.default_folder(world.other, Module.CALENDAR), world.me, Rights(folder=2, read=4))
    world.cycle()
    with pytest.raises(Forbidden):
        world.replica.waiting.keep(number, world.folder("Berta").id)
    world.replica.waiting.keep(number, world.folder("Second calendar").id)
    quiet({world.replica: world.peer})
    assert titles(world, "Second calendar") == ["Moved", "Weekly"]
    assert titles(world, "Berta") == []
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_of_a_refused_deletion_there_is_nothing_to_keep_and_giving_it_up_brings_the_item_back(world: World) -> None:
    berta(world)
    folder = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.create(world.other, folder, appointment())
    world.cycle()
    world.replica.session().delete(world.record("Berta").id)
    close(world)
    number = refused(world)
    assert set(world.replica.waiting.details(number).choices) == {"retry", "discard"}
    with pytest.raises(Contradiction):
        world.replica.waiting.keep(number)
    world.replica.waiting.discard(number)
    quiet({world.replica: world.peer})
    assert titles(world, "Berta") == ["Jour fixe"]
    with pytest.raises(NotFound):
        world.replica.waiting.keep(number)


def test_a_change_that_was_given_up_is_still_in_the_history(world: World) -> None:
    world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    record = world.record()
    world.edit(record, title=FORBIDDEN_WORD, location="Canteen")
    world.replica.waiting.discard(refused(world))
    quiet({world.replica: world.peer})
    versions = [event.after for event in world.replica.history.of_item(record.id)]
    assert any(isinstance(item, Appointment) and item.location == "Canteen" for item in versions)
