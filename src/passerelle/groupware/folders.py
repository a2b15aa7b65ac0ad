"""Folders as the store keeps them, changed by the rules (semantics reference, section 1)."""

from __future__ import annotations

import msgspec

from passerelle.groupware import appointments, capabilities, folder_rules, permissions
from passerelle.groupware.access import is_hidden, require_current
from passerelle.groupware.actor import SYSTEM_USER, Actor
from passerelle.groupware.reach import TREE_SCOPE, memberships_since
from passerelle.groupware.rights import allowed, is_visible, reaches
from passerelle.groupware.views import FolderChanges, FolderView
from passerelle.groupware.visibility import Tree, normal, path_entries
from passerelle.model.errors import Forbidden
from passerelle.model.folders import FIRST_ORDINARY, Folder, FolderType, Module, Right
from passerelle.model.ids import EVERYBODY, FolderId, GroupId, Stamp
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text
from passerelle.store import Reading, Writing


def tree_of(tx: Reading, actor: Actor) -> Tree:
    """All folders, as the actor meets them."""
    return Tree(tx.folders.all(), actor)


def get(tx: Reading, actor: Actor, id_: FolderId) -> FolderView:
    """One visible folder.

    Raises:
        NotFound: it does not exist, or is invisible.
    """
    tree = tree_of(tx, actor)
    return tree.view(folder_rules.require_visible(tree, id_))


def changes(tx: Reading, actor: Actor, since: Stamp) -> FolderChanges:
    """What changed for the actor at ``since`` or later. See :meth:`Session.folders`."""
    tree = tree_of(tx, actor)
    changed = tuple(
        tree.view(folder)
        for folder in sorted(tree.folders.values(), key=lambda folder: folder.id)
        if folder.stamp >= since and is_visible(tree.effective(folder))
    )
    return FolderChanges(changed=changed, gone=_gone(tx, tree, since))


def _gone(tx: Reading, tree: Tree, since: Stamp) -> tuple[FolderId, ...]:
    """The folders that the actor could see at ``since`` and cannot see now.

    An earlier version in the journal tells whether the actor could; ids of folders that were always
    invisible are not given away.
    """
    entries = tx.journal.entries(TREE_SCOPE, Stamp(since - 1), tx.folders.clock())
    if not entries:
        return ()
    before = memberships_since(tx, tree.actor, since).most(tree.actor)
    return tuple(
        sorted({
            FolderId(entry.object)
            for entry in entries
            if isinstance(entry.previous, Folder)
            and tree.visible(FolderId(entry.object)) is None
            and is_visible(allowed(entry.previous, before))
        })
    )  # fmt: skip


def create(
    tx: Writing,
    actor: Actor,
    parent: FolderId,
    name: str,
    *,
    module: Module | None,
    type_: FolderType | None,
    rights: tuple[Right, ...] | None,
) -> Folder:
    """Make a folder. See :meth:`Session.create_folder`."""
    new = folder_rules.plan_create(tree_of(tx, actor), parent, name, module, type_, rights)
    _check_principals(tx, new.rights, ())
    capabilities.check_new(tx, actor, new.type, new.module, new.rights)
    folder = tx.folders.add(
        new.parent, new.name, new.module, new.type, new.owner, rights=new.rights, created_by=new.owner
    )
    _touch(tx, parent)
    _settle_paths(tx, folder.type)
    return tx.folders.get(folder.id) or folder


def update(  # noqa: PLR0913 - what can change of a folder
    tx: Writing,
    actor: Actor,
    id_: FolderId,
    *,
    name: str | None,
    parent: FolderId | None,
    module: Module | None,
    rights: tuple[Right, ...] | None,
    expected: Stamp | None,
) -> Folder:
    """Change or move a folder. See :meth:`Session.update_folder`."""
    tree = tree_of(tx, actor)
    folder = folder_rules.require_visible(tree, id_)
    require_current(folder.stamp, expected)
    changed = folder
    if parent is not None and parent != folder.parent:
        changed = folder_rules.plan_move(tree, changed, parent)
        tree = Tree({**tree.folders, id_: changed}.values(), actor)
    is_empty = module is None or tx.items.count(id_) == 0
    changed = folder_rules.plan_update(tree, changed, name=name, module=module, rights=rights, is_empty=is_empty)
    _check_principals(tx, normal(changed.rights), folder.rights)
    if changed != folder:
        capabilities.check_change(tx, actor, folder, changed)
        tx.folders.replace(changed)
        if changed.parent != folder.parent:
            _touch(tx, folder.parent)
            _touch(tx, changed.parent)
        _settle_paths(tx, folder.type)
    return tx.folders.get(id_) or folder


def delete(tx: Writing, actor: Actor, id_: FolderId, expected: Stamp | None) -> Stamp:
    """Delete a folder with everything below. See :meth:`Session.delete_folder`."""
    tree = tree_of(tx, actor)
    folder = folder_rules.require_visible(tree, id_)
    require_current(folder.stamp, expected)
    going = folder_rules.plan_delete(tree, folder)
    for each in going:
        _require_all_deletable(tx, tree, each)
    stamp = folder.stamp
    for each in going:
        _leave_views(tx, actor, each)
        stamp = tx.folders.remove(each.id)
    _touch(tx, folder.parent)
    _settle_paths(tx, folder.type)
    return stamp


def with_all_below(tx: Reading, id_: FolderId) -> tuple[FolderId, ...]:
    """A folder and all that lie in it, however deep, whoever may see them."""
    parents = {folder.id: folder.parent for folder in tx.folders.all() if folder.id != folder.parent}
    found = [id_]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return tuple(found)


def clear(tx: Writing, actor: Actor, id_: FolderId, expected: Stamp | None) -> Stamp:
    """Delete all items of a folder that the actor may know of. See :meth:`Session.clear_folder`."""
    tree = tree_of(tx, actor)
    folder = folder_rules.require_visible(tree, id_)
    require_current(folder.stamp, expected)
    if folder.id < FIRST_ORDINARY:
        raise Forbidden(Text("“{folder}” is a system folder.", folder=folder.name), "FLD-0032")
    if not tree.effective(folder).delete:
        raise Forbidden(Text("You may not delete all items in “{folder}”.", folder=folder.name), "FLD-0032")
    _require_all_deletable(tx, tree, folder)
    _leave_views(tx, actor, folder)
    own = folder.owner == actor.user or folder.type is not FolderType.PRIVATE
    outlines = tx.items.outlines(id_)
    tx.items.remove_many(one.id for one in outlines if one.master is None and (own or not one.private))
    return tx.folders.touch(id_)


def _require_all_deletable(tx: Reading, tree: Tree, folder: Folder) -> None:
    """Refuse unless the actor may delete each item that the actor may know of.

    Raises:
        Forbidden: FLD-0032.
    """
    level = tree.effective(folder).delete
    own = folder.owner == tree.actor.user or folder.type is not FolderType.PRIVATE
    for outline in tx.items.outlines(folder.id):
        if (own or not outline.private) and not reaches(level, outline.created_by, tree.actor):
            raise Forbidden(Text("You may not delete all items in “{folder}”.", folder=folder.name), "FLD-0032")


def _leave_views(tx: Writing, actor: Actor, folder: Folder) -> None:
    """Take the folder's owner out of items that live elsewhere and only show in this folder."""
    if folder.type is not FolderType.PRIVATE or folder.module is Module.CONTACTS:
        return
    for outline in tx.items.outlines(folder.id):
        if any(p.folder == folder.id and p.user is not None for p in tx.items.placements(outline.id)):
            record = tx.items.in_folder(folder.id, outline.id, actor.user)
            if record is not None and not is_hidden(record, folder, actor):
                appointments.leave(tx, actor, record, folder.owner)


def settle_group(tx: Writing, group: GroupId) -> None:
    """Stamp all folders in which a group holds a right, after its members changed (section 1.7)."""
    for folder in tx.folders.all():
        if any(right.kind is PrincipalKind.GROUP and right.principal == group for right in folder.rights):
            tx.folders.touch(folder.id)


def _touch(tx: Writing, id_: FolderId) -> None:
    """Stamp a folder whose subfolders changed; the system's own stay quiet."""
    if id_ >= FIRST_ORDINARY and tx.folders.get(id_) is not None:
        tx.folders.touch(id_)


def _settle_paths(tx: Writing, type_: FolderType) -> None:
    if type_ is FolderType.PUBLIC:
        settle_paths(tx)


def settle_paths(tx: Writing) -> None:
    """Make the path-to-root entries of public folders right again."""
    tree = tree_of(tx, Actor(SYSTEM_USER, frozenset()))
    for id_, rights in path_entries(tree).items():
        tx.folders.replace(msgspec.structs.replace(tree.folders[id_], rights=rights))


def _check_principals(tx: Reading, entries: tuple[Right, ...], before: tuple[Right, ...]) -> None:
    users: set[int] = {user.id for user in tx.principals.users()}
    groups: set[int] = {EVERYBODY, *(group.id for group in tx.principals.groups())}
    permissions.check_grantable(entries, before, users, groups)
