"""What the entries of a distribution list refer to (OX reference, section 13.1; semantics reference, section 6).

An entry that names a contact follows it: a new name, address or folder of the contact is the entry's too, whoever
changes the contact and wherever it is, the global address book included. When the contact goes, or loses the address,
the entry keeps the last one that it had.
"""

from __future__ import annotations

import msgspec

from passerelle.groupware.access import read_item
from passerelle.groupware.actor import Actor, actor_of
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, DistributionList, Member
from passerelle.model.records import ItemRecord
from passerelle.store import Reading, Writing


def with_addresses(tx: Reading, actor: Actor, item: Contact) -> Contact:
    """The list with the addresses of those entries that name a contact only; others keep what they say.

    A contact that the actor may not read gives nothing away.
    """
    if not isinstance(item, DistributionList):
        return item
    members = tuple(_filled(tx, actor, member) for member in item.members)
    return msgspec.structs.replace(item, members=members)


def follow(tx: Writing, id_: ItemId, before: Contact, after: Contact, folder: FolderId | None = None) -> None:
    """Let the lists that refer to a contact follow its change, or its move to ``folder``.

    A list whose owner may not read the contact any more keeps what it says.
    """
    if folder is None and _said(before) == _said(after):
        return
    for record in tx.items.referring(id_):
        item = record.item
        if isinstance(item, DistributionList) and _may_read(tx, record, id_):
            members = tuple(
                _followed(one, before, after, folder) if one.contact == id_ else one for one in item.members
            )
            if members != item.members:
                tx.items.replace(record.id, msgspec.structs.replace(item, members=members))


def _said(contact: Contact) -> tuple[str | None, ...]:
    return contact.display_name, contact.email1, contact.email2, contact.email3


def _may_read(tx: Reading, record: ItemRecord, contact: ItemId) -> bool:
    """Whether the one whose list it is may read a contact."""
    home = tx.folders.get(record.folder)
    private = home is not None and home.type is FolderType.PRIVATE
    user = home.owner if home is not None and private else record.created_by
    try:
        read_item(tx, actor_of(tx, user), contact, Module.CONTACTS, None)
    except (NotFound, Forbidden):
        return False
    return True


def _followed(member: Member, before: Contact, after: Contact, folder: FolderId | None) -> Member:
    """The entry after a change of its contact; a name that somebody chose for the list stays."""
    if not member.email_field:
        return member
    return msgspec.structs.replace(
        member,
        mail=_address(after, member) or member.mail,
        name=after.display_name or member.name if member.name == before.display_name else member.name,
        folder=member.folder if folder is None else folder,
    )


def _address(contact: Contact, member: Member) -> str | None:
    return (contact.email1, contact.email2, contact.email3)[member.email_field - 1]


def _filled(tx: Reading, actor: Actor, member: Member) -> Member:
    if member.mail or not member.email_field or member.contact is None:
        return member
    folder = None if member.folder is None else FolderId(member.folder)
    try:
        contact = read_item(tx, actor, ItemId(member.contact), Module.CONTACTS, folder).item
    except (NotFound, Forbidden):
        return member
    assert isinstance(contact, Contact)  # noqa: S101 - nothing else is in contact folders
    return msgspec.structs.replace(member, mail=_address(contact, member) or "")
