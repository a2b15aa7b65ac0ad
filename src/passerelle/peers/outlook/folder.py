"""The items of one folder in Outlook: read whole, and written whole, each found again after it was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final, TypeVar, cast

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, NotFound, Refused, Stale
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.records import Attachment
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    FileId,
    Move,
    Place,
    RemoteFile,
    RemoteId,
    RemoteItem,
    Version,
    Write,
    WriteResult,
)
from passerelle.peers.outlook import hanging, marks, versions
from passerelle.peers.outlook.answers import answering, insisting
from passerelle.peers.outlook.constants import InspectorClose, MeetingStatus
from passerelle.peers.outlook.listing import Found
from passerelle.peers.outlook.mapping.common import text_of, words_of
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.facts import Facts
from passerelle.peers.outlook.mapping.reading import ReadItem, read_item
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.writing import change_item, create_item, keep_meaning
from passerelle.peers.outlook.marks import Mark
from passerelle.peers.outlook.objects import Folder, Items, NameSpace
from passerelle.peers.outlook.objects import Item as OutlookItem
from passerelle.peers.outlook.parts import Part
from passerelle.peers.outlook.sender import was_told
from passerelle.peers.outlook.writing import ITEM_TYPES, Order, Whole, fields_of, results, wanted, whole_of

T = TypeVar("T")

KINDS: Mapping[Module, type[Item]] = {
    Module.CALENDAR: Appointment,
    Module.CONTACTS: Contact,
    Module.TASKS: Task,
}
"""What an item of a folder most probably is."""

_NOTE: Final = frozenset({"note", "note_html"})


class Held(Struct, frozen=True):
    """An item of Outlook's, opened, with all that it says."""

    item: OutlookItem
    read: ReadItem


class Goal(Struct, frozen=True):
    """Where an item is to be moved; ``is_here`` says that Outlook has it in the same folder."""

    room: Room
    is_here: bool


class Room:
    """One folder with its items. ``now`` is digits in UTC; ``is_home`` says that the folder is one of Outlook's own."""

    def __init__(
        self,
        session: NameSpace,
        folder: Folder,
        place: Place,
        context: Context,
        now: datetime,
        *,
        is_home: bool = False,
        part: Part | None = None,
    ) -> None:
        self._session = session
        self._folder = folder
        self._entry = folder.EntryID
        self._place = place
        self._context = context if part is None else msgspec.structs.replace(context, category=part.category)
        self._part = part
        self._now = now
        self._shelf = Shelf(session, folder.StoreID)
        self._is_home = is_home
        self._items: Items | None = None

    def read(self, found: Found) -> Iterator[RemoteItem]:
        """An item that the table shows, and the changed occurrences of a series after it; it bears its mark then."""
        if found.is_marked:
            yield from self._told(found.id, self._open(found.row.entry).read)
        elif found.is_copy:
            yield from self._told(found.id, self._made_its_own(found))
        else:
            held = self._marked(found)
            is_meeting = held.read.sheet.values.get("MeetingStatus") == MeetingStatus.Meeting
            yield from self._told(found.id, held.read, is_told=is_meeting and was_told(held.item))

    def find(self, entry: str) -> Held:
        """The item at an entry id.

        Raises:
            NotFound: it is gone, or in another folder.
        """
        held = self._open(entry)
        parent = held.read.facts.parent or cast(Folder, held.item.Parent).EntryID
        if parent != self._entry and not self._session.CompareEntryIDs(parent, self._entry):
            raise NotFound("The item is in another folder.")
        if self._part is not None and not self._part.has(words_of(held.item.Categories, self._context)):
            raise NotFound("The item is in another folder.")
        return held

    def carry_out(self, order: Order, held: Held | None, destination: Goal | None) -> list[WriteResult]:
        """Do what is asked about one item: all of it, or nothing.

        ``held`` is the item as it is, of a new one Outlook's own copy; ``destination`` where it is to be moved.

        Raises:
            Refused: Outlook, or the order itself, does not allow it.
        """
        first = order.writes[0]
        if isinstance(first, Create):
            return self._create(order, first, held)
        if order.id is None or held is None:
            raise NotFound("Outlook has no such item.")
        if isinstance(first, Move) and destination is not None:
            return self._move(first, order.id, held, destination)
        whole = whole_of(held.read)
        for write in order.writes:
            _check(write, whole)
        if any(isinstance(write, Delete) and versions.series_of(write.id) is None for write in order.writes):
            held.item.Delete()
            return [WriteResult(token=write.token) for write in order.writes]
        return self._change(order, order.id, held)

    def _create(self, order: Order, create: Create, twin: Held | None) -> list[WriteResult]:
        id_ = create.like or marks.new_id()
        if twin is not None:
            return self._done(order, id_, self._taken_over(twin, create, id_))
        if self._items is None:
            self._items = self._folder.Items
        made = self._items.Add(ITEM_TYPES[type(create.item)])
        if self._is_home:
            marks.write_words(made.PropertyAccessor, [(marks.BROUGHT, "1")])
        try:
            with answering():
                saved = create_item(made, Content(create.item), self._context, self._shelf, self._mark(id_))
        except Refused:
            made.Close(InspectorClose.Discard)
            if made.EntryID:  # saved before it was refused
                self._shelf.open(made.EntryID).Delete()
            raise
        return self._done(order, id_, saved)

    def _taken_over(self, twin: Held, create: Create, id_: RemoteId) -> ReadItem:
        """Make the copy that Outlook has made of a meeting's mail the meeting itself."""
        try:
            with answering():
                content = Content(create.item)
                return change_item(twin.item, twin.read, content, self._context, self._shelf, mark=self._mark(id_))
        except Refused:
            twin.item.Close(InspectorClose.Discard)
            raise

    def _change(self, order: Order, id_: RemoteId, held: Held) -> list[WriteResult]:
        """Write an item that is there. If Outlook takes only a part of it, it gets back what it had.

        Raises:
            Unreachable: it does not take that, either. What is half done is nobody's edit, and is written again.
        """
        before = whole_of(held.read)
        after = wanted(before, order.writes)
        try:
            saved = self._put(held, after, fields_of(order.writes))
        except Refused:
            with insisting():
                self._put(self._open(held.item.EntryID), before)
            raise
        return self._done(order, id_, saved)

    def _put(self, held: Held, whole: Whole, fields: frozenset[str] | None = None) -> ReadItem:
        """Write an item, or some fields of it.

        Raises:
            Refused: Outlook did not take all of it; a part may be saved.
        """
        content = Content(whole.item, tuple(whole.changed.values()))
        try:
            with answering():
                return change_item(held.item, held.read, content, self._context, self._shelf, fields)
        except Refused:
            held.item.Close(InspectorClose.Discard)
            raise

    def _done(self, order: Order, id_: RemoteId, saved: ReadItem) -> list[WriteResult]:
        return results(order, id_, whole_of(saved), self._version(saved))

    def _move(self, move: Move, id_: RemoteId, held: Held, goal: Goal) -> list[WriteResult]:
        moved = held.item if goal.is_here else held.item.Move(goal.room.folder)
        there = goal.room.admit(moved, id_, self._context.category)
        return [WriteResult(token=move.token, id=id_, version=self._version(there))]

    @property
    def folder(self) -> Folder:
        """The folder in Outlook."""
        return self._folder

    def admit(self, item: OutlookItem, id_: RemoteId, before: str) -> ReadItem:
        """Have an item that was moved be one of these; ``before`` is the category that it bore for its calendar."""
        now = self._context.category
        if before != now:
            names = [name for name in words_of(item.Categories, self._context) if name.casefold() != before.casefold()]
            item.Categories = text_of((*names, now), self._context)
        marks.write_words(item.PropertyAccessor, [(marks.ITEM, self._mark(id_))])
        item.Save()
        return self._open(item.EntryID).read

    def _open(self, entry: str) -> Held:
        item = self._shelf.open(entry)
        return Held(item, read_item(item, self._context, KINDS[self._place.module]))

    def _marked(self, found: Found) -> Held:
        """Put our mark on an item that the user made or moved."""
        item = self._shelf.open(found.row.entry)
        marks.write_words(item.PropertyAccessor, [(marks.ITEM, self._mark(found.id))])
        item.Save()
        return self._open(item.EntryID)

    def _made_its_own(self, found: Found) -> ReadItem:
        """Make a copy of the user's an item of its own, with a mark of its own."""
        held = self._open(found.row.entry)
        alone = Content(msgspec.structs.replace(held.read.item, uid=None), held.read.exceptions)
        return change_item(held.item, held.read, alone, self._context, self._shelf, mark=self._mark(found.id))

    def _mark(self, id_: RemoteId) -> str:
        return str(Mark(id_, self._place.folder))

    def save_file(self, held: Held, file: FileId, into: BinaryIO) -> None:
        """Write the bytes of a file on an item into a stream. Raises NotFound."""
        hanging.save(held.item, file, into, self._context)

    def add_file(self, held: Held, version: Version, file: Attachment, content: BinaryIO) -> tuple[RemoteFile, Version]:
        """Hang a file on an item that is known by a version; return it, and the version that follows.

        Raises:
            Refused: Outlook does not take it.
        """
        name, after = self._rehung(held, lambda item: hanging.add(item, file, content, self._context))
        added = hanging.added(self._shelf.open(after.entry), name, file.digest, self._context)
        return added, versions.again(version, after.entry, after.changed)

    def remove_file(self, held: Held, version: Version, file: FileId) -> Version:
        """Take a file off an item that is known by a version; return the version that follows. Raises NotFound."""
        _, after = self._rehung(held, lambda item: hanging.remove(item, file, self._context))
        return versions.again(version, after.entry, after.changed)

    def _rehung(self, held: Held, rehang: Callable[[OutlookItem], T]) -> tuple[T, Facts]:
        """Change what hangs on an item, and save it.

        Files stand in the text of Outlook's notes as well. What it makes of the note is nobody's edit.
        """
        try:
            with answering():
                done = rehang(held.item)
                held.item.Save()
        except Refused:
            held.item.Close(InspectorClose.Discard)
            raise
        after = self._open(held.item.EntryID)
        if after.read.item != held.read.item:
            content = Content(held.read.item, held.read.exceptions)
            return done, keep_meaning(after.item, after.read, content, self._context, self._shelf, _NOTE).facts
        return done, after.read.facts

    def _told(self, id_: RemoteId, read: ReadItem, *, is_told: bool = False) -> Iterator[RemoteItem]:
        files = hanging.told(self._shelf.open(read.facts.entry), read.files, self._context) if read.files else ()
        yield RemoteItem(id=id_, item=read.item, version=self._version(read), files=files, is_told=is_told)
        for key, one in whole_of(read).changed.items():
            occurrence = versions.occurrence_id(id_, key)
            yield RemoteItem(id=occurrence, item=one, version=versions.of_occurrence(one), master=id_)

    def _version(self, read: ReadItem) -> Version:
        return versions.version(read.item, read.facts.entry, read.facts.changed, self._now)


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
