"""The double's classes by the names of the list, each of which the type checker holds to its protocol."""

from __future__ import annotations

from typing import Final

from passerelle.peers.outlook import objects
from tests.outlook_double import (
    accessor,
    application,
    appointment,
    attachments,
    categories,
    contact,
    distlist,
    folders,
    itemscollection,
    meetingitem,
    recipients,
    recurrence,
    stores,
    table,
    task,
    userproperties,
    zones,
)
from tests.outlook_double.com import ComObject


def application_is_alike(obj: application.Application) -> objects.Application:
    """Here the type checker compares all classes, for each can be reached from this one."""
    return obj


CLASSES: Final[dict[str, type[ComObject]]] = {
    each.__name__.rstrip("_"): each
    for each in (
        accessor.PropertyAccessor,
        application.Application,
        application.NameSpace,
        appointment.AppointmentItem,
        attachments.Attachment,
        attachments.Attachments,
        categories.Categories,
        categories.Category,
        contact.ContactItem,
        distlist.DistListItem,
        folders.Folder,
        folders.Folders,
        itemscollection.Items,
        meetingitem.MeetingItem,
        recipients.AddressEntry,
        recipients.Recipient,
        recipients.Recipients,
        recurrence.Exception_,
        recurrence.Exceptions,
        recurrence.RecurrencePattern,
        stores.Store,
        stores.Stores,
        table.Column,
        table.Columns,
        table.Row,
        table.Table,
        task.TaskItem,
        userproperties.UserDefinedProperties,
        userproperties.UserDefinedProperty,
        userproperties.UserProperties,
        userproperties.UserProperty,
        zones.TimeZone,
        zones.TimeZones,
    )
}
