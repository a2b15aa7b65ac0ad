"""Removing a user: all at once, in one transaction, or nothing.

What the user owned goes or is handed to an heir; what others own stays theirs, with the name of who made or joined it.
The account stays as a flagged record, so that authors keep their names and clients are told of the deletion.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.groupware import group_lists
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.admin.estate import delete_folders, hand_over, pass_on_public
from passerelle.groupware.admin.grants import withdraw
from passerelle.groupware.admin.leaving import leave_all
from passerelle.groupware.provision import existing_user
from passerelle.model.errors import Contradiction, Missing
from passerelle.model.ids import UserId
from passerelle.model.principals import PrincipalKind, User
from passerelle.model.text import Text, plural, sentences
from passerelle.store import Store, Writing


class Fate(StrEnum):
    """What becomes of the private folders of a user who is removed, and of what is in them."""

    DELETE = "delete"
    TRANSFER = "transfer"


class Removal(Struct, frozen=True, kw_only=True):
    """What a removal did. ``folders`` and ``items`` are the private ones, ``public`` folders that got another owner.

    ``private`` counts the items marked private, which are deleted even where all else is handed over.
    """

    login: str
    fate: Fate
    heir: str | None
    folders: int
    items: int
    private: int
    public: int

    @property
    def told(self) -> Text:
        """What was done, in sentences."""
        if self.fate is Fate.TRANSFER:
            done = plural(
                "Removed user {login}; {heir} has {count} item in {folders} folders now.",
                "Removed user {login}; {heir} has {count} items in {folders} folders now.",
                count=self.items,
                login=self.login,
                heir=self.heir or "",
                folders=self.folders,
            )
        else:
            done = plural(
                "Removed user {login}, with {count} item in {folders} folders.",
                "Removed user {login}, with {count} items in {folders} folders.",
                count=self.items,
                login=self.login,
                folders=self.folders,
            )
        private = plural("{count} private item was deleted.", "{count} private items were deleted.", count=self.private)
        public = plural(
            "{count} public folder has another owner.", "{count} public folders have another owner.", count=self.public
        )
        return sentences(done, private if self.private else "", public if self.public else "")


def remove_user(store: Store, login: str, fate: Fate, heir: str | None = None, *, by: UserId = SYSTEM_USER) -> Removal:
    """Remove a user. The heir, another user's login, gets what is handed over, and the ownership of public folders.

    Without an heir a public folder goes to somebody who administers it. Everybody who saw one of the folders or took
    part in one of the appointments that are deleted is told so by the next change list. Future invitations of others
    are declined for the user.

    Raises:
        NotFound: there is no such user, or no such heir.
        Missing: an heir is needed, for the items, or for a public folder that nobody else administers.
        Contradiction: the heir is the same user.
    """
    with store.writing(by, ORIGIN) as tx:
        user = existing_user(tx, login)
        inheriting = None if heir is None else existing_user(tx, heir)
        _require_heir(user, fate, inheriting)
        return _remove(tx, user, fate, inheriting)


def _require_heir(user: User, fate: Fate, heir: User | None) -> None:
    if heir is not None and heir.id == user.id:
        raise Contradiction("A user who is removed cannot get the own items. Name somebody else.")
    if fate is Fate.TRANSFER and heir is None:
        raise Missing("Say who gets the items.", "heir")


def _remove(tx: Writing, user: User, fate: Fate, heir: User | None) -> Removal:
    public = pass_on_public(tx, user, heir)
    handing = heir if fate is Fate.TRANSFER else None
    leave_all(tx, user, datetime.now(UTC), handing)
    estate = delete_folders(tx, user) if handing is None else hand_over(tx, user, handing)
    withdraw(tx, PrincipalKind.USER, user.id)
    _leave_directory(tx, user)
    return Removal(
        login=user.login,
        fate=fate,
        heir=None if heir is None else heir.login,
        folders=estate.folders,
        items=estate.items,
        private=estate.private,
        public=public,
    )


def _leave_directory(tx: Writing, user: User) -> None:
    """Take the user out of groups and their lists, and the entry out of the global address book."""
    groups = [group for group in tx.principals.groups() if user.id in group.members]
    tx.principals.remove_user(user.id)
    tx.logins.remove_of(user.id)
    tx.feeds.remove_of(user.id)
    for group in groups:
        remaining = tuple(member for member in group.members if member != user.id)
        group_lists.settle(tx, tx.principals.group(group.id) or msgspec.structs.replace(group, members=remaining))
    if user.contact is not None and tx.items.get(user.contact, None) is not None:
        tx.items.remove(user.contact)
