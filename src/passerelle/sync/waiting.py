"""What waits for the word of a replica's user, and how that word is carried out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import final

from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.store import UPSTREAM, Store
from passerelle.sync.deletions.held import Decision, HeldDeletions, decide, held_deletions
from passerelle.sync.policy import Winner
from passerelle.sync.replaced.noticing import Replacement, accept, replacement
from passerelle.sync.skipped.choices import SkippedObject, discard, retry, skipped_objects
from passerelle.sync.skipped.conflicts import OpenConflict, open_conflicts, settle_conflict, settle_fields
from passerelle.sync.skipped.keeping import SkippedDetails, details, keep
from passerelle.sync.status import memories


@final
class Waiting:
    """What one user, ``me``, is to decide: skipped objects, held deletions, conflicts, data that were replaced.

    What the word changes here is an edit of the user's, from ``origin``, or else the engine's own.
    """

    def __init__(self, store: Store, me: UserId, origin: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._me = me
        self._origin = origin
        self._now = now

    def skipped(self) -> tuple[SkippedObject, ...]:
        """What the server or Outlook refused or what is held, for the user to decide on, in the order of numbers."""
        with self._store.reading() as tx:
            found = [one for memory in memories(tx) for one in skipped_objects(memory, self._me)]
        return tuple(sorted(found, key=lambda one: one.id))

    def retry(self, id_: int) -> None:
        """Try a skipped object again with the next cycle. Raises NotFound."""
        with self._about(id_).writing(self._me, self._origin) as tx:
            retry(tx, id_)

    def details(self, id_: int) -> SkippedDetails:
        """One skipped object: both versions, and what can be done about it. Raises NotFound."""
        with self._about(id_).reading() as tx:
            return details(tx, self._me, id_)

    def keep(self, id_: int, into: FolderId | None = None) -> ItemId:
        """Keep a refused change as a copy in an own folder, and take the server's state; return the copy.

        Raises:
            NotFound: there is no such skipped object or folder.
            Contradiction: there is nothing to keep.
        """
        with self._about(id_).writing(self._me, self._origin) as tx:
            return keep(tx, self._me, id_, into, self._now())

    def held(self) -> tuple[HeldDeletions, ...]:
        """The deletions that the mass-deletion guard holds, folder by folder, in the order of their numbers.

        It stands between here and the server, and what was deleted in Outlook is deleted here: there it would be held.
        """
        with self._store.reading() as tx:
            return held_deletions(tx, self._me)

    @property
    def replaced(self) -> tuple[Replacement, ...]:
        """That the server's data were replaced, or Outlook's data file, where that waits for the user's word."""
        with self._store.reading() as tx:
            found = (replacement(memory) for memory in memories(tx))
            return tuple(one for one in found if one is not None)

    def accept(self, peer: str = UPSTREAM) -> Replacement:
        """Take the server, or Outlook, as it is now: with the next cycle all is compared, and nothing is deleted.

        Raises:
            Contradiction: there is nothing of the kind to be accepted.
        """
        store = self._store.of_peer(peer)
        with store.writing(self._me, store.origin) as tx:
            return accept(tx)

    def confirm(self, what: Collection[str], decision: Decision) -> tuple[HeldDeletions, ...]:
        """Let held deletions happen with the next cycle, or undo them with it; return what was decided on.

        ``what`` names them by number or by folder; nothing names all of them.

        Raises:
            NotFound: nothing is held under one of these names.
        """
        with self._store.writing(self._me, self._store.origin) as tx:
            return decide(tx, self._me, what, decision, self._now())

    def discard(self, id_: int) -> None:
        """Give a skipped object up: the server's state comes back here, or what it deleted is kept as a copy.

        What Outlook refused stays here; it is not tried again until it changes.

        Raises:
            NotFound: there is no such skipped object.
        """
        store = self._about(id_)
        with store.writing(self._me, store.origin) as tx:
            discard(tx, self._me, id_, self._now())

    def conflicts(self) -> tuple[OpenConflict, ...]:
        """What here and the server changed and the user has to decide, oldest first: only where the policy is to ask.

        Of what is shown in Outlook nobody is asked (:meth:`Policy.towards_mirror`).
        """
        with self._store.reading() as tx:
            return open_conflicts(tx, self._me)

    def decide(self, id_: int, winner: Winner, fields: Collection[str] = ()) -> None:
        """Decide a conflict for what is here or for what the server has; with ``fields``, only these.

        Raises:
            NotFound: no such conflict or field waits for a decision.
        """
        with self._store.writing(self._me, self._origin) as tx:
            settle_conflict(tx, self._me, id_, winner, fields, self._now())

    def decide_each(self, id_: int, choices: Mapping[str, Winner]) -> None:
        """Decide several fields of a conflict at once, each for one side. Raises as :meth:`decide`."""
        with self._store.writing(self._me, self._origin) as tx:
            settle_fields(tx, self._me, id_, choices, self._now())

    def _about(self, id_: int) -> Store:
        """The store with the memory of the peer that a skipped object is about; the server's if there is none."""
        with self._store.reading() as tx:
            found = (one.sync.peer for one in memories(tx) if any(entry.id == id_ for entry in one.sync.skipped()))
            peer = next(found, None)
        return self._store if peer is None else self._store.of_peer(peer)
