"""What the rules promise of people: everybody stands in the global address book (semantics reference, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from passerelle.groupware import group_lists
from passerelle.groupware.user_entries import entry_of
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK
from passerelle.model.ids import GroupId, UserId
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.store.integrity.finding import Finding


def everybody_is_in_the_address_book(tx: Reading) -> Iterator[Finding]:
    """Each user has an entry in the global address book."""
    entries = set(tx.items.ids(GLOBAL_ADDRESS_BOOK))
    for user in tx.principals.users():
        if user.contact not in entries:
            yield Finding(
                rule="address book",
                where=f"user {user.id}",
                what=Text("There is no entry in the global address book."),
                remedy=Text("Make the entry from what the directory says."),
                cure=partial(_make_entry, user.id),
            )


def groups_have_lists(tx: Reading) -> Iterator[Finding]:
    """Each group has a distribution list there, with its name and members."""
    for group in group_lists.outdated(tx):
        yield Finding(
            rule="group list",
            where=f"group {group.id}",
            what=Text("Its distribution list is missing, or does not say what the group is."),
            remedy=Text("Make the list from what the directory says."),
            cure=partial(_settle_list, group.id),
        )


def _settle_list(id_: GroupId, tx: Writing) -> None:
    group = tx.principals.group(id_)
    if group is not None:
        group_lists.settle(tx, group)


def _make_entry(id_: UserId, tx: Writing) -> None:
    user = tx.principals.user(id_)
    if user is not None and not user.deleted:
        entry = tx.items.add(GLOBAL_ADDRESS_BOOK, entry_of(user), created_by=id_)
        tx.principals.replace_user(msgspec.structs.replace(user, contact=entry.id))
        group_lists.follow(tx, id_)
