"""Outlook's recipients and members of lists as values, and back. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Iterator

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ResponseStatus
from passerelle.peers.outlook.mapping import properties
from passerelle.peers.outlook.mapping.values import Entry, Invitee

_EXCHANGE = "/O="
"""Begins an address that only an Exchange server can use."""


def address_of(recipient: objects.Recipient) -> str:
    """A recipient's mail address; what is not one of a mail system says it in a property of its own."""
    address = recipient.Address
    if address and not address.upper().startswith(_EXCHANGE):
        return address
    found = properties.get(recipient, "PidTagSmtpAddress")
    return found if isinstance(found, str) else address


def read_recipients(item: objects.AppointmentItem | objects.MeetingItem | objects.TaskItem) -> tuple[Invitee, ...]:
    """The recipients of an item, in order."""
    recipients = item.Recipients
    return tuple(_invitee(recipients.Item(number)) for number in range(1, recipients.Count + 1))


def _invitee(recipient: objects.Recipient) -> Invitee:
    return Invitee(
        address=address_of(recipient) or recipient.Name,
        name=recipient.Name,
        type=recipient.Type,
        status=recipient.MeetingResponseStatus,
    )


def write_recipients(item: objects.AppointmentItem, wanted: tuple[Invitee, ...]) -> None:
    """Bring an item's recipients to those that are wanted. Who stays keeps whatever else Outlook knows of him."""
    missing = {one.address.casefold(): one for one in wanted}
    recipients = item.Recipients
    for number in range(recipients.Count, 0, -1):
        recipient = recipients.Item(number)
        found = missing.pop(address_of(recipient).casefold(), None)
        if found is not None:
            _set(recipient, found, recipient.Type, recipient.MeetingResponseStatus)
        elif recipient.MeetingResponseStatus != ResponseStatus.Organized:  # whom Outlook puts there itself
            recipients.Remove(number)
    for one in missing.values():
        recipient = recipients.Add(one.address)
        recipient.Resolve()
        _set(recipient, one, recipient.Type, ResponseStatus.None_)


def _set(recipient: objects.Recipient, wanted: Invitee, type_: int, status: int) -> None:
    if type_ != wanted.type:
        recipient.Type = wanted.type
    if status != wanted.status:
        properties.put(recipient, dict([properties.to_set("PidTagRecipientTrackStatus", wanted.status)]))


def read_members(item: objects.DistListItem) -> tuple[Entry, ...]:
    """The members of a distribution list, in order."""
    return tuple(Entry(address_of(one), one.Name) for one in _members(item))


def _members(item: objects.DistListItem) -> Iterator[objects.Recipient]:
    for number in range(1, item.MemberCount + 1):
        found = item.GetMember(number)
        if found is not None:
            yield found


def write_members(item: objects.DistListItem, wanted: tuple[Entry, ...]) -> None:
    """Bring a list's members to those that are wanted. One without a contact is known by the address alone."""
    missing = {one.address.casefold(): one for one in wanted}
    for member in list(_members(item)):
        if missing.pop(address_of(member).casefold(), None) is None:
            item.RemoveMember(member)
    for one in missing.values():
        recipient = item.Session.CreateRecipient(one.address)
        recipient.Resolve()
        item.AddMember(recipient)
