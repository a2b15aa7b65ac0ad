"""The history of items, and what can be taken back: every losing version comes back, on both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from passerelle.model.errors import Contradiction, Forbidden, NotFound, Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Contact
from passerelle.model.records import ItemRecord
from passerelle.sync.history.entries import Done, Event, What
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.replica import Replica
from tests.sync.faults import FaultyPeer
from tests.sync.invariants import quiet
from tests.sync.memory_server import StoredItem
from tests.sync.world import START, World, appointment, weekly

SECOND = START.date() + timedelta(weeks=1)
THIRD = START.date() + timedelta(weeks=2)


def title(item: object) -> str | None:
    assert isinstance(item, Appointment)
    return item.title


def decisions(world: World) -> list[Event]:
    return [event for event in world.replica.history.latest(100) if event.what is What.DECIDED]


def decision(world: World) -> int:
    """The number of the only decision."""
    (only,) = decisions(world)
    assert only.number is not None
    return only.number


def there(world: World) -> StoredItem:
    (only,) = world.server.in_folder(world.calendar)
    return only


def settle(world: World) -> None:
    quiet({world.replica: world.peer})
    world.check()


def shared(world: World) -> World:
    """An appointment on both sides."""
    world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    return world


def series(world: World) -> ItemRecord:
    """A weekly series on both sides."""
    world.server.create(world.me, world.calendar, weekly())
    world.cycle()
    return world.record()


@pytest.mark.parametrize("winner", [Winner.SERVER, Winner.MINE])
def test_undoing_a_conflict_brings_the_values_that_lost_to_both_sides(world: World, winner: Winner) -> None:
    world.replica.policy = Policy(winner=winner)
    stored = there(shared(world))
    world.edit(world.record(), title="Mine", location="Canteen")
    world.edit_there(stored.id, title="Theirs")
    quiet({world.replica: world.peer})
    (event,) = decisions(world)
    assert {title(event.before), title(event.after)} == {"Mine", "Theirs"}
    world.replica.history.undo(event.number)
    settle(world)
    item = there(world).item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("Theirs" if winner is Winner.MINE else "Mine", "Canteen")
    world.replica.history.undo()
    settle(world)
    assert title(there(world).item) == ("Mine" if winner is Winner.MINE else "Theirs")


def test_undoing_does_not_touch_what_was_changed_since(world: World) -> None:
    stored = there(shared(world))
    world.edit(world.record(), title="Mine")
    world.edit_there(stored.id, title="Theirs")
    quiet({world.replica: world.peer})
    world.edit(world.record(), title="Newest")
    with pytest.raises(Contradiction):
        world.replica.history.undo(decision(world))
    assert title(world.record().item) == "Newest"


def test_an_edit_that_won_over_a_deletion_can_be_given_up(world: World) -> None:
    stored = there(shared(world))
    world.edit(world.record(), title="Mine")
    world.server.delete(world.me, stored.id)
    quiet({world.replica: world.peer})
    world.replica.history.undo(decision(world))
    settle(world)
    assert world.server.in_folder(world.calendar) == []
    world.replica.history.undo()
    settle(world)
    assert title(there(world).item) == "Mine"


def test_a_deletion_here_that_lost_against_an_edit_there_can_be_had_after_all(world: World) -> None:
    stored = there(shared(world))
    world.replica.session().delete(world.record().id)
    world.edit_there(stored.id, title="Theirs")
    quiet({world.replica: world.peer})
    world.replica.history.undo(decision(world))
    settle(world)
    assert world.server.in_folder(world.calendar) == []


def test_undoing_a_deletion_of_the_servers_makes_the_item_anew_on_both_sides(world: World) -> None:
    stored = there(shared(world))
    world.server.delete(world.me, stored.id)
    world.cycle()
    assert world.records() == []
    (event,) = decisions(world)
    assert title(event.before) == "Jour fixe"
    world.replica.history.undo(event.number)
    settle(world)
    assert there(world).item == world.server.project(appointment())
    with pytest.raises(Contradiction):
        world.replica.history.undo(event.number)


def test_a_series_that_the_server_deleted_comes_back_with_its_changed_occurrences(world: World) -> None:
    record = series(world)
    here = world.replica.session()
    here.change_occurrence(record.id, record.folder, SECOND, lambda _: {"title": "Moved"}, ignore_conflicts=True)
    here.delete_occurrence(record.id, record.folder, THIRD)
    quiet({world.replica: world.peer})
    before = {title(one.item): one.item for one in world.records()}
    master = next(one for one in world.server.in_folder(world.calendar) if one.master is None)
    world.server.delete(world.me, master.id)
    quiet({world.replica: world.peer})
    assert world.records() == []
    number = next(one.number for one in decisions(world) if one.title == "Weekly")
    world.replica.history.undo(number)
    settle(world)
    assert {title(one.item): one.item for one in world.records()} == before


def test_the_last_change_is_undone_and_the_undo_as_well(world: World) -> None:
    shared(world)
    world.edit(world.record(), title="Changed", location="Canteen")
    quiet({world.replica: world.peer})
    for expected in ("Jour fixe", "Changed", "Jour fixe"):
        world.replica.history.undo()
        settle(world)
        assert title(there(world).item) == expected


def test_undoing_a_change_leaves_alone_what_the_server_sent_since(world: World) -> None:
    stored = there(shared(world))
    world.edit(world.record(), title="Changed")
    world.cycle()
    world.edit_there(stored.id, location="Canteen")
    world.cycle()
    world.replica.history.undo()
    settle(world)
    item = there(world).item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("Jour fixe", "Canteen")


def test_a_deletion_undone_before_it_was_sent_leaves_no_trace_on_the_server(world: World) -> None:
    stored = there(shared(world))
    stamp = stored.stamp
    world.replica.session().delete(world.record().id)
    world.replica.history.undo()
    settle(world)
    assert (there(world).id, there(world).stamp) == (stored.id, stamp)


def test_a_deletion_undone_after_it_was_sent_makes_the_item_anew(world: World) -> None:
    shared(world)
    number = world.record().id
    world.replica.session().delete(number)
    quiet({world.replica: world.peer})
    world.replica.history.undo()
    settle(world)
    assert world.record().id == number
    assert title(there(world).item) == "Jour fixe"
    world.replica.history.undo()
    settle(world)
    assert world.server.in_folder(world.calendar) == []


def test_a_new_item_is_undone_and_comes_back(world: World) -> None:
    world.cycle()
    world.replica.session().create(world.folder("Contact").id, Contact(last_name="Meyer"))
    quiet({world.replica: world.peer})
    world.replica.history.undo()
    settle(world)
    assert world.server.in_folder(world.contacts) == []
    world.replica.history.undo()
    settle(world)
    assert len(world.server.in_folder(world.contacts)) == 1


def test_a_move_is_undone(world: World) -> None:
    other = world.server.add_folder(world.me, "Second calendar", Module.CALENDAR)
    record = shared(world).record()
    destination = world.folder("Second calendar")
    world.replica.session().update(record.id, record.folder, lambda _: {}, destination=destination.id)
    quiet({world.replica: world.peer})
    assert len(world.server.in_folder(other)) == 1
    world.replica.history.undo()
    settle(world)
    assert title(there(world).item) == "Jour fixe"
    assert world.server.in_folder(other) == []


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_deleted_occurrence_comes_back(world: World, is_sent: bool) -> None:
    record = series(world)
    world.replica.session().delete_occurrence(record.id, record.folder, SECOND)
    if is_sent:
        quiet({world.replica: world.peer})
    world.replica.history.undo()
    settle(world)
    assert there(world).item == world.server.project(weekly())


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_changed_occurrence_becomes_again_what_the_series_says(world: World, is_sent: bool) -> None:
    record = series(world)
    here = world.replica.session()
    here.change_occurrence(record.id, record.folder, SECOND, lambda _: {"title": "Moved"}, ignore_conflicts=True)
    if is_sent:
        quiet({world.replica: world.peer})
    world.replica.history.undo()
    settle(world)
    assert {title(one.item) for one in world.records()} == {"Weekly"}
    world.replica.history.undo()
    settle(world)
    assert {title(one.item) for one in world.records()} == {"Weekly", "Moved"}


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_changed_occurrence_that_was_deleted_comes_back(world: World, is_sent: bool) -> None:
    record = series(world)
    here = world.replica.session()
    changed = here.change_occurrence(
        record.id, record.folder, SECOND, lambda _: {"title": "Moved"}, ignore_conflicts=True
    )
    quiet({world.replica: world.peer})
    here.delete(changed.id)
    if is_sent:
        quiet({world.replica: world.peer})
    world.replica.history.undo()
    settle(world)
    assert {title(one.item) for one in world.records()} == {"Weekly", "Moved"}


def test_what_a_right_forbids_cannot_be_undone(world: World) -> None:
    folder = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[folder].name = "Berta"
    world.server.share(folder, world.me, Rights(folder=4, read=4, write=4, delete=4))
    world.server.create(world.other, folder, appointment())
    world.cycle()
    world.edit(world.record("Berta"), title="Changed")
    world.cycle()
    world.server.share(folder, world.me, Rights(folder=2, read=4))
    world.cycle()
    with pytest.raises(Forbidden):
        world.replica.history.undo()
    assert title(world.record("Berta").item) == "Changed"


def test_with_nothing_done_there_is_nothing_to_undo(world: World) -> None:
    shared(world)
    with pytest.raises(NotFound):
        world.replica.history.undo()
    with pytest.raises(NotFound):
        world.replica.history.undo(7)


def test_the_history_tells_own_changes_from_received_ones_and_any_version_is_restored(world: World) -> None:
    stored = there(shared(world))
    record = world.record()
    world.edit(record, title="Changed")
    world.cycle()
    world.edit_there(stored.id, location="Canteen")
    world.cycle()
    events = world.replica.history.of_item(record.id)
    assert [(one.what, one.done, one.fields) for one in events] == [
        (What.RECEIVED, Done.ADDED, ()),
        (What.OWN, Done.CHANGED, ("title",)),
        (What.RECEIVED, Done.CHANGED, ("location",)),
    ]
    assert [one.item for one in world.replica.history.latest(2)] == [record.id] * 2
    assert world.replica.history.latest(9, world.folder("Contact").id) == []
    assert events[0].version is not None
    world.replica.history.restore(record.id, events[0].version)
    settle(world)
    assert there(world).item == world.server.project(appointment())
    with pytest.raises(Contradiction):
        world.replica.history.restore(record.id)
    with pytest.raises(NotFound):
        world.replica.history.restore(record.id, 99)
    with pytest.raises(NotFound):
        world.replica.history.of_item(ItemId(10**6))


def test_a_deleted_item_is_restored_also_into_another_folder(world: World) -> None:
    other = world.server.add_folder(world.me, "Second calendar", Module.CALENDAR)
    record = shared(world).record()
    world.replica.session().delete(record.id)
    quiet({world.replica: world.peer})
    world.replica.history.restore(record.id, into=world.folder("Second calendar").id)
    settle(world)
    assert [title(one.item) for one in world.server.in_folder(other)] == ["Jour fixe"]


def test_the_history_is_forgotten_after_ninety_days_but_not_what_is_yet_to_be_sent(world: World) -> None:
    stored = there(shared(world))
    world.edit(world.record(), title="Sent")
    world.edit_there(stored.id, title="Theirs")
    world.cycle()
    world.edit(world.record(), title="Not sent")
    later = Replica(world.replica.store, world.replica.membership, lambda: datetime.now(UTC) + timedelta(days=200))
    with pytest.raises(Unreachable):
        later.cycle(FaultyPeer(world.peer, 0, after=False))
    assert [one.what for one in later.history.of_item(world.record().id)].count(What.DECIDED) == 1
    later.cycle(world.peer)
    assert title(there(world).item) == "Not sent"
    later = Replica(world.replica.store, world.replica.membership, lambda: datetime.now(UTC) + timedelta(days=400))
    later.cycle(world.peer)
    assert later.history.latest(100) == []
    world.replica = later
    settle(world)
    world.edit(world.record(), location="Canteen")
    world.edit_there(stored.id, note="Cake")
    settle(world)
