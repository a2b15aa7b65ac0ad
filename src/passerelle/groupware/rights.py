"""Effective rights and what they allow (semantics reference, sections 1.7 and 2.1). Pure.

Rights are compared with "at least": each level includes the lower ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.groupware.actor import Actor
from passerelle.model.folders import FULL, Folder, FolderType, Level, Module, Right, Rights
from passerelle.model.ids import UserId
from passerelle.model.principals import Capability, PrincipalKind

NOTHING = Rights()


def concerns(right: Right, actor: Actor) -> bool:
    """Whether an entry speaks about the actor: by user, or by one of the actor's groups."""
    if right.kind is PrincipalKind.USER:
        return right.principal == actor.user
    return right.principal in actor.groups


def effective(rights: Iterable[Right], actor: Actor) -> Rights:
    """What the actor may do: the maximum over all entries that concern the actor, right by right."""
    own = [right.rights for right in rights if concerns(right, actor)]
    if not own:
        return NOTHING
    return Rights(
        folder=max(one.folder for one in own),
        read=max(one.read for one in own),
        write=max(one.write for one in own),
        delete=max(one.delete for one in own),
        admin=any(one.admin for one in own),
    )


_CAPABILITIES = {
    Module.CALENDAR: Capability.CALENDAR,
    Module.CONTACTS: Capability.CONTACTS,
    Module.TASKS: Capability.TASKS,
}


def capability_of(module: Module) -> Capability | None:
    """What lets a user have folders of a module."""
    return _CAPABILITIES.get(module)


def allowed(folder: Folder, actor: Actor) -> Rights:
    """What the actor may do in a folder: by its entries, capped by what is withheld from the actor (section 1.7)."""
    rights = effective(folder.rights, actor)
    if not actor.withheld:
        return rights
    if capability_of(folder.module) in actor.withheld:
        return NOTHING
    if Capability.SHARED in actor.withheld and is_shared(folder, actor):
        return NOTHING
    if Capability.PUBLIC in actor.withheld and folder.type is FolderType.PUBLIC:
        return Rights(folder=min(rights.folder, Level.OWN), read=min(rights.read, Level.ALL))
    return rights


def is_visible(rights: Rights) -> bool:
    """Whether the folder shows up at all: its administrators and those who may see it (section 1.7)."""
    return rights.admin or rights.folder >= Level.OWN


def may_create_items(rights: Rights) -> bool:
    """Whether items may be put into the folder."""
    return rights.folder >= Level.ALL


def may_create_folders(rights: Rights) -> bool:
    """Whether subfolders may be made."""
    return rights.folder >= Level.SUBFOLDERS


def reaches(level: int, creator: UserId, actor: Actor) -> bool:
    """Whether a level covers an item of that creator; "own" means created by the actor."""
    return level >= Level.ALL or (level >= Level.OWN and creator == actor.user)


def is_shared(folder: Folder, actor: Actor) -> bool:
    """Whether the folder is another user's private one (section 1.2: "shared" is a view, never stored)."""
    return folder.type is FolderType.PRIVATE and folder.owner != actor.user


def is_own_private(folder: Folder, actor: Actor) -> bool:
    """Whether the folder is one of the actor's private folders."""
    return folder.type is FolderType.PRIVATE and folder.owner == actor.user


def user_right(user: UserId, rights: Rights = FULL) -> Right:
    """The entry that gives a user these rights."""
    return Right(kind=PrincipalKind.USER, principal=user, rights=rights)
