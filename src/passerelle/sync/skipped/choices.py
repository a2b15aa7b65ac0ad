"""What the user can do with skipped objects: look at them, have them tried again, discard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from passerelle.groupware.folder_names import name_for
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.peers.base import RemoteId, Version
from passerelle.store import FolderLink, ItemLink, Reading, Skipped, Writing
from passerelle.sync.bases import agreed_link, base_of
from passerelle.sync.files.undoing import leave_there, undo_files
from passerelle.sync.folders.dissolving import dissolve
from passerelle.sync.folders.leaving import items_left
from passerelle.sync.folders.removal import forget_folder
from passerelle.sync.folders.state import FOLDERS_ANCHOR
from passerelle.sync.folders.state import base_of as folder_base_of
from passerelle.sync.history.chronicle import close
from passerelle.sync.pull.placing import put_back
from passerelle.sync.report import title_of
from passerelle.sync.skipped.quarantine import DOWN, FILES, HELD, KEPT, UP, have_read, have_sent, is_shown


class SkippedObject(Struct, frozen=True, kw_only=True):
    """A change that one side refused, or a deletion that is held. ``message`` says why, and what to do.

    ``peer`` is the other side: the server, or Outlook. ``direction`` is ``up`` for what was to be sent there, ``down``
    for what was to come from there. ``title`` is the item's where it is known; a folder's change has no ``item``.
    """

    id: int
    peer: str
    direction: str
    folder: FolderId
    folder_name: str
    item: ItemId | None
    title: str
    code: str
    message: Text
    since: datetime
    attempts: int
    held: bool


def skipped_objects(tx: Reading, me: UserId) -> tuple[SkippedObject, ...]:
    """All objects that are set aside for the user."""
    return tuple(shown(tx, me, entry) for entry in tx.sync.skipped() if is_shown(entry))


def shown(tx: Reading, me: UserId, entry: Skipped) -> SkippedObject:
    """A skipped object as the user is shown it."""
    folder = tx.folders.get(entry.folder)
    record = None if entry.local is None else tx.items.get(entry.local, me)
    return SkippedObject(
        id=entry.id,
        peer=tx.sync.peer,
        direction=entry.direction,
        folder=entry.folder,
        folder_name="" if folder is None else name_for(tx, me, folder),
        item=entry.local,
        title="" if record is None else title_of(record.item),
        code=entry.code,
        message=entry.message,
        since=entry.since,
        attempts=entry.attempts,
        held=entry.code == HELD,
    )


def entry_of(tx: Reading, id_: int) -> Skipped:
    """The skipped object of a number. Raises NotFound."""
    found = next((one for one in tx.sync.skipped() if one.id == id_ and is_shown(one)), None)
    if found is None:
        raise NotFound(Text("There is no skipped object {id}. “skipped list” shows what there is.", id=id_))
    return found


def retry(tx: Writing, id_: int) -> None:
    """Have it tried again with the next cycle.

    Raises:
        NotFound: there is no such object.
        Contradiction: it is a held deletion, which is decided on in another way.
    """
    entry = entry_of(tx, id_)
    if entry.code == HELD:
        raise Contradiction("A held deletion is not tried again. “passerelle confirm” decides on it.")
    tx.sync.put_skipped(msgspec.structs.replace(entry, attempts=0))


def discard(tx: Writing, me: UserId, id_: int, now: datetime) -> None:
    """Give it up: a change made here is undone, a deletion by the server leaves a copy that is ours alone.

    What Outlook refused stays here as it is.

    Raises:
        NotFound: there is no such object.
    """
    give_up(tx, me, entry_of(tx, id_), now)


def give_up(tx: Writing, me: UserId, entry: Skipped, now: datetime) -> None:
    """Discard what an entry is about.

    What a program did not take that shows what is here stays here, and it is not tried again until it changes.
    """
    if entry.direction == FILES and entry.remote is not None and entry.local is not None:
        leave_there(tx, entry.local, entry.folder)
    if not tx.sync.is_of_server:
        tx.sync.remove_skipped(entry.id)
        return
    if entry.direction == DOWN and entry.code == HELD and entry.local is not None:
        tx.sync.put_skipped(msgspec.structs.replace(entry, code=KEPT))
        return
    tx.sync.remove_skipped(entry.id)
    if entry.local is None:
        _discard_of_folder(tx, me, entry, now)
    elif entry.direction == UP:
        undo_change(tx, me, entry.local, now)
        if tx.items.get(entry.local, None) is not None:  # its files waited for that, and were not refused
            have_sent(tx, entry.folder, [entry.local], now)
    elif entry.direction == FILES and entry.remote is None:
        for link in tx.sync.links_of(entry.local)[:1]:
            undo_files(tx, entry.local, link.remote)


def undo_change(tx: Writing, me: UserId, local: ItemId, now: datetime) -> None:
    """Put back what both sides agreed on, and where.

    An item that was made here goes, one that was deleted here is fetched. With a series, those of its occurrences are
    fetched that the server has by themselves. A series whose occurrence was changed here is read anew: it may call that
    deleted.

    Raises:
        Contradiction: what the server had is no longer known.
    """
    links, record = tx.sync.links_of(local), tx.items.get(local, me)
    if record is None:
        _fetch(tx, links)
    elif not links:
        _fetch(tx, tx.sync.links_of_locals(exception.id for exception in tx.items.exceptions(local)))
        for link in [] if record.master is None else tx.sync.links_of(record.master):
            have_read(tx, link.folder, [RemoteId(link.remote)], now)
        tx.items.remove(local)
    else:
        base = _there(tx, links[0], record)
        if base is None:
            raise Contradiction("What the server had is no longer known here. Delete the item, or change it again.")
        stamp = put_back(tx, me, record, base, [link.folder for link in links])
        tx.sync.put_item_links([_agreed(link, (stamp, base)) for link in links])


def _there(tx: Writing, link: ItemLink, record: ItemRecord) -> Item | None:
    """The item as the server has it; a conflict that waited about it is over with the change."""
    for asked in [one for one in tx.decisions.open() if one.item == link.local]:
        close(tx, asked, asked.lost)
        return asked.lost
    return base_of(tx, link, record)


def _agreed(link: ItemLink, at: tuple[Stamp, Item]) -> ItemLink:
    return agreed_link(link.folder, link.local, RemoteId(link.remote), Version(link.version), at)


def _fetch(tx: Writing, links: Iterable[ItemLink]) -> None:
    """Have items come anew with their folders in the next cycle: a series comes back with its change exceptions."""
    for link in links:
        tx.sync.remove_item_links(link.folder, [link.local])
        folder = tx.sync.folder_link(link.folder)
        if folder is not None:
            tx.sync.put_folder_link(msgspec.structs.replace(folder, anchor=None))


def _discard_of_folder(tx: Writing, me: UserId, entry: Skipped, now: datetime) -> None:
    folder, link = tx.folders.get(entry.folder), tx.sync.folder_link(entry.folder)
    if link is None:
        if folder is not None:  # made here and refused
            dissolve(tx, me, folder, now)
    elif folder is None:
        for record in tx.items.several(items_left(tx, link), None):  # what could not be moved there
            have_sent(tx, record.folder, [record.id], now)
        forget_folder(tx, link)
        tx.sync.set(FOLDERS_ANCHOR, None)
    elif entry.direction == UP:
        _restore_folder(tx, folder)
    elif entry.code == HELD:
        _keep_folder(tx, link, now)


def _restore_folder(tx: Writing, folder: Folder) -> None:
    base = folder_base_of(tx, folder.id)
    if base is not None:
        tx.folders.replace(msgspec.structs.replace(folder, parent=base.parent, name=base.name, rights=base.rights))


def _keep_folder(tx: Writing, link: FolderLink, now: datetime) -> None:
    """Make a folder that is gone on the server ours alone; it is sent as a new one with all that is in it."""
    forget_folder(tx, link)
    have_sent(tx, link.local, [None, *tx.items.ids(link.local)], now)
