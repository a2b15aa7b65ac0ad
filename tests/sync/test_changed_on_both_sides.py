"""Items that were deleted, moved or left here while the same happened to them on the server, in another way."""

from __future__ import annotations

from passerelle.model.folders import PRIVATE, Module, Rights
from passerelle.model.items import Appointment
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.sync.report import Subject
from tests.sync.invariants import quiet
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


def test_discarding_a_refused_move_brings_the_item_back_to_where_the_server_has_it(world: World) -> None:
    theirs = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[theirs].name = "Berta"
    world.server.share(theirs, world.me, Rights(folder=4, read=4, write=4, delete=4))
    world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    record, berta = world.record(), world.folder("Berta")
    world.replica.session().update(record.id, record.folder, lambda _: {}, destination=berta.id)
    world.server.closed.add(theirs)
    world.cycle()
    assert len(world.records("Berta")) == 1
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    quiet({world.replica: world.peer})
    assert world.records("Berta") == []
    assert world.record().id == record.id
    world.check()


def test_somebody_invited_by_an_address_that_the_server_knows_is_that_user_on_both_sides(world: World) -> None:
    world.server.knows["berta@example.org"] = world.other
    world.cycle()
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="berta@example.org")
    folder = world.folder()
    record = world.replica.session().create(folder.id, appointment(participants=(guest,)))
    quiet({world.replica: world.peer})
    world.check()
    item = world.record().item
    assert isinstance(item, Appointment)
    assert (ParticipantKind.USER, world.other) in {(one.kind, one.id) for one in item.participants}
    assert guest not in item.participants
    world.edit(world.record(), participants=(*item.participants, guest))
    quiet({world.replica: world.peer})
    world.check()
    assert world.record().id == record.id


def test_folders_moved_into_each_other_on_both_sides_stay_a_tree(world: World) -> None:
    """Here A went below B, there B below A: no list would show a ring of folders, and no walk through it would end."""
    a, b = (world.server.add_folder(world.me, name, Module.CALENDAR) for name in "AB")
    world.cycle()
    world.replica.session().update_folder(world.folder("A").id, parent=world.folder("B").id)
    world.server.move_folder(b, below=a)
    result = world.cycle()
    assert [one.subject for one in result.reports] == [Subject.CONFLICT]
    assert world.folder("B").parent == world.folder("A").id
    assert world.folder("A").parent == PRIVATE
    world.check()
