"""``Folder`` and ``Folders``: the tree."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder, ItemType, ObjectClass
from tests.outlook_double import failures, tree
from tests.outlook_double.accessor import PropertyAccessor
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, Writable, method
from tests.outlook_double.item import folder_record
from tests.outlook_double.itemscollection import Items
from tests.outlook_double.profile import MESSAGE_CLASSES, TYPES
from tests.outlook_double.records import FolderRecord
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag, checked
from tests.outlook_double.stores import Store
from tests.outlook_double.table import Table, matching
from tests.outlook_double.userproperties import UserDefinedProperties
from tests.outlook_double.values import Key, Value, key_of

CONTAINER_CLASS = key_of("PidTagContainerClass")


class Folder(Bag):
    """A folder."""

    _class = ObjectClass.Folder

    def __init__(self, session: Session, parent: object, record: FolderRecord) -> None:
        super().__init__(session, parent)
        self._folder = record

    @property
    def _values(self) -> dict[Key, Value]:
        return self._folder.values

    def _computed(self, key: Key) -> Value | None:
        message_class = MESSAGE_CLASSES[self._folder.type].replace("IPM.", "IPF.")
        facts: dict[Key, Value] = {
            CONTAINER_CLASS: message_class,
            key_of("PidTagEntryId"): bytes.fromhex(self._folder.entry_id),
            key_of("PidTagDisplayName"): self._folder.name,
        }
        return facts.get(key)

    @ReadOnly
    def Parent(self) -> object:
        return Folder(self._session, None, self._folder.parent) if self._folder.parent else self._session.namespace

    @ReadOnly
    def EntryID(self) -> str:
        return self._folder.entry_id

    @ReadOnly
    def StoreID(self) -> str:
        return self._folder.store.store_id

    @ReadOnly
    def Store(self) -> Store:
        return Store(self._session, self, self._folder.store)

    @ReadOnly
    def FolderPath(self) -> str:
        return tree.path_of(self._folder)

    @ReadOnly
    def DefaultItemType(self) -> int:
        return self._folder.type

    @ReadOnly
    def DefaultMessageClass(self) -> str:
        return MESSAGE_CLASSES[self._folder.type]

    @ReadOnly
    def UnReadItemCount(self) -> int:
        return 0

    @ReadOnly
    def Folders(self) -> Folders:
        return Folders(self._session, self, self._folder)

    @ReadOnly
    def Items(self) -> Items:
        return Items(self._session, self._folder)

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    @ReadOnly
    def UserDefinedProperties(self) -> UserDefinedProperties:
        return UserDefinedProperties(self._session, self, self._folder)

    def _describe(self, value: str) -> None:
        self._folder.description = checked(value, str, "Description")

    def _show(self, value: bool) -> None:
        self._check_contacts()
        self._folder.address_book = checked(value, bool, "ShowAsOutlookAB")

    def _name_book(self, value: str) -> None:
        self._check_contacts()
        self._folder.address_book_name = checked(value, str, "AddressBookName")

    def _check_contacts(self) -> None:
        if self._folder.type != ItemType.ContactItem:
            raise failures.invalid("The folder holds no contacts.")

    Name = Writable[str](lambda obj: obj._folder.name, lambda obj, value: tree.rename(obj._session, obj._folder, value))
    Description = Writable[str](lambda obj: obj._folder.description, _describe)
    ShowAsOutlookAB = Writable[bool](lambda obj: obj._folder.address_book, _show)
    AddressBookName = Writable[str](lambda obj: obj._folder.address_book_name or obj._folder.name, _name_book)

    @method
    def GetTable(self, filter_: str = "", contents: int = 0, /) -> Table:
        records = [] if contents else list(self._folder.records.values())
        return Table(self._session, self._folder, matching(self._session, self._folder, records, filter_))

    @method
    def Delete(self) -> None:
        tree.delete(self._session, self._folder)

    @method
    def MoveTo(self, target: objects.Folder, /) -> None:
        tree.move(self._session, self._folder, folder_record(target))

    @method
    def CopyTo(self, target: objects.Folder, /) -> Folder:
        return Folder(self._session, None, tree.copy(self._session, self._folder, folder_record(target)))


class Folders(ComObject):
    """The folders below one, or with no parent the roots of all stores."""

    _class = ObjectClass.Folders

    def __init__(self, session: Session, parent: object, below: FolderRecord | None) -> None:
        super().__init__(session, parent)
        self._below = below
        self._next = 0

    def _records(self) -> list[FolderRecord]:
        if self._below is None:
            return [store.root for store in self._session.machine.profile.stores]
        return self._below.children

    @ReadOnly
    def Count(self) -> int:
        return len(self._records())

    @method
    def Item(self, index: object, /) -> Folder:
        return Folder(self._session, self, at(self._records(), index, lambda each: each.name))

    @method
    def Add(self, name: str, kind: int = 0, /) -> Folder:
        if self._below is None:
            raise failures.denied()
        wanted = _TYPES.get(kind) if kind else self._below.type
        if wanted is None:
            raise failures.invalid("Folders of that kind cannot be made here.")
        return Folder(self._session, self, tree.add(self._session, self._below, name, wanted))

    @method
    def Remove(self, index: int, /) -> None:
        tree.delete(self._session, at(self._records(), index, lambda each: each.name))

    @method
    def GetFirst(self) -> Folder | None:
        self._next = 0
        return self._step()

    @method
    def GetNext(self) -> Folder | None:
        return self._step()

    def _step(self) -> Folder | None:
        records = self._records()
        self._next += 1
        return Folder(self._session, self, records[self._next - 1]) if self._next <= len(records) else None


_TYPES = {int(default): kind for default, kind in TYPES.items()} | {int(DefaultFolder.Inbox): ItemType.MailItem}
