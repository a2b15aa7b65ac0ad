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
