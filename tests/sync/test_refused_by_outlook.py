"""What Outlook refuses waits for the user beside what the server refuses, and no decision about it reaches others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from passerelle.model.errors import Contradiction, Refused
from passerelle.model.folders import Module
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment
from passerelle.peers.base import Create, Delete, FolderDraft, Identity, Place, RemoteId, Update, Write, WriteResult
from passerelle.peers.naming import OUTLOOK, SERVER
from passerelle.sync.history.wording import told
from passerelle.sync.replaced.noticing import ServerReplaced
from passerelle.sync.replica import Replica
from passerelle.sync.skipped.choices import SkippedObject
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import MemoryServer
from tests.sync.test_two_peers import Mirror
from tests.sync.test_two_peers import Scene as TwoPeers
from tests.sync.world import ME, appointment


class Fussy(Mirror):
    """A program that does not take some things; ``name`` is what its data file calls its history."""

    def __init__(self, server: MemoryServer, user: UserId) -> None:
        super().__init__(server, user)
        self.refuses: set[str] = set()
        self.name = "one"

    @property
    def lineage(self) -> str | None:
        return self.name

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        return [self._judged(place, write) for write in batch]

    def _judged(self, place: Place, write: Write) -> WriteResult:
        if isinstance(write, Delete):
            title = getattr(self.server.items[self.number(write.id)].item, "title", None)
        else:
            title = getattr(write.item, "title", None) if isinstance(write, Create | Update) else None
        if title in self.refuses:
            return WriteResult(token=write.token, error=Refused("It says no."))
        return super().write(place, [write])[0]

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        if draft.name in self.refuses:
            raise Refused("It says no.")
        return super().create_folder(draft)


class Scene(TwoPeers):
    """The world, and a program beside it that refuses some things."""

    mirror: Fussy

    def __init__(self, replica: Replica) -> None:
        super().__init__(replica)
        self.mirror = Fussy(self.shown, self.me)

    def refused(self, title: str) -> SkippedObject:
        """An appointment of the server's that the program does not take."""
        self.mirror.refuses.add(title)
        self.server.create(self.me, self.calendar, appointment(title))
        self.both()
        return self.waiting()

    def waiting(self) -> SkippedObject:
        (only,) = self.replica.waiting.skipped()
        return only

    def on_server(self) -> list[str]:
        found = (one.item for one in self.server.items.values() if one.folder == self.calendar)
        return sorted(item.title or "" for item in found if isinstance(item, Appointment))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Replica.create(tmp_path / "replica", "anton", Identity(user=ME, display_name="Anton", server="test")) as one:
        yield Scene(one)


def test_it_is_listed_with_who_refused_it_and_counted(scene: Scene) -> None:
    one = scene.refused("Plan")
    assert (one.peer, one.title, one.folder_name) == (OUTLOOK, "Plan", "Calendar")
    assert one.message.startswith("“Plan” could not be created in Outlook: It says no. That changes nothing here")
    backlog = scene.replica.backlog()
    assert (backlog.skipped, backlog.not_shown, backlog.pending, backlog.to_show) == (1, 1, 0, 0)
    assert scene.replica.status().skipped == 1


def test_what_is_yet_to_be_shown_is_counted_apart_from_what_is_to_be_sent(scene: Scene) -> None:
    scene.both()
    scene.server.create(scene.me, scene.calendar, appointment())
    scene.cycle()
    assert (scene.replica.backlog().pending, scene.replica.backlog().to_show) == (0, 1)
    scene.show()
    assert scene.replica.backlog().to_show == 0


def test_it_is_tried_again_when_the_user_says_so(scene: Scene) -> None:
    one = scene.refused("Plan")
    scene.mirror.refuses.clear()
    scene.show()
    assert scene.titles("Calendar") == []
    scene.replica.waiting.retry(one.id)
    scene.show()
    assert scene.titles("Calendar") == ["Plan"]
    assert scene.replica.waiting.skipped() == ()


def test_giving_up_a_new_item_leaves_it_here_and_on_the_server(scene: Scene) -> None:
    one = scene.refused("Plan")
    assert scene.replica.waiting.details(one.id).choices.keys() == {"retry", "discard"}
    scene.replica.waiting.discard(one.id)
    scene.both()
    assert scene.replica.waiting.skipped() == ()
    assert (scene.on_server(), scene.titles("Calendar")) == (["Plan"], [])
    scene.mirror.refuses.clear()
    scene.edit(scene.record(), title="Another plan")
    scene.both()
    assert scene.titles("Calendar") == ["Another plan"]


def test_giving_up_a_change_leaves_it_here_and_on_the_server(scene: Scene) -> None:
    stored = scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    scene.mirror.refuses.add("Plan")
    scene.edit_there(stored.id, title="Plan")
    scene.both()
    details = scene.replica.waiting.details(scene.waiting().id)
    assert isinstance(details.here, Appointment)
    assert isinstance(details.there, Appointment)
    assert (details.here.title, details.there.title) == ("Plan", "Jour fixe")
    scene.replica.waiting.discard(scene.waiting().id)
    scene.both()
    assert (scene.on_server(), scene.titles("Calendar")) == (["Plan"], ["Jour fixe"])
    assert scene.replica.waiting.skipped() == ()


def test_giving_up_a_deletion_brings_nothing_back(scene: Scene) -> None:
    stored = scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    scene.mirror.refuses.add("Jour fixe")
    scene.server.delete(scene.me, stored.id)
    scene.both()
    scene.replica.waiting.discard(scene.waiting().id)
    scene.both()
    assert (scene.on_server(), scene.records(), scene.titles("Calendar")) == ([], [], ["Jour fixe"])


def test_giving_up_a_folder_that_is_not_taken_removes_it_nowhere(scene: Scene) -> None:
    scene.mirror.refuses.add("Club")
    club = scene.server.add_folder(scene.me, "Club", Module.CALENDAR)
    scene.server.create(scene.me, club, appointment())
    scene.both()
    (one,) = [entry for entry in scene.replica.waiting.skipped() if entry.item is None]
    assert one.peer == OUTLOOK
    scene.replica.waiting.discard(one.id)
    scene.both()
    assert club in scene.server.folders
    assert len(scene.records("Club")) == 1


def test_it_needs_no_copy_for_it_is_here(scene: Scene) -> None:
    one = scene.refused("Plan")
    with pytest.raises(Contradiction, match="here all the same"):
        scene.replica.waiting.keep(one.id)
    assert scene.on_server() == ["Plan"]


def test_each_decision_is_about_the_side_that_refused(scene: Scene) -> None:
    class Closed(MemoryPeer):
        def write(self, _place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
            return [WriteResult(token=write.token, error=Refused("The server says no.")) for write in batch]

    scene.refused("Plan")
    scene.edit(scene.record(), location="Hall")
    scene.peer = Closed(scene.server, scene.me)
    scene.cycle()
    by_peer = {one.peer: one for one in scene.replica.waiting.skipped()}
    assert by_peer.keys() == {SERVER, OUTLOOK}
    assert scene.replica.backlog().skipped == 2
    scene.replica.waiting.discard(by_peer[SERVER].id)
    assert [one.peer for one in scene.replica.waiting.skipped()] == [OUTLOOK]
    item = scene.record().item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("Plan", None)


def test_another_data_file_is_asked_about_while_the_server_is_gone_on_with(scene: Scene) -> None:
    scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    scene.mirror.name = "another"
    with pytest.raises(ServerReplaced, match="data file in Outlook"):
        scene.show()
    (found,) = scene.replica.waiting.replaced
    assert (found.peer, found.text) == (OUTLOOK, "The data file in Outlook is not the one that it was.")
    scene.server.create(scene.me, scene.calendar, appointment("New"))
    scene.cycle()
    assert len(scene.records()) == 2
    with pytest.raises(Contradiction):
        scene.replica.waiting.accept()


@pytest.mark.parametrize("is_empty", [True, False])
def test_another_data_file_shows_everything_once_that_is_agreed_to(scene: Scene, is_empty: bool) -> None:
    scene.server.create(scene.me, scene.calendar, appointment())
    board = scene.server.add_folder(scene.other, "Board", Module.CALENDAR)
    scene.server.share(board, scene.me, msgspec.structs.replace(scene.server.rights(scene.other, board), admin=False))
    scene.server.create(scene.other, board, appointment("Meeting"))
    scene.both()
    if is_empty:
        scene.shown.folders.clear()
        scene.shown.items.clear()
    scene.mirror.name = "another"
    with pytest.raises(ServerReplaced):
        scene.show()
    assert scene.replica.waiting.accept(OUTLOOK).peer == OUTLOOK
    scene.both()
    assert (scene.titles("Calendar"), scene.titles("Board")) == (["Jour fixe"], ["Meeting"])
    assert (len(scene.server.items), len(scene.records()), scene.replica.waiting.replaced) == (2, 1, ())
    assert scene.show().total == scene.cycle().total == 0


def test_a_success_is_written_down_and_so_is_trouble_until_the_next_success(scene: Scene) -> None:
    scene.both()
    first = scene.replica.successes(OUTLOOK)
    assert (first.last is not None, first.trouble) == (True, None)
    scene.show()
    assert scene.replica.successes(OUTLOOK) == first
    scene.mirror.name = "another"
    with pytest.raises(ServerReplaced):
        scene.show()
    assert scene.replica.successes(OUTLOOK).trouble is not None
    assert scene.replica.successes().trouble is None
    scene.mirror.name = "one"
    scene.show()
    assert scene.replica.successes(OUTLOOK).trouble is None


def test_the_history_says_what_was_done_in_outlook(scene: Scene) -> None:
    scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    scene.change_there("Jour fixe", title="Plan")
    scene.show()
    events = scene.replica.history.of_item(scene.record().id)
    assert [told(one) for one in events] == ["It came from the server.", "You changed it in Outlook: title."]
    assert [one.peer for one in events] == [SERVER, OUTLOOK]


def test_to_compare_everything_compares_outlook_too(scene: Scene) -> None:
    stored = scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    (there,) = scene.shown.items.values()
    del scene.shown.items[there.id]  # without a tombstone: no change list says so
    assert scene.show().total == 0
    scene.replica.want_slow_sync()
    scene.both()
    assert scene.records() == []
    assert stored.id not in scene.server.items
