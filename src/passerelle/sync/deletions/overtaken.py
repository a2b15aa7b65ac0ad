"""Held deletions, and refused changes, that need no word of the user's any more: what was done since has answered.

What was edited here meanwhile stays, as an edit wins over a deletion; what was deleted on the other side, too, is gone;
what turned up in another folder was moved. Each is then settled as it would be without the guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.store import ItemLink, Reading, Skipped
from passerelle.sync.context import Context
from passerelle.sync.deletions.dooming import doom, is_loss, with_series
from passerelle.sync.skipped.quarantine import HELD


def overtaken_there(context: Context, tx: Reading, folder: Folder, held: Sequence[Skipped]) -> list[Skipped]:
    """Which held deletions at the peer would delete nothing here by now. Two statements where nothing was done."""
    links = tx.sync.links_of_remotes([one.remote for one in held if one.remote is not None])
    inside = {link.remote: link for link in links if link.folder == folder.id}
    if len(links) == len(held) == len(inside) and not any_touched(tx, links):
        return []
    doomed = with_series(context, tx, folder, [doom(context, tx, link) for link in inside.values()])
    lost = {one.link.remote for one in doomed if is_loss(one)}
    return [one for one in held if one.remote not in lost]


def any_touched(tx: Reading, links: Collection[ItemLink]) -> bool:
    """Whether some items are not here as both sides agreed on them. One statement."""
    stamps = {record.id: record.stamp for record in tx.items.several([link.local for link in links], None)}
    return any(stamps.get(link.local) != link.agreed for link in links)


def overtaken_here(tx: Reading, folder: FolderId, aside: Iterable[Skipped]) -> set[ItemId]:
    """Which items that are set aside in a folder here have nothing to wait for any more. Two statements.

    Those whose deletion is held are here again; those whose change was refused are the same on both sides by now; or
    the peer does not have them in that folder any more.
    """
    entries = {one.local: one for one in aside if one.local is not None and one.remote is not None}
    if not entries:
        return set()
    agreed = {link.local: link.agreed for link in tx.sync.links_of_locals(entries) if link.folder == folder}
    stamps = {record.id: record.stamp for record in tx.items.several(entries, None)}
    here = {id_ for id_, one in entries.items() if one.code == HELD and id_ in stamps}
    settled = {id_ for id_ in agreed if agreed[id_] == stamps.get(id_)}
    return here | settled | (entries.keys() - agreed.keys())
