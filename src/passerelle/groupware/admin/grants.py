"""Taking somebody who goes out of the rights of all folders (semantics reference, sections 1.7 and 2.4)."""

from __future__ import annotations

import msgspec

from passerelle.groupware.folders import settle_paths
from passerelle.groupware.rights import user_right
from passerelle.model.folders import Folder, Right
from passerelle.model.ids import GroupId, UserId
from passerelle.model.principals import PrincipalKind
from passerelle.store import Writing


def withdraw(tx: Writing, kind: PrincipalKind, id_: UserId | GroupId) -> None:
    """Take a user or a group out of the rights of all folders; whose folder it is administers what nobody else does."""
    for folder in tx.folders.all():
        kept = tuple(entry for entry in folder.rights if (entry.kind, entry.principal) != (kind, id_))
        if kept != folder.rights:
            tx.folders.replace(msgspec.structs.replace(folder, rights=_administered(folder, kept)))
    settle_paths(tx)


def _administered(folder: Folder, entries: tuple[Right, ...]) -> tuple[Right, ...]:
    if any(entry.rights.admin for entry in entries):
        return entries
    owner = user_right(folder.owner)
    return (owner, *(entry for entry in entries if (entry.kind, entry.principal) != (owner.kind, owner.principal)))
