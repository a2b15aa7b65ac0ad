"""The folders in Outlook: below a data file of our own, private ones at the top, the others in sections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256

from msgspec import Struct, structs

from passerelle.model.errors import Contradiction, Misconfigured, NotFound, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import UserId
from passerelle.model.text import Text
from passerelle.peers.base import FolderDraft, FolderEdit, RemoteFolder, RemoteId, Root, Spot, Version
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.answers import OtherProfile
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.homes import TYPES, Home, Homes
from passerelle.peers.outlook.mapping.categories import MasterList
from passerelle.peers.outlook.objects import Folder, NameSpace, Store
from passerelle.peers.outlook.parts import Part

SYSTEM = "system"
"""The section of the folders that are the system's."""
EVERYBODY = RemoteId("1")
"""The id of the global address book."""

_SECTIONS: Mapping[str, Text] = {
    Root.PUBLIC: Text("OX public folders"),
    Root.SHARED: Text("OX shared folders"),
    SYSTEM: Text("OX system folders"),
}
_EVERYBODY_NAME = Text("Global address book")

_MODULES = {
    ItemType.AppointmentItem: Module.CALENDAR,
    ItemType.ContactItem: Module.CONTACTS,
    ItemType.TaskItem: Module.TASKS,
}


class Address(Struct, frozen=True):
    """Where a folder is: its entry id, and its store's."""

    entry: str
    store: str


class Shown(Struct, frozen=True, kw_only=True):
    """A folder as it is in Outlook: where to find it, and what the engine is told of it.

    ``address`` is where its items are. That may be one of Outlook's own folders, its ``home``; with a ``category`` they
    are a part of what is there, and the folder itself is at ``place`` and empty.
    """

    address: Address
    place: Address
    remote: RemoteFolder
    home: Home | None = None
    category: str = ""

    @property
    def is_home(self) -> bool:
        """Whether it is one of Outlook's own."""
        return self.home is not None and not self.category


class Tree:
    """The folders below one data file. ``me`` is whose replica it shows; ``say`` names ours in the user's language."""

    def __init__(self, session: NameSpace, path: str, me: UserId, say: Callable[[Text], str] = str) -> None:
        self._session = session
        self._me = me
        self._say = say
        self._store = _store_at(session, path)
        self._homes = Homes(session, self._root())
        self._calendar: Home | None = None
        self._shown: dict[RemoteId, Shown] = {}

    @property
    def addresses(self) -> Mapping[RemoteId, Address]:
        """Where all folders are, as last read."""
        if not self._shown:
            self.read()
        return {id_: one.address for id_, one in self._shown.items()}

    def lineage(self) -> str:
        """What the data file calls its history; a new one gets a name."""
        accessor = self._root().PropertyAccessor
        known = marks.words(accessor, marks.LINEAGE).get(marks.LINEAGE)
        if isinstance(known, str):
            return known
        fresh = str(marks.new_id())
        marks.write_words(accessor, [(marks.LINEAGE, fresh)])
        return fresh

    def read(self) -> Mapping[RemoteId, Shown]:
        """All folders that hold items, each after the one that it is in. A folder without an id gets one."""
        self._shown = {}
        self._calendar = self._homes.calendar()
        self._everybody()
        sections = self._sections()
        for name, top in sections.items():
            self._keep_named(top, _SECTIONS[name])
        for folder in _below(self._root()):
            section = next((one for one, top in sections.items() if top.EntryID == folder.EntryID), None)
            if section == SYSTEM:
                self._read_below(folder, Root.PRIVATE, None)
            elif section is not None:
                self._read_below(folder, Root(section), None)
            elif folder.EntryID != self._bin():
                self._read(folder, Spot(root=Root.PRIVATE))
        for home in self._homes.found():
            self._read_home(home)
        return self._shown

    def home(self, id_: RemoteId) -> Home | None:
        """The one of Outlook's own folders that a folder is."""
        return self._shown[id_].home if id_ in self._shown else None

    def part(self, id_: RemoteId) -> Part | None:
        """The part of one of Outlook's own folders that a folder is, where several are shown in that."""
        shown = self._shown.get(id_)
        if shown is None or shown.home is None or self._calendar is None or shown.home.module is not Module.CALENDAR:
            return None
        parts = {one.category.casefold(): id_ for id_, one in self._shown.items() if one.category}
        return Part(id_, shown.category, parts)

    def holder(self, id_: RemoteId) -> Folder:
        """The folder where the items of one are. Raises NotFound."""
        return self._at(self._found(id_).address)

    def folder(self, id_: RemoteId) -> Folder:
        """A folder by its id.

        Raises:
            NotFound: it is gone.
        """
        return self._at(self._found(id_).place)

    def _at(self, address: Address) -> Folder:
        return self._session.GetFolderFromID(address.entry, address.store)

    def _found(self, id_: RemoteId) -> Shown:
        if id_ not in self._shown:
            self.read()
        if id_ not in self._shown:
            raise NotFound("The folder is gone in Outlook.")
        return self._shown[id_]

    def said_by(self, folders: Collection[RemoteId]) -> list[RemoteId]:
        """The folders that say what of Outlook's own calendar it has entered itself, if that is among some."""
        homes = [home for id_ in folders if (home := self.home(id_)) is not None]
        if all(home.module is not Module.CALENDAR for home in homes):
            return []
        return [id_ for id_, one in self._shown.items() if one.remote.module is Module.CONTACTS]

    def create(self, draft: FolderDraft) -> RemoteId:
        """Make a folder, or take one of Outlook's own for it."""
        id_ = marks.new_id()
        home = self._homes.take(draft, id_)
        if home is not None:
            self._read_home(home)
            return id_
        parent = self._parent(draft.spot)
        folder = parent.Folders.Add(_name_of(draft.name, draft.owner), TYPES[draft.module])
        marks.write_words(folder.PropertyAccessor, [(marks.FOLDER, id_), *_owner(draft.owner)])
        if self._calendar is not None and draft.module is Module.CALENDAR:
            self._give_category(folder, _name_of(draft.name, draft.owner))
        self._read(folder, draft.spot)
        return id_

    def update(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        """Rename or move a folder; rights are nothing that Outlook knows of.

        Raises:
            Stale: it was renamed or moved in Outlook meanwhile.
            Contradiction: it is one of Outlook's own, and stays where it is.
        """
        if edit.name is None and edit.spot is None:
            return
        folder = self.folder(id_)
        if self._shown[id_].remote.version != version:
            raise Stale("The folder was changed in Outlook meanwhile.")
        if self._shown[id_].is_home:
            _rename_home(folder, edit)
        elif edit.name is not None:
            owner = marks.words(folder.PropertyAccessor, marks.OWNER).get(marks.OWNER)
            folder.Name = _name_of(edit.name, owner if isinstance(owner, str) else "")
        if edit.spot is not None and not self._shown[id_].is_home:
            folder.MoveTo(self._parent(edit.spot))
        self._shown = {}

    def delete(self, id_: RemoteId) -> None:
        """Remove a folder with all that it holds; Outlook keeps it among the deleted things. One of its own stays."""
        folder, shown = self.folder(id_), self._shown[id_]
        if shown.home is not None and shown.is_home:
            self._homes.give_back([shown.home])
        else:
            folder.Delete()
        self._shown = {}

    def _root(self) -> Folder:
        return self._store.GetRootFolder()

    def _bin(self) -> str:
        try:
            return self._store.GetDefaultFolder(DefaultFolder.DeletedItems).EntryID
        except ComError:  # a data file that never had anything deleted has none
            return ""

    def _sections(self) -> dict[str, Folder]:
        """The folders that the others are sorted into, as far as they are there."""
        found: dict[str, Folder] = {}
        for folder in _below(self._root()):
            section = marks.words(folder.PropertyAccessor, marks.SECTION).get(marks.SECTION)
            if isinstance(section, str):
                found[section] = folder
        return found

    def _section(self, section: str) -> Folder:
        there = self._sections().get(section)
        if there is not None:
            return there
        name = self._say(_SECTIONS[section])
        made = self._root().Folders.Add(name)
        marks.write_words(made.PropertyAccessor, [(marks.SECTION, section), (marks.GIVEN, name)])
        return made

    def _keep_named(self, folder: Folder, text: Text) -> None:
        """Call a folder of ours as the user's language has it now, unless the user has renamed it."""
        name = self._say(text)
        if folder.Name == name:
            return
        given = marks.words(folder.PropertyAccessor, marks.GIVEN).get(marks.GIVEN, str(text))
        if folder.Name == given:
            with suppress(ComError):  # another folder is called so
                folder.Name = name
                marks.write_words(folder.PropertyAccessor, [(marks.GIVEN, name)])

    def _everybody(self) -> None:
        """The global address book is everybody's, so that it is never made by the engine."""
        section = self._section(SYSTEM)
        there = next((folder for folder in _below(section) if marks.id_of(folder) == EVERYBODY), None)
        if there is not None:
            self._keep_named(there, _EVERYBODY_NAME)
            return
        name = self._say(_EVERYBODY_NAME)
        book = section.Folders.Add(name, DefaultFolder.Contacts)
        marks.write_words(book.PropertyAccessor, [(marks.FOLDER, EVERYBODY), (marks.GIVEN, name)])
        book.ShowAsOutlookAB = True

    def _parent(self, spot: Spot) -> Folder:
        if spot.parent is not None:
            return self.folder(spot.parent)
        return self._section(spot.root) if spot.root in _SECTIONS else self._root()

    def _read_below(self, folder: Folder, root: Root, parent: RemoteId | None) -> None:
        for child in _below(folder):
            self._read(child, Spot(root=root, parent=parent))

    def _read_home(self, home: Home) -> None:
        """One of Outlook's own folders, and those below it that are ours: what the user has there is his."""
        remote = self._remote(home.id, Spot(root=Root.PRIVATE), home.name, home.module)
        address = _address(home.folder)
        self._shown[home.id] = Shown(address=address, place=address, remote=remote, home=home)
        for child in _below(home.folder):
            if marks.id_of(child) is not None:
                self._read(child, Spot(root=Root.PRIVATE, parent=home.id))

    def _remote(self, id_: RemoteId, spot: Spot, name: str, module: Module) -> RemoteFolder:
        version, everybody = _version(spot, name), id_ == EVERYBODY
        return RemoteFolder(
            id=id_, spot=spot, name=name, module=module, owner=self._me, version=version, everybody=everybody
        )

    def _read(self, folder: Folder, spot: Spot) -> None:
        module = _MODULES.get(ItemType(folder.DefaultItemType))
        if module is None:
            return
        id_ = marks.id_of(folder)
        if id_ is None or id_ in self._shown:  # new, or a copy of another one
            id_ = marks.new_id()
            marks.write_words(folder.PropertyAccessor, [(marks.FOLDER, id_)])
        place = _address(folder)
        shown = Shown(address=place, place=place, remote=self._remote(id_, spot, _own_name(folder), module))
        self._shown[id_] = self._in_calendar(shown, folder)
        self._read_below(folder, spot.root, id_)

    def _in_calendar(self, shown: Shown, folder: Folder) -> Shown:
        """A folder whose items are in Outlook's own calendar, if that is so."""
        home = self._calendar
        if home is None or shown.remote.module is not Module.CALENDAR:
            return shown
        category = marks.words(folder.PropertyAccessor, marks.CATEGORY).get(marks.CATEGORY)
        if not isinstance(category, str):  # the user has made it
            return shown
        return structs.replace(shown, address=_address(home.folder), home=home, category=category)

    def _give_category(self, folder: Folder, name: str) -> None:
        """Have a calendar's items be in Outlook's own, under a category that no other one has; it is hidden itself."""
        taken = {one.category.casefold() for one in self._shown.values()}
        plain = " ".join(name.replace(",", " ").replace(";", " ").split()) or "Calendar"
        names = (plain, *(f"{plain} {number}" for number in range(2, len(taken) + 3)))
        category = next(one for one in names if one.casefold() not in taken)
        MasterList(self._session.Categories).make_known((category,), 0)
        marks.write_words(folder.PropertyAccessor, [(marks.CATEGORY, category)])
        folder.PropertyAccessor.SetProperty(marks.HIDDEN, True)  # noqa: FBT003 - the value of a property


def _address(folder: Folder) -> Address:
    return Address(folder.EntryID, folder.StoreID)


def _rename_home(folder: Folder, edit: FolderEdit) -> None:
    if edit.spot is not None:
        raise Contradiction("Outlook’s own folders stay where they are.")
    if edit.name is not None:
        marks.write_words(folder.PropertyAccessor, [(marks.GIVEN, edit.name)])


def check_profile(session: NameSpace, profile: str) -> None:
    """Make sure that Outlook runs with a profile.

    Raises:
        OtherProfile: it runs with another one.
    """
    running = session.CurrentProfileName
    if running != profile:
        raise OtherProfile(running, profile)


def find_store(session: NameSpace, path: str) -> Store | None:
    """A data file, if the profile has it open."""
    stores = session.Stores
    found = (stores.Item(number) for number in range(1, stores.Count + 1))
    return next((store for store in found if store.FilePath.casefold() == path.casefold()), None)


def withdraw(session: NameSpace, store: Store) -> None:
    """Take a data file out of the profile, with what is ours in Outlook's own folders.

    As far as can be, its contacts leave Outlook's address book before.
    """
    Homes(session, store.GetRootFolder()).leave()
    with suppress(ComError):
        for folder in _walk(store.GetRootFolder()):
            if folder.DefaultItemType == ItemType.ContactItem and folder.ShowAsOutlookAB:
                folder.ShowAsOutlookAB = False
    session.RemoveStore(store.GetRootFolder())


def _store_at(session: NameSpace, path: str) -> Store:
    """The data file that was set up.

    Raises:
        Misconfigured: it is not open.
    """
    store = find_store(session, path)
    if store is None:
        raise Misconfigured(Text("Outlook has the data file “{path}” not open. Set it up again.", path=path))
    return store


def _below(folder: Folder) -> Iterator[Folder]:
    folders = folder.Folders
    for number in range(1, folders.Count + 1):
        yield folders.Item(number)


def _walk(folder: Folder) -> Iterator[Folder]:
    yield folder
    for child in _below(folder):
        yield from _walk(child)


def _owner(owner: str) -> list[tuple[str, str]]:
    return [(marks.OWNER, owner)] if owner else []


def _name_of(name: str, owner: str) -> str:
    """What a folder is shown as: another user's with its owner (manual, 7.2.2)."""
    return f"{owner} – {name}" if owner else name


def _own_name(folder: Folder) -> str:
    """A folder's name without its owner's."""
    owner = marks.words(folder.PropertyAccessor, marks.OWNER).get(marks.OWNER)
    return folder.Name.removeprefix(f"{owner} – ") if isinstance(owner, str) else folder.Name


def _version(spot: Spot, name: str) -> Version:
    return Version(sha256(f"{spot.root}/{spot.parent or ''}/{name}".encode()).hexdigest()[:16])
