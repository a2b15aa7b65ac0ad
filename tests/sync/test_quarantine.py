"""What is refused is not sent again and again; what may pass is tried again after ever longer pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from passerelle.model.errors import Refused
from passerelle.model.ids import UserId
from passerelle.model.items import Item
from passerelle.sync.replica import Replica
from tests.sync.conftest import MakeReplica
from tests.sync.memory_server import FORBIDDEN_WORD, MemoryServer, StoredItem
from tests.sync.world import World, appointment


@dataclass
class Counting(MemoryServer):
    """A server that counts what it is asked to create, and may be out of order."""

    is_broken: bool = False
    asked: list[datetime] = field(default_factory=list)
    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def create(self, user: UserId, folder: int, item: Item, master: int | None = None) -> StoredItem:
        self.asked.append(self.now)
        if self.is_broken:
            raise Refused("The server failed without a reason.")
        return super().create(user, folder, item, master)


@pytest.fixture
def server() -> Counting:
    return Counting()


@pytest.fixture
def world(make_replica: MakeReplica, server: Counting) -> World:
    made = make_replica()
    world = World(Replica(made.store, made.membership, now=lambda: server.now), server=server)
    world.cycle()
    return world


def days(world: World, server: Counting, number: int) -> list[int]:
    """A cycle each minute for some days; at which minutes the server was asked to create something."""
    begun = server.now
    for minute in range(number * 24 * 60):
        server.now = begun + timedelta(minutes=minute)
        if world.replica.pending() or minute in TRIED:
            world.cycle()
    return [round((one - begun) / timedelta(minutes=1)) for one in server.asked]


GROWING = (0, 1, 4, 11, 26, 57, 120, 247, 502, 1013)
"""In minutes: one, three, seven … after the time before."""
TRIED = frozenset(minute + more for minute in (*GROWING, 1440) for more in (-1, 0, 1))


def test_what_is_refused_for_good_is_tried_once_a_day(world: World, server: Counting) -> None:
    bad = appointment(FORBIDDEN_WORD)
    world.replica.session().create(world.folder().id, bad, ignore_conflicts=True)
    assert days(world, server, 2) == [0, 1440]


def test_a_passing_trouble_is_tried_again_after_ever_longer_pauses(world: World, server: Counting) -> None:
    server.is_broken = True
    world.replica.session().create(world.folder().id, appointment(), ignore_conflicts=True)
    assert days(world, server, 1) == list(GROWING)
    server.is_broken = False
    server.now += timedelta(days=1)
    world.cycle()
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_what_failed_while_the_clock_was_ahead_is_tried_once_it_is_right(world: World, server: Counting) -> None:
    server.is_broken = True
    right = server.now
    server.now += timedelta(days=2)
    world.replica.session().create(world.folder().id, appointment(), ignore_conflicts=True)
    world.cycle()
    server.is_broken, server.now = False, right
    world.cycle()
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_another_reason_of_a_passing_trouble_does_not_begin_anew(world: World, server: Counting) -> None:
    server.is_broken = True
    world.replica.session().create(world.folder().id, appointment(FORBIDDEN_WORD), ignore_conflicts=True)
    world.cycle()
    server.is_broken = False
    server.now += timedelta(minutes=1)
    told = world.cycle().reports
    assert [(one.code, one.attempts) for one in world.replica.waiting.skipped()] == [("APP-0071", 2)]
    assert len(told) == 1


def test_what_waits_for_its_next_try_costs_no_request(world: World, server: Counting) -> None:
    world.replica.session().create(world.folder().id, appointment(FORBIDDEN_WORD), ignore_conflicts=True)
    world.cycle()
    world.cycle()
    assert world.cycle().traffic.requests == 2
    assert len(server.asked) == 1
