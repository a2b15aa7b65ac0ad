"""``Stores`` and ``Store``: mailboxes and data files."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder, ExchangeStoreType, ObjectClass
from tests.outlook_double import failures
from tests.outlook_double.accessor import PropertyAccessor
from tests.outlook_double.categories import Categories
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, method
from tests.outlook_double.records import StoreRecord
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag
from tests.outlook_double.values import Key, Value


class Store(Bag):
    """A store."""

    _class = ObjectClass.Store

    def __init__(self, session: Session, parent: object, record: StoreRecord) -> None:
        super().__init__(session, parent)
        self._store = record

    @property
    def _values(self) -> dict[Key, Value]:
        return self._store.root.values

    @ReadOnly
    def StoreID(self) -> str:
        return self._store.store_id

    @ReadOnly
    def DisplayName(self) -> str:
        return self._store.root.name

    @ReadOnly
    def FilePath(self) -> str:
        return self._store.path

    @ReadOnly
    def ExchangeStoreType(self) -> int:
        return ExchangeStoreType.PrimaryMailbox if self._store.is_exchange else ExchangeStoreType.NotExchange

    @ReadOnly
    def IsCachedExchange(self) -> bool:
        return self._store.is_exchange

    @ReadOnly
    def IsDataFileStore(self) -> bool:
        return not self._store.is_exchange

    @ReadOnly
    def IsInstantSearchEnabled(self) -> bool:
        return self._session.machine.habits.instant_search

    @ReadOnly
    def IsOpen(self) -> bool:
        return True

    @ReadOnly
    def Categories(self) -> Categories:
        return Categories(self._session, self)

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    @method
    def GetRootFolder(self) -> objects.Folder:
        return self._session.folder(self._store.root)

    @method
    def GetDefaultFolder(self, folder_type: int, /) -> objects.Folder:
        return default_folder(self._session, self._store, folder_type)


def default_folder(session: Session, store: StoreRecord, folder_type: int) -> objects.Folder:
    """A store's own folder of a kind; a data file has one for deleted items at most."""
    if folder_type not in set(DefaultFolder) or DefaultFolder(folder_type) not in store.folders:
        raise failures.not_found()
    return session.folder(store.folders[DefaultFolder(folder_type)])


class Stores(ComObject):
    """The stores of the profile."""

    _class = ObjectClass.Stores

    @ReadOnly
    def Count(self) -> int:
        return len(self._session.machine.profile.stores)

    @method
    def Item(self, index: object, /) -> Store:
        found = at(self._session.machine.profile.stores, index, lambda each: each.root.name)
        return Store(self._session, self, found)
