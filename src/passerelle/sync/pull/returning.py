"""Items here whose like is gone at the peer: another device may have put them back there, under new ids."""

from __future__ import annotations

from collections.abc import Sequence

from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteId, RemoteItem
from passerelle.store import ItemLink, Reading, Writing
from passerelle.sync.deletions.notes import gone_remotes
from passerelle.sync.pull.state import FolderPull, Named, name_of
from passerelle.sync.skipped.quarantine import fetch_later, held_of


def returning_items(tx: Reading, pull: FolderPull) -> dict[Named, tuple[ItemLink, ItemRecord]]:
    """Those of a folder, by name, each with its link. What the guard keeps here is among them."""
    folder = pull.folder
    kept = (one.remote for one in held_of(tx, folder.id) if one.remote is not None)
    found = tx.sync.links_of_remotes([*gone_remotes(tx, folder.id), *kept])
    moved = set[ItemId]()
    if folder.module is Module.CONTACTS:  # of what is in one folder only; others show in several
        moved = {link.local for link in found if link.folder != folder.id}
    links = {link.local: link for link in found if link.folder == folder.id and link.local not in moved}
    records = tx.items.several(links, pull.context.me) if links else []
    named = ((name_of(record.item, record.master), record) for record in records)
    return {name: (links[record.id], record) for name, record in named if name is not None}


def meet_what_came_elsewhere(tx: Writing, pull: FolderPull, page: Sequence[RemoteItem]) -> None:
    """Let changed items of the folder meet what the peer has in their place, if that came through another folder.

    There it was an item like any other, for only this folder tells that its like is gone.
    """
    names = {remote.id: name_of(remote.item, None) for remote in page if remote.master is None}
    links = tx.sync.links_of_remotes(names)
    known = {link.remote for link in links if link.folder == pull.folder.id}
    elsewhere = {link.local: names[RemoteId(link.remote)] for link in links if link.remote not in known}
    returning = returning_items(tx, pull) if elsewhere else {}
    if not returning:
        return
    for record in tx.items.several(elsewhere, pull.context.me):
        name = elsewhere[record.id]
        if name is not None and name in returning:
            link, own = returning[name]
            if link.agreed != own.stamp and own.id != record.id:
                let_go(tx, pull, record)


def let_go(tx: Writing, pull: FolderPull, record: ItemRecord) -> None:
    """Take an item away that has no changes, for another one here to be what the peer has; in others it comes again."""
    ids = [record.id, *(exception.id for exception in tx.items.exceptions(record.id))]
    links = tx.sync.links_of_locals(ids)
    stamps = {one.id: one.stamp for one in tx.items.several(ids, None)}
    if any(link.agreed != stamps.get(link.local) for link in links):
        return
    for link in links:
        tx.sync.remove_item_links(link.folder, [link.local])
        if link.folder != pull.folder.id:
            fetch_later(pull.context, tx, link.folder, RemoteId(link.remote))
    tx.items.remove_many(ids)
