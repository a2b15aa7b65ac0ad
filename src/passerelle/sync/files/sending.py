"""Sends files that were hung on items here, and takes off at the peer those that were taken off here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import actor_of
from passerelle.groupware.rights import allowed
from passerelle.model.errors import NotFound, Refused, Unreadable
from passerelle.model.folders import Folder
from passerelle.model.ids import ItemId
from passerelle.model.records import Attachment, ItemRecord
from passerelle.model.text import Text, sentences
from passerelle.peers.base import FileId, Place, RemoteId, Version
from passerelle.store import FileLink, FolderLink, ItemLink, Reading, Skipped, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import note_doubtful
from passerelle.sync.files.comparing import copies_in, gone_here, new_here
from passerelle.sync.files.undoing import undo_files
from passerelle.sync.report import Subject, called, title_of
from passerelle.sync.send.read_only import falls_short
from passerelle.sync.skipped.quarantine import FILES, code_of, is_due, of_folder, remind_all, set_aside, settle


class Hung(Struct, frozen=True, kw_only=True):
    """An item whose files differ, as far as is known here: ``new`` ones are not at the peer, ``gone`` ones not here."""

    record: ItemRecord
    link: ItemLink
    new: tuple[Attachment, ...]
    gone: tuple[FileLink, ...]


def send_files(
    context: Context, link: FolderLink, folder: Folder, ids: Iterable[ItemId], edited: Collection[ItemId]
) -> None:
    """Bring the files of items at the peer up to date; each is one step of its own. What was refused rests.

    ``edited`` are the items that were touched since: of them it is tried at once.

    Raises:
        Unreachable: the peer does not answer, or broke off. What is there by then is found again.
    """
    with context.store.reading() as tx:
        aside = {one.local: one for one in of_folder(tx, folder.id, FILES)}
        wanted = [id_ for id_ in ids if id_ in edited or id_ not in aside or is_due(context, aside[id_])]
        differing = _differing(context, tx, folder, wanted)
    for hung in differing:
        if hung.link.folder == folder.id:
            _send_one(context, link, folder, hung)
        else:  # it lives there by now, where the journal may know of no edit
            with context.writing() as tx:
                remind_all(context, tx, hung.link.folder, [hung.record.id])
    done = {*wanted} - {hung.record.id for hung in differing}
    settled = [one for one in aside.values() if one.local in done and one.remote is None]
    if settled:
        with context.writing() as tx:
            settle(tx, settled)


def _differing(context: Context, tx: Reading, folder: Folder, ids: Sequence[ItemId]) -> list[Hung]:
    files = tx.attachments.of_several(ids)
    known: dict[ItemId, list[FileLink]] = defaultdict(list)
    for one in tx.file_links.of_items(ids, copies_in(context, folder.id)):
        known[one.item].append(one)
    concerned = [id_ for id_ in ids if id_ in files or id_ in known]
    links = _links(context, tx, folder, concerned) if concerned else {}
    records = {record.id: record for record in tx.items.several(concerned, context.me)} if concerned else {}
    found = (_hung(context, records[id_], links[id_], known[id_]) for id_ in concerned if id_ in links.keys() & records)
    return [one for one in found if one.new or one.gone]


def _links(context: Context, tx: Reading, folder: Folder, ids: Sequence[ItemId]) -> Mapping[ItemId, ItemLink]:
    """The links by which items are reached: where they live; of copies, those in this folder."""
    each: dict[ItemId, list[ItemLink]] = defaultdict(list)
    for link in sorted(tx.sync.links_of_locals(ids), key=lambda link: link.folder):
        each[link.local].append(link)
    homes = {record.id: record.folder for record in tx.items.several(ids, None)}
    wanted = {id_: homes.get(id_) if context.peer.is_authority else folder.id for id_ in each}
    return {id_: next((link for link in links if link.folder == wanted[id_]), links[0]) for id_, links in each.items()}


def _hung(context: Context, record: ItemRecord, link: ItemLink, known: Sequence[FileLink]) -> Hung:
    mine = [one for one in known if one.holder == link.remote]
    awaited = {one.name for one in mine if one.local is None}  # it may be the very same
    new = (
        one
        for one in new_here(record.attachments, mine)
        if context.peer.name_of_file(record.item, one) not in {None, *awaited}
    )
    return Hung(record=record, link=link, new=tuple(new), gone=tuple(gone_here(record.attachments, mine)))


def _send_one(context: Context, link: FolderLink, folder: Folder, hung: Hung) -> None:
    """Send all that differs of one item: new files first, so that a replaced one is never missing.

    One that is refused hinders no other; the user is told of the first.
    """
    place = Place(RemoteId(link.remote), folder.module)
    refused: list[tuple[str, Refused | Unreadable]] = []
    for file in cast("tuple[Attachment | FileLink, ...]", (*hung.new, *hung.gone)):
        try:
            if isinstance(file, Attachment):
                hung = _add(context, place, folder, hung, file)
            else:
                hung = _remove(context, place, folder, hung, file)
        except (Refused, Unreadable) as error:
            refused.append((file.name, error))
    with context.writing() as tx:
        if refused:
            _refuse(context, tx, folder, hung, *refused[0])
        else:
            entries = of_folder(tx, folder.id, FILES)
            settle(tx, [one for one in entries if one.local == hung.record.id and one.remote is None])


def _add(context: Context, place: Place, folder: Folder, hung: Hung, file: Attachment) -> Hung:
    with context.store.reading() as tx:
        content = tx.attachments.open(file.digest)
    with content:
        added, version = context.peer.add_file(
            place, RemoteId(hung.link.remote), Version(hung.link.version), file, content
        )
    known = FileLink(
        item=hung.record.id,
        holder=hung.link.remote,
        remote=added.id,
        name=added.name,
        media_type=added.media_type,
        rtf=added.rtf,
        digest=file.digest,
        local=file.id,
        folder=copies_in(context, folder.id),
    )
    with context.writing() as tx:
        tx.file_links.put([known])
        return _known_by(context, tx, folder, hung, version)


def _remove(context: Context, place: Place, folder: Folder, hung: Hung, gone: FileLink) -> Hung:
    version = context.peer.remove_file(
        place, RemoteId(hung.link.remote), Version(hung.link.version), FileId(gone.remote)
    )
    with context.writing() as tx:
        tx.file_links.remove([gone])
        return _known_by(context, tx, folder, hung, version)


def _known_by(context: Context, tx: Writing, folder: Folder, hung: Hung, version: Version) -> Hung:
    """The item under the version that it has at the peer now."""
    context.recorder.counts(folder.id, context.name_of(folder), folder.module).changed_there += 1
    if version == hung.link.version:
        return hung
    link = msgspec.structs.replace(hung.link, version=version)
    tx.sync.put_item_links([link])
    return msgspec.structs.replace(hung, link=link)


def _refuse(context: Context, tx: Writing, folder: Folder, hung: Hung, name: str, error: Refused | Unreadable) -> None:
    """Take a change back that the user has no right to make, and keep any other in mind with the reason."""
    if isinstance(error, NotFound):
        note_doubtful(tx, folder.id, [RemoteId(hung.link.remote)])
    title = title_of(hung.record.item)
    if context.peer.is_authority and isinstance(error, Refused) and _may_not_change(context, tx, folder, hung.record):
        with keeping_agreement(tx, context.me, [hung.record.id]):
            undo_files(tx, hung.record.id, hung.link.remote)
        message = Text(
            "The files of “{title}” were changed here, but you have no right to change it in “{folder}”. They are as "
            "they were.",
            title=title,
            folder=context.name_of(folder),
        )
        context.recorder.report(Subject.TAKEN_BACK, message, folder=folder.id, item=hung.record.id, title=title)
        return
    entry = Skipped(
        folder=folder.id,
        direction=FILES,
        local=hung.record.id,
        code=code_of(error),
        message=_refusal(context, folder, title, name, error),
        since=context.now(),
        fingerprint=name,
    )
    set_aside(context, tx, entry, title)


def _may_not_change(context: Context, tx: Reading, folder: Folder, record: ItemRecord) -> bool:
    actor = actor_of(tx, context.me)
    rights = allowed(tx.folders.get(folder.id) or folder, actor)
    return falls_short(rights.write, record.created_by, actor)


def _refusal(context: Context, folder: Folder, title: str, name: str, error: Refused | Unreadable) -> Text:
    message = Text(
        "“{file}” of {item} could not be brought up to date {there}: {reason}",
        file=name,
        item=called(title, context.name_of(folder)),
        there=context.peer.where,
        reason=error.text,
    )
    return sentences(message, "It will be tried again.")
