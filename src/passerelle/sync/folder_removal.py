"""A folder that is gone at the peer, or no longer visible, leaves the replica; unsent work in it does not."""

from __future__ import annotations

from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import ItemId
from passerelle.model.text import Text, plural
from passerelle.store import FolderLink, Skipped, Writing
from passerelle.sync.chronicle import decided
from passerelle.sync.context import Context
from passerelle.sync.folder_state import keep_base
from passerelle.sync.placing import leave_all
from passerelle.sync.quarantine import APPROVED, DOWN, hold, of_folder, remind, settle
from passerelle.sync.report import Subject, title_of
from passerelle.sync.unsent import unsent


def remove_vanished(context: Context, tx: Writing, link: FolderLink) -> None:
    """Remove a folder that the peer no longer shows; an own one with many items waits for the user's word."""
    folder = tx.folders.get(link.local)
    if folder is not None:
        entries = [one for one in of_folder(tx, folder.id, DOWN) if one.remote == link.remote]
        approved = any(one.code == APPROVED for one in entries)
        count = tx.items.count(folder.id)
        if not approved and _is_own(context, folder) and context.policy.is_mass_deletion(count, lambda: count):
            _hold(context, tx, link, folder, count)
            return
        _rescue(context, tx, link, folder)
        leave_all(tx, context.me, folder.id)
        tx.folders.remove(folder.id)
        context.recorder.folder_changes += 1
    forget_folder(tx, link)


def forget_folder(tx: Writing, link: FolderLink) -> None:
    """Forget all that is known of a folder at the peer."""
    tx.sync.remove_item_links(link.local, [one.local for one in tx.sync.versions(link.local).values()])
    settle(tx, [one for one in tx.sync.skipped() if one.folder == link.local])
    keep_base(tx, link.local, None)
    tx.sync.remove_folder_link(link.local)


def _is_own(context: Context, folder: Folder) -> bool:
    return folder.type is FolderType.PRIVATE and folder.owner == context.me


def _hold(context: Context, tx: Writing, link: FolderLink, folder: Folder, count: int) -> None:
    message = plural(
        "The folder “{folder}” with {count} item is gone on the server. It is kept here until you decide: approve the "
        "deletion, or discard it to keep a copy.",
        "The folder “{folder}” with {count} items is gone on the server. It is kept here until you decide: approve the "
        "deletion, or discard it to keep a copy.",
        folder=folder.name,
        count=count,
    )
    hold(
        context,
        tx,
        [Skipped(folder=folder.id, direction=DOWN, remote=link.remote, message=message, since=context.now())],
    )
    context.recorder.report(Subject.HELD, message, folder=folder.id)


def _rescue(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    """Put items with changes that were never sent into the user's default folder, as new ones."""
    refuge = next((one for one in tx.folders.all() if _is_refuge(context, one, folder)), None)
    if refuge is None:
        return
    for id_ in _rescued(context, tx, folder, link):
        record = tx.items.in_folder(folder.id, id_, context.me)
        if record is None:
            continue
        below = [exception.id for exception in tx.items.exceptions(id_)]
        tx.sync.remove_item_links(folder.id, [id_, *below])
        tx.items.replace(id_, record.item, folder=refuge.id, placements=(), alarm_of=context.me)
        for one in (id_, *below):
            remind(context, tx, refuge.id, one)
        message = Text(
            "The folder “{folder}” is gone on the server. “{item}” had changes that were not yet sent; it is "
            "now in “{refuge}”.",
            folder=folder.name,
            item=title_of(record.item),
            refuge=refuge.name,
        )
        decided(
            context, tx, Subject.RESCUED, message, folder=refuge.id, item=id_, kept=record.item, lost=None
        )  # fmt: skip


def _rescued(context: Context, tx: Writing, folder: Folder, link: FolderLink) -> list[ItemId]:
    """The items with changes that were not sent; for a change exception, its whole series."""
    records = [tx.items.in_folder(folder.id, id_, None) for id_ in unsent(tx, link).ids]
    wanted = dict.fromkeys(record.master or record.id for record in records if record is not None)
    elsewhere = {one.local: one.folder for one in tx.sync.links_of_locals(wanted) if one.folder != folder.id}
    for id_, other in elsewhere.items():  # it stays, and is sent through a folder that is left
        remind(context, tx, other, id_)
    return [id_ for id_ in wanted if id_ not in elsewhere]


def _is_refuge(context: Context, one: Folder, folder: Folder) -> bool:
    return one.is_default and one.module is folder.module and _is_own(context, one) and one.id != folder.id


def withdraw(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    """Take the items out of a folder that may still be seen, but no longer read."""
    _rescue(context, tx, link, folder)
    local = [one.local for one in tx.sync.versions(folder.id).values()]
    leave_all(tx, context.me, folder.id)
    tx.sync.remove_item_links(folder.id, local)
    tx.items.remove_many(set(local) & set(tx.items.ids(folder.id)))
    tx.sync.put_folder_link(FolderLink(local=link.local, remote=link.remote, sent=tx.journal.clock(folder.id)))
