"""How many deletions wait to be sent, before any is: those of an account are judged together."""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.model.ids import FolderId
from passerelle.store import FolderLink, Reading
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import Loss, judge
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import APPROVED, HELD, UP


def guarded_removals(context: Context, tx: Reading, links: Iterable[FolderLink]) -> frozenset[FolderId]:
    """The folders whose items were deleted here in such numbers that the peer is not to hear of it unasked.

    Of all that have something to send: they are judged together.
    """
    return judge(context, tx, UP, {link.local: _loss(tx, link) for link in links})


def _loss(tx: Reading, link: FolderLink) -> Loss:
    waiting = unsent(tx, link)
    known = {one.local for one in waiting.aside if one.code in {HELD, APPROVED}}
    ids = [id_ for id_ in waiting.ids if id_ not in known]
    linked = {one.local for one in tx.sync.links_of_locals(ids) if one.folder == link.local} if ids else set()
    here = {record.id for record in tx.items.several(linked, None)} if linked else set()
    removed = len(linked - here)
    return Loss(deletions=removed, items=tx.items.count(link.local) + removed if removed else 0)
