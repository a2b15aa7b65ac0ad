"""Carries out what was decided about items that are gone at the peer, one folder after another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from passerelle.model.folders import Folder
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.peers.base import RemoteId
from passerelle.store import ItemLink, Reading, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.deletions.dooming import Doomed, exceptions_of, is_loss
from passerelle.sync.deletions.withdrawn import (
    is_of_others,
    is_of_others_series,
    keep_without_series,
    make_own,
    make_own_occurrence,
)
from passerelle.sync.files.comparing import copies_in, new_here
from passerelle.sync.history.chronicle import decided
from passerelle.sync.history.chronicle import removed as note_removed
from passerelle.sync.merge.plan import Revive
from passerelle.sync.pull.placing import leave
from passerelle.sync.replaced.lost import send_again
from passerelle.sync.report import Subject, title_of
from passerelle.sync.skipped.quarantine import FILES, UP, fetch_later, of_folder, remind, settle


def carry_out(
    context: Context, tx: Writing, folder: Folder, doomed: Sequence[Doomed], kept: Collection[str | None]
) -> None:
    """Remove items, let them leave a folder, or keep them; ``kept`` are those that the user wants kept."""
    leaving = [one for one in doomed if one.others and one.record is not None]
    removed = [one for one in doomed if is_loss(one)]
    _revive_all(context, tx, folder, doomed, kept)
    tx.sync.remove_item_links(folder.id, [one.link.local for one in doomed])
    for one in doomed:
        if one.record is None:
            _remind_of_own_change(context, tx, folder, one)
    masters = {one.record.master for one in removed if one.record is not None and one.record.master is not None}
    with keeping_agreement(tx, context.me, {*masters, *(one.link.local for one in leaving)}):
        for one in leaving:
            home = leave(context, tx, folder.id, one.link.local)
            if home is not None and one.record is not None and one.record.stamp != one.link.agreed:
                remind(context, tx, home, one.link.local)
        _remove(context, tx, removed)
    context.recorder.counts(folder.id, context.name_of(folder), folder.module).removed_here += len(removed) + len(
        leaving
    )
    if context.reconciling:
        lost = [one for one in doomed if isinstance(one.action, Revive) and not one.others]
        send_again(context, tx, folder, [one.link.local for one in lost])
    gone = {one.link.local for one in removed}
    settle(tx, [entry for entry in of_folder(tx, folder.id, UP) if entry.local in gone])


def _revive_all(
    context: Context, tx: Writing, folder: Folder, doomed: Sequence[Doomed], kept: Collection[str | None]
) -> None:
    for one in doomed:
        if not isinstance(one.action, Revive) or one.others:
            continue
        if one.record is not None and is_of_others_series(context, tx, folder, one.record):
            make_own_occurrence(context, tx, folder, one.record)
            continue
        _revive(context, tx, folder, one)
        if one.record is not None and is_of_others(context, folder, one.record):
            make_own(context, tx, folder, one.record)
        elif one.link.remote not in kept and not context.reconciling:
            _report_revived(context, tx, folder, one)


def _remind_of_own_change(context: Context, tx: Writing, folder: Folder, one: Doomed) -> None:
    """Have it sent that an item was moved or deleted here: through a folder that both sides still know it in.

    What was moved here, but elsewhere at the peer, is from now on where the peer has it. What others let the user take
    part in, and that is nowhere any more, goes if it was only moved, and else is the user's own.
    """
    links = tx.sync.links_of(one.link.local)
    agreed = {link.folder for link in links}
    only_here = [place.folder for place in tx.items.placements(one.link.local) if place.folder not in agreed]
    with keeping_agreement(tx, context.me, [one.link.local]):
        for place in only_here if agreed else ():
            leave(context, tx, place, one.link.local)
    record = None if links else tx.items.get(one.link.local, context.me)
    home = None if record is None else tx.folders.get(record.folder)
    if record is not None and home is not None and is_of_others(context, folder, record):
        if base_of(tx, one.link, record) == record.item and not _has_own_files(context, tx, folder, record):
            _remove(context, tx, [Doomed(one.link, record, one.action, ())])
            return
        make_own(context, tx, home, record)
    known = [link.folder for link in links] or [place.folder for place in one.others]
    for place in known[:1]:
        remind(context, tx, place, one.link.local)


def _has_own_files(context: Context, tx: Reading, folder: Folder, record: ItemRecord) -> bool:
    """Whether a file was hung on an item here that the peer does not have."""
    return bool(new_here(record.attachments, tx.file_links.of_items([record.id], copies_in(context, folder.id))))


def _remove(context: Context, tx: Writing, removed: Sequence[Doomed]) -> None:
    """Remove items; the change exceptions of a series go with it, and the links of both.

    Exceptions that the peer did not call gone are looked for: a participant may have left a series, but not them.
    """
    ids = [one.link.local for one in removed]
    series = [one.record.id for one in removed if one.record is not None and one.record.changed]
    below = [exception for master in series for exception in exceptions_of(tx, master) if exception not in ids]
    edited = _edited(context, tx, below)
    for link in tx.sync.links_of_locals(below):
        fetch_later(context, tx, link.folder, RemoteId(link.remote))
        tx.sync.remove_item_links(link.folder, [link.local])
    _doubt_series(context, tx, [one.record for one in removed if one.record is not None])
    # A change exception may have gone with its series already.
    present = tx.items.several(ids, None)
    note_removed(context, tx, present, tx.items.remove_many([record.id for record in present]))
    for link, record, base in edited:
        keep_without_series(context, tx, link, record, base)


def _edited(context: Context, tx: Reading, exceptions: Sequence[ItemId]) -> list[tuple[ItemLink, ItemRecord, Item]]:
    """Change exceptions with changes that were not sent, and what both sides last agreed on."""
    links = {link.local: link for link in tx.sync.links_of_locals(exceptions)}
    found = [(links[one.id], one, base_of(tx, links[one.id], one)) for one in tx.items.several(links, context.me)]
    return [(link, one, base) for link, one, base in found if base is not None and base != one.item]


def _doubt_series(context: Context, tx: Writing, removed: Iterable[ItemRecord]) -> None:
    """Have series read again that do not call deleted what a removed change exception replaced.

    While an exception shows in another folder, that its occurrence is deleted is not believed of this one (OX
    reference, 4.2); it may have gone from both at once.
    """
    keys = {record.master: record.item for record in removed if record.master is not None}
    for record in tx.items.several(keys, None):
        if isinstance(record.item, Appointment) and not _calls_deleted(record.item, keys[record.id]):
            for link in tx.sync.links_of(record.id)[:1]:
                fetch_later(context, tx, link.folder, RemoteId(link.remote))


def _calls_deleted(series: Appointment, exception: Item) -> bool:
    deleted = series.recurrence.deleted if series.recurrence is not None else ()
    return isinstance(exception, Appointment) and exception.recurrence_id in deleted


def _revive(context: Context, tx: Writing, folder: Folder, one: Doomed) -> None:
    """Have an item sent as a new one; a change exception that was not sent before goes with its series.

    Its files wait no longer for those that it had there.
    """
    entries = of_folder(tx, folder.id, FILES)
    settle(tx, [entry for entry in entries if entry.local == one.link.local and entry.remote is not None])
    unsent = [below for below in exceptions_of(tx, one.link.local) if not tx.sync.links_of(below)]
    for id_ in (one.link.local, *unsent):
        remind(context, tx, folder.id, id_)


def _report_revived(context: Context, tx: Writing, folder: Folder, one: Doomed) -> None:
    if one.record is None or one.record.master is not None:
        return
    message = Text(
        "“{title}” was deleted {there}, but changed here meanwhile. It is kept and sent there again.",
        title=title_of(one.record.item),
        there=context.peer.where,
    )
    decided(
        context, tx, Subject.EDIT_WON, message,
        folder=folder.id, item=one.link.local, kept=one.record.item, lost=None,
    )  # fmt: skip


def leave_unlinked(context: Context, tx: Writing, folder: Folder, items: Collection[ItemId]) -> None:
    """Take out items that the rules here let show in a folder, and that the peer does not, or no longer, show there.

    What it has there under a new id by now stays.
    """
    with keeping_agreement(tx, context.me, items):
        for local in items:
            is_linked = tx.sync.item_link(folder.id, local) is not None
            if not is_linked and tx.items.in_folder(folder.id, local, None) is not None:
                leave(context, tx, folder.id, local)
