"""Bringing the directory in step with a list of users: decided first, entry by entry, then carried out.

A second run of the same list changes nothing. An entry that cannot be is refused with the reason, and the rest goes
on: each user is a transaction of its own. Users stay in groups that the list does not name, unless it is said to know
all members.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.groupware import provision
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.admin.groups import add_group_in, change_members_in
from passerelle.groupware.admin.users import UserChange, change_user_in, changed
from passerelle.groupware.credentials import hash_password
from passerelle.groupware.passwords import require_password
from passerelle.groupware.principal_rules import check_free_name, check_language, check_user
from passerelle.model.errors import PasserelleError, Refused
from passerelle.model.ids import GroupId, UserId
from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.model.moments import zone_info
from passerelle.model.principals import Group, User
from passerelle.model.text import Text
from passerelle.store import Reading, Store, Writing


class Deed(StrEnum):
    """What an import did, or would do, to a user."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one entry. ``fields`` are those that changed; ``reason`` a sentence where it was refused."""

    place: str
    login: str
    deed: Deed
    fields: tuple[str, ...] = ()
    reason: str = ""


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be done about one entry: how the user shall be, and the names of groups ``joined`` and ``left``."""

    entry: ListedUser
    before: User | None
    user: User
    fields: tuple[str, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]


Tell = Callable[[Outcome], None]


def take_in(
    store: Store,
    entries: Iterable[ListedUser | UnfitEntry],
    *,
    managed: Collection[str] = (),
    dry_run: bool = False,
    tell: Tell = lambda _: None,
) -> list[Outcome]:
    """Add and change users as a list says; with ``dry_run`` only say what would be done.

    A new user without a password gets one that nobody knows. Of the ``managed`` groups the list knows all members:
    who is in one and not listed so leaves it. ``tell`` is called after each entry.
    """
    known = frozenset(name.casefold() for name in managed)
    outcomes = []
    seen: set[str] = set()
    for entry in entries:
        outcome = _one(store, entry, seen, known, dry_run=dry_run)
        outcomes.append(outcome)
        tell(outcome)
    return outcomes


def _one(
    store: Store, entry: ListedUser | UnfitEntry, seen: set[str], managed: frozenset[str], *, dry_run: bool
) -> Outcome:
    if isinstance(entry, UnfitEntry):
        return Outcome(place=entry.place, login=entry.login, deed=Deed.REFUSED, reason=entry.reason)
    try:
        if entry.login.casefold() in seen:
            raise Refused(Text("“{login}” stands in the list twice.", login=entry.login))
        seen.add(entry.login.casefold())
        return _preview(store, entry, managed) if dry_run else _carry_out(store, entry, managed)
    except PasserelleError as error:
        return Outcome(place=entry.place, login=entry.login, deed=Deed.REFUSED, reason=error.text)


def _preview(store: Store, entry: ListedUser, managed: frozenset[str]) -> Outcome:
    with store.reading() as tx:
        found = plan(tx, entry, managed)
        _check(tx, found)
    return _outcome(found)


def _carry_out(store: Store, entry: ListedUser, managed: frozenset[str]) -> Outcome:
    """Decide, hash a password outside of the transaction, and decide again in it: somebody may have been faster."""
    with store.reading() as tx:
        first = plan(tx, entry, managed)
        _check(tx, first)
    if not first.fields and first.before is not None:
        return _outcome(first)
    hashed = hash_password(entry.password or secrets.token_urlsafe(32)) if first.before is None else None
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        found = plan(tx, entry, managed)
        _store(tx, found, hashed)
    return _outcome(found)


def plan(tx: Reading, entry: ListedUser, managed: frozenset[str]) -> Plan:
    """What is to be done about an entry. A password is set for new users only: nobody's own one is overwritten."""
    before = tx.principals.user_by_login(entry.login)
    said = {name: getattr(entry, name) for name in ("display_name", "first_name", "last_name", "email", "zone")}
    named = {name: value for name, value in {**said, "locale": entry.language}.items() if value is not None}
    change = msgspec.convert(named, UserChange)
    user = changed(before or _new(entry), change)
    current = {} if before is None else {one.name.casefold(): one.name for one in _groups_of(tx, before)}
    listed = {name.casefold(): name for name in entry.groups or ()}
    joined = tuple(name for key, name in listed.items() if key not in current)
    left = tuple(name for key, name in current.items() if key in managed and key not in listed)
    fields = [name for name in user.__struct_fields__ if before and getattr(user, name) != getattr(before, name)]
    fields += ["groups"] if joined or left else []
    return Plan(entry=entry, before=before, user=user, fields=tuple(fields), joined=joined, left=left)


def _new(entry: ListedUser) -> User:
    names = " ".join(filter(None, (entry.first_name, entry.last_name)))
    return User(id=UserId(0), login=entry.login, display_name=names or entry.login)


def _groups_of(tx: Reading, user: User) -> list[Group]:
    return [group for group in tx.principals.groups() if user.id in group.members]


def _named(tx: Reading, name: str) -> Group | None:
    groups = tx.principals.groups()
    return next((group for group in groups if group.name.casefold() == name.casefold()), None)


def _check(tx: Reading, found: Plan) -> None:
    """Refuse what could not be stored, so that a dry run says the same as the real one."""
    check_user(tx, found.user, found.before)
    zone_info(found.user.zone)
    check_language(found.user.locale)
    if found.before is None and found.entry.password is not None:
        require_password(tx, found.entry.password, found.user)
    for name in found.joined:
        if _named(tx, name) is None:
            check_free_name(tx, Group(id=GroupId(-1), name=name, display_name=name))


def _store(tx: Writing, found: Plan, hashed: str | None) -> None:
    if found.before is None:
        check_language(found.user.locale)
        user = provision.add_user_in(tx, found.user, hashed)
    else:
        names = {name: getattr(found.user, name) for name in found.fields if name != "groups"}
        user = change_user_in(tx, found.before, msgspec.convert(names, UserChange))
    for name in found.joined:
        change_members_in(tx, (_named(tx, name) or add_group_in(tx, name)).id, joining=[user.id])
    for group in _groups_of(tx, user):
        if group.name in found.left:
            change_members_in(tx, group.id, leaving=[user.id])


def _outcome(found: Plan) -> Outcome:
    deed = Deed.CHANGED if found.fields else Deed.UNCHANGED
    deed = Deed.ADDED if found.before is None else deed
    return Outcome(place=found.entry.place, login=found.entry.login, deed=deed, fields=found.fields)


def missing_from(store: Store, listed: Iterable[str]) -> list[User]:
    """The users whom a complete list lacks, by login; those who are disabled already are left out."""
    known = {login.casefold() for login in listed}
    with store.reading() as tx:
        users = tx.principals.users()
    return [user for user in users if user.login.casefold() not in known and not user.disabled]


def disable(store: Store, users: Iterable[User]) -> None:
    """Let users not log in any more; each in a transaction of its own."""
    for one in users:
        with store.writing(SYSTEM_USER, ORIGIN) as tx:
            user = tx.principals.user(one.id)
            if user is not None and not user.deleted:
                change_user_in(tx, user, UserChange(disabled=True))
