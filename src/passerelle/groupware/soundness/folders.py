"""What the rules promise of folders: one tree, default folders for everybody, rights of those who exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from passerelle.groupware.names import default_folders
from passerelle.groupware.rights import user_right
from passerelle.model.folders import PRIVATE, PUBLIC, ROOT, Folder, FolderType, Module
from passerelle.model.ids import EVERYBODY, FolderId, GroupId, UserId
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.store.integrity.finding import Finding

_MODULES = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)


def folders_form_one_tree(tx: Reading) -> Iterator[Finding]:
    """From every folder the way up leads to the root (semantics reference, section 1.1)."""
    folders = {folder.id: folder for folder in tx.folders.all()}
    for folder in folders.values():
        if _is_cut_off(folder, folders):
            yield Finding(
                rule="tree",
                where=f"folder {folder.id}",
                what=Text("The way up from the folder does not lead to the root."),
                remedy=Text("Put the folder below its type's top folder."),
                cure=partial(_reattach, folder.id),
            )


def _is_cut_off(folder: Folder, folders: Mapping[FolderId, Folder]) -> bool:
    """Whether a folder is where the way up breaks off: its parent is missing, or it closes a circle as the first."""
    if folder.id == ROOT:
        return False
    way = [folder.id]
    here = folder.parent
    while here != ROOT and here in folders and here not in way:
        way.append(here)
        here = folders[here].parent
    if here == ROOT:
        return False
    if here in folders:  # a circle: cut it once, at its lowest number
        return folder.id == min(way[way.index(here) :])
    return folder.parent not in folders


def _reattach(id_: FolderId, tx: Writing) -> None:
    folder = tx.folders.get(id_)
    if folder is not None:
        top = PUBLIC if folder.type is FolderType.PUBLIC else PRIVATE
        tx.folders.replace(msgspec.structs.replace(folder, parent=top))


def everybody_has_default_folders(tx: Reading) -> Iterator[Finding]:
    """Each user has a default calendar, address book and task list (section 1.3)."""
    kept = {(folder.owner, folder.module) for folder in tx.folders.all() if folder.is_default}
    for user in tx.principals.users():
        for module in _MODULES:
            if (user.id, module) not in kept:
                yield Finding(
                    rule="default",
                    where=f"user {user.id}",
                    what=Text("There is no default folder for {module}.", module=module),
                    remedy=Text("Make the folder."),
                    cure=partial(_make_default, user.id, module),
                )


def _make_default(id_: UserId, module: Module, tx: Writing) -> None:
    user = tx.principals.user(id_)
    if user is None or user.deleted:
        return
    name = default_folders(user.locale)[module]
    taken = {folder.name.casefold() for folder in tx.folders.children(PRIVATE) if folder.owner == id_}
    while name.casefold() in taken:
        name += " *"
    tx.folders.add(
        PRIVATE, name, module, FolderType.PRIVATE, id_, rights=(user_right(id_),), is_default=True, created_by=id_
    )


def rights_are_of_somebody(tx: Reading) -> Iterator[Finding]:
    """Rights name users and groups that exist or existed."""
    for folder in tx.folders.all():
        if any(not _is_known(tx, right.kind, right.principal) for right in folder.rights):
            yield Finding(
                rule="right",
                where=f"folder {folder.id}",
                what=Text("A right is held by nobody who ever existed."),
                remedy=Text("Remove the right."),
                cure=partial(_drop_rights, folder.id),
            )


def _is_known(tx: Reading, kind: PrincipalKind, principal: int) -> bool:
    if kind is PrincipalKind.USER:
        return tx.principals.user(UserId(principal)) is not None
    return principal == EVERYBODY or tx.principals.group(GroupId(principal)) is not None


def _drop_rights(id_: FolderId, tx: Writing) -> None:
    folder = tx.folders.get(id_)
    if folder is not None:
        kept = tuple(right for right in folder.rights if _is_known(tx, right.kind, right.principal))
        tx.folders.replace(msgspec.structs.replace(folder, rights=kept))
