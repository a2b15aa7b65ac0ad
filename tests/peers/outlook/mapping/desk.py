"""Outlook on somebody's desk, with what tests do there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.mapping.reading import ReadItem, read_item
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.writing import change_item, create_item
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

    def new(self, item: Item) -> Any:
        folder, kind = _PLACES[type(item)]
        return self.session.GetDefaultFolder(folder).Items.Add(kind)

    def create(self, item: Item, changed: Sequence[Appointment] = ()) -> str:
        new = self.new(item)
        return create_item(new, Content(item, tuple(changed)), self.context, Shelf.of(new)).facts.entry

    def update(
        self, entry_id: str, item: Item, changed: Sequence[Appointment] = (), fields: frozenset[str] | None = None
    ) -> str:
        opened = self.open(entry_id)
        before, shelf = read_item(opened, self.context), Shelf.of(opened)
        return change_item(opened, before, Content(item, tuple(changed)), self.context, shelf, fields).facts.entry

    def read(self, entry_id: str, probably: type[Item] | None = None) -> ReadItem:
        return read_item(self.open(entry_id), self.context, probably)
