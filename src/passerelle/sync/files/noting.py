"""What a page of a folder's items says of their files: what is gone is taken off, what is new is fetched later.

A file must not keep a transaction waiting for the peer. What is to be fetched is kept with the page that told of it,
so a crash forgets nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from passerelle.model.errors import Refused
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.text import Text, sentences
from passerelle.peers.base import RemoteFile, RemoteItem
from passerelle.store import FileLink, Skipped, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.context import Context
from passerelle.sync.files.comparing import copies_in, gone_there, new_here, new_there
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.report import called, title_of
from passerelle.sync.skipped.quarantine import FILES, code_of, of_folder, remind, remind_all, set_aside, settle


def note_files(tx: Writing, pull: FolderPull, items: Iterable[RemoteItem]) -> None:
    """Bring what is known of the files of some items up to date. Items that are not here are passed over."""
    told = {one.id: one for one in items if one.files is not None}
    known: dict[str, list[FileLink]] = defaultdict(list)
    for link in tx.file_links.of_holders(told, copies_in(pull.context, pull.folder.id)):
        known[link.holder].append(link)
    concerned = [one for one in told.values() if one.files or one.id in known]
    if not concerned:
        return
    links = tx.sync.links_of_remotes([one.id for one in concerned])
    here = {link.remote: link.local for link in links if link.folder == pull.folder.id}
    for remote in concerned:
        local = here.get(remote.id)
        if local is None:
            continue
        if isinstance(remote.files, tuple):
            files = [one for one in known[remote.id] if one.item == local]
            _compare(tx, pull, (remote, local), remote.files, files)
        elif remote.files is not None:
            _set_aside(tx, pull, remote, local, remote.files)


def _compare(
    tx: Writing,
    pull: FolderPull,
    item: tuple[RemoteItem, ItemId],
    files: tuple[RemoteFile, ...],
    known: list[FileLink],
) -> None:
    remote, local = item
    copies = copies_in(pull.context, pull.folder.id)
    tx.file_links.put(
        FileLink(
            item=local,
            holder=remote.id,
            remote=one.id,
            name=one.name,
            media_type=one.media_type,
            rtf=one.rtf,
            digest=one.digest,
            folder=copies,
        )
        for one in new_there(files, known)
    )
    for link in gone_there(files, known):
        _take_off(tx, pull, link)
    settle_fetched(pull.context, tx, pull.folder.id, local, copies)


def settle_fetched(context: Context, tx: Writing, folder: FolderId, item: ItemId, copies: FolderId) -> None:
    """Forget earlier trouble with fetching files of an item once none of them waits any longer.

    What hangs here under the name of an awaited one was not sent until then, for it might have been the very same.
    """
    links = tx.file_links.of_items([item], copies)
    if any(one.local is None for one in links):
        return
    settle(tx, [one for one in of_folder(tx, folder, FILES) if one.local == item and one.remote is not None])
    if new_here(tx.attachments.of(item), links):
        remind_all(context, tx, folder, [item])


def _take_off(tx: Writing, pull: FolderPull, link: FileLink) -> None:
    """Take a file off that the peer has no more, unless it was replaced here. A peer that lost it gets it again."""
    tx.file_links.remove([link])
    hanging = None if link.local is None else tx.attachments.get(link.local)
    if hanging is None or hanging.item != link.item or hanging.attachment.digest != link.digest:
        return
    if pull.context.reconciling:
        remind(pull.context, tx, pull.folder.id, link.item)
        return
    with keeping_agreement(tx, pull.context.me, [link.item]):
        tx.attachments.remove(hanging.attachment.id)
    pull.counts.changed_here += 1


def _set_aside(tx: Writing, pull: FolderPull, remote: RemoteItem, local: ItemId, error: Refused) -> None:
    title = title_of(remote.item)
    message = Text(
        "The files of {item} could not be read {there}: {reason}",
        item=called(title, pull.context.name_of(pull.folder)),
        there=pull.context.peer.where,
        reason=error.text,
    )
    entry = Skipped(
        folder=pull.folder.id,
        direction=FILES,
        local=local,
        remote=remote.id,
        code=code_of(error),
        message=sentences(message, "It will be tried again."),
        since=pull.context.now(),
    )
    set_aside(pull.context, tx, entry, title)
