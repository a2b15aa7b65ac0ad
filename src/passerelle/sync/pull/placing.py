"""Lets items that are known from other folders show in one more, and leave one of several.

A participant's appointment is one object in several calendars (OX reference, section 10.2), and an item that is moved
comes to its new folder before or after it leaves the old one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteId, RemoteItem
from passerelle.store import ItemLink, Placement, Reading, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.context import Context
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.skipped.quarantine import fetch_later


def admit(tx: Writing, pull: FolderPull, page: Sequence[RemoteItem]) -> None:
    """Let the items of a page that are here already, in other folders, show in this one too."""
    theirs: dict[str, Item] = {remote.id: remote.item for remote in page}
    links = tx.sync.links_of_remotes(theirs)
    here = {link.remote for link in links if link.folder == pull.folder.id}
    elsewhere = {link.remote: link for link in links if link.remote not in here}
    for link in list(elsewhere.values()):
        if _went_with_folder(tx, link):
            tx.sync.remove_item_links(link.folder, [link.local])
            del elsewhere[link.remote]
    if not elsewhere:
        return
    concerned = {link.local for link in elsewhere.values()}
    below = {exception.id for local in concerned for exception in tx.items.exceptions(local)}
    with keeping_agreement(tx, pull.context.me, concerned | below):
        for link in sorted(elsewhere.values(), key=lambda link: link.local in below):  # series before their exceptions
            _place(tx, pull, link.local, theirs[link.remote])
        tx.sync.put_item_links([msgspec.structs.replace(link, folder=pull.folder.id) for link in elsewhere.values()])


def _went_with_folder(tx: Reading, link: ItemLink) -> bool:
    """Whether an item was deleted here with its folder, which the peer still has: it was taken out of that there."""
    return tx.folders.get(link.folder) is None and tx.items.get(link.local, None) is None


def _place(tx: Writing, pull: FolderPull, local: ItemId, theirs: Item) -> None:
    """Let an item show in the folder; one that was deleted here stays so, until that is sent."""
    record, at_home = tx.items.get(local, pull.context.me), tx.items.get(local, None)
    places = tx.items.placements(local)
    if record is None or at_home is None or any(place.folder == pull.folder.id for place in places):
        return
    linked = {link.folder for link in tx.sync.links_of(local)}
    if _lives_here(tx, pull.folder, at_home, theirs, linked):
        below = {one.id: tx.items.placements(one.id) for one in tx.items.exceptions(local)}
        _settle_here(tx, pull, record, places, linked)
        for id_, shown_in in below.items():  # they came along, and still show where they did
            exception = tx.items.get(id_, pull.context.me)
            if exception is not None:
                _settle_here(tx, pull, exception, shown_in, linked)
        return
    others = [place for place in places if place.folder != at_home.folder]
    shown = (*others, Placement(pull.folder.id, pull.folder.owner))
    tx.items.replace(local, record.item, placements=shown, alarm_of=pull.context.me)


def _settle_here(
    tx: Writing, pull: FolderPull, record: ItemRecord, places: Sequence[Placement], linked: Collection[FolderId]
) -> None:
    """Make the folder the home of an item that shows in others until now.

    Where it was moved to here, which the peer did not take yet, it is no longer: the peer moved it, too.
    """
    others = [place for place in places if place.folder != pull.folder.id]
    as_guest = [_as_guest(tx, place.folder) for place in others if place.user is not None or place.folder in linked]
    tx.items.replace(record.id, record.item, folder=pull.folder.id, placements=as_guest, alarm_of=pull.context.me)


def _lives_here(tx: Reading, folder: Folder, record: ItemRecord, theirs: Item, linked: Collection[FolderId]) -> bool:
    """Whether the folder rather than the present home is the one that the item was made in.

    The interface does not tell. As a participant's, an item shows in a default folder only; so it lives in the other
    one. It does not live where it was moved to here, and is not ``linked`` yet, if the peer moved it, too. Between two
    default folders: most items are made by the owner of the folder; the others show there as participants'.
    A change exception lives where its series does, once the peer shows it there. Where a series lacks one of its
    exceptions, it does not live.
    """
    recurrence = theirs.recurrence if isinstance(theirs, Appointment) else None
    if recurrence is not None and not set(record.changed).isdisjoint(recurrence.deleted):
        return False
    if record.master is not None:
        series = tx.items.get(record.master, None)
        return series is not None and series.folder == folder.id
    home = tx.folders.get(record.folder)
    only_here = participant_of(folder) is None
    if home is not None and only_here != (participant_of(home) is None):
        return only_here
    if only_here and record.folder not in linked:
        return True
    is_maker = folder.type is FolderType.PRIVATE and folder.owner == record.created_by
    return is_maker and home is not None and home.owner != record.created_by


def _as_guest(tx: Reading, id_: FolderId) -> Placement:
    """An item where it shows besides its home: because the owner of that folder takes part, who may have moved it."""
    folder = tx.folders.get(id_)
    return Placement(id_, None if folder is None else folder.owner)


def participant_of(folder: Folder) -> UserId | None:
    """Whose items show in a folder because that user takes part; None where nobody's do."""
    has_people = folder.module is not Module.CONTACTS
    return folder.owner if has_people and folder.is_default and folder.type is FolderType.PRIVATE else None


def is_by_invitation(item: Item, folder: Folder, maker: UserId, me: UserId) -> bool:
    """Whether an item stands in a folder of the user's because somebody else made it and lets the user take part."""
    return isinstance(item, Appointment | Task) and bool(item.participants) and participant_of(folder) == me != maker


def leave(context: Context, tx: Writing, folder: FolderId, local: ItemId) -> FolderId | None:
    """Take an item out of a folder if it shows in others as well; return where it lives from now on, else None.

    A change exception that shows in this folder only goes for good, but comes along if the peer never had it; one that
    the peer does not, or no longer, show here leaves with its series.
    """
    me = context.me
    record, at_home = tx.items.get(local, me), tx.items.get(local, None)
    others = [place for place in tx.items.placements(local) if place.folder != folder]
    if record is None or at_home is None or not others:
        return None
    unsent: list[ItemRecord] = []
    for exception in tx.items.exceptions(local, me):
        if all(place.folder == folder for place in tx.items.placements(exception.id)):
            if tx.sync.links_of(exception.id):
                tx.items.remove(exception.id)
                _read_anew(context, tx, local, others)
            else:
                unsent.append(exception)
    home = at_home.folder
    if home == folder:
        home = _home_among(tx, [place.folder for place in others])
    shown = [place for place in others if place.folder != home]
    tx.items.replace(local, record.item, folder=home, placements=shown, alarm_of=me)
    for exception in unsent:
        tx.items.replace(exception.id, exception.item, folder=home, placements=(), alarm_of=me)
    for exception in tx.items.exceptions(local):
        shows_here = any(place.folder == folder for place in tx.items.placements(exception.id))
        if shows_here and tx.sync.item_link(folder, exception.id) is None:
            leave(context, tx, folder, exception.id)
    return home


def _read_anew(context: Context, tx: Writing, series: ItemId, shown: Sequence[Placement]) -> None:
    """Have a series read where it shows on: there it calls deleted what an exception replaced that does not show."""
    folders = {place.folder for place in shown}
    for link in tx.sync.links_of(series):
        if link.folder in folders:
            fetch_later(context, tx, link.folder, RemoteId(link.remote))


def _home_among(tx: Reading, folders: Sequence[FolderId]) -> FolderId:
    """Where an item lives of which only that is known where it shows: rather not where it may for who takes part."""
    found = [folder for id_ in folders if (folder := tx.folders.get(id_)) is not None]
    return next((folder.id for folder in found if participant_of(folder) is None), folders[0])


def put_back(tx: Writing, me: UserId, record: ItemRecord, item: Item, folders: Sequence[FolderId]) -> Stamp:
    """Give an item the content and the folders that it had, also if it was moved; return its stamp.

    A change exception stays with its series.
    """
    if record.master is not None:
        return tx.items.replace(record.id, item, alarm_of=me)
    at_home = tx.items.get(record.id, None)
    home = at_home.folder if at_home is not None and at_home.folder in folders else _home_among(tx, folders)
    shown = [_as_guest(tx, folder) for folder in folders if folder != home]
    return tx.items.replace(record.id, item, folder=home, placements=shown, alarm_of=me)


def leave_all(context: Context, tx: Writing, folder: FolderId) -> None:
    """Take all items out of a folder that show in others as well; series first, for they take exceptions along."""
    known = {link.local for link in tx.sync.links_of_locals(tx.items.ids(folder)) if link.folder != folder}
    records = sorted(tx.items.several(sorted(known), None), key=lambda record: record.master is not None)
    with keeping_agreement(tx, context.me, known):
        for record in records:
            leave(context, tx, folder, record.id)
