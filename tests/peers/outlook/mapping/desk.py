"""Outlook on somebody's desk, with what tests do there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.mapping.reading import ReadItem, read_item
from passerelle.peers.outlook.mapping.writing import write_item
from tests.outlook_double.machine import Machine
from tests.outlook_double.user import User
from tests.peers.outlook.mapping.contexts import context

_PLACES: dict[type[Item], tuple[DefaultFolder, ItemType]] = {
    Appointment: (DefaultFolder.Calendar, ItemType.AppointmentItem),
    Contact: (DefaultFolder.Contacts, ItemType.ContactItem),
    DistributionList: (DefaultFolder.Contacts, ItemType.DistributionListItem),
    Task: (DefaultFolder.Tasks, ItemType.TaskItem),
}


class Desk:
    """A running Outlook, its user, and one item after the other on the way between it and the model."""

    def __init__(self, zone: str = "Europe/Berlin", directory: Path | None = None) -> None:
        self.machine = Machine(zone=zone)
        self.machine.start()
        self.user = User(self.machine)
        self.context = context(zone=zone, directory=directory)

    @property
    def session(self) -> objects.NameSpace:
        return self.machine.session.application.Session

    def open(self, entry_id: str) -> Any:
        return self.session.GetItemFromID(entry_id)

    def create(self, item: Item, changed: Sequence[Appointment] = ()) -> str:
        folder, kind = _PLACES[type(item)]
        new = self.session.GetDefaultFolder(folder).Items.Add(kind)
        return write_item(new, item, changed, self.context).EntryID

    def update(
        self, entry_id: str, item: Item, changed: Sequence[Appointment] = (), fields: frozenset[str] | None = None
    ) -> str:
        return write_item(self.open(entry_id), item, changed, self.context, fields).EntryID

    def read(self, entry_id: str) -> ReadItem:
        return read_item(self.open(entry_id), self.context)
