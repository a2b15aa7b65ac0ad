"""Fetches the files that the peer has and that are not here yet: one request and one transaction for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import msgspec

from passerelle.groupware.attachments import plain_name
from passerelle.model.errors import Refused, Unreadable
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.text import Text, sentences
from passerelle.peers.base import FileId, Place, RemoteFile, RemoteId
from passerelle.store import FileLink, FolderLink, Reading, Skipped, Writing
from passerelle.store.blobs import digest_of
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.context import Context
from passerelle.sync.files.comparing import new_here, same_as
from passerelle.sync.files.noting import settle_fetched
from passerelle.sync.report import called, title_of
from passerelle.sync.skipped.quarantine import FILES, code_of, is_due, set_aside

_IN_MEMORY_BYTES = 1024 * 1024


def fetch_files(context: Context, linked: Iterable[tuple[FolderLink, Folder]]) -> None:
    """Fetch what waits of the items of some folders. A file that is not to be had hinders no other.

    A file that is here already, with the same content, is taken for the same: then a cycle broke off after it was sent.

    Raises:
        Unreachable: the peer does not answer, or broke off. What was fetched until then is here.
    """
    with context.store.reading() as tx:
        waiting = tx.file_links.waiting()
        folders = {folder.id: (link, folder) for link, folder in linked} if waiting else {}
        through = _folders_of(tx, waiting)
        resting = {one.local for one in tx.sync.skipped() if one.direction == FILES and not is_due(context, one)}
    for file in waiting:
        found = next((folders[id_] for id_ in through.get(file.item, ()) if id_ in folders), None)
        if found is not None and file.item not in resting:
            _fetch(context, *found, file)


def _folders_of(tx: Reading, waiting: Iterable[FileLink]) -> Mapping[ItemId, list[FolderId]]:
    """Through which folders the items can be reached that files hang on; none of those that are not here."""
    holders = {(one.item, one.holder): one.folder for one in waiting}
    found: dict[ItemId, list[FolderId]] = {}
    for link in tx.sync.links_of_locals({item for item, _ in holders}) if holders else ():
        if holders.get((link.local, link.remote)) in {FolderId(0), link.folder}:
            found.setdefault(link.local, []).append(link.folder)
    here = {one.id for one in tx.items.several(found, None)} if found else set()
    return {item: sorted(folders) for item, folders in found.items() if item in here}


def _fetch(context: Context, link: FolderLink, folder: Folder, file: FileLink) -> None:
    try:
        plain_name(file.name)
        if file.digest and _is_known(context, folder, file):
            return
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as spooled:
            content = cast("BinaryIO", spooled)
            place = Place(RemoteId(link.remote), folder.module)
            context.peer.read_file(place, RemoteId(file.holder), _remote(file), content)
            _keep(context, folder, file, content)
    except (Refused, Unreadable) as error:
        with context.writing() as tx:
            _set_aside(context, tx, folder, file, error)


def _remote(file: FileLink) -> RemoteFile:
    return RemoteFile(
        id=FileId(file.remote), name=file.name, media_type=file.media_type, digest=file.digest, rtf=file.rtf
    )


def _is_known(context: Context, folder: Folder, file: FileLink) -> bool:
    with context.writing() as tx:
        found = _is_here(tx, file, file.digest)
        if found:
            settle_fetched(context, tx, folder.id, file.item, file.folder)
        return found


def _keep(context: Context, folder: Folder, file: FileLink, content: BinaryIO) -> None:
    content.seek(0)
    digest = digest_of(content)
    if file.digest and digest != file.digest:
        raise Unreadable("It arrived damaged.")
    content.seek(0)
    with context.writing() as tx:
        if not _is_waiting(tx, file):
            return
        if not _is_here(tx, file, digest):
            with keeping_agreement(tx, context.me, [file.item]):
                added = tx.attachments.add(file.item, plain_name(file.name), file.media_type, content, rtf=file.rtf)
            tx.file_links.put([msgspec.structs.replace(file, local=added.id, digest=digest)])
            context.recorder.counts(folder.id, context.name_of(folder), folder.module).changed_here += 1
        settle_fetched(context, tx, folder.id, file.item, file.folder)


def _is_waiting(tx: Reading, file: FileLink) -> bool:
    """Whether the file is still wanted: its item may have gone, or have been taken elsewhere, meanwhile."""
    return file in tx.file_links.of_items([file.item], file.folder) and tx.items.get(file.item, None) is not None


def _is_here(tx: Writing, file: FileLink, digest: str) -> bool:
    """Whether a file of the same content hangs here that the peer is not known to have; then they are one."""
    links = [one for one in tx.file_links.of_items([file.item], file.folder) if one.holder == file.holder]
    found = same_as(new_here(tx.attachments.of(file.item), links), file.name, digest)
    if found is None:
        return False
    tx.file_links.put([msgspec.structs.replace(file, local=found.id, digest=digest)])
    for entry in tx.sync.skipped():
        if entry.direction == FILES and (entry.local, entry.remote) == (file.item, None):
            tx.sync.put_skipped(msgspec.structs.replace(entry, attempts=0))  # it was not refused: what else was?
    return True


def _set_aside(context: Context, tx: Writing, folder: Folder, file: FileLink, error: Refused | Unreadable) -> None:
    record = tx.items.get(file.item, context.me)
    title = title_of(None if record is None else record.item)
    message = Text(
        "“{file}” of {item} could not be fetched: {reason}",
        file=file.name,
        item=called(title, context.name_of(folder)),
        reason=error.text,
    )
    entry = Skipped(
        folder=folder.id,
        direction=FILES,
        local=file.item,
        remote=file.holder,
        code=code_of(error),
        message=sentences(message, "It will be tried again."),
        since=context.now(),
        fingerprint=file.remote,
    )
    set_aside(context, tx, entry, title)
