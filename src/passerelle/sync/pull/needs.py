"""Which folders are to be pulled: one look at what the replica knows tells it of all of them."""

from __future__ import annotations

from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId
from passerelle.peers.base import Anchor
from passerelle.store import FolderLink
from passerelle.sync.context import Context
from passerelle.sync.pull.unfinished import written_folders
from passerelle.sync.skipped.quarantine import is_due
from passerelle.sync.slow import wanted_folders


class Needs(Struct, frozen=True):
    """What stands in the way of leaving folders alone, as of one moment.

    ``me`` is whose rights count; None where they are all that the peer shows. ``compared`` are the folders of a slow
    sync, ``waiting`` those where something of ours waits for a look at the folder now.
    """

    me: Actor | None
    compared: frozenset[FolderId]
    waiting: frozenset[FolderId]

    def may_read(self, folder: Folder) -> bool:
        """Whether its items may be read."""
        return self.me is None or effective(folder.rights, self.me).read > 0

    def is_idle(self, context: Context, link: FolderLink, position: str | None) -> bool:
        """Whether the peer said that nothing changed, by its ``position`` of the folder, and nothing waits."""
        if position is None or link.anchor is None or not context.peer.is_current(position, Anchor(link.anchor)):
            return False
        return link.local not in self.waiting | self.compared


def needs(context: Context) -> Needs:
    """What all folders need now. A pull may change that."""
    is_authority = context.peer.is_authority
    with context.store.reading() as tx:
        opened = {one.folder for one in tx.sync.intents()}
        due = {one.folder for one in tx.sync.skipped() if is_due(context, one)}
        written = frozenset[FolderId]() if is_authority else written_folders(tx)
        return Needs(
            me=Actor(context.me, tx.principals.groups_of(context.me)) if is_authority else None,
            compared=wanted_folders(tx),
            waiting=written.union(due, (folder for folder in opened if folder is not None)),
        )
