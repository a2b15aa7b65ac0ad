"""Appointments that ended long ago stay on the server only, if the user wants that, and nothing is lost by it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module, Rights
from passerelle.sync.deletions.held import Decision
from passerelle.sync.history.entries import Done
from passerelle.sync.past.period import Period, Unit
from passerelle.sync.replaced.noticing import ServerReplaced
from passerelle.sync.scope import MODULES
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import FORBIDDEN_WORD
from tests.sync.past_world import HALF_A_YEAR, TODAY, PastWorld, dated, weekly


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
    assert (result.total, result.reports, world.replica.waiting.held()) == (0, (), ())
    assert len(world.server.in_folder(world.calendar)) == 60
    line, *_ = world.replica.history.latest(5)
    assert line.message == "60 appointments that ended before 2100-01-05 are on the server only."
    assert all(one.done is not Done.DELETED for one in world.replica.history.latest(100))
    assert world.replica.history.of_item(first.id)[-1].done is Done.LEFT_OUT
    with pytest.raises(Contradiction, match="was not deleted"):
        world.replica.history.restore(first.id)
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
    (entry,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(entry.id)
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
    (held,) = world.replica.waiting.held()
    assert held.count == 40
    assert plans in world.server.folders
    world.replica.waiting.confirm([], Decision.DELETE)
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
    world.replica.waiting.accept()
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


def test_periods_are_read_as_they_are_written() -> None:
    march = datetime.fromisoformat("2100-03-31T23:00:00+00:00")
    assert f"{Period.parse('1month').before(march):%Y-%m-%d}" == "2100-02-28"
    assert f"{Period.parse('2 years').before(march):%Y-%m-%d}" == "2098-03-31"
    assert f"{Period.parse('90days').before(march):%Y-%m-%d}" == "2099-12-31"
