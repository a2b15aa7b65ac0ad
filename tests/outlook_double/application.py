"""``Application`` and ``NameSpace``: where everything begins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ItemType, ObjectClass, StoreType
from tests.outlook_double import failures
from tests.outlook_double.categories import Categories
from tests.outlook_double.com import ComObject, ReadOnly, method
from tests.outlook_double.folders import Folder, Folders
from tests.outlook_double.opening import new_item, open_item
from tests.outlook_double.profile import TYPES
from tests.outlook_double.recipients import Recipient, person_id
from tests.outlook_double.records import Invited
from tests.outlook_double.session import Session, long_id
from tests.outlook_double.stores import Store, Stores, default_folder
from tests.outlook_double.zones import TimeZones

if TYPE_CHECKING:
    from tests.outlook_double.machine import Machine


class Application(ComObject):
    """Outlook itself."""

    _class = ObjectClass.Application

    @ReadOnly
    def Name(self) -> str:
        return "Outlook"

    @ReadOnly
    def Version(self) -> str:
        return "16.0.0.17932"

    @ReadOnly
    def DefaultProfileName(self) -> str:
        return self._session.machine.profile.name

    @ReadOnly
    def TimeZones(self) -> TimeZones:
        return TimeZones(self._session, self)

    @method
    def GetNamespace(self, name: str, /) -> objects.NameSpace:
        if name.upper() != "MAPI":
            raise failures.invalid("The name of the namespace is not valid.")
        return self._session.namespace

    @method
    def CreateItem(self, item_type: int, /) -> objects.Item:
        profile = self._session.machine.profile
        folders = {kind: profile.stores[0].folders[default] for default, kind in TYPES.items()}
        folders[ItemType.DistributionListItem] = folders[ItemType.ContactItem]
        return new_item(self._session, folders[ItemType(item_type)], ItemType(item_type))

    @method
    def Quit(self) -> None:
        session = self._session
        for handler in session.listeners(("Application", None), "Quit"):
            handler()
        session.machine.end()


class NameSpace(ComObject):
    """The session: everything by its id."""

    _class = ObjectClass.NameSpace

    @ReadOnly
    def Type(self) -> str:
        return "MAPI"

    @ReadOnly
    def Offline(self) -> bool:
        return False

    @ReadOnly
    def CurrentProfileName(self) -> str:
        return self._session.machine.profile.name

    @ReadOnly
    def CurrentUser(self) -> Recipient:
        user = self._session.machine.profile.user
        return Recipient(self._session, self, Invited(user.name, user))

    @ReadOnly
    def Categories(self) -> Categories:
        return Categories(self._session, self)

    @ReadOnly
    def DefaultStore(self) -> Store:
        return Store(self._session, self, self._session.machine.profile.stores[0])

    @ReadOnly
    def Stores(self) -> Stores:
        return Stores(self._session, self)

    @ReadOnly
    def Folders(self) -> Folders:
        return Folders(self._session, self, None)

    @method
    def AddStoreEx(self, path: str, kind: int, /) -> None:
        StoreType(kind)
        record = self._session.machine.profile.open_data_file(path)
        target = ("Stores", None)
        self._session.tell(target, "StoreAdd", lambda: (Store(self._session, None, record),), timedelta())

    @method
    def RemoveStore(self, folder: objects.Folder, /) -> None:
        record = cast("Folder", folder)._folder
        stores = self._session.machine.profile.stores
        if record.store.is_exchange or record is not record.store.root:
            raise failures.invalid("The folder is not the root of a data file that can be removed.")
        stores.remove(record.store)

    @method
    def GetDefaultFolder(self, folder_type: int, /) -> objects.Folder:
        return default_folder(self._session, self._session.machine.profile.stores[0], folder_type)

    @method
    def GetFolderFromID(self, entry_id: str, store_id: str = "", /) -> Folder:
        for folder in self._session.machine.profile.folders():
            if folder.entry_id == entry_id and store_id in {"", folder.store.store_id}:
                return Folder(self._session, self, folder)
        raise failures.not_found()

    @method
    def GetItemFromID(self, entry_id: str, store_id: str = "", /) -> objects.Item:
        record = self._session.find_record(entry_id)
        if record is None or store_id not in {"", record.folder.store.store_id}:
            raise failures.not_found()
        return open_item(self._session, record)

    @method
    def GetStoreFromID(self, store_id: str, /) -> Store:
        for record in self._session.machine.profile.stores:
            if record.store_id == store_id:
                return Store(self._session, self, record)
        raise failures.not_found()

    @method
    def CreateRecipient(self, name: str, /) -> Recipient:
        return Recipient(self._session, self, Invited(name))

    @method
    def GetRecipientFromID(self, entry_id: str, /) -> Recipient:
        for person in self._session.machine.profile.people:
            if person_id(person) == entry_id:
                return Recipient(self._session, self, Invited(person.name, person))
        raise failures.not_found()

    @method
    def CompareEntryIDs(self, first: str, second: str, /) -> bool:
        return long_id(first) == long_id(second)

    @method
    def Logon(self, profile: str = "", password: str = "", dialog: bool = False, new: bool = False, /) -> None:
        """Nothing to do: a running Outlook is logged on."""

    @method
    def Logoff(self) -> None:
        """Nothing to do: Outlook goes on for its user."""


def open_session(machine: Machine) -> Session:
    """Start an Outlook on a machine."""
    session = Session(machine)
    session.application = Application(session)
    session.namespace = NameSpace(session, session.application)
    session.folder = lambda record: Folder(session, None, record)
    session.item = lambda record: open_item(session, record)
    return session
