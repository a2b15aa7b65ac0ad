"""The users' entries in the global address book (semantics reference, section 3)."""

from __future__ import annotations

import msgspec

from passerelle.groupware.contacts import check_user_entry
from passerelle.model.errors import Forbidden
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Folder
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
        raise Forbidden("Users cannot be taken out of the global address book.", "CON-0260")


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
    tx.principals.replace_user(
        msgspec.structs.replace(
            user,
            display_name=after.display_name or user.display_name,
            first_name=after.first_name or "",
            last_name=after.last_name or "",
        )
    )
