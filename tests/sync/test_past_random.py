"""Whatever happens, a replica has what the server has but for what ended too long ago."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment
from passerelle.model.moments import span_end
from passerelle.model.occurrences import extent
from passerelle.sync.past.period import Period, Unit
from tests.sync.past_world import HALF_A_YEAR, TODAY, PastWorld, dated, weekly

DAYS = (0, 20, 100, 175, 200, 400, 800)


def add_there(world: PastWorld, number: int) -> None:
    recurrence = (None, None, weekly(3), weekly(30), weekly(None))[number % 5]
    world.there(f"there {number}", DAYS[number % 7], recurrence=recurrence)


def add_here(world: PastWorld, number: int) -> None:
    if world.folders_known():
        world.here(f"here {number}", DAYS[number % 7])


def shift_there(world: PastWorld, number: int) -> None:
    stored = [one for one in world.server.in_folder(world.calendar) if one.master is None]
    if stored:
        world.edit_there(stored[number % len(stored)].id, when=dated("", world.now - timedelta(DAYS[number % 7])).when)


def edit_there(world: PastWorld, number: int) -> None:
    stored = world.server.in_folder(world.calendar)
    if stored:
        world.edit_there(stored[number % len(stored)].id, note=f"there {number}")


def except_there(world: PastWorld, number: int) -> None:
    found = [one for one in world.server.in_folder(world.calendar) if one.item.recurrence]  # type: ignore[union-attr]
    taken = {one.master for one in world.server.in_folder(world.calendar)}
    if found and found[number % len(found)].id not in taken:
        with suppress(Refused):  # that occurrence was deleted before
            world.occurrence_there(found[number % len(found)], 1, DAYS[number % 7])


def shift_exception_there(world: PastWorld, number: int) -> None:
    stored = [one for one in world.server.in_folder(world.calendar) if one.master is not None]
    if stored:
        world.edit_there(stored[number % len(stored)].id, when=dated("", world.now - timedelta(DAYS[number % 7])).when)


def delete_there(world: PastWorld, number: int) -> None:
    stored = world.server.in_folder(world.calendar)
    if stored:
        world.server.delete(world.me, stored[number % len(stored)].id)


def edit_here(world: PastWorld, number: int) -> None:
    records = world.records() if world.folders_known() else []
    if records:
        world.edit(records[number % len(records)], location=f"here {number}")


def delete_here(world: PastWorld, number: int) -> None:
    records = world.records() if world.folders_known() else []
    if records:
        world.replica.session().delete(records[number % len(records)].id)


def choose(world: PastWorld, number: int) -> None:
    world.replica.past = (None, HALF_A_YEAR, Period(1, Unit.YEAR), Period(30, Unit.DAY))[number % 4]


def sleep(world: PastWorld, number: int) -> None:
    world.sleep(1 + number % 30)


def compare(world: PastWorld, _number: int) -> None:
    world.replica.want_slow_sync()


def cycle(world: PastWorld, _number: int) -> None:
    world.cycle()


STEPS: tuple[Callable[[PastWorld, int], None], ...] = (
    add_there, add_there, add_here, shift_there, edit_there, except_there, shift_exception_there, delete_there,
    edit_here, delete_here, choose, sleep, compare, cycle, cycle, cycle,
)  # fmt: skip


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(
    plain=st.booleans(), steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 99)), min_size=5, max_size=30)
)
@example(plain=False, steps=[])
def test_the_replica_has_what_the_server_has_but_for_what_ended_too_long_ago(
    template: Path, plain: bool, steps: list[tuple[Callable[[PastWorld, int], None], int]]
) -> None:
    with TemporaryDirectory() as directory:
        shutil.copytree(template, Path(directory) / "replica")
        world = PastWorld(Path(directory) / "replica", plain=plain)
        for turn, (step, number) in enumerate(steps):
            step(world, 100 * turn + number)
        for _ in range(3):
            world.cycle()
            world.sleep(8)
        world.cycle()
        period = world.replica.past
        expected = wanted(world, None if period is None else period.before(world.now))
        assert described(world) == expected
        assert sum(expected.values()) + world.older() == len(world.server.in_folder(world.calendar))
        assert world.cycle().total == 0
        world.replica.past = None
        world.cycle()
        world.check()
        world.replica.close()


def wanted(world: PastWorld, since: datetime | None) -> Counter[tuple[object, ...]]:
    """What of the server's calendar is to be here."""
    stored = world.server.in_folder(world.calendar)
    inside = {one.master or one.id for one in stored if since is None or _end(one.item) >= since}  # type: ignore[arg-type]
    return Counter(_text(one.item) for one in stored if (one.master or one.id) in inside)  # type: ignore[arg-type]


def described(world: PastWorld) -> Counter[tuple[object, ...]]:
    return Counter(_text(one.item) for one in world.records())  # type: ignore[arg-type]


def _text(item: Appointment) -> tuple[object, ...]:
    return item.uid, item.recurrence_id, item.title, item.note, item.location, span_end(item.when)


def _end(item: Appointment) -> datetime:
    return extent(item)[1] or datetime.max.replace(tzinfo=TODAY.tzinfo)
