"""A server in memory and a replica of one of its users: what tests of single cycles start from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from passerelle.model.folders import Folder, Module
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult
from tests.sync.invariants import assert_in_step
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import MemoryServer

ME = UserId(3)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHEN = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")


class World:
    """A server with two users, and a replica of the first."""

    def __init__(self, replica: Replica, *, plain: bool = False, server: MemoryServer | None = None) -> None:
        self.server = server or MemoryServer(plain=plain)
        self.me = self.server.add_user(ME, "anton")
        self.other = self.server.add_user(4, "berta")
        self.peer = MemoryPeer(self.server, self.me)
        self.replica = replica
        self.calendar = self.server.default_folder(self.me, Module.CALENDAR)
        self.contacts = self.server.default_folder(self.me, Module.CONTACTS)

    def cycle(self) -> CycleResult:
        return self.replica.cycle(self.peer)

    def folders_known(self) -> bool:
        """Whether a first cycle has brought the folders."""
        with self.replica.store.reading() as tx:
            return bool(tx.sync.folder_links())

    def folder(self, name: str = "Calendar") -> Folder:
        with self.replica.store.reading() as tx:
            return next(one for one in tx.folders.all() if one.name == name)

    def records(self, name: str = "Calendar") -> list[ItemRecord]:
        folder = self.folder(name)
        with self.replica.store.reading() as tx:
            found = [tx.items.in_folder(folder.id, id_, ME) for id_ in tx.items.ids(folder.id)]
        return [one for one in found if one is not None]

    def record(self, name: str = "Calendar") -> ItemRecord:
        (only,) = self.records(name)
        return only

    def edit(self, record: ItemRecord, **changes: object) -> None:
        self.replica.session().update(record.id, record.folder, lambda _: changes, ignore_conflicts=True)

    def edit_there(self, id_: int, **changes: object) -> None:
        self.server.update(self.me, id_, msgspec.structs.replace(self.server.items[id_].item, **changes))

    def check(self) -> None:
        assert_in_step({self.replica: self.peer}, self.server)


def appointment(title: str = "Jour fixe", **values: object) -> Appointment:
    return msgspec.structs.replace(Appointment(when=WHEN, title=title, uid=f"uid of {title}"), **values)


def weekly(title: str = "Weekly") -> Appointment:
    return appointment(title, recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=10),)))
