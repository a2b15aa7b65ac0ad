"""Outlook's own calendar, contacts and tasks, where a person's default folders are shown in them, by choice.

Nobody can make, rename, move or remove those folders, and what was in them before is the user's: it is left alone,
unless he wants it sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from passerelle.model.errors import Contradiction, Misconfigured
from passerelle.model.folders import Module
from passerelle.peers.base import FolderDraft, RemoteId, Root, Spot
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.mapping import properties
from passerelle.peers.outlook.objects import Folder, Item, NameSpace
from passerelle.peers.outlook.rows import entries_of
from passerelle.peers.outlook.seen import children

TYPES: Final[Mapping[Module, DefaultFolder]] = {
    Module.CALENDAR: DefaultFolder.Calendar,
    Module.CONTACTS: DefaultFolder.Contacts,
    Module.TASKS: DefaultFolder.Tasks,
}
"""What Outlook calls folders of a module, its own ones and others."""
_DEFAULT, _ALL_CALENDARS = "default", "calendars"
"""Which folders are shown in Outlook's own: the person's default ones, or all calendars besides those."""
_TOP: Final = Spot(root=Root.PRIVATE)


class Home(Struct, frozen=True, kw_only=True):
    """One of Outlook's own folders, and what the engine is told of it.

    What was made before ``since``, in UTC, is none of the account's.
    """

    id: RemoteId
    module: Module
    name: str
    folder: Folder
    since: datetime | None


class Homes:
    """Which of Outlook's own folders are the account's, as stands in the topmost folder of its data file."""

    def __init__(self, session: NameSpace, root: Folder) -> None:
        self._session = session
        self._root = root

    def choose(self, since: datetime | None, *, with_all_calendars: bool = False) -> None:
        """Have the default folders shown in Outlook's own; what was made there before ``since`` is none of theirs.

        With all calendars, the others are shown in Outlook's own calendar, too, told apart by categories.
        """
        said = "" if since is None else since.astimezone(UTC).replace(tzinfo=None).isoformat()
        for kind in TYPES.values():
            folder = self._session.GetDefaultFolder(kind)
            marks.write_words(folder.PropertyAccessor, [(marks.SINCE, said)])
        choice = _ALL_CALENDARS if with_all_calendars else _DEFAULT
        marks.write_words(self._root.PropertyAccessor, [(marks.HOMES, choice)])

    def calendar(self) -> Home | None:
        """Outlook's own calendar, if all calendars are shown in it; it need not be the account's own one yet."""
        words = self._said()
        if not words or words[0] != _ALL_CALENDARS:
            return None
        folder = self._session.GetDefaultFolder(DefaultFolder.Calendar)
        return _read(folder, Module.CALENDAR)

    def found(self) -> list[Home]:
        """Those that are the account's now.

        Raises:
            Misconfigured: Outlook has others by now. What was in them must not be taken for deleted.
        """
        homes = [self._home(module, id_) for module, id_ in (self._known() or {}).items()]
        if not all(homes):
            raise Misconfigured("Outlook’s own folders are others than those that were set up. Set it up again.")
        return [home for home in homes if home is not None]

    def take(self, draft: FolderDraft, id_: RemoteId) -> Home | None:
        """Make one of them the folder that is wanted; None where that is no default folder, or it was not chosen so."""
        known = self._known()
        if known is None or not draft.is_default or draft.spot != _TOP or draft.module in known:
            return None
        folder = self._session.GetDefaultFolder(TYPES[draft.module])
        marks.write_words(folder.PropertyAccessor, [(marks.FOLDER, id_), (marks.GIVEN, draft.name)])
        self._write({**known, draft.module: id_})
        return self._home(draft.module, id_)

    def give_back(self, homes: Iterable[Home]) -> None:
        """Take out of some of them what came from the server, and leave what was made there.

        What is taken out goes into the data file: among the deleted things it would be a trace.
        """
        for home in homes:
            attic = self._root.Folders.Add(str(marks.new_id()), TYPES[home.module])
            for entry in entries_of(home.folder, marks.BROUGHT):
                self._session.GetItemFromID(entry, home.folder.StoreID).Move(attic)
            for entry in entries_of(home.folder, marks.ITEM):
                _unmark(self._session.GetItemFromID(entry, home.folder.StoreID))
            for child in [one for one in children(home.folder) if marks.id_of(one) is not None]:
                child.MoveTo(attic)
            _forget(home.folder, (marks.FOLDER, marks.GIVEN))
            known = {module: id_ for module, id_ in (self._known() or {}).items() if module is not home.module}
            self._write(known)

    def leave(self) -> None:
        """Give all of them back, as far as they are still the account's."""
        known = self._known()
        if known is None:
            return
        homes = [self._home(module, id_) for module, id_ in known.items()]
        self.give_back([home for home in homes if home is not None])
        for kind in TYPES.values():
            _forget(self._session.GetDefaultFolder(kind), (marks.SINCE,))

    def _home(self, module: Module, id_: RemoteId) -> Home | None:
        folder = self._session.GetDefaultFolder(TYPES[module])
        home = _read(folder, module)
        return home if home.id == id_ else None

    def _known(self) -> dict[Module, RemoteId] | None:
        """The ids of those that are taken, None if none was chosen."""
        words = self._said()
        pairs = (one.partition("=") for one in words[1:])
        return {Module(module): RemoteId(id_) for module, _, id_ in pairs} if words else None

    def _said(self) -> list[str]:
        said = marks.words(self._root.PropertyAccessor, marks.HOMES).get(marks.HOMES)
        return said.split() if isinstance(said, str) else []

    def _write(self, known: Mapping[Module, RemoteId]) -> None:
        words = (*self._said()[:1], *(f"{module}={id_}" for module, id_ in known.items()))
        marks.write_words(self._root.PropertyAccessor, [(marks.HOMES, " ".join(words))])


def _read(folder: Folder, module: Module) -> Home:
    found = marks.words(folder.PropertyAccessor, marks.FOLDER, marks.GIVEN, marks.SINCE)
    since = found.get(marks.SINCE)
    return Home(
        id=RemoteId(str(found.get(marks.FOLDER, ""))),
        module=module,
        name=str(found.get(marks.GIVEN, "")),
        folder=folder,
        since=datetime.fromisoformat(since) if isinstance(since, str) else None,
    )


def check_free(session: NameSpace) -> None:
    """Make sure that nobody is shown in Outlook's own folders.

    Raises:
        Contradiction: an account is, whose data file is open.
    """
    stores = session.Stores
    roots = [stores.Item(number).GetRootFolder() for number in range(1, stores.Count + 1)]
    if any(marks.HOMES in marks.words(root.PropertyAccessor, marks.HOMES) for root in roots):
        raise Contradiction("Another account is shown in Outlook’s own folders already.")


def _unmark(item: Item) -> None:
    """Take our words off an item."""
    accessor = item.PropertyAccessor
    kept = marks.words(accessor, properties.OWN).get(properties.OWN)
    for name in (marks.ITEM, marks.HELD, *properties.pieces_of(kept)):
        with suppress(ComError):  # it never had that
            accessor.DeleteProperty(name)
    item.Save()


def _forget(folder: Folder, names: Sequence[str]) -> None:
    for name in names:
        with suppress(ComError):  # as above
            folder.PropertyAccessor.DeleteProperty(name)
