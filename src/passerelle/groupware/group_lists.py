"""The distribution list that each group has in the global address book, and that follows the group.

The lists are the system user's, so that nobody's "own objects" (semantics reference, section 3) are among them: users
read them and change nothing. That makes them recognisable, too: no other list stands in that folder. The virtual
group of everybody has none, for its list would be the folder itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from passerelle.groupware.actor import SYSTEM_USER
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK
from passerelle.model.ids import EVERYBODY, ItemId, UserId
from passerelle.model.items import DistributionList, Member
from passerelle.model.principals import Group, User
from passerelle.model.records import ItemRecord
from passerelle.store import Reading, Writing


def settle(tx: Writing, group: Group) -> Group:
    """Bring a group's list in step with its name and members, and return the group, which names the list.

    Nothing is written where all is as it should be.
    """
    if group.id == EVERYBODY:
        return group
    record, wanted = _stored(tx, group), list_of(tx, group)
    if group.deleted:
        _remove(tx, record)
    elif record is None:
        added = tx.items.add(GLOBAL_ADDRESS_BOOK, wanted, created_by=SYSTEM_USER)
        return tx.principals.replace_group(msgspec.structs.replace(group, contact=added.id))
    elif record.item != wanted:
        tx.items.replace(record.id, wanted)
    return group


def follow(tx: Writing, user: UserId) -> None:
    """Bring the lists of a user's groups in step with the user's name and address."""
    for group in tx.principals.groups():
        if user in group.members and group.contact is not None:
            settle(tx, group)


def outdated(tx: Reading) -> Iterator[Group]:
    """The groups whose list is missing or not what it should be, as in a store from before there were lists."""
    for group in tx.principals.groups():
        record = _stored(tx, group)
        if group.id != EVERYBODY and (record is None or record.item != list_of(tx, group)):
            yield group


def list_of(tx: Reading, group: Group) -> DistributionList:
    """What a group's list holds: its members who have an address, each referring to the user's entry."""
    users = (tx.principals.user(id_) for id_ in group.members)
    members = (_member(user) for user in users if user is not None and not user.deleted and user.email)
    return DistributionList(display_name=group.display_name, members=tuple(members))


def _member(user: User) -> Member:
    return Member(
        mail=user.email, name=user.display_name, contact=user.contact, folder=GLOBAL_ADDRESS_BOOK, email_field=1
    )


def _stored(tx: Reading, group: Group) -> ItemRecord | None:
    return None if group.contact is None else tx.items.get(ItemId(group.contact), None)


def _remove(tx: Writing, record: ItemRecord | None) -> None:
    if record is not None:
        tx.items.remove(record.id)
