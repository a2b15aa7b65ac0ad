"""What the account has no right to change goes back to what the server has, and is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.model.errors import Contradiction, Forbidden, Unreachable
from passerelle.model.folders import PRIVATE, Module, Right, Rights
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment, Task
from passerelle.model.principals import PrincipalKind
from passerelle.sync.report import Subject
from tests.sync.devices import settle
from tests.sync.faults import FaultyPeer
from tests.sync.invariants import quiet
from tests.sync.real_server import Device, RealServer, default_folder, records
from tests.sync.world import START, World, appointment, weekly

WRITING = Rights(folder=4, read=4, write=4, delete=4)
READING = Rights(folder=2, read=4)
OWN = Rights(folder=4, read=4, write=2, delete=2)
BERTA = "Berta"


def shared(world: World, rights: Rights = WRITING) -> int:
    """Berta's calendar, which I may write in."""
    folder = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[folder].name = BERTA
    world.server.share(folder, world.me, rights)
    return folder


def titles(world: World, folder: str = BERTA) -> list[str]:
    return sorted(one.item.title or "" for one in world.records(folder) if isinstance(one.item, Appointment))


def taken_back(world: World) -> list[str]:
    """What the cycles until all is quiet report of changes that were taken back."""
    found: list[str] = []
    for _ in range(4):
        found += [one.title for one in world.cycle().reports if one.subject is Subject.TAKEN_BACK]
    assert world.replica.waiting.skipped() == ()
    assert world.cycle().total == 0
    return found


@pytest.mark.parametrize("after", [False, True], ids=["it never arrives", "the answer is lost"])
def test_what_was_taken_back_is_told_once_whichever_request_then_fails(world: World, after: bool) -> None:
    folder = shared(world)
    world.server.create(world.other, folder, appointment())
    world.cycle()
    last = world.replica.session().create_folder(PRIVATE, "Last", module=Module.TASKS)
    for step in range(8):
        world.edit(world.record(BERTA), title=f"Mine {step}")
        world.replica.session().create(last.id, Task(title=f"Sent later {step}"))
        world.server.share(folder, world.me, READING)
        try:
            found = [*world.replica.cycle(FaultyPeer(world.peer, step, after)).reports]
        except Unreachable:
            found = []
        told = [one.title for one in found if one.subject is Subject.TAKEN_BACK] + taken_back(world)
        assert told == ["Jour fixe"]
        world.server.share(folder, world.me, WRITING)
        world.cycle()


def test_an_edit_that_a_withdrawn_right_overtakes_gives_way_and_can_be_kept_as_a_copy(world: World) -> None:
    folder = shared(world)
    world.server.create(world.other, folder, appointment())
    world.cycle()
    record = world.record(BERTA)
    world.edit(record, title="Mine")
    world.server.share(folder, world.me, READING)
    assert taken_back(world) == ["Jour fixe"]
    assert (titles(world), world.record(BERTA).id) == (["Jour fixe"], record.id)
    line = world.replica.history.of_item(record.id)[-1]
    assert isinstance(line.before, Appointment)
    assert isinstance(line.after, Appointment)
    assert (line.before.title, line.after.title) == ("Mine", "Jour fixe")
    assert line.number is not None
    with pytest.raises(Forbidden):
        world.replica.history.undo(line.number)
    world.replica.history.copy(line.number)
    quiet({world.replica: world.peer})
    assert titles(world, "Calendar") == ["Mine"]
    assert titles(world) == ["Jour fixe"]
    world.check()


def test_a_deletion_that_is_not_allowed_any_more_brings_a_series_back_with_its_changed_occurrences(
    world: World,
) -> None:
    folder = shared(world)
    series = world.server.create(world.other, folder, weekly())
    day = START.date() + timedelta(weeks=1)
    world.server.change_occurrence(world.other, series.id, day, appointment("Moved", uid=series.item.uid))
    world.cycle()
    world.replica.session().delete(next(one.id for one in world.records(BERTA) if one.master is None))
    world.server.share(folder, world.me, READING)
    assert "Weekly" in taken_back(world)
    assert titles(world) == ["Moved", "Weekly"]
    assert len(world.server.in_folder(folder)) == 2
    masters = [one.master for one in world.records(BERTA)]
    assert masters.count(None) == 1


def test_what_was_made_or_moved_where_one_may_only_read_goes_back(world: World) -> None:
    folder = shared(world)
    world.server.create(world.me, world.calendar, appointment("To be moved"))
    world.cycle()
    here = world.replica.session()
    record = world.record()
    here.update(record.id, record.folder, lambda _: {}, destination=world.folder(BERTA).id)
    made = here.create(world.folder(BERTA).id, weekly("Made"), ignore_conflicts=True)
    day = START.date() + timedelta(weeks=1)
    here.change_occurrence(made.id, made.folder, day, lambda _: {"title": "Changed once"}, ignore_conflicts=True)
    world.server.share(folder, world.me, READING)
    assert sorted(taken_back(world)) == ["Changed once", "Made", "To be moved"]
    assert (titles(world), titles(world, "Calendar")) == ([], ["To be moved"])
    assert world.record().id == record.id
    number = next(one.number for one in world.replica.history.of_item(made.id) if one.number is not None)
    world.replica.history.copy(number)
    quiet({world.replica: world.peer})
    assert titles(world, "Calendar") == ["Made", "To be moved"]
    world.check()


def test_a_deleted_and_a_changed_occurrence_of_a_series_that_one_may_only_read_are_as_they_were(world: World) -> None:
    folder = shared(world)
    world.server.create(world.other, folder, weekly())
    world.cycle()
    here, record = world.replica.session(), world.record(BERTA)
    for weeks in (1, 2):
        day = START.date() + timedelta(weeks=weeks)
        if weeks == 1:
            here.change_occurrence(record.id, record.folder, day, lambda _: {"title": "Changed"}, ignore_conflicts=True)
        else:
            here.delete_occurrence(record.id, record.folder, day)
    world.server.share(folder, world.me, READING)
    assert taken_back(world)
    item = world.record(BERTA).item
    assert isinstance(item, Appointment)
    assert item.recurrence is not None
    assert item.recurrence.deleted == ()


def test_of_others_items_alone_an_edit_gives_way_where_only_own_ones_may_be_changed(world: World) -> None:
    folder = shared(world)
    world.server.create(world.other, folder, appointment("Hers"))
    world.server.create(world.me, folder, appointment("My own"))
    world.cycle()
    for record in world.records(BERTA):
        world.edit(record, location="Canteen")
    world.server.share(folder, world.me, OWN)
    assert taken_back(world) == ["Hers"]
    places = {one.item.title: one.item.location for one in world.server.in_folder(folder)}  # type: ignore[union-attr]
    assert places == {"Hers": None, "My own": "Canteen"}


def test_nothing_to_copy_is_said(world: World) -> None:
    folder = shared(world)
    world.server.create(world.other, folder, appointment())
    world.cycle()
    world.replica.session().delete(world.record(BERTA).id)
    world.server.share(folder, world.me, READING)
    taken_back(world)
    number = next(one.number for one in world.replica.history.latest(10) if one.number is not None)
    with pytest.raises(Contradiction):
        world.replica.history.copy(number)


def test_the_real_server_s_state_comes_back_where_a_right_was_withdrawn(server: RealServer) -> None:
    session = server.session("berta")
    calendar = default_folder(session)
    share(server, WRITING)
    for title in ("Edited", "Deleted"):
        session.create(calendar.id, appointment(title), ignore_conflicts=True)
    anton = server.device("anton")
    settle(anton)
    theirs = anton.session.folder(shared_with(anton)).folder
    found = {one.item.title: one for one in anton.records(theirs) if isinstance(one.item, Appointment)}
    edited, deleted = found["Edited"], found["Deleted"]
    anton.session.update(edited.id, theirs.id, lambda _: {"title": "Mine"}, ignore_conflicts=True)
    anton.session.delete(deleted.id, theirs.id)
    anton.session.create(theirs.id, appointment("New"), ignore_conflicts=True)
    share(server, READING)
    reports = [one for _ in range(2) for one in anton.cycle().reports]
    assert sorted(one.title for one in reports if one.subject is Subject.TAKEN_BACK) == ["Deleted", "Edited", "New"]
    assert anton.replica.waiting.skipped() == ()
    assert {one.item.title for one in anton.records(theirs)} == {"Deleted", "Edited"}  # type: ignore[union-attr]
    assert {one.item.title for one in records(session, calendar)} == {"Deleted", "Edited"}  # type: ignore[union-attr]
    assert anton.cycle().total == 0


def shared_with(device: Device) -> FolderId:
    """Berta's calendar, as the device has it."""
    views = (view.folder for view in device.session.folders().changed if view.shared)
    return next(one.id for one in views if one.module is Module.CALENDAR)


def share(server: RealServer, rights: Rights) -> None:
    session, anton = server.session("berta"), server.users["anton"].id
    calendar = default_folder(session)
    kept = tuple(one for one in calendar.rights if one.principal != anton)
    right = Right(kind=PrincipalKind.USER, principal=anton, rights=rights)
    session.update_folder(calendar.id, rights=(*kept, right))
