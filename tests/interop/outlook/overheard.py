"""What a program hears of Outlook while it does something there: the same through real COM as without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.connecting import attach
from passerelle.peers.outlook.constants import DefaultFolder, MeetingStatus
from passerelle.peers.outlook.hearing import Connect, Hearing
from passerelle.peers.outlook.tree import Address

FOLDERS = {RemoteId("calendar"): DefaultFolder.Calendar, RemoteId("contacts"): DefaultFolder.Contacts}


class Ear:
    """Writes down what it hears, and tells that it heard something."""

    def __init__(self, notice: Callable[[], None]) -> None:
        self._notice = notice
        self._heard: list[str] = []

    def hear(self, folder: RemoteId) -> None:
        self._note(folder)

    def hear_of_folders(self) -> None:
        self._note("folders")

    def soon(self) -> None:
        self._note("soon")

    def quit(self) -> None:
        self._note("quit")

    def _note(self, what: str) -> None:
        self._heard.append(what)
        self._notice()

    def since(self) -> str:
        """What was heard since it was asked last."""
        heard, self._heard = " ".join(self._heard), []
        return heard


def overhear(find: Callable[[str], Any], connect: Connect, wait: Callable[[], None], ear: Ear) -> Iterator[str]:
    """Listen to a fresh Outlook, and do something there; ``wait`` lets events come."""
    outlook = attach(find, lambda _seconds: None)
    session: Any = outlook.Session
    places = {id_: session.GetDefaultFolder(kind) for id_, kind in FOLDERS.items()}
    hearing = Hearing(outlook, connect, ear)
    hearing.listen({id_: Address(folder.EntryID, folder.StoreID) for id_, folder in places.items()})
    calendar = places[RemoteId("calendar")]
    item: Any = calendar.Items.Add()

    def said(what: str) -> str:
        wait()
        return f"{what}: {ear.since()}"

    item.Save()
    yield said("new")
    item.Subject = "Other"
    item.Save()
    yield said("changed")
    item.Delete()
    yield said("deleted")
    calendar.Folders.Add("Below")
    yield said("folder")
    item = calendar.Items.Add()
    item.MeetingStatus = MeetingStatus.Meeting
    item.Recipients.Add("bruno@example.org")
    item.Send()
    mails = session.GetDefaultFolder(DefaultFolder.SentMail).Items
    yield f"mails: {mails.Count}"
    yield said("meeting")
    hearing.finish()
    hearing.listen({})
    wait()
    ear.since()
    item.Send()
    yield f"mails: {mails.Count}"
    calendar.Items.Add().Save()
    yield said("no longer listened to")
    outlook.Quit()
    yield said("ended")
    hearing.close()
