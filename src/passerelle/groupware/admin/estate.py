"""The folders of a user who is removed: deleted, or handed to an heir; public ones get another owner.

Handing over moves no item: each folder gets the heir as owner and the name of whose it was. Who shared it loses it, for
the share was the former owner's to give. What is marked private is nobody else's affair, so it is deleted in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import SYSTEM_USER, Actor
from passerelle.groupware.folder_rules import MAX_NAME, same_name
from passerelle.groupware.rights import user_right
from passerelle.groupware.visibility import Tree
from passerelle.model.errors import Missing
from passerelle.model.folders import FULL, PRIVATE, Folder, FolderType, Right
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.principals import PrincipalKind, User
from passerelle.model.text import Text
from passerelle.store import Reading, Writing


class Estate(Struct, frozen=True, kw_only=True):
    """How many folders and items were deleted or handed over, and how many private items were deleted."""

    folders: int
    items: int
    private: int


def own_folders(tx: Reading, user: UserId) -> list[Folder]:
    """A user's private folders, those below others first."""
    tree = Tree(tx.folders.all(), Actor(SYSTEM_USER, frozenset()))
    found = [one for one in tree.folders.values() if one.type is FolderType.PRIVATE and one.owner == user]
    return sorted(found, key=lambda folder: -sum(1 for _ in tree.above(folder)))


def delete_folders(tx: Writing, user: User) -> Estate:
    """Delete a user's private folders with all that lives in them, from others' calendars too."""
    folders = own_folders(tx, user.id)
    items = {id_ for folder in folders for id_ in living_in(tx, folder.id)}
    for folder in folders:
        tx.folders.remove(folder.id)
    return Estate(folders=len(folders), items=len(items), private=0)


def hand_over(tx: Writing, user: User, heir: User) -> Estate:
    """Make a user's private folders the heir's, without private items and without shares."""
    folders = own_folders(tx, user.id)
    private = [id_ for folder in folders for id_ in _private_in(tx, folder.id)]
    tx.items.remove_many(private)
    for folder in folders:
        _show_guests_out(tx, folder.id)
    items = {id_ for folder in folders for id_ in living_in(tx, folder.id)}
    names = [
        folder.name for folder in tx.folders.all() if folder.type is FolderType.PRIVATE and folder.owner == heir.id
    ]
    moving = {folder.id for folder in folders}
    for folder in reversed(folders):
        parent = folder.parent if folder.parent in moving else PRIVATE
        name = _free_name(folder.name, user, names) if parent == PRIVATE else folder.name
        names.append(name)
        handed = msgspec.structs.replace(
            folder, parent=parent, name=name, owner=heir.id, is_default=False, rights=(user_right(heir.id),)
        )
        tx.folders.replace(handed)
    return Estate(folders=len(folders), items=len(items), private=len(private))


def _free_name(name: str, user: User, taken: Iterable[str]) -> str:
    """The name with whose folder it was, and a number where the heir has such a folder already."""
    whose = f" ({user.display_name})"
    base = name[: MAX_NAME - len(whose) - 5] + whose
    names = (base if number == 1 else f"{base} {number}" for number in range(1, MAX_NAME * MAX_NAME))
    return next(one for one in names if not any(same_name(one, other) for other in taken))


def living_in(tx: Reading, folder: FolderId) -> Iterator[ItemId]:
    """The items whose home a folder is; others only show in it."""
    placed = {one.id for one in tx.items.outlines(folder)}
    shown = set(tx.items.visitors(folder))
    yield from sorted(placed - shown)


def _show_guests_out(tx: Writing, folder: FolderId) -> None:
    """Let a folder show only what lives in it: what others invited the former owner to is no heir's affair."""
    for id_ in tx.items.visitors(folder):
        record = tx.items.get(id_, None)
        if record is not None:
            others = (one for one in tx.items.placements(id_) if one.user is not None and one.folder != folder)
            tx.items.replace(id_, record.item, placements=tuple(others))


def _private_in(tx: Reading, folder: FolderId) -> list[ItemId]:
    """The private items that live in a folder; change exceptions go with their master."""
    living = set(living_in(tx, folder))
    return [one.id for one in tx.items.outlines(folder) if one.private and one.master is None and one.id in living]


def pass_on_public(tx: Writing, user: User, heir: User | None) -> int:
    """Give a user's public folders to the heir, else to somebody who administers them; return how many.

    Raises:
        Missing: nobody else administers one of them, and there is no heir.
    """
    folders = [one for one in tx.folders.all() if one.type is FolderType.PUBLIC and one.owner == user.id]
    for folder in folders:
        owner = heir.id if heir is not None else _administrator(tx, folder, user.id)
        if owner is None:
            raise Missing(
                Text(
                    "Nobody but “{login}” administers the public folder “{folder}”. Say who gets it.",
                    login=user.login,
                    folder=folder.name,
                ),
                "heir",
            )
        others = tuple(entry for entry in folder.rights if not _is(entry, owner))
        rights = (Right(kind=PrincipalKind.USER, principal=owner, rights=FULL), *others)
        tx.folders.replace(msgspec.structs.replace(folder, owner=owner, rights=rights))
    return len(folders)


def _administrator(tx: Reading, folder: Folder, besides: UserId) -> UserId | None:
    """Somebody else who administers a folder, by an entry of the own or through a group."""
    for entry in folder.rights:
        if entry.rights.admin:
            group = tx.principals.groups() if entry.kind is PrincipalKind.GROUP else ()
            members = [user for one in group if one.id == entry.principal for user in one.members]
            for id_ in [UserId(entry.principal)] if entry.kind is PrincipalKind.USER else members:
                user = tx.principals.user(id_)
                if id_ != besides and user is not None and not user.deleted:
                    return id_
    return None


def _is(entry: Right, user: UserId) -> bool:
    return entry.kind is PrincipalKind.USER and entry.principal == user
