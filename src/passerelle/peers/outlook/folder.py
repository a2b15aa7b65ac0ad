"""The items of one folder in Outlook: read whole, and written whole, each found again after it was saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, NotFound, Refused, Stale
from passerelle.model.items import Item
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    Move,
    Place,
    RemoteId,
    RemoteItem,
    Version,
    Write,
    WriteResult,
)
from passerelle.peers.outlook import marks, versions
from passerelle.peers.outlook.answers import answering, insisting
from passerelle.peers.outlook.constants import InspectorClose
from passerelle.peers.outlook.listing import Found
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.reading import read_item
from passerelle.peers.outlook.mapping.writing import write_item
from passerelle.peers.outlook.marks import Mark
from passerelle.peers.outlook.objects import Folder, NameSpace
from passerelle.peers.outlook.objects import Item as OutlookItem
from passerelle.peers.outlook.sender import was_told
from passerelle.peers.outlook.writing import ITEM_TYPES, Order, Whole, fields_of, results, wanted


class Held(Struct, frozen=True):
    """An item of Outlook's as it is now, and where to find it."""

    item: OutlookItem
    entry: str
    changed: datetime


class Room:
    """One folder with its items. ``now`` is digits in UTC."""

    def __init__(self, session: NameSpace, folder: Folder, place: Place, context: Context, now: datetime) -> None:
        self._session = session
        self._folder = folder
        self._place = place
        self._context = context
        self._now = now

    def read(self, found: Found) -> Iterator[RemoteItem]:
        """An item that the table shows, and the changed occurrences of a series after it; it bears its mark then."""
        held = self._open(found.row.entry)
        is_told = not found.is_marked and not found.is_copy and was_told(held.item)
        if not found.is_marked:
            held = self._marked(held, found)
        return self._told(found.id, held, self._whole(held), is_told=is_told)

    def find(self, entry: str) -> Held:
        """The item at an entry id.

        Raises:
            NotFound: it is gone, or in another folder.
        """
        held = self._open(entry)
        parent = cast(Folder, held.item.Parent)
        if not self._session.CompareEntryIDs(parent.EntryID, self._folder.EntryID):
            raise NotFound("The item is in another folder.")
        return held

    def carry_out(
        self, order: Order, entry: str | None, destination: tuple[RemoteId, Folder] | None
    ) -> list[WriteResult]:
        """Do what is asked about one item: all of it, or nothing.

        ``entry`` is where it is, None for a new one; ``destination`` where it is to be moved.

        Raises:
            Refused: Outlook, or the order itself, does not allow it.
        """
        first = order.writes[0]
        if isinstance(first, Create):
            return self._create(order, first)
        if order.id is None or entry is None:
            raise NotFound("Outlook has no such item.")
        held = self.find(entry)
        if isinstance(first, Move) and destination is not None:
            return self._move(first, order.id, held, destination)
        whole = self._whole(held)
        for write in order.writes:
            _check(write, whole)
        if any(isinstance(write, Delete) and versions.series_of(write.id) is None for write in order.writes):
            held.item.Delete()
            return [WriteResult(token=write.token) for write in order.writes]
        return self._change(order, order.id, held, whole)

    def _create(self, order: Order, create: Create) -> list[WriteResult]:
        id_ = create.like or marks.new_id()
        made = self._folder.Items.Add(ITEM_TYPES[type(create.item)])
        marks.write_words(made.PropertyAccessor, [(marks.ITEM, str(Mark(id_, self._place.folder)))])
        try:
            saved = self._put(made, Whole(item=create.item, changed={}))
        except Refused:
            if made.EntryID:  # saved before it was refused
                self._open(made.EntryID).item.Delete()
            raise
        return self._done(order, id_, saved)

    def _change(self, order: Order, id_: RemoteId, held: Held, before: Whole) -> list[WriteResult]:
        """Write an item that is there. If Outlook takes only a part of it, it gets back what it had.

        Raises:
            Unreachable: it does not take that, either. What is half done is nobody's edit, and is written again.
        """
        after = wanted(before, order.writes)
        try:
            saved = self._put(held.item, after, fields_of(order.writes))
        except Refused:
            with insisting():
                self._put(self._open(held.item.EntryID).item, before)
            raise
        return self._done(order, id_, saved)

    def _put(self, item: OutlookItem, whole: Whole, fields: frozenset[str] | None = None) -> OutlookItem:
        """Write an item, or some fields of it.

        Raises:
            Refused: Outlook did not take all of it; a part may be saved.
        """
        try:
            with answering():
                return write_item(item, whole.item, tuple(whole.changed.values()), self._context, fields)
        except Refused:
            item.Close(InspectorClose.Discard)
            raise

    def _done(self, order: Order, id_: RemoteId, saved: OutlookItem) -> list[WriteResult]:
        held = self._open(saved.EntryID)
        done = self._whole(held)
        return results(order, id_, done, self._version(done.item, held))

    def _move(self, move: Move, id_: RemoteId, held: Held, destination: tuple[RemoteId, Folder]) -> list[WriteResult]:
        folder_id, folder = destination
        moved = held.item.Move(folder)
        marks.write_words(moved.PropertyAccessor, [(marks.ITEM, str(Mark(id_, folder_id)))])
        moved.Save()
        there = self._open(moved.EntryID)
        return [WriteResult(token=move.token, id=id_, version=self._version(self._whole(there).item, there))]

    def _open(self, entry: str) -> Held:
        item = self._session.GetItemFromID(entry, self._folder.StoreID)
        changed = item.PropertyAccessor.GetProperty(marks.CHANGED)
        assert isinstance(changed, datetime)  # noqa: S101 - what this property holds
        return Held(item, item.EntryID, changed.replace(tzinfo=None))

    def _marked(self, held: Held, found: Found) -> Held:
        """Put our mark on an item that the user made, moved or copied. A copy is an item of its own from now on."""
        mark = Mark(found.id, self._place.folder)
        marks.write_words(held.item.PropertyAccessor, [(marks.ITEM, str(mark))])
        if found.is_copy:
            whole = self._whole(held)
            alone = msgspec.structs.replace(whole.item, uid=None)
            return self._open(write_item(held.item, alone, tuple(whole.changed.values()), self._context).EntryID)
        held.item.Save()
        return self._open(held.item.EntryID)

    def _whole(self, held: Held) -> Whole:
        read = read_item(held.item, self._context)
        changed = {one.recurrence_id: one for one in read.exceptions if one.recurrence_id is not None}
        return Whole(item=read.item, changed=changed)

    def _told(self, id_: RemoteId, held: Held, whole: Whole, *, is_told: bool) -> Iterator[RemoteItem]:
        yield RemoteItem(id=id_, item=whole.item, version=self._version(whole.item, held), is_told=is_told)
        for key, one in whole.changed.items():
            occurrence = versions.occurrence_id(id_, key)
            yield RemoteItem(id=occurrence, item=one, version=versions.of_occurrence(one), master=id_)

    def _version(self, item: Item, held: Held) -> Version:
        return versions.version(item, held.entry, held.changed, self._now)


def _check(write: Write, whole: Whole) -> None:
    """Make sure that a change is based on what Outlook has.

    Raises:
        Stale: somebody changed it meanwhile.
    """
    if isinstance(write, Create | Move | Confirm):
        raise Contradiction("Outlook is asked for this in another way.")
    now = versions.content_of(whole.item)
    was = versions.known(write.version)
    if was is None and not isinstance(write, ChangeOccurrence) and (series := versions.series_of(write.id)):
        found = {versions.occurrence_id(series, key): one for key, one in whole.changed.items()}
        now = versions.of_occurrence(found[write.id]) if write.id in found else write.version
    if now != (write.version if was is None else was.content):
        raise Stale("It was changed in Outlook meanwhile.")
