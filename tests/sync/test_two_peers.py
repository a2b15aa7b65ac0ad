"""A replica between a server and a program that shows it: each gets what the other did, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.text import Text
from passerelle.peers.base import FolderDraft, Identity, RemoteId
from passerelle.peers.naming import OUTLOOK, where
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import MemoryServer, StoredItem
from tests.sync.world import ME, World, appointment, weekly

READER = Rights(folder=2, read=4)


class Mirror(MemoryPeer):
    """A program that shows what is in a replica: it has no folder of its own, and no word in anything."""

    @property
    def is_authority(self) -> bool:
        return False

    @property
    def where(self) -> Text:
        return where(OUTLOOK)

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        return RemoteId(str(self.server.add_folder(self.user, draft.name, draft.module, spot=draft.spot)))


class Scene(World):
    """The world, and a program beside it."""

    def __init__(self, replica: Replica) -> None:
        super().__init__(replica)
        self.shown = MemoryServer()
        self.shown.users[self.me] = self.server.users[self.me]
        self.mirror = Mirror(self.shown, self.me)

    def show(self) -> CycleResult:
        return self.replica.show(self.mirror, OUTLOOK)

    def both(self) -> None:
        """What the daemon does: take from the server, show it, send what was done there."""
        self.cycle()
        self.show()
        self.cycle()

    def titles(self, folder: str) -> list[str]:
        (id_,) = [one.id for one in self.shown.folders.values() if one.name == folder]
        return sorted(_title(one) for one in self.shown.items.values() if one.folder == id_)

    def there(self, title: str) -> StoredItem:
        (only,) = [one for one in self.shown.items.values() if _title(one) == title]
        return only

    def change_there(self, title: str, /, **changes: object) -> None:
        stored = self.there(title)
        self.shown.update(self.me, stored.id, msgspec.structs.replace(stored.item, **changes))


def _title(stored: StoredItem) -> str:
    return getattr(stored.item, "title", None) or ""


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    replica = Replica.create(tmp_path / "replica", "anton", Identity(user=ME, display_name="Anton", server="test"))
    return Scene(replica)


def test_a_program_shows_all_that_the_server_has(scene: Scene) -> None:
    scene.server.create(scene.me, scene.calendar, appointment())
    master = scene.server.create(scene.me, scene.calendar, weekly())
    shared = scene.server.add_folder(scene.other, "Board", Module.CALENDAR)
    scene.server.share(shared, scene.me, READER)
    scene.server.create(scene.other, shared, appointment("Meeting"))
    assert isinstance(master.item, Appointment)
    assert isinstance(master.item.when, Timed)
    moved = msgspec.structs.replace(master.item, title="Moved", recurrence=None)
    scene.server.change_occurrence(scene.me, master.id, master.item.when.start.date(), moved)
    scene.both()
    assert scene.titles("Calendar") == ["Jour fixe", "Moved", "Weekly"]
    assert scene.titles("Board") == ["Meeting"]
    assert scene.show().total == scene.cycle().total == 0


def test_what_is_done_in_the_program_reaches_the_server(scene: Scene) -> None:
    scene.server.create(scene.me, scene.calendar, appointment())
    scene.server.create(scene.me, scene.calendar, appointment("Old"))
    scene.both()
    folder = scene.there("Old").folder
    scene.change_there("Jour fixe", location="Room 2")
    scene.shown.create(scene.me, folder, appointment("New"))
    scene.shown.delete(scene.me, scene.there("Old").id)
    scene.show()
    scene.cycle()
    found = {_title(one): one.item for one in scene.server.items.values() if one.folder == scene.calendar}
    assert found.keys() == {"Jour fixe", "New"}
    assert isinstance(found["Jour fixe"], Appointment)
    assert found["Jour fixe"].location == "Room 2"
    scene.check()


def test_a_folder_made_in_the_program_is_the_users_own_on_the_server(scene: Scene) -> None:
    scene.both()
    scene.shown.add_folder(scene.me, "Club", Module.CALENDAR)
    scene.show()
    scene.cycle()
    (made,) = [one for one in scene.server.folders.values() if one.name == "Club"]
    assert made.owner == ME
    assert scene.server.rights(ME, made.id).admin


def test_rights_and_owners_stay_as_the_server_has_them(scene: Scene) -> None:
    shared = scene.server.add_folder(scene.other, "Board", Module.CALENDAR)
    scene.server.share(shared, scene.me, READER)
    scene.both()
    before = scene.folder("Board")
    for one in scene.shown.folders.values():
        one.stamp = scene.shown.tick()
    scene.both()
    assert msgspec.structs.replace(scene.folder("Board"), stamp=before.stamp) == before
    assert before.owner == scene.other


def test_what_the_user_may_not_do_is_taken_back_in_the_program_too(scene: Scene) -> None:
    shared = scene.server.add_folder(scene.other, "Board", Module.CALENDAR)
    scene.server.share(shared, scene.me, READER)
    scene.server.create(scene.other, shared, appointment("Meeting"))
    scene.both()
    scene.change_there("Meeting", title="Party")
    scene.show()
    scene.cycle()
    scene.show()
    assert scene.titles("Board") == ["Meeting"]


def test_a_meeting_keeps_its_maker_when_it_is_shown(scene: Scene) -> None:
    invited = Participant(kind=ParticipantKind.USER, id=ME)
    shared = scene.server.add_folder(scene.other, "Board", Module.CALENDAR)
    scene.server.share(shared, scene.me, READER)
    scene.server.create(scene.other, shared, appointment("Meeting", participants=(invited,)))
    scene.both()
    assert scene.record("Board").created_by == scene.other


def test_an_answer_given_elsewhere_is_shown(scene: Scene) -> None:
    invited = Participant(kind=ParticipantKind.USER, id=ME)
    stored = scene.server.create(scene.me, scene.calendar, appointment("M", participants=(invited,)))
    scene.both()
    accepted = msgspec.structs.replace(invited, answer=Answer.ACCEPTED)
    scene.edit_there(stored.id, participants=(accepted,))
    scene.both()
    item = scene.there("M").item
    assert isinstance(item, Appointment)
    assert item.participants == (accepted,)


@pytest.mark.parametrize(("winner", "stays"), [(Winner.SERVER, "Room 1"), (Winner.MINE, "Room 2")])
def test_where_server_and_program_differ_the_policy_of_the_account_holds(
    scene: Scene, winner: Winner, stays: str
) -> None:
    scene.replica.policy = Policy(winner=winner)
    stored = scene.server.create(scene.me, scene.calendar, appointment())
    scene.both()
    scene.edit_there(stored.id, location="Room 1")
    scene.change_there("Jour fixe", location="Room 2")
    scene.both()
    scene.show()
    item = scene.server.items[stored.id].item
    shown = scene.there("Jour fixe").item
    assert isinstance(item, Appointment)
    assert isinstance(shown, Appointment)
    assert (item.location, shown.location) == (stays, stays)


def test_a_program_that_comes_late_is_shown_what_the_journal_no_longer_knows(scene: Scene) -> None:
    stored = scene.server.create(scene.me, scene.calendar, appointment())
    scene.cycle()
    with scene.replica.store.writing(ME) as tx:
        tx.journal.prune(datetime.now(UTC) + timedelta(days=1))
    scene.both()
    assert scene.titles("Calendar") == [_title(stored)]
