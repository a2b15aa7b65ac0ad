"""Many deletions at once, on either side, wait for the user's word; all else goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from passerelle.model.folders import FULL, Module, Rights
from passerelle.model.ids import FolderId, UserId
from passerelle.sync.deletions.guard import Loss, needing_word
from passerelle.sync.deletions.held import Decision, Side
from passerelle.sync.policy import Policy
from passerelle.sync.replica import Replica
from passerelle.sync.report import Subject
from tests.sync.invariants import quiet
from tests.sync.world import World, appointment

COLLEAGUE = UserId(9)


def fill(world: World, count: int, folder: int | None = None) -> None:
    for number in range(count):
        world.server.create(world.me, folder or world.calendar, appointment(f"number {number} of {folder}"))


def delete_there(world: World, count: int, folder: int | None = None) -> None:
    for stored in world.server.in_folder(folder or world.calendar)[:count]:
        world.server.delete(world.me, stored.id)


def folder_losses(*losses: tuple[int, int]) -> dict[FolderId, Loss]:
    return {FolderId(n): Loss(deletions=gone, items=items) for n, (gone, items) in enumerate(losses, 1)}


@pytest.mark.parametrize(
    ("losses", "held"),
    [
        (((21, 60),), {1}),
        (((20, 20),), set()),
        (((21, 63),), set()),
        (((300, 1000),), set()),
        (((8, 8), (8, 8), (8, 8)), {1, 2, 3}),
        (((8, 8), (8, 8), (1, 100)), set()),
        (((15, 15), (15, 15), (5, 100)), {1, 2}),
    ],
)
def test_folders_that_lose_more_than_a_third_wait_when_together_they_lose_more_than_twenty(
    losses: tuple[tuple[int, int], ...], held: set[int]
) -> None:
    assert needing_word(folder_losses(*losses), Policy()) == held


def test_a_share_of_one_switches_the_guard_off() -> None:
    assert not needing_word(folder_losses((1000, 1000)), Policy(guard_share=1))


@pytest.mark.parametrize(("own", "held"), [(True, 30), (False, 0)])
def test_what_others_made_in_an_own_folder_is_asked_about_though_only_own_items_may_be_read_there(
    world: World, own: bool, held: int
) -> None:
    folder = world.calendar if own else world.server.add_folder(COLLEAGUE, "Theirs", Module.CALENDAR)
    for user in (world.me, COLLEAGUE):
        world.server.share(folder, user, FULL)
    for number in range(30):
        world.server.create(COLLEAGUE, folder, appointment(f"number {number}"))
    world.cycle()
    world.server.share(folder, world.me, Rights(folder=2, read=2))
    for stored in world.server.in_folder(folder):
        world.server.delete(COLLEAGUE, stored.id)
    world.cycle()
    assert len(world.replica.waiting.skipped()) == held


def test_mass_deletions_there_wait_for_approval(world: World) -> None:
    for number in range(40):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.cycle()
    for stored in world.server.in_folder(world.calendar)[:30]:
        world.server.delete(world.me, stored.id)
    world.server.create(world.me, world.calendar, appointment("new"))
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.HELD]
    assert len(world.records()) == 41
    held = world.replica.waiting.skipped()
    assert len(held) == 30
    assert not world.replica.pending()
    assert world.replica.cycle(world.peer).total == 0
    world.replica.waiting.confirm((), Decision.DELETE)
    world.cycle()
    assert len(world.records()) == 11
    world.check()


def test_mass_deletions_here_wait_for_approval(world: World) -> None:
    for number in range(40):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.cycle()
    for record in world.records()[:30]:
        world.replica.session().delete(record.id)
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.HELD]
    assert len(world.server.in_folder(world.calendar)) == 40
    world.replica.waiting.confirm((), Decision.DELETE)
    world.cycle()
    assert len(world.server.in_folder(world.calendar)) == 10
    world.check()


def test_keeping_what_was_deleted_here_brings_the_items_back(world: World) -> None:
    for number in range(30):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.cycle()
    for record in world.records():
        world.replica.session().delete(record.id)
    world.cycle()
    world.replica.waiting.confirm(["calendar"], Decision.KEEP)
    world.cycle()
    assert len(world.records()) == 30
    world.check()


def test_a_large_own_folder_that_vanishes_waits_for_the_user(world: World) -> None:
    made = world.server.add_folder(world.me, "Projects", Module.CALENDAR)
    for number in range(30):
        world.server.create(world.me, made, appointment(f"number {number}"))
    world.cycle()
    world.server.delete_folder(made)
    result = world.replica.cycle(world.peer)
    assert Subject.HELD in {one.subject for one in result.reports}
    assert len(world.records("Projects")) == 30
    (held,) = world.replica.waiting.held()
    assert (held.whole, held.count, held.deleted) == (True, 30, Side.SERVER)
    world.replica.waiting.confirm([str(held.number)], Decision.KEEP)
    quiet({world.replica: world.peer})
    world.check()
    assert "Projects" in {one.name for one in world.server.folders.values()}
    assert len(world.records("Projects")) == 30


def test_several_small_folders_that_are_emptied_together_wait(world: World) -> None:
    folders = [world.server.add_folder(world.me, f"Folder {n}", Module.CALENDAR) for n in range(3)]
    for folder in folders:
        fill(world, 10, folder)
    world.cycle()
    for folder in folders:
        delete_there(world, 10, folder)
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.HELD] * 3
    assert [len(world.records(f"Folder {n}")) for n in range(3)] == [10, 10, 10]
    world.replica.waiting.confirm(["Folder 0", "Folder 1"], Decision.DELETE)
    world.replica.waiting.confirm(["Folder 2"], Decision.KEEP)
    quiet({world.replica: world.peer})
    assert [len(world.records(f"Folder {n}")) for n in range(3)] == [0, 0, 10]
    world.check()


def test_several_small_folders_that_vanish_together_wait(world: World) -> None:
    folders = [world.server.add_folder(world.me, f"Folder {n}", Module.CALENDAR) for n in range(3)]
    for folder in folders:
        fill(world, 10, folder)
    world.cycle()
    for folder in folders:
        world.server.delete_folder(folder)
    world.cycle()
    assert [len(world.records(f"Folder {n}")) for n in range(3)] == [10, 10, 10]
    result = world.replica.cycle(world.peer)
    assert (result.folders, result.folder_changes, result.reports) == ({}, 0, ())
    world.replica.waiting.confirm((), Decision.DELETE)
    quiet({world.replica: world.peer})
    assert not any(folder.name.startswith("Folder") for folder in world.replica.status().folders)
    assert world.replica.waiting.held() == ()
    world.check()


def test_several_small_folders_deleted_here_together_wait(world: World) -> None:
    folders = [world.server.add_folder(world.me, f"Folder {n}", Module.CALENDAR) for n in range(3)]
    for folder in folders:
        fill(world, 10, folder)
    world.cycle()
    for n in range(3):
        world.replica.session().delete_folder(world.folder(f"Folder {n}").id)
    world.cycle()
    assert [len(world.server.in_folder(folder)) for folder in folders] == [10, 10, 10]
    held = world.replica.waiting.held()
    assert [(one.folder_name, one.count, one.deleted) for one in held] == [
        (f"Folder {n}", 10, Side.HERE) for n in range(3)
    ]
    assert all(len(set(one.titles)) == 10 for one in held)
    world.replica.waiting.confirm([str(held[0].number)], Decision.DELETE)
    world.replica.waiting.confirm((), Decision.KEEP)
    quiet({world.replica: world.peer})
    assert [len(world.server.in_folder(folder)) for folder in folders[1:]] == [10, 10]
    assert folders[0] not in world.server.folders
    world.check()


def test_what_is_deleted_here_is_named_with_the_titles_that_it_had(world: World) -> None:
    fill(world, 30)
    world.cycle()
    for record in world.records():
        world.replica.session().delete(record.id)
    world.cycle()
    (held,) = world.replica.waiting.held()
    assert (held.count, held.deleted, held.whole) == (30, Side.HERE, False)
    assert set(held.titles) == {f"number {number} of None" for number in range(30)}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize("here", [False, True], ids=["there", "here"])
def test_deletions_that_dribble_over_a_day_are_counted_together(world: World, *, here: bool) -> None:
    clock = Clock()
    replica = Replica(world.replica.store, world.replica.membership, clock)
    fill(world, 40)
    replica.cycle(world.peer)
    for _ in range(5):
        clock.now += timedelta(hours=2)
        if here:
            for record in world.records()[:5]:
                replica.session().delete(record.id)
        else:
            delete_there(world, 5)
        replica.cycle(world.peer)
    (held,) = replica.waiting.held()
    assert held.count == 5
    assert len(world.server.in_folder(world.calendar) if here else world.records()) == 20
    replica.waiting.confirm((), Decision.DELETE)
    replica.cycle(world.peer)
    assert len(world.server.in_folder(world.calendar)) == len(world.records()) == 15
    delete_there(world, 5)
    clock.now += timedelta(hours=1)
    replica.cycle(world.peer)
    assert len(world.records()) == 10, "the user has said that deletions here are meant"


def test_a_few_deletions_each_day_are_ordinary(world: World) -> None:
    clock = Clock()
    replica = Replica(world.replica.store, world.replica.membership, clock)
    fill(world, 40)
    replica.cycle(world.peer)
    for _ in range(4):
        clock.now += timedelta(hours=25)
        delete_there(world, 9)
        assert replica.cycle(world.peer).reports == ()
    assert len(world.records()) == 4


def test_items_that_come_back_while_their_deletion_is_held_are_left_alone(world: World) -> None:
    fill(world, 30)
    world.cycle()
    before = list(world.server.in_folder(world.calendar))
    delete_there(world, 30)
    world.cycle()
    for stored in before:
        world.server.create(world.me, world.calendar, stored.item)
    world.cycle()
    world.replica.waiting.confirm((), Decision.DELETE)
    quiet({world.replica: world.peer})
    assert len(world.server.in_folder(world.calendar)) == len(world.records()) == 30
    world.check()


def test_a_folder_made_here_below_one_that_was_deleted_there_is_kept_beside_it(world: World) -> None:
    outer = world.server.add_folder(world.me, "Outer", Module.CALENDAR)
    world.cycle()
    inner = world.replica.session().create_folder(world.folder("Outer").id, "Inner", module=Module.CALENDAR)
    world.replica.session().create(inner.id, appointment("Precious"))
    world.server.delete_folder(outer)
    quiet({world.replica: world.peer})
    assert [one.name for one in world.server.folders.values() if one.name in {"Outer", "Inner"}] == ["Inner"]
    assert [one.item.title for one in world.records("Inner")] == ["Precious"]  # type: ignore[union-attr]
    world.check()
