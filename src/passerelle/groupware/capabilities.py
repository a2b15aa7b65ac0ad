"""What is withheld from users stands in the way of making and sharing folders, too (semantics, sections 1.4 and 2.4).

What it takes away in folders that are there is :func:`rights.allowed`'s affair.
"""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import allowed, capability_of, is_visible
from passerelle.model.errors import Forbidden
from passerelle.model.folders import Folder, FolderType, Module, Right
from passerelle.model.ids import UserId
from passerelle.model.principals import Capability, PrincipalKind, User
from passerelle.model.text import Text
from passerelle.store import Reading, Writing


def check_new(tx: Reading, actor: Actor, type_: FolderType, module: Module, entries: Iterable[Right]) -> None:
    """Refuse a folder that the actor may not make, or not share so.

    Raises:
        Forbidden: the module is withheld (FLD-0002), or changes in public folders are (FLD-0005); a share is withheld
            from the actor or from whom it is for.
    """
    if capability_of(module) in actor.withheld:
        raise Forbidden(Text("You may not have folders of the kind “{module}”.", module=Text(module)), "FLD-0002")
    if type_ is FolderType.PUBLIC and Capability.PUBLIC in actor.withheld:
        raise Forbidden("You may not make public folders.", "FLD-0005")
    _check_shares(tx, actor, type_, module, entries)


def check_change(tx: Reading, actor: Actor, before: Folder, after: Folder) -> None:
    """Refuse to share a folder with more people than before where that is withheld.

    Raises:
        Forbidden: from the actor, or from whom it is for.
    """
    known = {(entry.kind, entry.principal, entry.rights) for entry in before.rights}
    new = [entry for entry in after.rights if (entry.kind, entry.principal, entry.rights) not in known]
    _check_shares(tx, actor, after.type, after.module, new)


def _check_shares(tx: Reading, actor: Actor, type_: FolderType, module: Module, entries: Iterable[Right]) -> None:
    for entry in entries:
        own = entry.kind is PrincipalKind.USER and entry.principal == actor.user
        if own or entry.system or not is_visible(entry.rights):
            continue
        if type_ is FolderType.PRIVATE and Capability.SHARED in actor.withheld:
            raise Forbidden("You may not share folders.", "FLD-0010")
        recipient = tx.principals.user(UserId(entry.principal)) if entry.kind is PrincipalKind.USER else None
        if recipient is not None and _is_withheld(recipient, type_, module, entry):
            raise Forbidden(Text("“{name}” may not be given that right.", name=recipient.display_name), "FLD-0010")


def _is_withheld(recipient: User, type_: FolderType, module: Module, entry: Right) -> bool:
    if capability_of(module) in recipient.withheld:
        return True
    if type_ is FolderType.PRIVATE:
        return Capability.SHARED in recipient.withheld
    rights = entry.rights
    changes = rights.admin or rights.folder > _SEES or rights.write > 0 or rights.delete > 0
    return Capability.PUBLIC in recipient.withheld and changes


_SEES = 2


def settle(tx: Writing, before: User, after: User) -> None:
    """Stamp the folders in which a user may do more or less than before, so that the user's clients are told."""
    if before.withheld == after.withheld:
        return
    groups = tx.principals.groups_of(after.id)
    was, now = Actor(after.id, groups, before.withheld), Actor(after.id, groups, after.withheld)
    for folder in tx.folders.all():
        if allowed(folder, was) != allowed(folder, now):
            tx.folders.touch(folder.id)
