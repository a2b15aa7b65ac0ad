"""Setting up an organisation: system folders, users, groups, resources, and who may log in.

These are the administrator's operations; they ask for no rights.
"""

from __future__ import annotations

import msgspec

from passerelle.groupware import group_lists, user_entries
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.admin.groups import add_group, change_group, remove_group
from passerelle.groupware.admin.resources import add_resource
from passerelle.groupware.credentials import Verified, hash_password, is_outdated, verify
from passerelle.groupware.names import default_folders
from passerelle.groupware.passwords import require_password
from passerelle.groupware.principal_rules import check_login, check_user
from passerelle.groupware.rights import user_right
from passerelle.model.errors import NotFound, Unauthenticated
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
from passerelle.model.ids import EVERYBODY, FolderId, UserId
from passerelle.model.moments import zone_info
from passerelle.model.principals import Group, PrincipalKind, User
from passerelle.model.text import Text
from passerelle.store import Reading, Store, Writing

__all__ = [
    "ORIGIN", "SYSTEM_USER", "add_group", "add_resource", "add_user", "add_user_in", "authenticate", "change_group",
    "existing_user", "hash_password", "initialise", "remove_group", "set_password", "settle",
]  # fmt: skip


_USER_FOLDER = FolderId(7)
_VERIFIED = Verified()

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
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        for id_, parent, name, module, type_, rights in _SYSTEM_FOLDERS:
            if tx.folders.get(id_) is None:
                everybody = Right(kind=PrincipalKind.GROUP, principal=EVERYBODY, rights=rights)
                tx.folders.add(parent, name, module, type_, SYSTEM_USER, rights=(everybody,), id_=id_)
        if tx.principals.group(EVERYBODY) is None:
            tx.principals.put(Group(id=EVERYBODY, name="users", display_name="All users"))


def settle(store: Store) -> None:
    """Give each group of a store from before there were any its distribution list; afterwards nothing is left to do."""
    with store.reading() as tx:
        outdated = [group.id for group in group_lists.outdated(tx)]
    for id_ in outdated:
        with store.writing(SYSTEM_USER, ORIGIN) as tx:
            group = tx.principals.group(id_)
            if group is not None:
                group_lists.settle(tx, group)


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
        Invalid: the login, password, address, a name or the time zone is malformed, or breaks a rule.
        Contradiction: the login or the address is taken.
    """
    draft = User(
        id=UserId(0),
        login=login,
        display_name=display_name or " ".join(filter(None, (first_name, last_name))) or login,
        first_name=first_name,
        last_name=last_name,
        email=email,
        zone=zone,
        locale=locale,
    )
    check_login(login)
    with store.reading() as tx:
        require_password(tx, password, draft)
    hashed = hash_password(password)
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        return add_user_in(tx, draft, hashed)


def add_user_in(tx: Writing, draft: User, hashed: str | None) -> User:
    """Add a user within a transaction; the id of the draft does not count. Without a hash nobody can log in.

    Raises:
        Refused: as :func:`add_user` does.
    """
    zone_info(draft.zone)
    check_user(tx, draft)
    user = tx.principals.add_user(
        draft.login,
        draft.display_name,
        first_name=draft.first_name,
        last_name=draft.last_name,
        email=draft.email,
        zone=draft.zone,
        locale=draft.locale,
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
    """Give a user a new password; what was known of the old one, and every login, ends at once.

    Raises:
        NotFound: there is no such login.
        Invalid: the password is empty or too long, or breaks a rule that the administrator has set.
    """
    with store.reading() as tx:
        require_password(tx, password, existing_user(tx, login))
    hashed = hash_password(password)
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        user = existing_user(tx, login)
        tx.principals.set_password(user.id, hashed)
        tx.logins.remove_of(user.id)


def existing_user(tx: Reading, login: str) -> User:
    """The user with a login.

    Raises:
        NotFound: there is none.
    """
    user = tx.principals.user_by_login(login)
    if user is None:
        raise NotFound(Text("There is no user with the login “{login}”.", login=login))
    return user


def authenticate(store: Store, login: str, password: str) -> User:
    """The user whom a login and a password belong to.

    The login of nobody, or of a user who is disabled, costs the same work as a wrong password. A hash with old
    parameters is made anew.

    Raises:
        Unauthenticated: either is wrong, or the user is disabled; which one is not said.
    """
    with store.reading() as tx:
        found = tx.principals.credentials(login)
    user, hashed = found if found is not None and not found[0].disabled else (None, None)
    if user is not None and hashed and password and _VERIFIED.knows(login, password, hashed):
        return user
    if not verify(hashed, password) or user is None or hashed is None:
        raise Unauthenticated("The login or the password is wrong.")
    if is_outdated(hashed):
        hashed = hash_password(password)
        with store.writing(user.id, ORIGIN) as tx:
            tx.principals.set_password(user.id, hashed)
    _VERIFIED.remember(login, password, hashed)
    return user
