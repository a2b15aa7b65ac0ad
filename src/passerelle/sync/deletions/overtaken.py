"""Held deletions that need no word of the user's any more: what was done since has answered.

What was edited here meanwhile stays, as an edit wins over a deletion; what was deleted on the other side, too, is gone;
what turned up in another folder was moved. Each is then settled as it would be without the guard.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.store import Reading, Skipped
from passerelle.sync.context import Context
from passerelle.sync.deletions.dooming import doom, is_loss, with_series


def overtaken_there(context: Context, tx: Reading, folder: Folder, held: Sequence[Skipped]) -> list[Skipped]:
    """Which held deletions at the peer would delete nothing here by now. Two statements where nothing was done."""
    links = tx.sync.links_of_remotes([one.remote for one in held if one.remote is not None])
    inside = {link.remote: link for link in links if link.folder == folder.id}
    if len(links) == len(held) == len(inside):
        stamps = {record.id: record.stamp for record in tx.items.several([link.local for link in links], None)}
        if all(stamps.get(link.local) == link.agreed for link in links):
            return []
    doomed = with_series(context, tx, folder, [doom(context, tx, link) for link in inside.values()])
    lost = {one.link.remote for one in doomed if is_loss(one)}
    return [one for one in held if one.remote not in lost]


def overtaken_here(tx: Reading, folder: FolderId, held: Collection[ItemId]) -> set[ItemId]:
    """Which items whose deletion here is held are here again, or are not in that folder at the peer any more."""
    linked = {link.local for link in tx.sync.links_of_locals(held) if link.folder == folder}
    here = {record.id for record in tx.items.several(held, None)}
    return {id_ for id_ in held if id_ in here or id_ not in linked}
