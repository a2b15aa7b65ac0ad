"""Where a check works: folders of its own in the data files of the self-test, and all that it may need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import cast

from passerelle.model.folders import Module
from passerelle.model.participants import Organizer, Participant
from passerelle.peers.base import FolderDraft, Place, Root, Spot
from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.objects import (
    Application,
    AppointmentItem,
    ContactItem,
    DistListItem,
    Folder,
    Item,
    NameSpace,
    TaskItem,
)
from passerelle.peers.outlook.peer import Outlook
from passerelle.peers.outlook.selftest.surroundings import Surroundings

_FEBRUARY, _TUESDAY, _WEEK = 2, 1, 7


class Nobody:
    """People that no replica knows: all are known by their addresses."""

    def find(self, mail: str) -> Participant | None:  # noqa: ARG002 - nobody is known
        """Nobody."""
        return None

    def address(self, party: Participant | Organizer) -> tuple[str, str]:
        """What the party itself says."""
        return party.mail, party.name


class Bench:
    """What checks work on. ``paths`` are those of two data files that are open in Outlook."""

    def __init__(
        self,
        application: Application,
        paths: tuple[Path, Path],
        context: Context,
        surroundings: Surroundings,
        now: Callable[[], datetime],
    ) -> None:
        self.application = application
        self.context = context
        self.surroundings = surroundings
        self.peer = Outlook(application, str(paths[0]), context, now)
        self.pump = surroundings.ears.pump()
        self._paths = paths
        self._numbers = count(1)
        self._places: dict[tuple[Module, int], Place] = {}

    @property
    def session(self) -> NameSpace:
        """Outlook's session."""
        return self.application.Session

    @property
    def day(self) -> date:
        """The first Tuesday of next year's February: a month of winter or summer, in which no clock is changed."""
        first = date(self.context.today.year + 1, _FEBRUARY, 1)
        return first + timedelta(days=(_TUESDAY - first.weekday()) % _WEEK)

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        """A time of the wall clock, as Outlook takes it."""
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=UTC) + timedelta(days=days)

    def root(self, number: int = 0) -> Folder:
        """The topmost folder of a data file."""
        path = str(self._paths[number]).casefold()
        stores = self.session.Stores
        each = (stores.Item(index) for index in range(1, stores.Count + 1))
        return next(store for store in each if store.FilePath.casefold() == path).GetRootFolder()

    def folder(self, kind: DefaultFolder, number: int = 0) -> Folder:
        """A new folder in a data file."""
        return self.root(number).Folders.Add(f"Check {next(self._numbers)}", int(kind))

    def place(self, module: Module, number: int = 0) -> Place:
        """One of the folders that are made as for the engine; a failed check may have left something in them."""
        if (module, number) not in self._places:
            draft = FolderDraft(spot=Spot(root=Root.PRIVATE), name=f"{module} {number}", module=module)
            self._places[module, number] = Place(self.peer.create_folder(draft), module)
        return self._places[module, number]

    def appointment(self, folder: Folder | None = None) -> AppointmentItem:
        """A new appointment from nine to ten on the day, not yet saved."""
        within = folder or self.folder(DefaultFolder.Calendar)
        item = cast(AppointmentItem, within.Items.Add())
        item.Subject = "Check"
        item.Start, item.End = self.at(9), self.at(10)
        return item

    def saved(self, folder: Folder | None = None) -> AppointmentItem:
        """The same, saved."""
        item = self.appointment(folder)
        item.Save()
        return item

    def contact(self, folder: Folder | None = None) -> ContactItem:
        """A new contact, not yet saved."""
        item = cast(ContactItem, (folder or self.folder(DefaultFolder.Contacts)).Items.Add())
        item.FirstName, item.LastName = "Dora", "Damm"
        return item

    def group(self) -> DistListItem:
        """A new distribution list, not yet saved."""
        item = cast(DistListItem, self.folder(DefaultFolder.Contacts).Items.Add("IPM.DistList"))
        item.DLName = "Team"
        return item

    def task(self, folder: Folder | None = None) -> TaskItem:
        """A new task, not yet saved."""
        item = cast(TaskItem, (folder or self.folder(DefaultFolder.Tasks)).Items.Add())
        item.Subject = "Check"
        return item

    def again(self, item: Item) -> Item:
        """The same item, opened by its id."""
        return self.session.GetItemFromID(item.EntryID, cast(Folder, item.Parent).StoreID)

    def appointment_again(self, item: Item) -> AppointmentItem:
        """The same appointment, opened by its id."""
        return cast(AppointmentItem, self.again(item))


def items(folder: Folder) -> Iterator[Item]:
    """All items of a folder."""
    found = folder.Items
    for number in range(1, found.Count + 1):
        yield found.Item(number)
