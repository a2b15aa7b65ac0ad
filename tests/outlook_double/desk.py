"""A machine with a running Outlook, its user, and the session that a program attached to it sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.errors import ComError, code_of
from tests.outlook_double.habits import Habits
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord
from tests.outlook_double.user import User


class Desk:
    """What a test needs in hand."""

    def __init__(self, habits: Habits | None = None, zone: str = "Europe/Berlin") -> None:
        self.machine = Machine(habits, zone)
        self.machine.start()
        self.user = User(self.machine)

    @property
    def outlook(self) -> objects.Application:
        """Attach to the running Outlook."""
        return self.machine.get_active_object("Outlook.Application")

    @property
    def session(self) -> objects.NameSpace:
        """Its session."""
        return self.outlook.Session

    @property
    def calendar(self) -> objects.Folder:
        """The default calendar."""
        return self.session.GetDefaultFolder(DefaultFolder.Calendar)

    @property
    def contacts(self) -> objects.Folder:
        """The default contacts."""
        return self.session.GetDefaultFolder(DefaultFolder.Contacts)

    @property
    def tasks(self) -> objects.Folder:
        """The default tasks."""
        return self.session.GetDefaultFolder(DefaultFolder.Tasks)

    def own_store(self) -> objects.Folder:
        """The root of a data file of the connector's own."""
        self.session.AddStoreEx("C:\\passerelle.pst", 2)
        return self.session.Folders.Item(2)

    def record(self, folder: objects.Folder) -> FolderRecord:
        """A folder as it is kept."""
        return self.user.folder(folder.FolderPath.removeprefix("\\\\").replace("\\", "/"))

    def appointment(self, subject: str = "Besprechung", **values: object) -> Any:
        """A saved appointment, from 9:00 to 10:00 on Tuesday unless told otherwise."""
        item: Any = self.calendar.Items.Add()
        item.Subject = subject
        item.Start, item.End = wall(1, 9), wall(1, 10)
        for name, value in values.items():
            setattr(item, name, value)
        item.Save()
        return item

    def deliver(self, after: timedelta = timedelta()) -> int:
        """Let time pass and events arrive."""
        self.machine.pass_time(after)
        return self.machine.pump()


def wall(day: int, hour: int = 0, minute: int = 0, month: int = 12) -> datetime:
    """A time of December 2026 as pywin32 wants it: the wall clock's digits, said to be UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def refusal(error: ComError) -> int:
    """The code that says why."""
    return code_of(error)
