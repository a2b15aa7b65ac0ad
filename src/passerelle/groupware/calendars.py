"""In whose folders an item with participants appears (semantics reference, section 5.2).

One object, many folders: each user who takes part finds it in the own default folder. In public folders it
is in that folder alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.groupware.participants import Members, Participants, entered, involved
from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import EVERYBODY, FolderId, GroupId, UserId
from passerelle.store import Placement, Reading


def members_in(tx: Reading) -> Members:
    """Looks up who belongs to a group."""

    def members(id_: GroupId) -> Iterable[UserId]:
        if id_ == EVERYBODY:
            return (user.id for user in tx.principals.users())
        group = tx.principals.group(id_)
        return () if group is None or group.deleted else group.members

    return members


def default_folders(tx: Reading, module: Module) -> dict[UserId, FolderId]:
    """Every user's default folder of a module."""
    return {
        folder.owner: folder.id
        for folder in tx.folders.all()
        if folder.is_default and folder.module is module and folder.type is FolderType.PRIVATE
    }


def placements(
    tx: Reading,
    home: Folder,
    after: Participants,
    before: Participants = (),
    placed: tuple[Placement, ...] = (),
) -> tuple[Placement, ...]:
    """Where an item appears besides its home folder, when its participants change to ``after``.

    Who took part before and stays keeps the placement, or goes on without: a user who deleted an
    appointment from the own calendar, and has an entry that says so, does not get it back with the next change.
    With each change, those who came into an invited group since the last one find the item, and those who left it
    lose it.
    """
    if home.type is not FolderType.PRIVATE:
        return ()
    members = members_in(tx)
    users = involved(after, members) - {home.owner}
    kept = tuple(one for one in placed if one.user is not None and one.user in users)
    new = users - entered(before) - {one.user for one in kept}
    if not new:
        return kept
    folders = default_folders(tx, home.module)
    taken = {one.folder for one in kept} | {home.id}
    added = (Placement(folders[user], user) for user in sorted(new) if user in folders)
    return (*kept, *(one for one in added if one.folder not in taken))
