"""The world of a person with an Outlook: what he does there, and how his replica is shown there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from passerelle.model.items import Item
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.connecting import attach
from passerelle.peers.outlook.constants import StoreType
from passerelle.peers.outlook.hearing import Hearing
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.sync.people import KnownPeople
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult
from tests.outlook_double.events import Connected
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.user import User
from tests.sync.world import World

DATA_FILE = r"C:\Users\anton\Passerelle.pst"


class Deaf:
    """Does not mind what is heard: the tables are read anyway."""

    def hear(self, folder: RemoteId) -> None:
        pass

    def hear_of_folders(self) -> None:
        pass

    def soon(self) -> None:
        pass

    def quit(self) -> None:
        pass


class Desk(World):
    """The world, and a Windows machine whose Outlook shows the replica."""

    def __init__(self, replica: Replica, directory: Path) -> None:
        super().__init__(replica)
        self.machine = Machine()
        self.waited_s = 0.0
        self.machine.start()
        self.user = User(self.machine)
        self.machine.session.namespace.AddStoreEx(DATA_FILE, StoreType.Unicode)
        self.context = Context(
            user=self.me,
            mail="anton@example.org",
            name="Anton",
            people=KnownPeople(replica.store),
            directory=directory,
            today=self.machine.now.date(),
            zone="Europe/Berlin",
            separator=";",
        )
        self.outlook = self.attach()

    def attach(self) -> Outlook:
        """Attach to the Outlook that runs; while it is busy, time passes at once."""
        application = attach(self.machine.get_active_object, self._wait)
        return Outlook(application, DATA_FILE, self.context, lambda: self.machine.now)

    def _wait(self, seconds: float) -> None:
        self.waited_s += seconds

    def show(self) -> CycleResult:
        self.machine.pass_time(timedelta(minutes=1))
        result = self.replica.show(self.outlook, NAME)
        self.machine.pass_time(timedelta(minutes=1))
        self.machine.pump()
        return result

    def both(self) -> None:
        """What the connector does: take from the server, show it, send what was done there."""
        self.cycle()
        self.show()
        self.cycle()

    def look(self, *paths: str) -> CycleResult:
        """Look at a few folders only, as when they were heard of; at all if that does not do."""
        self.machine.pass_time(timedelta(seconds=5))
        records = {self.folder_there(path).entry_id for path in paths}
        ids = [id_ for id_, one in self.outlook.addresses.items() if one.entry in records]
        return self.replica.show(self.outlook, NAME, only=self.outlook.look(ids))

    def listen(self) -> Hearing:
        """Listen, as the connector does while it runs."""
        hearing = Hearing(attach(self.machine.get_active_object, self._wait), Connected, Deaf())
        hearing.listen(self.outlook.addresses)
        return hearing

    def folder_there(self, path: str) -> FolderRecord:
        root = self.machine.profile.data_files[DATA_FILE].root
        return self.user.folder(f"{root.name}/{path}")

    def records_there(self, path: str) -> list[Record]:
        return list(self.folder_there(path).records.values())

    def subjects(self, path: str) -> list[str]:
        found = []
        for record in self.records_there(path):
            with self.user.open(record.entry_id) as item:
                found.append(cast(str, item.Subject))
        return sorted(found)

    def entry(self, path: str, subject: str) -> str:
        for record in self.records_there(path):
            with self.user.open(record.entry_id) as item:
                if item.Subject == subject:
                    return record.entry_id
        raise AssertionError(subject)

    def on_server(self, folder: int) -> list[Item]:
        return [one.item for one in self.server.items.values() if one.folder == folder]
