"""Users, groups and resources, as every user may look them up (OX reference, 14; semantics, 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from passerelle.groupware.views import DirectoryChanges, Person
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK
from passerelle.model.ids import EVERYBODY, GroupId, ItemId, Stamp, UserId
from passerelle.model.items import Contact
from passerelle.model.participants import Participant
from passerelle.model.principals import Group, Resource, User
from passerelle.store import Kind, Principal, Reading
from passerelle.store.principal_names import kind_of

_ALL = Stamp(2**62)


def matches(pattern: str, *texts: str | None) -> bool:
    """Whether one of the texts holds the pattern, whose ``*`` stand for anything, whatever the case.

    >>> matches("du*t", "Léa Dupont"), matches("*", None), matches("x", "Léa Dupont")
    (True, True, False)
    """
    if pattern.strip("*") == "":
        return True
    parts = pattern.casefold().split("*")
    return any(_holds_in_order(text.casefold(), parts) for text in texts if text)


def _holds_in_order(text: str, parts: Iterable[str]) -> bool:
    """Whether the parts follow one another; found by looking once, as a regular expression would not for many ``*``."""
    place = 0
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def people(tx: Reading, pattern: str) -> tuple[Person, ...]:
    """The users that match, by display name."""
    found = (person for person in _people(tx, tx.principals.users()) if _person_matches(pattern, person))
    return tuple(sorted(found, key=lambda person: (person.user.display_name.casefold(), person.user.id)))


def _person_matches(pattern: str, person: Person) -> bool:
    user, contact = person.user, person.contact
    texts = (user.display_name, user.first_name, user.last_name, user.email)
    more = (contact.email1, contact.email2, contact.email3, *contact.categories) if contact else ()
    return matches(pattern, *texts, *more)


def _people(tx: Reading, users: Iterable[User]) -> list[Person]:
    """Users with their entries in the global address book and their groups."""
    entries: dict[ItemId, Contact] = {
        record.id: record.item
        for record in tx.items.page(GLOBAL_ADDRESS_BOOK, None, Stamp(0), _ALL, Stamp(0), 2**31)
        if isinstance(record.item, Contact)
    }
    groups_of: dict[UserId, list[GroupId]] = defaultdict(lambda: [EVERYBODY])
    for group in tx.principals.groups():
        for member in group.members:
            groups_of[member].append(group.id)
    return [
        Person(
            user=user,
            contact=None if user.contact is None else entries.get(user.contact),
            groups=() if user.deleted else tuple(sorted(set(groups_of[user.id]))),
        )
        for user in users
    ]


def lookup(tx: Reading, start: str, most: int) -> tuple[Principal, ...]:
    """Those of whom a word of the name, the address or the login begins with a text, by name; at most so many.

    Case and accents do not count. One walk of an index, however many there are.
    """
    return tuple(sorted(tx.principals.beginning(start, most), key=lambda one: (one.display_name.casefold(), one.id)))


def called(tx: Reading, name: str) -> Principal | None:
    """Who or what is called exactly so, without case: by display name, login or address; users before others."""
    wanted = name.strip().casefold()
    return next((one for one in tx.principals.alike(name) if _is_called(one, wanted)), None)


def names_of(tx: Reading, parties: Iterable[Participant]) -> dict[tuple[str, str], str]:
    """What the users, groups and resources among participants are called, by their identity."""
    inside = {(Kind(one.kind), one.id) for one in parties if one.id is not None}
    return {(kind_of(one), str(one.id)): one.display_name for one in tx.principals.some(inside)}


def _is_called(one: Principal, wanted: str) -> bool:
    texts = (one.display_name, getattr(one, "login", ""), getattr(one, "email", ""))
    return any(text.casefold() == wanted for text in texts)


def groups(tx: Reading, pattern: str) -> tuple[Group, ...]:
    """The groups that match, by id; the virtual group of everybody is among them, with its members."""
    found = (group for group in tx.principals.groups() if matches(pattern, group.name, group.display_name))
    return tuple(_filled(tx, group) for group in found)


def _filled(tx: Reading, group: Group) -> Group:
    """A group; that of everybody with its members, and as new as the latest change of one."""
    if group.id != EVERYBODY:
        return group
    stamp = max((group.stamp, *(user.stamp for user in tx.principals.changed_since(Stamp(0)).users)))
    return msgspec.structs.replace(group, members=tuple(user.id for user in tx.principals.users()), stamp=stamp)


def resources(tx: Reading, pattern: str) -> tuple[Resource, ...]:
    """The resources that match, by id."""
    return tuple(one for one in tx.principals.resources() if matches(pattern, one.name, one.display_name, one.email))


def changes(tx: Reading, since: Stamp) -> DirectoryChanges:
    """What changed at ``since`` or later, removed users first. The group of everybody changes with users."""
    changed = tx.principals.changed_since(since)
    groups = tuple(_filled(tx, group) for group in changed.groups if group.id != EVERYBODY)
    everybody = tx.principals.group(EVERYBODY)
    if everybody is not None and (changed.users or everybody in changed.groups):
        groups = (_filled(tx, everybody), *groups)
    return DirectoryChanges(
        people=tuple(sorted(_people(tx, changed.users), key=lambda person: not person.user.deleted)),
        groups=groups,
        resources=changed.resources,
        stamp=tx.principals.clock(),
    )
