"""The users' entries in the global address book (semantics reference, section 3)."""

from __future__ import annotations

import msgspec

from passerelle.groupware import group_lists, members
from passerelle.groupware.contacts import check_user_entry
from passerelle.model.errors import Forbidden
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, SHARED, Folder
from passerelle.model.ids import ItemId
from passerelle.model.items import Contact
from passerelle.model.principals import User
from passerelle.store import Writing


def refuse_delete(folder: Folder) -> None:
    """Refuse to take entries out of the global address book.

    Raises:
        Forbidden: CON-0260.
    """
    if folder.id == GLOBAL_ADDRESS_BOOK:
        raise Forbidden("Users and groups cannot be taken out of the global address book.", "CON-0260")


def entry_of(user: User) -> Contact:
    """A new user's entry."""
    return Contact(
        display_name=user.display_name,
        first_name=user.first_name or None,
        last_name=user.last_name or None,
        email1=user.email or None,
    )


def check(tx: Writing, id_: ItemId, before: Contact, after: Contact) -> None:
    """Check a change of a user's entry, and carry the names over to the directory.

    Raises:
        Forbidden, Missing, Invalid: see :func:`contacts.check_user_entry`.
    """
    users = tx.principals.users()
    taken = {user.display_name.casefold(): user.login for user in users if user.contact != id_}
    check_user_entry(before, after, taken)
    user = next((one for one in users if one.contact == id_), None)
    if user is None:
        return
    # Also where the names stay: the directory's change lists carry the whole entry
    changed = tx.principals.replace_user(
        msgspec.structs.replace(
            user,
            display_name=after.display_name or user.display_name,
            first_name=after.first_name or "",
            last_name=after.last_name or "",
        )
    )
    _spread(tx, user, changed)


def follow(tx: Writing, before: User, after: User) -> User:
    """Bring a user's entry, which is made if need be, in step with the record; what else it says stays.

    Returns:
        The user, who names the entry.
    """
    record = None if after.contact is None else tx.items.get(after.contact, None)
    wanted = entry_of(after)
    if record is None or not isinstance(record.item, Contact):
        added = tx.items.add(GLOBAL_ADDRESS_BOOK, wanted, created_by=after.id)
        after = tx.principals.replace_user(msgspec.structs.replace(after, contact=added.id))
    else:
        names = {name: getattr(wanted, name) for name in ("display_name", "first_name", "last_name", "email1")}
        item = msgspec.structs.replace(record.item, **names)
        if item != record.item:
            tx.items.replace(record.id, item)
            members.follow(tx, record.id, record.item, item)
    _spread(tx, before, after)
    return after


def _spread(tx: Writing, before: User, after: User) -> None:
    """Carry a new name or address on: into the lists of groups, and to the folder that shows owners (section 1.2)."""
    if (before.display_name, before.email, before.contact) != (after.display_name, after.email, after.contact):
        group_lists.follow(tx, after.id)
    if before.display_name != after.display_name:
        tx.folders.touch(SHARED)
