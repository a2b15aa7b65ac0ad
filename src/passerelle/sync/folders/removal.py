"""A folder that is gone at the peer, or no longer visible, leaves the replica; unsent work in it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, plural
from passerelle.peers.base import RemoteId
from passerelle.store import FolderLink, Reading, Skipped, Writing
from passerelle.sync.bases import base_of as base_of_item
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import Loss, judge, note_passed
from passerelle.sync.deletions.notes import link_unconfirmed
from passerelle.sync.deletions.withdrawn import give_to_user, is_of_user, is_own, keep_without_series
from passerelle.sync.folders.leaving import have_left_sent, have_moved_sent, send_anew
from passerelle.sync.folders.state import base_of, keep_base
from passerelle.sync.history.chronicle import decided
from passerelle.sync.merge.occurrences import key_of, with_deletions
from passerelle.sync.pull.placing import leave_all, put_back
from passerelle.sync.report import Subject, title_of
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import APPROVED, DOWN, HELD, fetch_later, hold, remind, remind_of_folder, settle

_GONE = frozenset({HELD, APPROVED})


def remove_vanished(context: Context, tx: Writing, links: Sequence[FolderLink]) -> None:
    """Remove folders that the peer no longer shows; own ones with many items wait for the user's word."""
    found = _deepest_first(tx, [(link, tx.folders.get(link.local)) for link in links])
    losses = {
        folder.id: _loss(tx, folder)
        for link, folder in found
        if folder is not None and is_own(context, folder) and not _is_approved(tx, link)
    }
    held = held_folders(tx) & losses.keys()  # some lists say it twice
    guarded = judge(context, tx, DOWN, {id_: loss for id_, loss in losses.items() if id_ not in held})
    for link, folder in found:
        if folder is None:
            have_left_sent(context, tx, link)
            forget_folder(tx, link)
        elif folder.id in guarded:
            _hold(context, tx, link, folder, losses[folder.id].deletions)
        elif folder.id not in held:
            note_passed(context, tx, DOWN, folder.id, losses[folder.id].deletions if folder.id in losses else 0)
            _remove(context, tx, link, folder)


def vanished_and_decided(tx: Reading) -> list[FolderLink]:
    """Folders that are gone at the peer and were held, and that need not wait longer: the user has said so."""
    links = {link.local: link for link in tx.sync.folder_links()}
    return [links[one.folder] for one in _vanished(tx) if one.code == APPROVED and one.folder in links]


def held_folders(tx: Reading) -> frozenset[FolderId]:
    """Folders that are gone at the peer and are held: there is nothing to ask the peer about them."""
    return frozenset(one.folder for one in _vanished(tx))


def welcome_back(tx: Writing, present: Collection[RemoteId]) -> None:
    """Forget that folders were gone, or held for that, which are there again."""
    settle(tx, [one for one in _vanished(tx) if one.remote in present])


def _vanished(tx: Reading) -> list[Skipped]:
    """What is known of folders that are gone at the peer."""
    return [one for one in tx.sync.skipped() if one.direction == DOWN and one.local is None and one.code in _GONE]


def _is_approved(tx: Reading, link: FolderLink) -> bool:
    return any(one.folder == link.local and one.code == APPROVED for one in _vanished(tx))


def _loss(tx: Reading, folder: Folder) -> Loss:
    """All items of a folder that show in no other: those do not go with it."""
    ids = tx.items.ids(folder.id)
    elsewhere = {one.local for one in tx.sync.links_of_locals(ids) if one.folder != folder.id} if ids else set()
    count = len(set(ids) - elsewhere)
    return Loss(deletions=count, items=count)


def _deepest_first(
    tx: Reading, found: Iterable[tuple[FolderLink, Folder | None]]
) -> list[tuple[FolderLink, Folder | None]]:
    """Folders before those that they are in."""
    parents = {folder.id: folder.parent for folder in tx.folders.all()}

    def depth(one: tuple[FolderLink, Folder | None]) -> int:
        at, seen = one[0].local, set[FolderId]()
        while at in parents and at not in seen:
            seen.add(at)
            at = parents[at]
        return -len(seen)

    return sorted(found, key=depth)


def _remove(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    link_unconfirmed(tx, folder.id)
    _rescue(context, tx, link, folder)
    _part_from_series(context, tx, folder)
    _lift_children(context, tx, folder)
    leave_all(context, tx, folder.id)
    tx.folders.remove(folder.id)
    context.recorder.folder_changes += 1
    forget_folder(tx, link)


def _lift_children(context: Context, tx: Writing, folder: Folder) -> None:
    """Take out folders that were put below this one here, or that are held: back to where they were, or one up."""
    for child in tx.folders.children(folder.id):
        base = base_of(tx, child.id)
        before = None if base is None or base.parent == folder.id else tx.folders.get(base.parent)
        parent = folder.parent if before is None else before.id
        tx.folders.replace(msgspec.structs.replace(child, parent=parent))
        remind_of_folder(context, tx, child.id)
        context.recorder.report(
            Subject.RESCUED,
            Text(
                "The folder “{folder}” is gone {there}. “{child}”, which was in it here, is kept beside it.",
                folder=context.name_of(folder),
                there=context.peer.where,
                child=context.name_of(child),
            ),
            folder=child.id,
        )


def forget_folder(tx: Writing, link: FolderLink) -> None:
    """Forget all that is known of a folder at the peer."""
    tx.sync.remove_item_links(link.local, [one.local for one in tx.sync.versions(link.local).values()])
    settle(tx, [one for one in tx.sync.skipped() if one.folder == link.local])
    keep_base(tx, link.local, None)
    tx.left_out.clear(link.local)
    tx.sync.remove_folder_link(link.local)


def _hold(context: Context, tx: Writing, link: FolderLink, folder: Folder, count: int) -> None:
    message = plural(
        "The folder “{folder}” with {count} item is gone {there}. It is kept here until you decide: passerelle confirm",
        "The folder “{folder}” with {count} items is gone {there}. It is kept here until you decide: "
        "passerelle confirm",
        folder=context.name_of(folder),
        there=context.peer.where,
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
    have_moved_sent(context, tx, folder, link)
    refuge = next((one for one in tx.folders.all() if _is_refuge(context, one, folder)), None)
    if refuge is None:
        return
    for id_ in _rescued(context, tx, folder, link):
        record = tx.items.in_folder(folder.id, id_, context.me)
        if record is None:
            continue
        if is_of_user(context, folder, record) or tx.sync.item_link(folder.id, id_) is None:
            tx.items.replace(id_, record.item, folder=refuge.id, placements=(), alarm_of=context.me)
        else:  # it may be there still, for others: nobody is to be invited anew
            give_to_user(tx, context.me, _without_invitations(context, tx, folder, record), refuge.id)
        send_anew(context, tx, folder.id, id_, refuge.id)
        message = Text(
            "The folder “{folder}” is gone {there}. “{item}” had changes that were not yet sent; it is "
            "now in “{refuge}”.",
            folder=context.name_of(folder),
            there=context.peer.where,
            item=title_of(record.item),
            refuge=refuge.name,
        )
        decided(
            context, tx, Subject.RESCUED, message, folder=refuge.id, item=id_, kept=record.item, lost=None
        )  # fmt: skip


def _without_invitations(context: Context, tx: Writing, folder: Folder, series: ItemRecord) -> ItemRecord:
    """A series without those of its occurrences that show elsewhere, for the user was invited to them by themselves.

    There they stay, as entries of their own; the user's own series does not have them as well.
    """
    below = {record.id: record for record in tx.items.exceptions(series.id, context.me)}
    links = {link.local: link for link in tx.sync.links_of_locals(below) if link.folder != folder.id}
    alone = {id_: link for id_, link in links.items() if tx.folders.get(link.folder) is not None}
    for id_, link in alone.items():
        base = base_of_item(tx, link, below[id_])
        if base is None or base == below[id_].item:
            fetch_later(context, tx, link.folder, RemoteId(link.remote))
        else:
            keep_without_series(context, tx, link, below[id_], base)
        for one in tx.sync.links_of(id_):
            tx.sync.remove_item_links(one.folder, [id_])
        tx.items.remove(id_)
    item = with_deletions(series.item, [key_of(below[id_].item) for id_ in alone])
    return msgspec.structs.replace(series, item=item)


def _part_from_series(context: Context, tx: Writing, folder: Folder) -> None:
    """Have occurrences read anew, as entries of their own, that show in another folder without the series that goes."""
    ids = tx.items.ids(folder.id)
    for link in tx.sync.links_of_locals(ids) if ids else ():
        record = tx.items.get(link.local, None)
        if link.folder == folder.id or record is None or record.master is None:
            continue
        if tx.sync.item_link(link.folder, record.master) is None:
            tx.sync.remove_item_links(link.folder, [link.local])
            fetch_later(context, tx, link.folder, RemoteId(link.remote))


def _rescued(context: Context, tx: Writing, folder: Folder, link: FolderLink) -> list[ItemId]:
    """The items with changes that were not sent, or wait for the user's decision, or that were moved here.

    For a change exception, its whole series.
    """
    known = {one.local for one in tx.sync.versions(folder.id).values()}
    moved_here = [id_ for id_ in tx.items.ids(folder.id) if id_ not in known]
    undecided = [one.item for one in tx.decisions.open() if one.folder == folder.id]
    records = [tx.items.in_folder(folder.id, id_, None) for id_ in (*unsent(tx, link).ids, *moved_here, *undecided)]
    wanted = dict.fromkeys(record.master or record.id for record in records if record is not None)
    elsewhere: dict[ItemId, set[FolderId]] = defaultdict(set)
    for one in tx.sync.links_of_locals(wanted):
        if one.folder != folder.id and tx.folders.get(one.folder) is not None:
            elsewhere[one.local].add(one.folder)
    for id_, others in elsewhere.items():  # it stays, and is sent through a folder that is left
        record = tx.items.get(id_, context.me)
        shown = others & {place.folder for place in tx.items.placements(id_)}
        if record is not None and shown != others and (not shown or id_ in moved_here):  # the peer never took the move
            put_back(tx, context.me, record, record.item, sorted(others))
        for below in (id_, *(exception.id for exception in tx.items.exceptions(id_))):
            remind(context, tx, min(shown or others), below)
    return [id_ for id_ in wanted if id_ not in elsewhere]


def _is_refuge(context: Context, one: Folder, folder: Folder) -> bool:
    return one.is_default and one.module is folder.module and is_own(context, one) and one.id != folder.id


def withdraw(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    """Take the items out of a folder that may still be seen, but no longer read."""
    link_unconfirmed(tx, folder.id)
    _rescue(context, tx, link, folder)
    _part_from_series(context, tx, folder)
    local = [one.local for one in tx.sync.versions(folder.id).values()]
    leave_all(context, tx, folder.id)
    tx.sync.remove_item_links(folder.id, local)
    tx.left_out.clear(folder.id)
    tx.items.remove_many(set(local) & set(tx.items.ids(folder.id)))
    tx.sync.put_folder_link(FolderLink(local=link.local, remote=link.remote, sent=tx.journal.clock(folder.id)))
