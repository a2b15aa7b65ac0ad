"""What an Outlook finds when it starts: its stores, its user, and whom the user knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from tests.outlook_double.habits import Locale
from tests.outlook_double.records import CategoryRecord, FolderRecord, Person, Record, StoreRecord

TYPES = {
    DefaultFolder.Calendar: ItemType.AppointmentItem,
    DefaultFolder.Contacts: ItemType.ContactItem,
    DefaultFolder.Tasks: ItemType.TaskItem,
}
MESSAGE_CLASSES = {
    ItemType.MailItem: "IPM.Note",
    ItemType.AppointmentItem: "IPM.Appointment",
    ItemType.ContactItem: "IPM.Contact",
    ItemType.TaskItem: "IPM.Task",
    ItemType.DistributionListItem: "IPM.DistList",
}


@dataclass(slots=True)
class Profile:
    """A profile of Outlook, and the data files on the machine's disk."""

    locale: Locale
    user: Person
    name: str = "Outlook"
    stores: list[StoreRecord] = field(default_factory=list)
    data_files: dict[str, StoreRecord] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    categories: list[CategoryRecord] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.people.append(self.user)
        mailbox = StoreRecord(self.new_id(), self.user.smtp or self.user.address)
        self.new_folder(mailbox, None, mailbox.name, ItemType.MailItem)
        for default, name in self.locale.folders.items():
            self._default_folder(mailbox, default, name)
        self.stores.append(mailbox)

    def _default_folder(self, store: StoreRecord, default: DefaultFolder, name: str) -> None:
        kind = TYPES.get(default, ItemType.MailItem)
        folder = self.new_folder(store, store.root, name, kind)
        folder.default = default
        store.folders[default] = folder

    def new_id(self) -> str:
        """An id that nothing had before."""
        return f"00000000{next(self.numbers):040X}"

    def new_folder(self, store: StoreRecord, parent: FolderRecord | None, name: str, kind: ItemType) -> FolderRecord:
        """Make a folder, or with no parent the root of a store."""
        folder = FolderRecord(name, kind, store, self.new_id(), parent)
        (parent.children if parent else store.roots).append(folder)
        return folder

    def open_data_file(self, path: str) -> StoreRecord:
        """Take a data file into the profile, as it was left, or new with nothing but deleted items."""
        store = self.data_files.get(path)
        if store is None:
            store = self.data_files[path] = StoreRecord(self.new_id(), self.locale.data_file, path)
            self.new_folder(store, None, store.name, ItemType.MailItem)
            self._default_folder(store, DefaultFolder.DeletedItems, self.locale.folders[DefaultFolder.DeletedItems])
        if store not in self.stores:
            self.stores.append(store)
        return store

    def find_record(self, entry_id: str) -> Record | None:
        """The item of an id, in whatever folder it is."""
        for folder in self.folders():
            if record := folder.records.get(entry_id):
                return record
        return None

    def folders(self) -> list[FolderRecord]:
        """All folders of all stores."""
        return [folder for store in self.stores for folder in store.root.walk()]

    def find_person(self, text: str) -> Person | None:
        """Whom a name or an address means: someone known, else whoever has that address."""
        wanted = text.strip().casefold()
        for person in self.people:
            if wanted in {person.name.casefold(), person.address.casefold(), person.smtp.casefold()} - {""}:
                return person
        return Person(text.strip(), text.strip(), smtp=text.strip()) if "@" in wanted else None
