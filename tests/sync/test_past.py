"""Appointments that ended long ago stay on the server only, if the user wants that, and nothing is lost by it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Contradiction, Refused
from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, span_end
from passerelle.model.occurrences import extent
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store import Store
from passerelle.sync.deletions.held import Decision
from passerelle.sync.history.entries import Done
from passerelle.sync.past.period import Period, Unit
from passerelle.sync.replaced.noticing import ServerReplaced
from passerelle.sync.replica import Replica
from passerelle.sync.scope import MODULES
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import FORBIDDEN_WORD, StoredItem
from tests.sync.world import World, appointment

TODAY = datetime.fromisoformat("2100-06-15T12:00:00+00:00")
"""Later than any machine's clock, which replicas are made by."""
HALF_A_YEAR = Period(6, Unit.MONTH)


class PastWorld(World):
    """A world whose clock is ours."""

    def __init__(self, directory: Path, *, plain: bool = False) -> None:
        self.now = TODAY
        with Replica.open(directory) as replica:
            membership = replica.membership
        store = Store.open(directory, clock=lambda: int(self.now.timestamp() * 1000))
        super().__init__(Replica(store, membership, lambda: self.now), plain=plain)

    def sleep(self, days: int) -> None:
        self.now += timedelta(days=days)

    def there(self, title: str, days_ago: int, **values: object) -> StoredItem:
        return self.server.create(self.me, self.calendar, dated(title, self.now - timedelta(days=days_ago), **values))

    def here(self, title: str, days_ago: int) -> None:
        item = dated(title, self.now - timedelta(days=days_ago))
        self.replica.session().create(self.folder().id, item, ignore_conflicts=True)

    def occurrence_there(self, series: StoredItem, number: int, days_ago: int) -> StoredItem:
        """Have an occurrence of a weekly series take place on another day."""
        assert isinstance(series.item, Appointment)
        day = (span_start_of(series.item) + timedelta(weeks=number)).date()
        item = dated("moved", self.now - timedelta(days=days_ago), uid=series.item.uid)
        return self.server.change_occurrence(self.me, series.id, day, item)

    def titles(self) -> list[str]:
        return sorted(one.item.title or "" for one in self.records())  # type: ignore[union-attr]

    def older(self) -> int:
        return sum(self.replica.left_out().values())


def span_start_of(item: Appointment) -> datetime:
    assert isinstance(item.when, Timed)
    return item.when.start


def dated(title: str, start: datetime, **values: object) -> Appointment:
    when = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    return msgspec.structs.replace(appointment(title), when=when, **values)


def weekly(count: int | None) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=count),))


@pytest.fixture(params=[False, True], ids=["our server", "plain server"])
def world(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[PastWorld]:
    shutil.copytree(template, tmp_path / "replica")
    world = PastWorld(tmp_path / "replica", plain=request.param)
    with world.replica:
        yield world


def test_what_ended_before_the_chosen_time_is_never_kept_here(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    world.there("long ago", 400)
    world.there("lately", 30)
    world.there("ended series", 400, recurrence=weekly(10))
    world.there("endless series", 400, recurrence=weekly(None))
    world.there("series into these days", 400, recurrence=weekly(50))
    result = world.cycle()
    assert world.titles() == ["endless series", "lately", "series into these days"]
    assert world.older() == 2
    assert [one.left_out for one in world.replica.status().folders if one.name == "Calendar"] == [2]
    assert not result.reports
    assert world.cycle().total == 0
    assert len(world.server.in_folder(world.calendar)) == 5


def test_a_changed_occurrence_keeps_its_series_here_and_an_old_one_stays_with_a_series_that_is(
    world: PastWorld,
) -> None:
    world.replica.past = HALF_A_YEAR
    ended = world.there("ended", 400, recurrence=weekly(5))
    world.occurrence_there(ended, 1, 20)
    world.occurrence_there(ended, 2, 380)
    endless = world.there("endless", 400, recurrence=weekly(None))
    world.occurrence_there(endless, 1, 390)
    gone = world.there("gone by", 400, recurrence=weekly(5))
    world.occurrence_there(gone, 1, 390)
    world.cycle()
    assert world.titles() == ["ended", "endless", "moved", "moved", "moved"]
    assert world.older() == 2


def test_an_edit_on_the_server_brings_an_old_appointment_here_and_a_series_as_a_whole(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    single = world.there("single", 400)
    series = world.there("series", 400, recurrence=weekly(5))
    first, second = world.occurrence_there(series, 1, 390), world.occurrence_there(series, 2, 380)
    world.cycle()
    assert (world.titles(), world.older()) == ([], 4)
    world.edit_there(single.id, when=dated("", world.now).when)
    world.edit_there(first.id, when=dated("", world.now).when)
    world.cycle()
    assert world.titles() == ["moved", "moved", "series", "single"]
    masters = {one.master for one in world.records() if one.item.recurrence_id}  # type: ignore[union-attr]
    assert len(masters) == 1
    assert None not in masters
    assert world.older() == 0
    assert second.id in world.server.items
    world.check()


def test_a_series_that_is_prolonged_on_the_server_comes_with_its_changed_occurrences(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    series = world.there("series", 400, recurrence=weekly(5))
    world.occurrence_there(series, 1, 390)
    world.cycle()
    world.edit_there(series.id, recurrence=weekly(90))
    world.cycle()
    assert world.titles() == ["moved", "series"]
    assert world.older() == 0
    world.check()


def test_what_falls_out_leaves_quietly_and_can_be_understood(world: PastWorld) -> None:
    for number in range(60):  # more than the guard would let pass
        world.there(f"number {number}", 170)
    world.cycle()
    world.replica.past = HALF_A_YEAR
    world.cycle()
    (first, *_) = world.records()
    world.sleep(20)
    result = world.cycle()
    assert (world.titles(), world.older()) == ([], 60)
    assert (result.total, result.reports, world.replica.held()) == (0, (), ())
    assert len(world.server.in_folder(world.calendar)) == 60
    line, *_ = world.replica.latest_history(5)
    assert line.message == "60 appointments that ended before 2100-01-05 are on the server only."
    assert all(one.done is not Done.DELETED for one in world.replica.latest_history(100))
    assert world.replica.history(first.id)[-1].done is Done.LEFT_OUT
    with pytest.raises(Contradiction, match="was not deleted"):
        world.replica.restore(first.id)
    world.sleep(1)
    assert world.cycle().total == 0


def test_widening_brings_older_appointments_back_and_downloads_nothing_equal(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    for number in range(50):
        world.there(f"recent {number}", 10)
    world.there("a year ago", 300)
    world.there("ages ago", 3000)
    world.cycle()
    world.replica.past = Period(1, Unit.YEAR)
    world.peer.requests = 0
    result = world.cycle()
    assert "a year ago" in world.titles()
    assert world.older() == 1
    assert result.total == 1
    world.replica.past = None
    world.cycle()
    assert world.older() == 0
    world.check()


def test_a_slow_sync_leaves_alone_what_is_left_out(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    for number in range(30):
        world.there(f"old {number}", 400)
    gone = world.there("gone", 400)
    world.cycle()
    world.server.delete(world.me, gone.id)
    world.replica.want_slow_sync()
    result = world.cycle()
    assert (world.titles(), world.older(), result.total) == ([], 30, 0)
    if not world.server.plain:
        assert result.traffic.requests < 10


def test_an_old_appointment_typed_here_is_sent_and_stays_for_a_week(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    world.cycle()
    world.here("just typed", 400)
    world.cycle()
    world.sleep(5)
    world.cycle()
    assert world.titles() == ["just typed"]
    assert [one.item.title for one in world.server.in_folder(world.calendar)] == ["just typed"]  # type: ignore[union-attr]
    world.sleep(5)
    world.cycle()
    assert (world.titles(), world.older()) == ([], 1)


def test_the_answer_to_a_creation_that_got_lost_is_still_met(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    world.cycle()
    world.here("sent", 400)
    world.there("sent", 400)  # the server has it, and we do not know
    world.cycle()
    assert world.titles() == ["sent"]
    assert len(world.server.in_folder(world.calendar)) == 1


def test_what_waits_for_the_user_or_the_server_never_falls_out(world: PastWorld) -> None:
    world.there("refused", 170)
    world.cycle()
    world.replica.past = HALF_A_YEAR
    world.edit(world.record(), title=FORBIDDEN_WORD)
    world.cycle()
    world.sleep(40)
    world.cycle()
    assert world.titles() == [FORBIDDEN_WORD]
    (entry,) = world.replica.skipped()
    world.replica.discard(entry.id)
    world.cycle()
    world.sleep(10)
    world.cycle()
    assert (world.titles(), world.older()) == ([], 1)


def test_deleting_a_folder_with_older_appointments_counts_them(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    plans = world.server.add_folder(world.me, "Plans", Module.CALENDAR)
    for number in range(40):
        world.server.create(world.me, plans, dated(f"old {number}", world.now - timedelta(days=400)))
    world.cycle()
    world.replica.session().delete_folder(world.folder("Plans").id)
    world.cycle()
    (held,) = world.replica.held()
    assert held.count == 40
    assert plans in world.server.folders
    world.replica.confirm([], Decision.DELETE)
    world.cycle()
    assert plans not in world.server.folders
    assert world.older() == 0


def test_a_folder_that_goes_there_or_may_not_be_read_any_more_leaves_nothing_behind(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    plans = world.server.add_folder(world.me, "Plans", Module.CALENDAR)
    world.server.create(world.me, plans, dated("old", world.now - timedelta(days=400)))
    shared = world.server.add_folder(world.other, "Shared", Module.CALENDAR)
    world.server.share(shared, world.me, Rights(folder=2, read=128))
    world.server.create(world.other, shared, dated("old too", world.now - timedelta(days=400)))
    world.cycle()
    assert world.older() == 2
    world.server.delete_folder(plans)
    world.server.share(shared, world.me, Rights(folder=2))
    world.cycle()
    assert world.older() == 0
    world.server.share(shared, world.me, Rights(folder=2, read=128))
    world.cycle()
    assert world.older() == 1


def test_a_module_that_is_taken_up_again_finds_the_choice_in_force(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    world.there("old", 400)
    world.there("new", 4)
    world.cycle()
    world.replica.modules = MODULES - {Module.CALENDAR}
    world.replica.remove_outside()
    world.cycle()
    assert (world.titles(), world.older()) == ([], 0)
    world.replica.modules = MODULES
    world.cycle()
    assert (world.titles(), world.older()) == (["new"], 1)


class RestoredPeer(MemoryPeer):
    """The same server after its data were replaced."""

    @property
    def lineage(self) -> str | None:
        return "two"


def test_a_server_whose_data_were_replaced_has_the_choice_in_force_and_old_appointments_untouched(
    world: PastWorld,
) -> None:
    world.replica.past = HALF_A_YEAR
    world.there("old", 400)
    world.there("new", 4)
    world.cycle()
    if world.server.plain:
        return  # it does not say
    world.peer = RestoredPeer(world.server, world.me)
    with pytest.raises(ServerReplaced):
        world.cycle()
    world.replica.accept_replaced()
    world.cycle()
    assert (world.titles(), world.older()) == (["new"], 1)
    assert len(world.server.in_folder(world.calendar)) == 2


def test_a_clock_that_was_wrong_for_a_while_costs_nothing(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    world.there("today", 0)
    world.cycle()
    world.sleep(4000)
    world.cycle()
    assert world.older() == 1
    world.now = TODAY
    world.cycle()
    assert (world.titles(), world.older()) == (["today"], 0)
    world.check()


def test_an_item_that_moves_to_another_folder_there_stays_left_out(world: PastWorld) -> None:
    world.replica.past = HALF_A_YEAR
    plans = world.server.add_folder(world.me, "Plans", Module.CALENDAR)
    old = world.there("old", 400)
    world.cycle()
    world.server.move(world.me, old.id, plans)
    world.cycle()
    assert world.replica.left_out() == {world.folder("Plans").id: 1}
    world.server.delete(world.me, old.id)
    world.cycle()
    assert world.older() == 0


# Whatever happens

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


def test_periods_are_read_as_they_are_written() -> None:
    march = datetime.fromisoformat("2100-03-31T23:00:00+00:00")
    assert f"{Period.parse('1month').before(march):%Y-%m-%d}" == "2100-02-28"
    assert f"{Period.parse('2 years').before(march):%Y-%m-%d}" == "2098-03-31"
    assert f"{Period.parse('90days').before(march):%Y-%m-%d}" == "2099-12-31"
