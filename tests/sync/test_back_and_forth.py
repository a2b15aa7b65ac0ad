"""What two programs undo for each other again and again is noticed, stopped and told; a person's edit frees it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from passerelle.model.folders import PRIVATE, Module
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Item
from passerelle.sync.report import CycleResult, Subject
from tests.sync.conftest import MakeReplica
from tests.sync.memory_server import MemoryServer, StoredItem
from tests.sync.world import World, appointment

LOUD = "JOUR FIXE"


@dataclass
class Rewriting(MemoryServer):
    """A server that writes titles in small letters, whatever it gets."""

    writes: int = 0

    def update(self, user: UserId, id_: int, item: Item) -> StoredItem:
        self.writes += 1
        assert isinstance(item, Appointment)
        return super().update(user, id_, msgspec.structs.replace(item, title=(item.title or "").lower()))


@pytest.fixture
def server() -> Rewriting:
    return Rewriting()


@pytest.fixture
def rewritten(make_replica: MakeReplica, server: Rewriting) -> World:
    world = World(make_replica(), server=server)
    server.create(world.me, world.calendar, appointment("jour fixe"))
    world.cycle()
    return world


def insist(world: World) -> CycleResult:
    """A program here puts the title into capitals whenever it is not; then a cycle."""
    record = world.record()
    assert isinstance(record.item, Appointment)
    if record.item.title != LOUD:
        world.edit(record, title=LOUD)
    return world.cycle()


def title(world: World) -> str | None:
    item = world.record().item
    assert isinstance(item, Appointment)
    return item.title


def test_an_item_that_a_server_rewrites_and_a_program_puts_back_is_sent_three_times_and_told_once(
    rewritten: World, server: Rewriting
) -> None:
    results = [insist(rewritten) for _ in range(12)]
    assert server.writes == 3
    (skipped,) = rewritten.replica.waiting.skipped()
    assert (skipped.code, skipped.title, skipped.attempts) == ("loop", LOUD, 1)
    told = [one for result in results for one in result.reports]
    assert [one.subject for one in told] == [Subject.SKIPPED]
    assert "changed back each time" in str(told[0].message)
    assert results[-1].traffic.requests == 2


def test_a_real_edit_frees_what_went_back_and_forth(rewritten: World, server: Rewriting) -> None:
    for _ in range(10):
        insist(rewritten)
    rewritten.edit(rewritten.record(), title="Weekly meeting")
    rewritten.cycle()
    assert rewritten.replica.waiting.skipped() == ()
    assert [one.item.title for one in server.items.values() if isinstance(one.item, Appointment)] == ["weekly meeting"]
    rewritten.cycle()
    rewritten.check()


def test_what_went_back_and_forth_is_tried_again_if_the_user_says_so(rewritten: World, server: Rewriting) -> None:
    for _ in range(10):
        insist(rewritten)
    (skipped,) = rewritten.replica.waiting.skipped()
    rewritten.replica.waiting.retry(skipped.id)
    rewritten.cycle()
    assert server.writes == 4
    assert rewritten.replica.waiting.skipped() == ()
    rewritten.cycle()
    assert title(rewritten) == "jour fixe"


def test_what_went_back_and_forth_is_as_on_the_server_once_it_is_discarded(rewritten: World, server: Rewriting) -> None:
    for _ in range(10):
        insist(rewritten)
    (skipped,) = rewritten.replica.waiting.skipped()
    rewritten.replica.waiting.discard(skipped.id)
    rewritten.cycle()
    assert (title(rewritten), server.writes) == ("jour fixe", 3)
    rewritten.check()


def test_a_server_that_only_gives_new_versions_undoes_nothing(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    for number in range(12):
        world.edit(world.record(), location=("here", "there")[number % 2])
        world.cycle()
        stored.stamp = world.server.tick()
        assert world.cycle().reports == ()
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_an_item_that_two_connectors_move_back_and_forth_stays_where_the_other_put_it(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    other = world.server.add_folder(world.me, "Other", Module.CALENDAR)
    world.cycle()
    for _ in range(10):
        for record in world.records():
            world.replica.session().update(record.id, record.folder, lambda _: {}, destination=world.folder("Other").id)
        world.cycle()
        if stored.folder == other:
            world.server.move(world.me, stored.id, world.calendar)
        world.cycle()
    assert stored.folder == world.calendar
    (skipped,) = world.replica.waiting.skipped()
    assert skipped.code == "loop"


def test_a_folder_that_is_renamed_back_and_forth_is_noticed_too(world: World) -> None:
    world.cycle()
    made = world.replica.session().create_folder(PRIVATE, "Projects", module=Module.TASKS)
    world.cycle()
    there = next(one for one in world.server.folders.values() if one.name == "Projects")
    renamed = 0
    for _ in range(10):
        world.replica.session().update_folder(made.id, name="Plans")
        world.cycle()
        if there.name == "Plans":
            renamed += 1
            there.name, there.stamp = "Projects", world.server.tick()
        world.cycle()
    assert renamed == 3
    (skipped,) = world.replica.waiting.skipped()
    assert (skipped.code, skipped.item) == ("loop", None)
    world.replica.session().update_folder(made.id, name="Work")
    world.cycle()
    assert (there.name, world.replica.waiting.skipped()) == ("Work", ())
