"""Items that were taken out of a folder here before it went: they outlive it on both sides."""

from __future__ import annotations

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.store import FolderLink, Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.withdrawn import give_to_user, is_of_user
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import remind


def items_left(tx: Reading, link: FolderLink) -> list[ItemId]:
    """The items that the peer has in a folder alone, and that are here, but elsewhere."""
    ids = [one.local for one in tx.sync.versions(link.local).values()]
    others = {one.local for one in tx.sync.links_of_locals(ids) if one.folder != link.local} if ids else set()
    found = tx.items.several([id_ for id_ in ids if id_ not in others], None)
    return [record.id for record in found if record.folder != link.local]


def have_left_sent(context: Context, tx: Writing, link: FolderLink) -> None:
    """Have items sent as new ones that were taken out of a folder that is gone on both sides."""
    for record in tx.items.several(items_left(tx, link), None):
        if record.master is None:
            send_anew(context, tx, link.local, record.id, record.folder)


def have_moved_sent(context: Context, tx: Writing, folder: Folder, link: FolderLink) -> None:
    """Have items sent as new ones that were taken out of a folder that goes now, which was not sent."""
    left = set(items_left(tx, link))
    for record in tx.items.several([id_ for id_ in unsent(tx, link).ids if id_ in left], None):
        if record.master is not None:
            continue
        if not is_of_user(context, folder, record):  # it may be there still, for others
            give_to_user(tx, context.me, record, record.folder)
        send_anew(context, tx, folder.id, record.id, record.folder)


def send_anew(context: Context, tx: Writing, folder: FolderId, id_: ItemId, home: FolderId) -> None:
    """Forget what the peer had of an item in a folder, and of its change exceptions; have them sent from their home."""
    ids = [id_, *(exception.id for exception in tx.items.exceptions(id_))]
    tx.sync.remove_item_links(folder, ids)
    for one in ids:
        remind(context, tx, home, one)
