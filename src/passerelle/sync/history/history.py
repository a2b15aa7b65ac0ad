"""The history of a replica, and what the user takes back with its help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import final

from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.store import Store
from passerelle.sync.history.chronicle import KEPT
from passerelle.sync.history.entries import Event, history_of_item, latest_history
from passerelle.sync.history.undo import copy_decision, restore, undo_decision, undo_last


@final
class History:
    """What happened to the items of one user, ``me``. What is taken back is an edit of the user's, from ``origin``."""

    def __init__(self, store: Store, me: UserId, origin: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._me = me
        self._origin = origin
        self._now = now

    def of_item(self, item: ItemId) -> list[Event]:
        """What happened to an item, oldest first. Raises NotFound."""
        with self._store.reading() as tx:
            return history_of_item(tx, self._me, item)

    def latest(self, limit: int, folder: FolderId | None = None) -> list[Event]:
        """What happened lately in a folder or anywhere, newest first."""
        with self._store.reading() as tx:
            return latest_history(tx, self._me, limit, folder, self._now() - KEPT)

    def undo(self, number: int | None = None) -> list[ItemId]:
        """Undo an automatic decision, or the last change made here; return the items that are different now.

        Raises:
            NotFound: there is nothing to undo under that number.
            Refused: it cannot be undone, and why.
        """
        with self._store.writing(self._me, self._origin) as tx:
            if number is None:
                return undo_last(tx, self._me, self._origin)
            return undo_decision(tx, self._me, number)

    def copy(self, number: int, into: FolderId | None = None) -> ItemId:
        """Make an item of the user's own of what gave way to a decision. See :func:`undo.copy_decision`."""
        with self._store.writing(self._me, self._origin) as tx:
            return copy_decision(tx, self._me, number, into)

    def restore(self, item: ItemId, version: int | None = None, into: FolderId | None = None) -> list[ItemId]:
        """Make an item what it was; without a version, bring a deleted one back. See :func:`undo.restore`."""
        with self._store.writing(self._me, self._origin) as tx:
            return restore(tx, self._me, item, version, into)
