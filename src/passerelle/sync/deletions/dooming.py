"""What becomes here of items that are gone at the peer: decided for each, and for a series as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from passerelle.model.folders import Folder
from passerelle.model.ids import ItemId
from passerelle.model.records import ItemRecord
from passerelle.store import ItemLink, Placement, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.deletions.withdrawn import is_answer_only, is_of_others_series
from passerelle.sync.files.comparing import copies_in, new_here
from passerelle.sync.merge.decide import Known, decide_pull
from passerelle.sync.merge.plan import PullAction, Remove, Revive
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import FILES, PENDING


class Doomed(Struct, frozen=True):
    """An item that is gone at the peer, as it is here. ``others`` are the other folders that it shows in."""

    link: ItemLink
    record: ItemRecord | None
    action: PullAction
    others: tuple[Placement, ...]


def is_loss(one: Doomed) -> bool:
    """Whether an item is to be deleted here for good."""
    return isinstance(one.action, Remove) and not one.others


def doom(context: Context, tx: Reading, link: ItemLink) -> Doomed:
    """Decide on the item of a link that is gone at the peer, by itself."""
    record = tx.items.in_folder(link.folder, link.local, context.me)
    known = Known(base=base_of(tx, link, record), mine=None if record is None else record.item)
    others = tuple(place for place in tx.items.placements(link.local) if place.folder != link.folder)
    linked = {one.folder for one in tx.sync.links_of(link.local)} - {link.folder}
    if record is not None and linked <= {place.folder for place in others}:  # else it was moved here, from one of them
        # where the peer does not show it, it is by the rules here alone, and goes with it
        others = tuple(place for place in others if place.folder in linked)
    action = decide_pull(known, None, context.peer.project, context.policy)
    if isinstance(action, Revive) and is_answer_only(context, known):
        action = Remove()
    if isinstance(action, Remove) and record is not None and _has_new_files(context, tx, link, record):
        action = Revive()
    return Doomed(link, record, action, others)


def _has_new_files(context: Context, tx: Reading, link: ItemLink, record: ItemRecord) -> bool:
    """Whether a file was hung on the item here that the peer was not told of yet, or refused: that is an edit.

    It may have been tried through another folder, which is gone: then the item is to be sent through this one.
    """
    links = tx.file_links.of_items([link.local], copies_in(context, link.folder)) if record.attachments else []
    known = [one for one in links if one.holder == link.remote]
    new = new_here(record.attachments, known)
    if not new:
        return False
    awaited = {one.name for one in known if one.local is None}
    if any(context.peer.name_of_file(record.item, one) in awaited for one in new):  # it was not sent because of that
        return True
    folder = tx.sync.folder_link(link.folder)
    if folder is None:
        return False
    waiting = unsent(tx, folder)
    to_send = (one for one in waiting.aside if one.code == PENDING or (one.direction == FILES and one.remote is None))
    return link.local in {*waiting.edited, *(one.local for one in to_send)}


def with_series(context: Context, tx: Reading, folder: Folder, doomed: Sequence[Doomed]) -> list[Doomed]:
    """A series that is edited here stays as a whole; an edit of a change exception is one of it."""
    revived = {one.link.local for one in doomed if one.record is not None and _is_edited_series(tx, folder, one)}
    revived |= _series_of_edited(context, tx, folder, doomed)
    kept: dict[ItemId, Doomed] = {}
    for one in doomed:
        belongs = one.link.local in revived or (one.record is not None and one.record.master in revived)
        kept[one.link.local] = Doomed(one.link, one.record, Revive(), one.others) if belongs else one
    for link in tx.sync.links_of_locals(below for master in sorted(revived) for below in exceptions_of(tx, master)):
        if link.folder == folder.id and link.local not in kept:
            kept[link.local] = Doomed(link, tx.items.in_folder(folder.id, link.local, None), Revive(), ())
    return list(kept.values())


def _is_edited_series(tx: Reading, folder: Folder, one: Doomed) -> bool:
    if one.others:  # it only leaves this folder
        return False
    if isinstance(one.action, Revive):
        return True
    below = exceptions_of(tx, one.link.local) if one.record is not None and one.record.changed else []
    sent = {link.local for link in tx.sync.links_of_locals(below) if link.folder == folder.id}
    return any(id_ not in sent for id_ in below)


def _series_of_edited(context: Context, tx: Reading, folder: Folder, doomed: Sequence[Doomed]) -> set[ItemId]:
    """The series that go with change exceptions which were edited here, unless these are kept without them."""
    going = {one.link.local for one in doomed if not one.others}
    edited = [one.record for one in doomed if isinstance(one.action, Revive) and not one.others and one.record]
    masters = {one.master for one in edited if not is_of_others_series(context, tx, folder, one)}
    return {master for master in masters if master in going}


def exceptions_of(tx: Reading, master: ItemId) -> list[ItemId]:
    """The change exceptions of a series."""
    return [exception.id for exception in tx.items.exceptions(master)]
