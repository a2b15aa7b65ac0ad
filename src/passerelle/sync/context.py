"""What the steps of one cycle share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from msgspec import Struct, field

from passerelle.groupware.folder_names import name_for, needs_owner
from passerelle.model.folders import Folder
from passerelle.model.ids import UserId
from passerelle.peers.base import Peer
from passerelle.store import Store, Writing
from passerelle.sync.policy import Policy
from passerelle.sync.report import Recorder


class Context(Struct, frozen=True):
    """One cycle of one account with one peer, whose memory is the store's ``sync``.

    ``now`` is the clock for back-off; ``me`` the account's user, here and there.

    While ``reconciling``, the peer's data are others than before: what they lack was lost, not deleted
    (:mod:`passerelle.sync.replaced.noticing`).
    """

    store: Store
    peer: Peer
    me: UserId
    policy: Policy
    recorder: Recorder
    now: Callable[[], datetime]
    reconciling: bool = False
    _names: dict[Folder, str] = field(default_factory=dict)

    def writing(self) -> AbstractContextManager[Writing]:
        """One transaction of the engine's."""
        return self.store.writing(self.me, self.store.origin)

    def owner_of(self, folder: Folder) -> str:
        """The name of the user whose private folder it is; empty for the account's own, and for public ones."""
        if not needs_owner(folder, self.me):
            return ""
        with self.store.reading() as tx:
            owner = tx.principals.user(folder.owner)
        return "" if owner is None else owner.display_name

    def name_of(self, folder: Folder) -> str:
        """What the user is told a folder is called."""
        if not needs_owner(folder, self.me):
            return folder.name
        if folder not in self._names:
            with self.store.reading() as tx:
                self._names[folder] = name_for(tx, self.me, folder)
        return self._names[folder]
