"""Outlook's events say where to look."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from passerelle.model.errors import NotFound
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.answers import NotRunning
from passerelle.peers.outlook.connecting import attach
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.hearing import Hearing
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.tree import Address
from tests.outlook_double.desk import Desk
from tests.outlook_double.events import Connected
from tests.outlook_double.habits import Habits

WORK, CLUB = RemoteId("1"), RemoteId("2")


class Ear:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def hear(self, folder: RemoteId) -> None:
        self.heard.append(folder)

    def hear_of_folders(self) -> None:
        self.heard.append("folders")

    def soon(self) -> None:
        self.heard.append("soon")

    def quit(self) -> None:
        self.heard.append("quit")

    def since(self) -> list[str]:
        """What was heard since it was asked last; each once."""
        heard, self.heard = sorted(set(self.heard)), []
        return heard


class Scene(Desk):
    """Two calendars that are listened to."""

    def __init__(self, habits: Habits | None = None) -> None:
        super().__init__(habits)
        root = self.own_store()
        self.work = root.Folders.Add("Work", DefaultFolder.Calendar)
        self.club = root.Folders.Add("Club", DefaultFolder.Calendar)
        self.ear = Ear()
        self.hearing = Hearing(attach(self.machine.get_active_object, lambda _seconds: None), Connected, self.ear)
        self.hearing.listen({WORK: address(self.work), CLUB: address(self.club)})

    def heard(self) -> list[str]:
        self.deliver(timedelta(seconds=1))
        return self.ear.since()


def address(folder: Folder) -> Address:
    return Address(folder.EntryID, folder.StoreID)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_what_a_person_does_with_items_is_heard(scene: Scene) -> None:
    work, club = scene.record(scene.work), scene.record(scene.club)
    entry = scene.user.create(work, Subject="New")
    assert scene.heard() == [WORK]
    scene.user.edit(entry, Subject="Other")
    assert scene.heard() == [WORK]
    scene.user.drag(entry, club)
    assert scene.heard() == [WORK, CLUB]
    scene.user.delete(entry)
    assert scene.heard() == [CLUB]


def test_what_goes_on_elsewhere_is_not_heard(scene: Scene) -> None:
    scene.appointment()
    assert scene.heard() == []


def test_a_folder_that_comes_or_goes_is_heard(scene: Scene) -> None:
    made = scene.user.create_folder(scene.record(scene.work), "Below", ItemType.AppointmentItem)
    assert scene.heard() == ["folders"]
    scene.user.delete_folder(made)
    assert scene.heard() == ["folders"]
    scene.user.create_folder(scene.record(cast("Folder", scene.work.Parent)), "Beside", ItemType.TaskItem)
    assert scene.heard() == ["folders"]


def test_a_folder_that_is_listened_to_no_longer_is_not_heard(scene: Scene) -> None:
    scene.hearing.listen({CLUB: address(scene.club)})
    scene.user.create(scene.record(scene.work))
    assert scene.heard() == []
    scene.user.create(scene.record(scene.club))
    assert scene.heard() == [CLUB]


def test_after_it_is_closed_nothing_is_heard(scene: Scene) -> None:
    scene.hearing.close()
    scene.user.create(scene.record(scene.work))
    scene.outlook.Quit()
    assert scene.heard() == []


def test_that_outlook_ends_is_heard_and_then_there_is_nothing_to_listen_to(scene: Scene) -> None:
    scene.outlook.Quit()
    assert scene.ear.since() == ["quit"]
    with pytest.raises(NotRunning):
        scene.hearing.listen({WORK: Address("00", "00")})


def test_a_folder_that_is_gone_cannot_be_listened_to(scene: Scene) -> None:
    gone = address(scene.club)
    scene.user.delete_folder(scene.record(scene.club))
    scene.user.delete_folder(scene.user.folder(f"{scene.work.Store.DisplayName}/Gelöschte Elemente/Club"))
    with pytest.raises(NotFound):
        scene.hearing.listen({RemoteId("3"): gone})


def test_listening_opens_no_item_and_holds_none(scene: Scene) -> None:
    for number in range(20):
        scene.user.create(scene.record(scene.work), Subject=f"Number {number}")
    scene.deliver()
    assert scene.machine.session.open_items() == 0


@pytest.mark.parametrize("copies", [2, 3])
def test_events_that_are_told_twice_say_the_same(copies: int) -> None:
    scene = Scene(Habits(event_copies=copies))
    scene.user.create(scene.record(scene.work))
    assert scene.heard() == [WORK]
