"""Setting up an organisation: system folders, users, groups, resources, and who may log in.

These are the administrator's operations; they ask for no rights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from passerelle.groupware import folders, user_entries
from passerelle.groupware.contacts import is_address
from passerelle.groupware.credentials import Verified, hash_password, is_outdated, verify
from passerelle.groupware.names import default_folders
from passerelle.groupware.rights import user_right
from passerelle.model.errors import Contradiction, Invalid, NotFound, Unauthenticated
from passerelle.model.folders import (
    GLOBAL,
    GLOBAL_ADDRESS_BOOK,
    PRIVATE,
    PUBLIC,
    ROOT,
    SHARED,
    SYSTEM,
    FolderType,
    Module,
    Right,
    Rights,
)
from passerelle.model.ids import EVERYBODY, FolderId, GroupId, UserId
from passerelle.model.moments import zone_info
from passerelle.model.principals import Group, PrincipalKind, Resource, User
from passerelle.model.text import Text
from passerelle.store import Store, Writing

__all__ = [
    "add_group", "add_resource", "add_user", "authenticate", "change_group", "hash_password", "initialise",
    "remove_group", "set_password",
]  # fmt: skip

SYSTEM_USER = UserId(0)
"""Whose the system folders are, and who acts when nobody is logged in."""

_USER_FOLDER = FolderId(7)
_VERIFIED = Verified()
_LOGIN = re.compile(r"[^\s:\x00-\x1f\x7f]{1,255}")

_SYSTEM_FOLDERS: tuple[tuple[FolderId, FolderId, str, Module, FolderType, Rights], ...] = (
    (ROOT, ROOT, "Root", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=2)),
    (PRIVATE, ROOT, "Private folders", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=8)),
    (PUBLIC, ROOT, "Public folders", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=8)),
    (SHARED, ROOT, "Shared folders", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=2)),
    (SYSTEM, ROOT, "System folders", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=2)),
    (GLOBAL, SYSTEM, "Shared address book", Module.CONTACTS, FolderType.SYSTEM, Rights()),
    # Below 2, not below the hidden 5 as its id suggests: clients must never see an orphan (OX reference, 8.1)
    (GLOBAL_ADDRESS_BOOK, PUBLIC, "Global address book", Module.CONTACTS, FolderType.PUBLIC,
     Rights(folder=2, read=4, write=2)),
    (_USER_FOLDER, ROOT, "User folders", Module.SYSTEM, FolderType.SYSTEM, Rights(folder=2)),
)  # fmt: skip
"""Id, parent, name, module, type, and what everybody may do (semantics reference, section 1.1)."""


def initialise(store: Store) -> None:
    """Make the system folders and the group of everybody, unless they are there."""
    with store.writing(SYSTEM_USER, "provision") as tx:
        for id_, parent, name, module, type_, rights in _SYSTEM_FOLDERS:
            if tx.folders.get(id_) is None:
                everybody = Right(kind=PrincipalKind.GROUP, principal=EVERYBODY, rights=rights)
                tx.folders.add(parent, name, module, type_, SYSTEM_USER, rights=(everybody,), id_=id_)
        if tx.principals.group(EVERYBODY) is None:
            tx.principals.put(Group(id=EVERYBODY, name="users", display_name="All users"))


def add_user(  # noqa: PLR0913 - what a user is made of
    store: Store,
    login: str,
    password: str,
    *,
    display_name: str = "",
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    zone: str = "UTC",
    locale: str = "en",
) -> User:
    """Add a user with default folders in the user's language and an entry in the global address book.

    Raises:
        Invalid: the login, password, address or time zone is malformed.
        Contradiction: the login is taken.
    """
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            Text("“{login}” cannot be a login: use characters without blanks and colons.", login=login), "login"
        )
    if email and not is_address(email):
        raise Invalid(Text("“{email}” is no mail address.", email=email), "email", "CON-0100")
    zone_info(zone)
    hashed = hash_password(password)
    with store.writing(SYSTEM_USER, "provision") as tx:
        if tx.principals.user_by_login(login) is not None:
            raise Contradiction(Text("There is already a user with the login “{login}”.", login=login))
        user = tx.principals.add_user(
            login,
            display_name or " ".join(filter(None, (first_name, last_name))) or login,
            first_name=first_name,
            last_name=last_name,
            email=email,
            zone=zone,
            locale=locale,
            password_hash=hashed,
        )
        return _equipped(tx, user)


def _equipped(tx: Writing, user: User) -> User:
    """Give a new user folders and the entry in the global address book."""
    for module, name in default_folders(user.locale).items():
        tx.folders.add(
            PRIVATE, name, module, FolderType.PRIVATE, user.id,
            rights=(user_right(user.id),), is_default=True, created_by=user.id,
        )  # fmt: skip
    entry = tx.items.add(GLOBAL_ADDRESS_BOOK, user_entries.entry_of(user), created_by=user.id)
    return tx.principals.replace_user(msgspec.structs.replace(user, contact=entry.id))


def set_password(store: Store, login: str, password: str) -> None:
    """Give a user a new password.

    Raises:
        NotFound: there is no such login.
        Invalid: the password is empty or too long.
    """
    hashed = hash_password(password)
    with store.writing(SYSTEM_USER, "provision") as tx:
        user = tx.principals.user_by_login(login)
        if user is None:
            raise NotFound(Text("There is no user with the login “{login}”.", login=login))
        tx.principals.set_password(user.id, hashed)


def add_group(store: Store, name: str, display_name: str = "", members: Iterable[UserId] = ()) -> Group:
    """Add a group.

    Raises:
        Contradiction: the name is taken.
        NotFound: a member does not exist.
    """
    with store.writing(SYSTEM_USER, "provision") as tx:
        if any(group.name.casefold() == name.casefold() for group in tx.principals.groups()):
            raise Contradiction(Text("There is already a group “{name}”.", name=name))
        return tx.principals.add_group(name, display_name or name, _existing(tx, members))


def change_group(store: Store, id_: GroupId, members: Iterable[UserId]) -> Group:
    """Give a group other members; the folders in which it holds rights change for those who came and went.

    Raises:
        NotFound: the group or a member does not exist.
    """
    with store.writing(SYSTEM_USER, "provision") as tx:
        group = _group(tx, id_)
        changed = tx.principals.replace_group(msgspec.structs.replace(group, members=_existing(tx, members)))
        folders.settle_group(tx, id_)
        return changed


def remove_group(store: Store, id_: GroupId) -> None:
    """Remove a group; its rights in folders stay as they are and mean nobody.

    Raises:
        NotFound: the group does not exist.
    """
    with store.writing(SYSTEM_USER, "provision") as tx:
        _group(tx, id_)
        tx.principals.remove_group(id_)
        folders.settle_group(tx, id_)


def _group(tx: Writing, id_: GroupId) -> Group:
    group = tx.principals.group(id_)
    if group is None or group.deleted or id_ == EVERYBODY:
        raise NotFound(Text("There is no group {id} that could be changed.", id=id_))
    return group


def _existing(tx: Writing, members: Iterable[UserId]) -> tuple[UserId, ...]:
    wanted = sorted(set(members))
    for id_ in wanted:
        user = tx.principals.user(id_)
        if user is None or user.deleted:
            raise NotFound(Text("There is no user {id}.", id=id_))
    return tuple(wanted)


def add_resource(
    store: Store, name: str, display_name: str = "", *, email: str = "", description: str = ""
) -> Resource:
    """Add a room or a thing that can be booked.

    Raises:
        Contradiction: the name is taken.
        Invalid: the mail address is malformed.
    """
    if email and not is_address(email):
        raise Invalid(Text("“{email}” is no mail address.", email=email), "email", "CON-0100")
    with store.writing(SYSTEM_USER, "provision") as tx:
        if any(one.name.casefold() == name.casefold() for one in tx.principals.resources()):
            raise Contradiction(Text("There is already a resource “{name}”.", name=name))
        return tx.principals.add_resource(name, display_name or name, email, description)


def authenticate(store: Store, login: str, password: str) -> User:
    """The user whom a login and a password belong to.

    An unknown login costs the same work as a wrong password. A hash with old parameters is made anew.

    Raises:
        Unauthenticated: either is wrong; which one is not said.
    """
    with store.reading() as tx:
        found = tx.principals.credentials(login)
    user, hashed = found if found is not None else (None, None)
    if user is not None and hashed and password and _VERIFIED.knows(login, password, hashed):
        return user
    if not verify(hashed, password) or user is None or hashed is None:
        raise Unauthenticated("The login or the password is wrong.")
    if is_outdated(hashed):
        hashed = hash_password(password)
        with store.writing(user.id, "provision") as tx:
            tx.principals.set_password(user.id, hashed)
    _VERIFIED.remember(login, password, hashed)
    return user
