"""Decisions about folders: create, change, move, delete (semantics reference, sections 1.4 to 1.6). Pure.

Each function looks at a :class:`Tree` and either raises the refusal or returns what is to be stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

from passerelle.groupware import permissions
from passerelle.groupware.names import RESERVED_BELOW_PUBLIC
from passerelle.groupware.rights import is_shared, is_visible, may_create_folders, user_right
from passerelle.groupware.visibility import Tree, normal
from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound
from passerelle.model.folders import (
    FIRST_ORDINARY,
    PRIVATE,
    PUBLIC,
    Folder,
    FolderType,
    Module,
    Right,
)
from passerelle.model.ids import FolderId, UserId
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text

MAX_NAME = 255
_ITEM_MODULES = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)


class NewFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that may be made."""

    parent: FolderId
    name: str
    module: Module
    type: FolderType
    owner: UserId
    rights: tuple[Right, ...]


def require_visible(tree: Tree, id_: FolderId) -> Folder:
    """The folder.

    Raises:
        NotFound: it does not exist, or the actor may not see it (FLD-0008, FLD-0003).
    """
    folder = tree.visible(id_)
    if folder is None:
        raise NotFound(Text("There is no folder {id}.", id=id_), "FLD-0008")
    return folder


def require_administrator(tree: Tree, folder: Folder) -> None:
    """Refuse actors who do not administer the folder.

    Raises:
        Forbidden: FLD-0010.
    """
    if not tree.effective(folder).admin:
        raise Forbidden(Text("You do not administer the folder “{folder}”.", folder=folder.name), "FLD-0010")


def plan_create(
    tree: Tree,
    parent: FolderId,
    name: str,
    module: Module | None,
    type_: FolderType | None,
    rights: tuple[Right, ...] | None,
) -> NewFolder:
    """Decide what a new folder becomes; the checks stand in the order of section 1.4.

    Raises:
        Refused: with the FLD code of the rule that is broken.
    """
    above = require_visible(tree, parent)
    if not may_create_folders(tree.effective(above)):
        raise Forbidden(Text("You may not create folders below “{above}”.", above=above.name), "FLD-0006")
    dictated = type_below(above)
    if type_ is not None and type_ is not dictated:
        raise Contradiction(
            Text("A folder below “{above}” must be {dictated}.", above=above.name, dictated=dictated), "FLD-0013"
        )
    name = check_name(name)
    module = _module_below(above, module)
    shared = is_shared(above, tree.actor)
    owner = above.owner if shared else tree.actor.user
    draft = Folder(
        id=FolderId(-1), parent=parent, name=name, module=module, type=dictated, owner=owner,
        created_by=owner, created=above.created, modified_by=tree.actor.user, stamp=above.stamp,
    )  # fmt: skip
    entries = _initial_rights(tree, draft, above, rights)
    permissions.check(draft, entries)
    check_unique_name(tree, draft)
    check_similar_share(tree, draft, entries)
    return NewFolder(parent=parent, name=name, module=module, type=dictated, owner=owner, rights=entries)


def type_below(parent: Folder) -> FolderType:
    """The type that a parent dictates to the folders below it (section 1.4, rule 3)."""
    if parent.id == PRIVATE:
        return FolderType.PRIVATE
    if parent.id == PUBLIC:
        return FolderType.PUBLIC
    return parent.type


def _module_below(parent: Folder, module: Module | None) -> Module:
    if module is None and parent.module in _ITEM_MODULES:
        return parent.module
    if module is None:
        raise Missing("Say what the folder is to hold: calendar, contact or task.", "module", "FLD-0014")
    if module not in _ITEM_MODULES:
        raise Contradiction(Text("Folders of the kind “{module}” cannot be made.", module=module), "FLD-0042")
    return module


def _initial_rights(tree: Tree, draft: Folder, parent: Folder, given: tuple[Right, ...] | None) -> tuple[Right, ...]:
    """The entries of a new folder: those given, with the owner as administrator where the rules add one."""
    if is_shared(parent, tree.actor):
        others = normal(parent.rights if given is None else given)
        if given is not None and any(entry.rights.admin and not _is_owner(entry, draft) for entry in given):
            raise Contradiction("Only the owner can administer a folder below a shared one.", "FLD-0017")
        return (user_right(draft.owner), *(entry for entry in others if not _is_owner(entry, draft)))
    if given is None:
        return (user_right(draft.owner),)
    entries = normal(given)
    if draft.type is FolderType.PUBLIC and not any(_is_owner(e, draft) and e.rights.admin for e in entries):
        return (user_right(draft.owner), *(entry for entry in entries if not _is_owner(entry, draft)))
    return entries


def _is_owner(entry: Right, folder: Folder) -> bool:
    return entry.kind is PrincipalKind.USER and entry.principal == folder.owner


def check_name(name: str) -> str:
    """The name as it is stored, without blanks around it.

    Raises:
        Missing: it is empty (FLD-0007).
        Invalid: it is too long or holds control characters.
    """
    stripped = name.strip()
    if not stripped:
        raise Missing("A folder needs a name.", "name", "FLD-0007")
    if len(stripped) > MAX_NAME:
        raise Invalid(Text("A folder's name can have {most} characters.", most=MAX_NAME), "name", "FLD-0007")
    if any(unicodedata.category(character) == "Cc" for character in stripped):
        raise Invalid("A folder's name cannot hold control characters.", "name", "FLD-0007")
    return stripped


def same_name(one: str, other: str) -> bool:
    """Whether two names are one to a person: Outlook and most file systems ignore case."""
    return unicodedata.normalize("NFC", one).casefold() == unicodedata.normalize("NFC", other).casefold()


def check_unique_name(tree: Tree, folder: Folder) -> None:
    """Refuse a second folder of one name and module below a parent; below 1 each owner counts alone.

    Raises:
        Contradiction: FLD-0012.
    """
    if folder.parent == PUBLIC and folder.name.casefold() in RESERVED_BELOW_PUBLIC:
        raise Contradiction(Text("The name “{folder}” is reserved.", folder=folder.name), "FLD-0012")
    for sibling in tree.children(folder.parent):
        if sibling.id == folder.id or sibling.module is not folder.module:
            continue
        if folder.parent == PRIVATE and sibling.owner != folder.owner:
            continue
        if same_name(sibling.name, folder.name):
            raise Contradiction(Text("There is already a folder “{folder}” there.", folder=folder.name), "FLD-0012")


def check_similar_share(tree: Tree, folder: Folder, entries: Iterable[Right]) -> None:
    """Refuse to share two private folders of one name and module with one user (section 1.4, rule 8).

    Raises:
        Contradiction: the user would see two folders that cannot be told apart.
    """
    if folder.type is not FolderType.PRIVATE:
        return
    recipients = _recipients(folder, entries)
    if not recipients:
        return
    for other in tree.folders.values():
        if other.id == folder.id or other.owner != folder.owner or other.type is not FolderType.PRIVATE:
            continue
        alike = other.module is folder.module and same_name(other.name, folder.name)
        if alike and recipients & _recipients(other, other.rights):
            message = Text("Another folder “{folder}” is already shared with the same people.", folder=folder.name)
            raise Contradiction(message, "FLD-0012")


def _recipients(folder: Folder, entries: Iterable[Right]) -> set[tuple[PrincipalKind, int]]:
    return {
        (entry.kind, entry.principal) for entry in entries if not _is_owner(entry, folder) and is_visible(entry.rights)
    }


def plan_update(
    tree: Tree,
    folder: Folder,
    *,
    name: str | None = None,
    module: Module | None = None,
    rights: tuple[Right, ...] | None = None,
    is_empty: bool = True,
) -> Folder:
    """Decide a change of name, module or rights (section 1.5). Moves are :func:`plan_move`.

    Raises:
        Refused: with the FLD code of the rule that is broken.
    """
    _require_changeable(tree, folder)
    changed = folder
    if name is not None and name != folder.name:
        if folder.is_default:
            raise Contradiction(Text("The default folder “{folder}” keeps its name.", folder=folder.name), "FLD-0011")
        changed = msgspec.structs.replace(changed, name=check_name(name))
    if module is not None and module is not folder.module:
        _check_module_change(tree, folder, module, is_empty=is_empty)
        changed = msgspec.structs.replace(changed, module=module)
    if rights is not None:
        entries = _as_made(folder, rights)
        permissions.check(folder, entries)
        path = tuple(entry for entry in folder.rights if entry.system)
        changed = msgspec.structs.replace(changed, rights=(*entries, *path))
    if changed.name != folder.name or changed.module is not folder.module:
        check_unique_name(tree, changed)
    if rights is not None or changed.name != folder.name:
        check_similar_share(tree, changed, normal(changed.rights))
    return changed


def _as_made(folder: Folder, given: tuple[Right, ...]) -> tuple[Right, ...]:
    """The given entries without path-to-root ones, also where a client echoes those as normal ones."""
    path = {(entry.kind, entry.principal, entry.rights) for entry in folder.rights if entry.system}
    return tuple(e for e in normal(given) if (e.kind, e.principal, e.rights) not in path)


def _require_changeable(tree: Tree, folder: Folder) -> None:
    """A folder may be changed by its administrators; a shared one by its owner only."""
    require_administrator(tree, folder)
    if is_shared(folder, tree.actor):
        raise Forbidden(
            Text("The shared folder “{folder}” can be changed by its owner only.", folder=folder.name), "FLD-0010"
        )
    if folder.id < FIRST_ORDINARY:
        raise Forbidden(Text("“{folder}” is a system folder.", folder=folder.name), "FLD-0010")


def _check_module_change(tree: Tree, folder: Folder, module: Module, *, is_empty: bool) -> None:
    if folder.is_default or not is_empty:
        message = Text(
            "What “{folder}” holds can be changed only while it is empty and no default folder.", folder=folder.name
        )
        raise Contradiction(message, "FLD-0014")
    _module_below(tree.folders[folder.parent], module)


def plan_move(tree: Tree, folder: Folder, destination: FolderId) -> Folder:
    """Decide a move below another parent (section 1.5, second half).

    Raises:
        Refused: with the FLD code of the rule that is broken.
    """
    if folder.id < FIRST_ORDINARY:
        raise Contradiction("System folders cannot be moved.", "FLD-0025")
    if folder.is_default:
        raise Contradiction(Text("The default folder “{folder}” cannot be moved.", folder=folder.name), "FLD-0021")
    if is_shared(folder, tree.actor):
        raise Contradiction(Text("The shared folder “{folder}” cannot be moved.", folder=folder.name), "FLD-0023")
    _require_changeable(tree, folder)
    target = require_visible(tree, destination)
    _check_target(tree, folder, target)
    hidden = [below for below in tree.below(folder.id) if not tree.effective(below).admin]
    if hidden:
        raise Forbidden(Text("“{folder}” contains folders that you may not move.", folder=folder.name), "FLD-0029")
    moved = msgspec.structs.replace(folder, parent=destination)
    check_unique_name(tree, moved)
    return moved


def _check_target(tree: Tree, folder: Folder, target: Folder) -> None:
    if target.id == folder.id:
        raise Contradiction("A folder cannot be moved into itself.", "FLD-0028")
    if any(below.id == target.id for below in tree.below(folder.id)):
        raise Contradiction("A folder cannot be moved below itself.", "FLD-0045")
    if is_shared(target, tree.actor):
        raise Contradiction("A folder cannot be moved into a shared folder.", "FLD-0024")
    if type_below(target) is not folder.type:
        if folder.type is FolderType.PRIVATE:
            raise Contradiction("A private folder can be moved below private folders only.", "FLD-0026")
        raise Contradiction("A public folder can be moved below public folders only.", "FLD-0027")
    if not may_create_folders(tree.effective(target)):
        raise Forbidden(Text("You may not create folders below “{target}”.", target=target.name), "FLD-0006")


def plan_delete(tree: Tree, folder: Folder) -> tuple[Folder, ...]:
    """The folders that go, deepest first; whether their items may go is the caller's to check (section 1.6).

    Raises:
        Refused: with the FLD code of the rule that is broken; then nothing may be deleted.
    """
    going = (folder, *tree.below(folder.id))
    for each in going:
        _check_deletable(tree, each)
    return tuple(reversed(_by_depth(tree, going)))


def _check_deletable(tree: Tree, folder: Folder) -> None:
    if folder.id < FIRST_ORDINARY:
        raise Forbidden(Text("“{folder}” is a system folder.", folder=folder.name), "FLD-0010")
    if not is_visible(tree.effective(folder)):
        raise Forbidden("The folder contains a hidden subfolder that you may not delete.", "FLD-0010")
    if is_shared(folder, tree.actor):
        raise Forbidden(
            Text("The shared folder “{folder}” can be deleted by its owner only.", folder=folder.name), "FLD-0030"
        )
    if folder.is_default:
        raise Contradiction(Text("The default folder “{folder}” cannot be deleted.", folder=folder.name), "FLD-0031")
    require_administrator(tree, folder)


def _by_depth(tree: Tree, folders: Iterable[Folder]) -> list[Folder]:
    return sorted(folders, key=lambda folder: sum(1 for _ in tree.above(folder)))
