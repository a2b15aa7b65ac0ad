"""Which right entries a folder may carry (semantics reference, section 2.4). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from passerelle.model.errors import Contradiction, Invalid
from passerelle.model.folders import Folder, FolderType, Level, Right, Rights
from passerelle.model.ids import UserId
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text

GUESTS = 2147483647
"""The virtual group of guests, which is never allowed in folder permissions."""


def check(folder: Folder, entries: tuple[Right, ...]) -> None:
    """Refuse a list of entries (path-to-root ones left out) that the folder must not carry.

    Raises:
        Invalid: a value is out of range, or a principal is named twice.
        Contradiction: the entries break the rules of the folder's type (FLD-0015 to FLD-0018).
    """
    if not entries:
        raise Invalid("A folder needs at least one permission.", "rights", "FLD-0018")
    _check_values(entries)
    _check_unique(entries)
    administrators = [entry for entry in entries if entry.rights.admin]
    if not administrators:
        raise Contradiction(Text("Somebody must administer the folder “{folder}”.", folder=folder.name), "FLD-0018")
    if folder.type is FolderType.PRIVATE:
        _check_private(folder, administrators)
    elif folder.is_default and not any(_is(entry, folder.owner) for entry in administrators):
        raise Contradiction(Text("The owner must stay administrator of “{folder}”.", folder=folder.name), "FLD-0017")


def check_grantable(entries: Iterable[Right], before: Iterable[Right], users: set[int], groups: set[int]) -> None:
    """Refuse entries for principals that do not exist; those that were there before may stay.

    Raises:
        Invalid: a user or group is unknown.
    """
    known = {(entry.kind, entry.principal) for entry in before}
    for entry in entries:
        existing = users if entry.kind is PrincipalKind.USER else groups
        if entry.principal not in existing and (entry.kind, entry.principal) not in known:
            raise Invalid(
                Text("There is no {kind} {principal}.", kind=entry.kind, principal=entry.principal),
                "rights",
                "FLD-0044",
            )


def _check_private(folder: Folder, administrators: list[Right]) -> None:
    if len(administrators) > 1:
        raise Contradiction(
            Text("The private folder “{folder}” can have one administrator only.", folder=folder.name), "FLD-0015"
        )
    if administrators[0].kind is PrincipalKind.GROUP:
        raise Contradiction("A group cannot administer a private folder.", "FLD-0016")
    if not _is(administrators[0], folder.owner):
        raise Contradiction("Only its owner can administer a private folder.", "FLD-0017")


def _is(entry: Right, user: UserId) -> bool:
    return entry.kind is PrincipalKind.USER and entry.principal == user


def _check_values(entries: tuple[Right, ...]) -> None:
    for entry in entries:
        if entry.principal < 0 or (entry.kind is PrincipalKind.GROUP and entry.principal == GUESTS):
            raise Invalid(
                Text("{principal} cannot hold rights in a folder.", principal=entry.principal), "rights", "FLD-0044"
            )
        for level in _levels(entry.rights):
            if level % 2 or not 0 <= level <= Level.MAXIMUM:
                message = Text("The permission value {level} is none of 0, 2, 4, 8 and 128.", level=level)
                raise Invalid(message, "rights")


def _levels(rights: Rights) -> tuple[int, int, int, int]:
    return rights.folder, rights.read, rights.write, rights.delete


def _check_unique(entries: tuple[Right, ...]) -> None:
    counted = Counter((entry.kind, entry.principal) for entry in entries)
    for (kind, principal), times in counted.items():
        if times > 1:
            raise Invalid(
                Text("The {kind} {principal} stands twice in the permissions.", kind=kind, principal=principal),
                "rights",
            )
