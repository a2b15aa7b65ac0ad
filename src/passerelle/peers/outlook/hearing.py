"""Hears at once what happens in Outlook's folders. That only says where to look: what is so, the tables say.

Outlook waits for whoever it tells something, so that nothing here may take long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import ClassVar, Protocol

from msgspec import Struct

from passerelle.model.errors import Refused
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.patience import unwrapped
from passerelle.peers.outlook.sender import Held, finish, hold
from passerelle.peers.outlook.tree import Address


class Sink(Protocol):
    """What is told of events: by its methods ``OnItemAdd`` and so on."""

    source: ClassVar[str]
    """The class of the objects that tell of them."""


class Connection(Protocol):
    """Listens as long as it is kept."""

    def close(self) -> None:
        """Listen no longer."""


Connect = Callable[[object, Sink], Connection]
"""Let a sink be told of an object's events. The connection keeps both, for else they fall silent."""


class Ear(Protocol):
    """Who is told what was heard. Called by Outlook's leave: it is to note it, and no more."""

    def hear(self, folder: RemoteId) -> None:
        """Something in a folder has changed, or will in a moment."""

    def hear_of_folders(self) -> None:
        """There is a new folder, or one less."""

    def soon(self) -> None:
        """Once Outlook has been answered, :meth:`Hearing.finish` is to be called."""

    def quit(self) -> None:
        """Outlook ends."""


class _OfItems:
    """Outlook names the item; by the folder's table alone it is known what became of it."""

    source: ClassVar[str] = "Items"

    def __init__(self, ear: Ear, folder: RemoteId) -> None:
        self._ear = ear
        self._folder = folder

    def OnItemAdd(self, _item: object) -> None:  # noqa: N802 - Outlook's name, as below
        self._ear.hear(self._folder)

    def OnItemChange(self, _item: object) -> None:  # noqa: N802
        self._ear.hear(self._folder)

    def OnItemRemove(self) -> None:  # noqa: N802
        self._ear.hear(self._folder)


class _OfFolder:
    """A deletion is a move, too. Of many at once ``ItemRemove`` does not tell, but this does."""

    source: ClassVar[str] = "Folder"

    def __init__(self, ear: Ear, folder: RemoteId) -> None:
        self._ear = ear
        self._folder = folder

    def OnBeforeItemMove(self, _item: object, _to: object, _cancel: object) -> None:  # noqa: N802
        self._ear.hear(self._folder)


class _OfFolders:
    """``FolderChange`` says nothing: Outlook tells of it with each item."""

    source: ClassVar[str] = "Folders"

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    def OnFolderAdd(self, _folder: object) -> None:  # noqa: N802
        self._ear.hear_of_folders()

    def OnFolderRemove(self) -> None:  # noqa: N802
        self._ear.hear_of_folders()


class _OfApplication:
    source: ClassVar[str] = "Application"

    def __init__(self, ear: Ear, holds: Callable[[object], bool]) -> None:
        self._ear = ear
        self._holds = holds

    def OnItemSend(self, mail: object, _cancel: object) -> bool:  # noqa: N802
        return self._holds(mail)

    def OnQuit(self) -> None:  # noqa: N802
        self._ear.quit()


class _Heard(Struct, frozen=True):
    """A folder that is listened to."""

    address: Address
    connections: tuple[Connection, ...]


class Hearing:
    """Listens to a running Outlook, in the thread that makes it, until it is closed."""

    def __init__(self, application: Application, connect: Connect, ear: Ear) -> None:
        self._application = application
        self._connect = connect
        self._ear = ear
        self._folders: dict[RemoteId, _Heard] = {}
        self._held: list[Held] = []
        self._whole: list[Connection] = [self._connected(application, _OfApplication(ear, self._holds))]
        self._stores: set[str] = set()

    def listen(self, folders: Mapping[RemoteId, Address]) -> None:
        """Listen to these folders, and to no others any more.

        Raises:
            NotRunning: Outlook has ended.
            Refused: Outlook does not tell of one of them.
        """
        for id_ in [id_ for id_, heard in self._folders.items() if folders.get(id_) != heard.address]:
            _close(self._folders.pop(id_).connections)
        for store in sorted({one.store for one in folders.values()} - self._stores):
            with answering():
                root = self._application.Session.GetStoreFromID(store).GetRootFolder()
                self._whole.append(self._connected(root.Folders, _OfFolders(self._ear)))
            self._stores.add(store)
        for id_ in folders.keys() - self._folders.keys():
            self._folders[id_] = _Heard(folders[id_], self._connections(id_, folders[id_]))

    def finish(self) -> None:
        """Close the windows of meetings about which mails were held back. Nothing is lost where one stays open."""
        while self._held:
            with suppress(Refused):
                finish(self._application.Session, self._held.pop())

    def close(self) -> None:
        """Let all of Outlook's objects go."""
        for heard in self._folders.values():
            _close(heard.connections)
        _close(self._whole)
        self._folders.clear()
        self._whole.clear()

    def _holds(self, mail: object) -> bool:
        """Whether a mail is kept from leaving."""
        held = hold(mail, [heard.address for heard in self._folders.values()])
        if held is None:
            return False
        self._held.append(held)
        self._ear.soon()
        return True

    def _connections(self, id_: RemoteId, address: Address) -> tuple[Connection, ...]:
        with answering():
            folder = self._application.Session.GetFolderFromID(address.entry, address.store)
            sources: list[tuple[object, Sink]] = [
                (folder.Items, _OfItems(self._ear, id_)),
                (folder, _OfFolder(self._ear, id_)),
                (folder.Folders, _OfFolders(self._ear)),
            ]
            return tuple(self._connected(source, sink) for source, sink in sources)

    def _connected(self, source: object, sink: Sink) -> Connection:
        return self._connect(unwrapped(source), sink)


def _close(connections: tuple[Connection, ...] | list[Connection]) -> None:
    for one in connections:
        one.close()
