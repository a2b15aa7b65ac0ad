"""Which table is whose."""

from __future__ import annotations

from collections.abc import Mapping

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook.constants import ObjectClass
from passerelle.peers.outlook.mapping.appointments import APPOINTMENT
from passerelle.peers.outlook.mapping.aspects import Aspect
from passerelle.peers.outlook.mapping.contacts import CONTACT
from passerelle.peers.outlook.mapping.lists import DISTRIBUTION_LIST
from passerelle.peers.outlook.mapping.tasks import TASK

TABLES: Mapping[type[Item], tuple[Aspect, ...]] = {
    Appointment: APPOINTMENT,
    Contact: CONTACT,
    DistributionList: DISTRIBUTION_LIST,
    Task: TASK,
}
KINDS: Mapping[int, type[Item]] = {
    ObjectClass.Appointment: Appointment,
    ObjectClass.Contact: Contact,
    ObjectClass.DistributionList: DistributionList,
    ObjectClass.Task: Task,
}
"""By ``Class``, as every one of Outlook's objects says it."""

CLASSES: Mapping[str, type[Item]] = {
    "IPM.Appointment": Appointment,
    "IPM.Contact": Contact,
    "IPM.DistList": DistributionList,
    "IPM.Task": Task,
}
"""By what ``MessageClass`` begins with; a folder may hold mail and notes as well."""


def kind_of_class(message_class: object) -> type[Item] | None:
    """What an item is by its message class; None if it is nothing that we keep in step."""
    if not isinstance(message_class, str):
        return None
    return next((kind for begin, kind in CLASSES.items() if message_class.startswith(begin)), None)
