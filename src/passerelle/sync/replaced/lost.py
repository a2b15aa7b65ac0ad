"""What a server lost when its data were replaced by older ones is sent there once more; nobody is told of it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from passerelle.model.folders import Folder
from passerelle.model.ids import ItemId
from passerelle.model.text import plural
from passerelle.peers.base import RemoteFolder
from passerelle.store import FolderLink, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.withdrawn import is_own
from passerelle.sync.folders.removal import forget_folder
from passerelle.sync.folders.state import base_of
from passerelle.sync.report import Subject
from passerelle.sync.skipped.quarantine import remind_of_folder, resend


def part_foreign_folders(context: Context, tx: Writing, found: Iterable[RemoteFolder]) -> None:
    """Part folders here from others that have their numbers now, which a server gives out again after a restore."""
    for remote in found:
        link = tx.sync.folder_link_by_remote(remote.id)
        folder = None if link is None else tx.folders.get(link.local)
        if link is not None and folder is not None and _is_another(context, tx, folder, remote):
            _keep(context, tx, link, folder)


def _is_another(context: Context, tx: Writing, folder: Folder, remote: RemoteFolder) -> bool:
    """Whether a folder of the peer is not the one that was agreed on. One whose name went back is."""
    base = base_of(tx, folder.id)
    if base is None or folder.is_default or remote.everybody:
        return False
    if (base.module, folder.owner) != (remote.module, remote.owner):
        return True
    return base.name != remote.name and not context.peer.is_older(remote.version, base.version)


def keep_lost_folders(context: Context, tx: Writing, links: Sequence[FolderLink]) -> list[FolderLink]:
    """Keep the user's own folders that the peer lost, to be made there again; return the other ones."""
    others: list[FolderLink] = []
    for link in links:
        folder = tx.folders.get(link.local)
        if folder is not None and is_own(context, folder):
            _keep(context, tx, link, folder)
        else:
            others.append(link)
    return others


def _keep(context: Context, tx: Writing, link: FolderLink, folder: Folder) -> None:
    forget_folder(tx, link)
    remind_of_folder(context, tx, folder.id)
    send_again(context, tx, folder, tx.items.ids(folder.id))


def send_again(context: Context, tx: Writing, folder: Folder, items: Sequence[ItemId]) -> None:
    """Have items sent that the peer lost, and tell the user how many they are."""
    resend(context, tx, folder.id, items)
    if items:
        message = plural(
            "{count} item of “{folder}” was lost on the server. It is sent there again.",
            "{count} items of “{folder}” were lost on the server. They are sent there again.",
            count=len(items),
            folder=context.name_of(folder),
        )
        context.recorder.report(Subject.RESCUED, message, folder=folder.id)
