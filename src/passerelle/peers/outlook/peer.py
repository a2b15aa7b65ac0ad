"""Classic Outlook as a peer: it mirrors the replica, and what people do in it comes back.

All calls are made in one thread, as COM wants it: that of the cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from passerelle.model.clock import utc_now
from passerelle.model.errors import NotFound, Refused
from passerelle.model.folders import Module
from passerelle.model.items import Item
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.peers.base import (
    Anchor,
    Change,
    Directory,
    FileId,
    FolderChanges,
    FolderDraft,
    FolderEdit,
    Gone,
    Identity,
    Known,
    Move,
    Place,
    Reached,
    RemoteFile,
    RemoteFolder,
    RemoteId,
    RemoteItem,
    Traffic,
    Version,
    Write,
    WriteResult,
    nothing_known,
)
from passerelle.peers.naming import OUTLOOK, where
from passerelle.peers.outlook import differing, hanging, versions
from passerelle.peers.outlook.answers import answering, insisting
from passerelle.peers.outlook.folder import Room
from passerelle.peers.outlook.mapping import projection
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.rooms import Rooms
from passerelle.peers.outlook.tables import Tables
from passerelle.peers.outlook.tree import Address, Shown, Tree
from passerelle.peers.outlook.writing import Order, orders, refusals

NAME = OUTLOOK
"""What the replica's memory of this peer is called."""


class Outlook:
    """The folders below the data file at ``path``, which must be open in Outlook. ``context`` says whose they are."""

    def __init__(
        self, application: Application, path: str, context: Context, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._application = application
        self._path = path
        self._context = context
        self._lineage: str | None = None
        self._items = 0
        self._opened: Tree | None = None
        self._tables = Tables(self._tree, now)
        self._rooms = Rooms(application, context, self._tables, self._tree)

    @property
    def traffic(self) -> Traffic:
        """Tables and items that were read, and items that were written."""
        return Traffic(requests=self._tables.number + self._items)

    @property
    def addresses(self) -> Mapping[RemoteId, Address]:
        """Where the folders are, as last read."""
        with answering():
            return self._tree().addresses

    @property
    def is_authority(self) -> bool:
        """Outlook shows what the replica has."""
        return False

    @property
    def where(self) -> Text:
        """Where its items are, as said in a sentence."""
        return where(NAME)

    @property
    def lineage(self) -> str | None:
        """Names the data file: one that was made anew has another name."""
        return self._lineage

    def identify(self) -> Identity:
        """Whose Outlook it is. No call."""
        return Identity(user=self._context.user, display_name=self._context.name, server="Outlook")

    def directory(self, anchor: Anchor | None) -> Directory:  # noqa: ARG002 - there is nothing to know
        """Outlook knows nobody that the replica does not know; but it says which data file it is."""
        with insisting():
            self._lineage = self._tree().lineage()
        return Directory(users=(), groups=(), resources=(), me=None, anchor=Anchor("-"))

    def folders(self, anchor: Anchor | None) -> FolderChanges:
        """All folders if any of them is another, or nothing; and what each holds, by one reading of its table."""
        shown = self._all_shown()
        listing = self._tables.read_all(shown)
        remotes = tuple(one.remote for one in shown.values())
        state = Anchor(_state(remotes))
        return FolderChanges(
            changed=() if state == anchor else remotes,
            gone=(),
            positions=tuple((id_, listing.position(id_)) for id_ in listing.rows),
            anchor=state,
            complete=state != anchor,
        )

    def _all_shown(self) -> Mapping[RemoteId, Shown]:
        """The folders as they are. Without them there is nothing to be done."""
        with insisting():
            return self._tree().read()

    def look(self, folders: Collection[RemoteId]) -> Mapping[RemoteId, str] | None:
        """The positions of some folders, and of those where things in them were before, by one reading of each table.

        None if one of them is not known, or not where it was: then all are to be looked at.
        """
        known = self.addresses
        listing = self._tables.read_some({*folders, *self._tree().said_by(folders)}, known)
        return None if listing is None else {id_: listing.position(id_) for id_ in listing.rows}

    def is_current(self, position: str, anchor: Anchor) -> bool:
        """Whether a folder holds what it held."""
        return position == anchor

    def is_behind(self, position: str, anchor: Anchor) -> bool:  # noqa: ARG002 - there is no history to fall behind
        """Never: what Outlook says is how it is."""
        return False

    def is_older(self, one: Version, other: Version) -> bool:  # noqa: ARG002 - versions have no order
        """It cannot be told."""
        return False

    def changes(
        self, place: Place, anchor: Anchor | None, position: str | None = None, *, known: Known = nothing_known
    ) -> Iterator[Change]:
        """What differs from what is known of a folder. One call for each item that differs, besides the mapping's."""
        before = known()
        with answering():
            if position is None or place.folder not in self._tables.listing.rows:
                self._tables.read_again(place.folder)
            room = self._rooms.room(place)
            found = list(self._tables.listing.items(place.folder, before))
        reached = Anchor(self._tables.listing.position(place.folder))
        yield from (Gone(id_) for id_ in differing.gone(room, found, before))
        together = versions.by_series(before)
        for one in found:
            if anchor is None or differing.is_other(one, before):
                self._items += 1
                yield from differing.read(room, one, together.get(one.id, ()))
        yield Reached(reached, complete=anchor is None)

    def ids(self, place: Place) -> frozenset[RemoteId]:
        """Every item of a folder, and every changed occurrence."""
        whole = {one.id for one in self._all(place)}
        return frozenset(whole.union(one.id for one in self._tables.listing.items(place.folder, {})))

    def versions(self, place: Place) -> Mapping[RemoteId, Version] | None:  # noqa: ARG002 - as said
        """Outlook has no short way to tell of changed occurrences."""
        return None

    def read(self, place: Place, id_: RemoteId) -> RemoteItem:
        """Read one item.

        Raises:
            NotFound: it is not in that folder.
        """
        master = versions.series_of(id_) or id_
        for one in self._all(place, only=master):
            if one.id == id_:
                return one
        raise NotFound("Outlook has no such item.")

    def _all(self, place: Place, only: RemoteId | None = None) -> Iterator[RemoteItem]:
        with answering():
            listing = self._tables.read_again(place.folder)
            room = self._rooms.room(place)
            for found in listing.items(place.folder, {}):
                if found.row.mark is not None and not found.is_copy and only in {None, found.id}:
                    self._items += 1
                    yield from room.read(found)

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        """Carry out operations item by item; each item is saved once."""
        with answering():
            room = self._rooms.room(place)
        done = {one.token: one for order in orders(batch) for one in self._carried_out(room, place, order)}
        return [done[write.token] for write in batch]

    def _carried_out(self, room: Room, place: Place, order: Order) -> Sequence[WriteResult]:
        self._items += 1
        move = order.writes[0]
        try:
            with answering():
                goal = self._rooms.goal(place, move) if isinstance(move, Move) else None
                return room.carry_out(order, self._rooms.held(room, place, order), goal)
        except Refused as error:
            return refusals(order, error)

    def name_of_file(self, item: Item, file: Attachment) -> str | None:
        """What Outlook calls a file; None for what it is not shown."""
        return hanging.name_of(item, file)

    def read_file(self, place: Place, id_: RemoteId, file: RemoteFile, into: BinaryIO) -> None:
        """Write the bytes of a file into a stream."""
        self._items += 1
        with answering():
            room = self._rooms.room(place)
            room.save_file(self._rooms.hanger(room, place, id_, Version("")), file.id, into)

    def add_file(
        self, place: Place, id_: RemoteId, version: Version, file: Attachment, content: BinaryIO
    ) -> tuple[RemoteFile, Version]:
        """Hang a file on an item, which is saved with it."""
        self._items += 1
        with answering():
            room = self._rooms.room(place)
            return room.add_file(self._rooms.hanger(room, place, id_, version), version, file, content)

    def remove_file(self, place: Place, id_: RemoteId, version: Version, file: FileId) -> Version:
        """Take a file off an item, which is saved without it."""
        self._items += 1
        with answering():
            room = self._rooms.room(place)
            held = self._rooms.hanger(room, place, id_, version)
            try:
                return room.remove_file(held, version, file)
            except NotFound:
                return version

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        """Make a folder."""
        with answering():
            return self._tree().create(draft)

    def update_folder(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        """Rename or move a folder."""
        with answering():
            self._tree().update(id_, version, edit)

    def delete_folder(self, id_: RemoteId, version: Version) -> None:  # noqa: ARG002 - the engine looked
        """Remove a folder with all it holds."""
        with answering():
            if self._tree().part(id_) is not None:
                self._empty(id_)
            self._tree().delete(id_)

    def _empty(self, id_: RemoteId) -> None:
        """Put what is in Outlook's own calendar of a folder into that itself: with it, it goes."""
        holder, folder = self._tree().holder(id_), self._tree().folder(id_)
        if holder.EntryID != folder.EntryID:
            for row in self._tables.read_again(id_).rows[id_]:
                self._application.Session.GetItemFromID(row.entry, holder.StoreID).Move(folder)

    def carries(self, item: Item) -> frozenset[str]:
        """What Outlook keeps of an item."""
        return projection.carries(item)

    def item_id(self, module: Module, number: int) -> RemoteId:  # noqa: ARG002 - the same in all modules
        """Marks are numbers."""
        return RemoteId(str(number))

    def folder_id(self, number: int) -> RemoteId:
        """Marks are numbers."""
        return RemoteId(str(number))

    def number(self, id_: RemoteId) -> int:
        """Marks are numbers."""
        return int(id_)

    def project(self, item: Item) -> Item:
        """What Outlook would say of an item that was sent to it; of one that it does not take, nothing else."""
        try:
            return projection.project(item, self._context)
        except Refused:
            return item

    def close(self) -> None:
        """Let Outlook go."""
        self._opened = None

    def _tree(self) -> Tree:
        if self._opened is None:
            self._opened = Tree(self._application.Session, self._path, self._context.user, self._context.say)
        return self._opened


def _state(folders: Sequence[RemoteFolder]) -> str:
    """Names the tree as it is."""
    said = sorted(f"{one.id} {one.version}" for one in folders)
    return sha256("\n".join(said).encode()).hexdigest()[:24]
