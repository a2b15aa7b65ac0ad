"""Items that were deleted here by somebody who had not seen their files: those had yet to be fetched.

A file counts as an edit of the peer's, and an edit wins over a deletion by who did not know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.store import ItemLink, Reading
from passerelle.sync.context import Context
from passerelle.sync.files.comparing import copies_in
from passerelle.sync.pull.act import reopen
from passerelle.sync.report import Subject


def have_back_unseen(context: Context, folder: FolderId, deleted: Mapping[ItemId, ItemLink]) -> set[ItemId]:
    """Have those items read again that were deleted in a folder with files that were never here; return which.

    A series comes back with a change exception that had some.
    """
    with context.store.reading() as tx:
        unseen = _unseen(context, tx, folder, deleted)
    if unseen:
        with context.writing() as tx:
            reopen(context, tx, [link for id_, link in deleted.items() if id_ in unseen])
    return unseen


def _unseen(context: Context, tx: Reading, folder: FolderId, deleted: Iterable[ItemId]) -> set[ItemId]:
    """The items that are to come back; not those that came back once: who deletes them again was told of it."""
    known = tx.file_links.of_items(deleted, copies_in(context, folder))
    waiting = {one.item for one in known if one.local is None}
    if not waiting:
        return set()
    told = {one.item for one in tx.decisions.of_items(waiting) if one.kind == Subject.EDIT_WON}
    stones = tx.journal.tombstones(folder, Stamp(0), tx.journal.clock(folder))
    masters = {stone.id: stone.master for stone in stones}
    return {id_ for one in waiting - told for id_ in (one, masters.get(one)) if id_ is not None}
