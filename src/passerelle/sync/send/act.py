"""Records what became of the changes that were sent."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, tzinfo

import msgspec

from passerelle.model.errors import Collision, Contradiction, NotFound, Overlap, Refused, Stale
from passerelle.model.folders import Folder
from passerelle.model.ids import Stamp
from passerelle.model.items import Item
from passerelle.model.moments import zone_info
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, sentences
from passerelle.peers.base import RemoteId, Version, WriteResult
from passerelle.store import FolderLink, ItemLink, Reading, Skipped, Writing
from passerelle.sync.bases import agreed_link, differing_link
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import note_doubtful, note_unconfirmed
from passerelle.sync.files.comparing import copies_in
from passerelle.sync.history.chronicle import close
from passerelle.sync.merge.items import with_fields
from passerelle.sync.merge.plan import SendAnswer, SendContent, SendMove, SendNew, SendRemoval, Settle
from passerelle.sync.pull.strangers import part_from_new
from passerelle.sync.report import called, title_of
from passerelle.sync.send.planning import Job
from passerelle.sync.send.read_only import is_out_of_reach, take_back
from passerelle.sync.skipped.quarantine import (
    FILES,
    PENDING,
    UP,
    code_of,
    of_folder,
    remind,
    set_aside,
    settle,
)


def settle_jobs(tx: Writing, folder: Folder, jobs: Iterable[Job]) -> None:
    """Agree on items of which nothing needs to be sent; what waits for the user is kept as it is."""
    for job in jobs:
        if job.record is not None and isinstance(job.action, Settle):
            tx.sync.put_item_links(_agreed(job.record, link, link.version) for link in job.links)
        _done(tx, folder, job)


def record_result(context: Context, tx: Writing, folder: Folder, job: Job, result: WriteResult) -> bool:
    """Record one result; return whether the item must be pulled anew before it can be sent."""
    error = result.error
    if isinstance(error, NotFound) and isinstance(job.action, SendRemoval):
        error = None
    if error is None:
        _record_success(context, tx, folder, job, result)
        _done(tx, folder, job)
        return False
    if isinstance(error, NotFound) and isinstance(job.action, SendContent) and job.link is not None:
        note_doubtful(tx, folder.id, [RemoteId(job.link.remote)])
    if isinstance(error, Stale | NotFound):
        return True
    if is_out_of_reach(context, tx, folder, job, error):
        with suppress(Contradiction):  # the journal no longer knows what the server had
            take_back(context, tx, folder, job)
            return False
    refuse(context, tx, folder, job, error)
    return False


def refuse(context: Context, tx: Writing, folder: Folder, job: Job, error: Refused) -> None:
    """Set a change aside that the peer does not take."""
    title = title_of(None if job.record is None else job.record.item)
    entry = Skipped(
        folder=folder.id,
        direction=UP,
        local=job.local,
        remote=None if job.link is None else job.link.remote,
        code=code_of(error),
        message=_refusal(context, job, called(title, context.name_of(folder)), _reason(tx, context, job, error)),
        since=context.now(),
        fingerprint=str(job.record.stamp) if job.record is not None else "",
    )
    set_aside(context, tx, entry, title)


def _refusal(context: Context, job: Job, item: Text, reason: Text) -> Text:
    there = context.peer.where
    match job.action:
        case SendNew():
            return Text("{item} could not be created {there}: {reason}", item=item, there=there, reason=reason)
        case SendRemoval():
            return Text("{item} could not be deleted {there}: {reason}", item=item, there=there, reason=reason)
        case SendMove():
            return Text("{item} could not be moved {there}: {reason}", item=item, there=there, reason=reason)
        case SendAnswer():
            return Text("{item} could not be answered {there}: {reason}", item=item, there=there, reason=reason)
    return Text("{item} could not be changed {there}: {reason}", item=item, there=there, reason=reason)


def _reason(tx: Reading, context: Context, job: Job, error: Refused) -> Text:
    """Why, and what the user can do."""
    if not context.peer.is_authority:
        advice = Text("That changes nothing here or on the server. It is tried again when it changes, or you say so.")
    elif job.link is None:
        advice = Text("It is kept here: change it and it is sent again, or discard it, which deletes it here.")
    else:
        advice = Text(
            "Change it and it is sent again, or discard the change to get back what is {there}.",
            there=context.peer.where,
        )
    return sentences(error.text, _collisions(error, _zone(tx, context)), advice)


def _zone(tx: Reading, context: Context) -> tzinfo:
    me = tx.principals.user(context.me)
    return UTC if me is None else zone_info(me.zone)


def _collisions(error: Refused, zone: tzinfo) -> str:
    if not isinstance(error, Overlap) or not error.collisions:
        return ""
    shown = ((one.title, _start(one, zone)) for one in error.collisions[:3])
    return Text(
        "It collides with {names}.", names=", ".join(f"“{title}” ({at})" if title else at for title, at in shown)
    )


def _start(one: Collision, zone: tzinfo) -> str:
    return f"{one.start:%Y-%m-%d}" if one.whole_day else f"{one.start.astimezone(zone):%Y-%m-%d %H:%M}"


def _record_success(context: Context, tx: Writing, folder: Folder, job: Job, result: WriteResult) -> None:
    counts = context.recorder.counts(folder.id, context.name_of(folder), folder.module)
    match job.action:
        case SendNew():
            counts.sent += 1
            _link_new(context, tx, folder, job, result)
        case SendRemoval():
            counts.removed_there += 1
            for link in job.links:
                tx.sync.remove_item_links(link.folder, [link.local])
        case SendMove():
            counts.changed_there += 1
            link_moved(context, tx, job, result)
        case SendContent() | SendAnswer():
            counts.changed_there += 1
            if job.record is not None:
                links = [_sent(job, job.record, link, result.version or link.version) for link in job.links]
                tx.sync.put_item_links(links)


def _link_new(context: Context, tx: Writing, folder: Folder, job: Job, result: WriteResult) -> None:
    if job.record is None or result.id is None:
        return
    part_from_new(context, tx, result.id, job.local)
    for asked in [one for one in tx.decisions.open() if one.item == job.local]:
        close(tx, asked, job.record.item)  # what the peer had of it is gone
    tx.file_links.remove(tx.file_links.of_items([job.local], copies_in(context, folder.id)))  # it has none there yet
    at = (_claimed(context, tx, job.record), job.record.item)
    tx.sync.put_item_links([agreed_link(folder.id, job.local, result.id, result.version or Version(""), at)])
    note_unconfirmed(tx, folder.id, job.local, result.id)


def _claimed(context: Context, tx: Writing, sent: ItemRecord) -> Stamp:
    """Have the user be the maker of an item, as the peer has it now, where it was somebody else's; return its stamp.

    Where only the own items may be read, it would show there, but not here. An edit made meanwhile is not agreed on.
    """
    now = tx.items.get(sent.id, None)
    if now is None or now.created_by == context.me or not context.peer.is_authority:
        return sent.stamp
    stamp = tx.items.credit(sent.id, context.me)
    return stamp if now.stamp == sent.stamp else sent.stamp


def link_moved(context: Context, tx: Writing, job: Job, result: WriteResult) -> None:
    """The item keeps its id in the new folder, and so do the change exceptions of a series.

    What else changed about it is sent through the new folder, which may have had its turn already. Whether it has left
    others' folders with that, in which it shows here no more, these tell.
    """
    if job.link is None or job.destination is None:
        return
    places = {place.folder for place in tx.items.placements(job.local)}
    for other in tx.sync.links_of(job.local):
        if other.folder not in {job.link.folder, *places}:
            note_doubtful(tx, other.folder, [RemoteId(other.remote)])
            remind(context, tx, other.folder, job.local)
    moved = msgspec.structs.replace(job.link, folder=job.destination, version=result.version or job.link.version)
    below = [
        link
        for exception in tx.items.exceptions(job.local)
        for link in tx.sync.links_of(exception.id)
        if link.folder == job.link.folder
    ]
    tx.sync.remove_item_links(job.link.folder, [job.local, *(link.local for link in below)])
    if not context.peer.is_authority:
        files = tx.file_links.of_items([job.local], job.link.folder)
        tx.file_links.remove(files)
        tx.file_links.put(msgspec.structs.replace(one, folder=job.destination) for one in files)
    for link in (moved, *below):
        remind(context, tx, job.destination, link.local)
    tx.sync.put_item_links([moved, *(msgspec.structs.replace(link, folder=job.destination) for link in below)])


def _sent(job: Job, record: ItemRecord, link: ItemLink, version: str) -> ItemLink:
    """The link after an update: both sides agree on all but what waits for the user."""
    if not job.held or job.base is None:
        return _agreed(record, link, version)
    base = with_fields(record.item, job.base, job.held)
    return differing_link(link.folder, link.local, RemoteId(link.remote), Version(version), base)


def _agreed(record: ItemRecord, link: ItemLink, version: str) -> ItemLink:
    at: tuple[Stamp, Item] = (record.stamp, record.item)
    return agreed_link(link.folder, link.local, RemoteId(link.remote), Version(version), at)


def _done(tx: Writing, folder: Folder, job: Job) -> None:
    """Forget that an item waited; where it has files, these wait on, for they come after it."""
    entries = [entry for entry in of_folder(tx, folder.id, UP) if entry.local == job.local]
    settle(tx, entries)
    has_files = job.record is not None and bool(job.record.attachments)
    if entries and has_files and all(one.local != job.local for one in of_folder(tx, folder.id, FILES)):
        waiting = Skipped(folder=folder.id, direction=FILES, local=job.local, code=PENDING, since=entries[0].since)
        tx.sync.put_skipped(waiting)


def advance_sent(tx: Writing, link: FolderLink, clock: Stamp) -> None:
    """Move on in our journal: all up to ``clock`` is sent, or set aside."""
    known = tx.sync.folder_link(link.local)
    if known is not None and known.sent < clock:
        tx.sync.put_folder_link(msgspec.structs.replace(known, sent=clock))
