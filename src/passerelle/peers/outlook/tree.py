"""The folders in Outlook: below a data file of our own, private ones at the top, the others in sections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256

from msgspec import Struct, structs

from passerelle.model.errors import Contradiction, NotFound, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import UserId
from passerelle.model.text import Text
from passerelle.peers.base import FolderDraft, FolderEdit, RemoteFolder, RemoteId, Root, Spot, Version
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.datafile import store_at
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.homes import TYPES, Home, Homes
from passerelle.peers.outlook.mapping.categories import MasterList
from passerelle.peers.outlook.objects import Folder, NameSpace
from passerelle.peers.outlook.parts import Part
from passerelle.peers.outlook.sections import EVERYBODY, SECTIONS, SYSTEM, Sections
from passerelle.peers.outlook.seen import Seen, below, seen

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
        self._store = store_at(session, path)
        self._root = self._store.GetRootFolder()
        self._sections = Sections(self._root, say)
        self._homes = Homes(session, self._root)
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
        accessor = self._root.PropertyAccessor
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
        store, bin_ = self._store.StoreID, self._bin()
        for top in self._sections.tops():
            section = top.word(marks.SECTION)
            if section == SYSTEM:
                self._read_all(self._sections.with_everybody(top.folder), Spot(root=Root.PRIVATE), store)
            elif section is not None:
                self._read_all(below(top.folder), Spot(root=Root(section)), store)
            elif top.entry != bin_:
                self._read(top, Spot(root=Root.PRIVATE), store)
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

    def address(self, id_: RemoteId) -> Address:
        """Where the items of a folder are. Raises NotFound."""
        return self._found(id_).address

    def holder(self, id_: RemoteId) -> Folder:
        """The folder where the items of one are. Raises NotFound."""
        return self._at(self.address(id_))

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
        self._read(seen(folder), draft.spot, folder.StoreID)
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

    def _bin(self) -> str:
        try:
            return self._store.GetDefaultFolder(DefaultFolder.DeletedItems).EntryID
        except ComError:  # a data file that never had anything deleted has none
            return ""

    def _parent(self, spot: Spot) -> Folder:
        if spot.parent is not None:
            return self.folder(spot.parent)
        return self._sections.section(spot.root) if spot.root in SECTIONS else self._root

    def _read_all(self, folders: Iterable[Seen], spot: Spot, store: str) -> None:
        for one in folders:
            self._read(one, spot, store)

    def _read_home(self, home: Home) -> None:
        """One of Outlook's own folders, and those below it that are ours: what the user has there is his."""
        remote = self._remote(home.id, Spot(root=Root.PRIVATE), home.name, home.module)
        address = _address(home.folder)
        self._shown[home.id] = Shown(address=address, place=address, remote=remote, home=home)
        ours = (one for one in below(home.folder) if one.id is not None)
        self._read_all(ours, Spot(root=Root.PRIVATE, parent=home.id), address.store)

    def _remote(self, id_: RemoteId, spot: Spot, name: str, module: Module) -> RemoteFolder:
        version, everybody = _version(spot, name), id_ == EVERYBODY
        return RemoteFolder(
            id=id_, spot=spot, name=name, module=module, owner=self._me, version=version, everybody=everybody
        )

    def _read(self, one: Seen, spot: Spot, store: str) -> None:
        module = _MODULES.get(ItemType(one.folder.DefaultItemType))
        if module is None:
            return
        id_ = one.id
        if id_ is None or id_ in self._shown:  # new, or a copy of another one
            id_ = marks.new_id()
            marks.write_words(one.folder.PropertyAccessor, [(marks.FOLDER, id_)])
        place = Address(one.entry, store)
        shown = Shown(address=place, place=place, remote=self._remote(id_, spot, _own_name(one), module))
        self._shown[id_] = self._in_calendar(shown, one.word(marks.CATEGORY))
        self._read_all(below(one.folder), Spot(root=spot.root, parent=id_), store)

    def _in_calendar(self, shown: Shown, category: str | None) -> Shown:
        """A folder whose items are in Outlook's own calendar, if that is so; one without a category is the user's."""
        home = self._calendar
        if home is None or shown.remote.module is not Module.CALENDAR or category is None:
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


def _owner(owner: str) -> list[tuple[str, str]]:
    return [(marks.OWNER, owner)] if owner else []


def _name_of(name: str, owner: str) -> str:
    """What a folder is shown as: another user's with its owner (manual, 7.2.2)."""
    return f"{owner} – {name}" if owner else name


def _own_name(one: Seen) -> str:
    """A folder's name without its owner's."""
    owner = one.word(marks.OWNER)
    return one.name if owner is None else one.name.removeprefix(f"{owner} – ")


def _version(spot: Spot, name: str) -> Version:
    return Version(sha256(f"{spot.root}/{spot.parent or ''}/{name}".encode()).hexdigest()[:16])
