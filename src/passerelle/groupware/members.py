"""What the entries of a distribution list refer to (OX reference, section 13.1; semantics reference, section 6)."""

from __future__ import annotations

import msgspec

from passerelle.groupware.access import read_item
from passerelle.groupware.actor import Actor
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, DistributionList, Member
from passerelle.store import Reading


def with_addresses(tx: Reading, actor: Actor, item: Contact) -> Contact:
    """The list with the addresses of those entries that name a contact only; others keep what they say.

    A contact that the actor may not read gives nothing away.
    """
    if not isinstance(item, DistributionList):
        return item
    members = tuple(_filled(tx, actor, member) for member in item.members)
    return msgspec.structs.replace(item, members=members)


def _filled(tx: Reading, actor: Actor, member: Member) -> Member:
    if member.mail or not member.email_field or member.contact is None:
        return member
    folder = None if member.folder is None else FolderId(member.folder)
    try:
        contact = read_item(tx, actor, ItemId(member.contact), Module.CONTACTS, folder).item
    except (NotFound, Forbidden):
        return member
    assert isinstance(contact, Contact)  # noqa: S101 - nothing else is in contact folders
    address = (contact.email1, contact.email2, contact.email3)[member.email_field - 1]
    return msgspec.structs.replace(member, mail=address or "")
