"""Which object shows a record, and what new items are."""

from __future__ import annotations

from typing import cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ItemType
from tests.outlook_double import appointment
from tests.outlook_double.appointment import AppointmentItem
from tests.outlook_double.contact import ContactItem
from tests.outlook_double.distlist import DistListItem
from tests.outlook_double.item import BaseItem
from tests.outlook_double.meetingitem import MeetingItem
from tests.outlook_double.profile import MESSAGE_CLASSES
from tests.outlook_double.records import Content, FolderRecord, Record
from tests.outlook_double.session import Session
from tests.outlook_double.task import TaskItem


def open_item(session: Session, record: Record) -> objects.Item:
    """The object of a record."""
    for window in session.windows:
        if isinstance(window, BaseItem) and window._record is record:
            return cast("objects.Item", window)
    match record.type:
        case ItemType.AppointmentItem:
            return AppointmentItem(session, record)
        case ItemType.ContactItem:
            return ContactItem(session, record)
        case ItemType.DistributionListItem:
            return DistListItem(session, record)
        case ItemType.TaskItem:
            return TaskItem(session, record)
        case _:
            return MeetingItem(session, record)


def new_item(session: Session, folder: FolderRecord, kind: ItemType) -> objects.Item:
    """An item that is not saved yet."""
    content = Content()
    if kind == ItemType.AppointmentItem:
        appointment.begin(session, content)
    return open_item(session, Record(kind, MESSAGE_CLASSES[kind], folder, content))
