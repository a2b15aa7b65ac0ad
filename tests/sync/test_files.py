"""Files that hang on items come along both ways, once, whatever breaks off, and nobody's is lost."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.ids import FolderId
from passerelle.model.records import ItemRecord
from passerelle.sync.replica import Replica
from passerelle.sync.report import Subject
from tests.sync.conftest import MakeReplica
from tests.sync.faults import FaultyPeer
from tests.sync.memory_server import FORBIDDEN_WORD, StoredItem
from tests.sync.world import ME, World, appointment


def attach(replica: Replica, record: ItemRecord, name: str, data: bytes = b"some bytes") -> None:
    file = NewFile(name=name, media_type="text/plain", size=len(data), stream=BytesIO(data))
    replica.session().attach(Target(record.id, Module.CALENDAR), file)


def detach(replica: Replica, record: ItemRecord, name: str) -> None:
    (found,) = (one for one in record.attachments if one.name == name)
    replica.session().detach(Target(record.id, Module.CALENDAR), found.id)


def names(record: ItemRecord) -> list[str]:
    return sorted(one.name for one in record.attachments)


def names_there(stored: StoredItem) -> list[str]:
    return sorted(one.name for one in stored.files)


def content(replica: Replica, record: ItemRecord) -> list[bytes]:
    found = []
    for one in record.attachments:
        with replica.session().open_attachment(Target(record.id, Module.CALENDAR), one.id)[1] as file:
            found.append(file.read())
    return found


both = pytest.mark.parametrize("world", [False, True], ids=["our server", "plain server"], indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, make_replica: MakeReplica) -> World:
    return World(make_replica(), plain=getattr(request, "param", False))


@pytest.fixture
def stored(world: World) -> StoredItem:
    """An appointment on both sides."""
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    return stored


@both
def test_files_of_the_server_come_and_go(world: World, stored: StoredItem) -> None:
    first = world.server.attach(world.me, stored.id, "a.txt", b"one")
    world.server.attach(world.me, stored.id, "b.txt", b"two")
    assert world.cycle().total == 2
    assert (names(world.record()), content(world.replica, world.record())) == (["a.txt", "b.txt"], [b"one", b"two"])
    world.server.detach(world.me, stored.id, first)
    assert world.cycle().total == 1
    assert names(world.record()) == ["b.txt"]
    world.check()


@both
def test_files_of_the_user_come_and_go_on_the_server(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "a.txt", b"one")
    attach(world.replica, world.record(), "b.txt", b"two")
    assert world.cycle().total == 2
    assert [(one.name, one.data) for one in stored.files] == [("a.txt", b"one"), ("b.txt", b"two")]
    detach(world.replica, world.record(), "a.txt")
    assert world.cycle().total == 1
    assert names_there(stored) == ["b.txt"]
    world.check()


def test_a_new_item_takes_its_files_along(world: World) -> None:
    world.cycle()
    record = world.replica.session().create(world.folder().id, appointment())
    attach(world.replica, record, "a.txt")
    world.cycle()
    (stored,) = world.server.items.values()
    assert names_there(stored) == ["a.txt"]
    world.check()


def test_a_replaced_file_is_never_missing(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "a.txt", b"old")
    world.cycle()
    (old,) = world.record().attachments
    file = NewFile(name="a.txt", media_type="text/plain", size=3, stream=BytesIO(b"new"))
    world.replica.session().attach(Target(world.record().id, Module.CALENDAR), file, replaced=old.id)
    with suppress(Unreachable):
        world.replica.cycle(FaultyPeer(world.peer, 3, after=True))
    assert stored.files
    world.cycle()
    assert [one.data for one in stored.files] == [b"new"]
    world.check()


def test_what_both_sides_hang_on_an_item_stays(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "mine.txt", b"mine")
    world.server.attach(world.me, stored.id, "theirs.txt", b"theirs")
    world.edit_there(stored.id, title="New title")
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["mine.txt", "theirs.txt"]
    world.check()


def test_a_file_that_both_replace_stays_twice(world: World, stored: StoredItem) -> None:
    file = world.server.attach(world.me, stored.id, "a.txt", b"old")
    world.cycle()
    detach(world.replica, world.record(), "a.txt")
    attach(world.replica, world.record(), "a.txt", b"mine")
    world.server.detach(world.me, stored.id, file)
    world.server.attach(world.me, stored.id, "a.txt", b"theirs")
    world.cycle()
    assert sorted(content(world.replica, world.record())) == [b"mine", b"theirs"]
    world.check()


@pytest.mark.parametrize("world", [True], ids=["plain server"], indirect=True)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(3, 7))
def test_a_cycle_that_breaks_off_loses_no_file_and_doubles_none(
    world: World, stored: StoredItem, step: int, after: bool
) -> None:
    attach(world.replica, world.record(), "mine.txt", b"mine")
    attach(world.replica, world.record(), "mine too.txt", b"mine, too")
    world.server.attach(world.me, stored.id, "theirs.txt", b"theirs")
    with suppress(Unreachable):
        world.replica.cycle(FaultyPeer(world.peer, step, after))
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["mine too.txt", "mine.txt", "theirs.txt"]
    world.check()


def test_a_file_that_is_too_large_is_told_and_kept(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "film.mp4", b"x" * 2000)
    attach(world.replica, world.record(), "a.txt")
    (report,) = world.cycle().reports
    assert report.subject is Subject.SKIPPED
    assert report.message == (
        "“film.mp4” of “Jour fixe” could not be brought up to date on the server: “film.mp4” is too large. "
        "It will be tried again."
    )
    assert names(world.record()) == ["a.txt", "film.mp4"]
    assert names_there(stored) == ["a.txt"]
    requests = world.cycle().traffic.requests
    assert world.cycle().traffic.requests <= requests  # it is not sent again with each cycle
    world.edit(world.record(), title="New title")
    world.cycle()
    assert stored.item.title == "New title"  # type: ignore[union-attr]
    world.server.largest_file = 5000
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.retry(skipped.id)
    world.cycle()
    assert names_there(stored) == ["a.txt", "film.mp4"]
    assert not world.replica.waiting.skipped()
    world.check()


def test_a_refused_file_can_be_given_up(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "theirs.txt")
    world.cycle()
    attach(world.replica, world.record(), "film.mp4", b"x" * 2000)
    world.cycle()
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["theirs.txt"]
    assert not world.replica.waiting.skipped()


def test_files_are_sent_though_the_edit_that_the_server_refused_is_given_up(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "a.txt")
    world.edit(world.record(), title=FORBIDDEN_WORD)
    world.cycle()
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["a.txt"]
    world.check()


def test_an_item_comes_back_that_was_deleted_before_its_file_could_be_fetched(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "a.txt", b"one")
    with suppress(Unreachable):
        world.replica.cycle(FaultyPeer(world.peer, 4, after=False))
    assert not world.record().attachments
    world.replica.session().delete(world.record().id)
    assert [one.subject for one in world.cycle().reports] == [Subject.EDIT_WON]
    assert names(world.record()) == names_there(stored) == ["a.txt"]
    world.replica.session().delete(world.record().id)
    world.cycle()
    assert not world.server.items
    world.check()


def test_an_item_whose_file_is_never_to_be_had_can_be_deleted_all_the_same(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "b\x07d.txt", b"one")
    world.cycle()
    world.replica.session().delete(world.record().id)
    assert Subject.EDIT_WON in [one.subject for one in world.cycle().reports]
    world.replica.session().delete(world.record().id)
    world.cycle()
    assert not world.server.items
    world.check()


def test_what_one_may_not_change_gets_its_files_back(world: World) -> None:
    shared = world.server.add_folder(world.other, "Board", Module.CALENDAR)
    world.server.share(shared, world.me, Rights(folder=2, read=4))
    stored = world.server.create(world.other, shared, appointment("Meeting"))
    world.server.attach(world.other, stored.id, "agenda.txt")
    world.cycle()
    record = world.record("Board")
    with world.replica.store.writing(ME, "somebody") as tx:
        tx.attachments.add(record.id, "mine.txt", "text/plain", BytesIO(b"mine"))
        tx.attachments.remove(record.attachments[0].id)
    (report,) = world.cycle().reports
    assert report.subject is Subject.TAKEN_BACK
    world.cycle()
    assert names(world.record("Board")) == names_there(stored) == ["agenda.txt"]
    assert not world.replica.waiting.skipped()


def test_an_item_that_was_deleted_there_stays_for_the_file_that_was_hung_on_it_here(
    world: World, stored: StoredItem
) -> None:
    attach(world.replica, world.record(), "a.txt")
    world.server.delete(world.me, stored.id)
    assert [one.subject for one in world.cycle().reports] == [Subject.EDIT_WON]
    (again,) = world.server.items.values()
    assert names_there(again) == ["a.txt"]
    world.check()


def test_an_item_that_was_deleted_there_stays_for_the_file_that_the_server_refused(
    world: World, stored: StoredItem
) -> None:
    attach(world.replica, world.record(), "film.mp4", b"x" * 2000)
    world.cycle()
    assert len(world.replica.waiting.skipped()) == 1
    world.server.delete(world.me, stored.id)
    (report,) = world.cycle().reports[:1]
    assert report.subject is Subject.EDIT_WON
    assert names(world.record()) == ["film.mp4"]


def test_an_item_that_was_deleted_here_comes_back_with_the_file_that_was_hung_on_it_there(
    world: World, stored: StoredItem
) -> None:
    world.server.attach(world.me, stored.id, "old.txt", b"old")
    world.cycle()
    world.replica.session().delete(world.record().id)
    world.server.attach(world.me, stored.id, "new.txt", b"new")
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["new.txt", "old.txt"]
    world.check()


def test_a_deletion_that_is_taken_back_before_it_was_sent_leaves_the_files(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "old.txt", b"old")
    world.cycle()
    world.replica.session().delete(world.record().id)
    world.replica.history.undo()
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["old.txt"]
    world.check()


def test_a_deletion_that_is_taken_back_brings_the_files_back_on_both_sides(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "theirs.txt", b"theirs")
    world.cycle()
    attach(world.replica, world.record(), "mine.txt")
    world.replica.session().delete(world.record().id)
    world.cycle()
    assert not world.server.items
    world.replica.history.undo()
    assert names(world.record()) == ["mine.txt", "theirs.txt"]
    world.cycle()
    (again,) = world.server.items.values()
    assert names(world.record()) == names_there(again) == ["mine.txt", "theirs.txt"]
    world.check()


@pytest.mark.parametrize(("days", "back"), [(80, ["theirs.txt"]), (100, [])])
def test_files_of_what_was_deleted_are_kept_as_long_as_the_history(
    world: World, stored: StoredItem, days: int, back: list[str]
) -> None:
    world.server.attach(world.me, stored.id, "theirs.txt", b"theirs")
    world.cycle()
    record = world.record()
    world.replica.session().delete(record.id)
    world.cycle()
    later = Replica(world.replica.store, world.replica.membership, lambda: datetime.now(UTC) + timedelta(days=days))
    later.cycle(world.peer)
    with later.store.writing(world.replica.membership.user) as tx:
        again = tx.items.add(record.folder, record.item, id_=record.id)
    assert names(again) == back


def test_what_the_server_deleted_is_restored_with_its_files(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "theirs.txt", b"theirs")
    world.cycle()
    id_ = world.record().id
    world.server.delete(world.me, stored.id)
    world.cycle()
    world.replica.history.restore(id_)
    world.cycle()
    (again,) = world.server.items.values()
    assert names(world.record()) == names_there(again) == ["theirs.txt"]
    world.check()


def test_a_deletion_takes_files_along(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "old.txt", b"old")
    world.cycle()
    world.replica.session().delete(world.record().id)
    world.cycle()
    assert not world.server.items
    with world.replica.store.reading() as tx:
        assert not tx.file_links.of_holders([f"calendar/{stored.id}"], FolderId(0))
    world.check()


def test_an_item_that_is_moved_keeps_its_files(world: World, stored: StoredItem) -> None:
    club = world.server.add_folder(world.me, "Club", Module.CALENDAR)
    world.server.attach(world.me, stored.id, "a.txt")
    world.server.attach(world.me, stored.id, "b.txt", b"other")
    world.cycle()
    detach(world.replica, world.record(), "b.txt")
    world.server.move(world.me, stored.id, club)
    world.cycle()
    assert names(world.record("Club")) == names_there(stored) == ["a.txt"]
    world.replica.session().update(
        world.record("Club").id, world.folder("Club").id, lambda _: {}, destination=world.folder().id
    )
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["a.txt"]
    world.cycle()
    world.check()


def test_a_file_that_cannot_be_had_hinders_no_other(world: World, stored: StoredItem) -> None:
    world.server.attach(world.me, stored.id, "b\x07d.txt", b"one")
    world.server.attach(world.me, stored.id, "good.txt", b"two")
    (report,) = world.cycle().reports
    assert "could not be fetched" in report.message
    assert names(world.record()) == ["good.txt"]
    assert not world.cycle().reports
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    assert not world.cycle().reports
    assert not world.replica.waiting.skipped()
    stored.files = [one for one in stored.files if one.name == "good.txt"]
    stored.stamp = world.server.tick()
    world.cycle()
    assert not world.replica.waiting.skipped()
    world.check()


def test_two_devices_have_the_same_files(world: World, stored: StoredItem, make_replica: MakeReplica) -> None:
    other = make_replica()
    other.cycle(world.peer)
    attach(world.replica, world.record(), "a.txt")
    world.cycle()
    assert other.cycle(world.peer).total == 1
    with other.store.reading() as tx:
        (id_,) = tx.items.ids(next(one.id for one in tx.folders.all() if one.name == "Calendar"))
        assert [one.name for one in tx.attachments.of(id_)] == ["a.txt"]
    assert names_there(stored) == ["a.txt"]


def test_a_replica_that_is_made_anew_sends_no_file_twice(world: World, stored: StoredItem) -> None:
    attach(world.replica, world.record(), "a.txt")
    world.cycle()
    with world.replica.store.writing(ME, "test") as tx:
        tx.file_links.remove(tx.file_links.of_holders([f"calendar/{stored.id}"], FolderId(0)))
        (link,) = [one for one in tx.sync.folder_links() if one.local == world.folder().id]
        tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=None))
    world.cycle()
    assert names(world.record()) == names_there(stored) == ["a.txt"]
    world.check()
