"""Taking the items of a file into folders: thousands in a few transactions, each item once.

What makes an item the same as one that is there is its uid in the target folder. An item without uid gets one that
follows from its content, so that it too is found again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from passerelle.groupware.access import creatable_folder, module_of
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.calendars import placements
from passerelle.groupware.contacts import normalised
from passerelle.groupware.import_entries import Entry, entries_of, with_notes, with_own_uid, with_uid, without_controls
from passerelle.groupware.participants import recognised
from passerelle.groupware.session import Session
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.principals import Resource, User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Draft, Reading, Writing
from passerelle.wire.findings import Problem
from passerelle.wire.icalendar import ReadResult as Calendar
from passerelle.wire.vcard import ReadResult as AddressBook

BATCH = 500
"""Items stored in one transaction: few enough that others do not wait, enough that its cost does not count."""


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file. ``notes`` say what was read otherwise than it was written, or left out."""

    name: str
    imported: int
    unchanged: int
    refused: tuple[Problem, ...] = ()
    notes: tuple[Text, ...] = ()


class Intake:
    """One file on its way into a user's folders.

    Without ``meetings``, what others take part in is refused: wherever items go from here, these would be invited anew.
    """

    def __init__(self, session: Session, folder: FolderId | None, *, meetings: bool = True) -> None:
        self._session = session
        self._folder = folder
        self._takes_meetings = meetings
        self._imported = self._unchanged = 0
        self.refused: list[Problem] = []
        self.notes: list[Problem] = []

    def report(self, name: str) -> ImportReport:
        """What became of the file."""
        notes = sorted(self.notes, key=lambda note: note.line)
        return ImportReport(
            name=name,
            imported=self._imported,
            unchanged=self._unchanged,
            refused=tuple(self.refused),
            notes=tuple(_said(note) for note in notes),
        )

    def take(self, entries: Iterable[Entry]) -> None:
        """Store the entries that are not there yet."""
        by_module: dict[Module, dict[str, Entry]] = defaultdict(dict)
        for entry in map(self._kept, entries):
            if self._takes_meetings or not self._has_others(entry):
                self._collect(by_module[module_of(entry.item)], entry)
            else:
                reason = Text("Others take part in “{item}”: import it on the server.", item=_title(entry.item))
                self.refused.append(Problem(entry.line, reason))
        for module, its in by_module.items():
            found = list(its.values())
            for start in range(0, len(found), BATCH):
                self._store(module, found[start : start + BATCH])

    def _collect(self, found: dict[str, Entry], entry: Entry) -> None:
        """Add an entry to those of its file: each content once, each uid once."""
        other = found.setdefault(entry.item.uid or "", entry)
        if other is not entry and (other.item, other.exceptions) != (entry.item, entry.exceptions):
            reason = Text("Line {line} has the same UID: this entry is kept under a UID of its own.", line=other.line)
            self.notes.append(Problem(entry.line, reason))
            entry = with_own_uid(entry)
            other = found.setdefault(entry.item.uid or "", entry)
        if other is not entry:
            self._unchanged += 1
            self.notes.append(Problem(entry.line, Text("This is the same as line {line}.", line=other.line)))

    def _store(self, module: Module, batch: Sequence[Entry]) -> None:
        session = self._session
        with session.store.writing(session.user_id, "import") as tx:
            actor = actor_of(tx, session.user_id)
            folder = creatable_folder(tx, actor, self._target(tx, module), batch[0].item)
            new, present = _sorted_out(tx, folder, batch)
            drafts = _Drafts(tx, folder)
            _add(tx, folder, drafts, new)
            replaced = [entry for entry, id_ in present if self._renew(tx, actor, drafts, entry, id_)]
        self._imported += len(new) + len(replaced)
        self._unchanged += len(batch) - len(new) - len(replaced)

    def _renew(self, tx: Writing, actor: Actor, drafts: _Drafts, entry: Entry, id_: ItemId) -> bool:
        """Replace what is there by a newer revision of it (RFC 5545, ``SEQUENCE``); tell of any other difference."""
        record = tx.items.in_folder(drafts.folder.id, id_, actor.user)
        master = drafts.draft(entry.item)
        exceptions = [drafts.draft(item, id_) for item in entry.exceptions]
        if record is None or _stored(tx, actor, record) == [master.item, *(one.item for one in exceptions)]:
            return False
        if _revision(entry.item) <= _revision(record.item) or not _lives_in(tx, drafts.folder, id_):
            reason = Text("“{item}” is there already, with other content: that was kept.", item=_title(entry.item))
            self.notes.append(Problem(entry.line, reason))
            return False
        tx.items.remove_many(one.id for one in tx.items.exceptions(id_))
        tx.items.replace(id_, master.item, placements=master.placements)
        tx.items.add_many(drafts.folder.id, exceptions)
        return True

    def _has_others(self, entry: Entry) -> bool:
        me = self._session.user.email.casefold()
        items = [one for one in (entry.item, *entry.exceptions) if not isinstance(one, Contact)]
        return any(not me or each.mail.casefold() != me for one in items for each in one.participants)

    def _kept(self, entry: Entry) -> Entry:
        """The entry as it can be kept."""
        clean = without_controls(entry)
        if clean != entry:
            self.notes.append(Problem(entry.line, "Control characters are left out."))
        return with_uid(with_notes(clean))

    def _target(self, tx: Reading, module: Module) -> FolderId:
        """The folder given if it holds such items, else the user's default folder."""
        given = tx.folders.get(self._folder) if self._folder is not None else None
        if given is not None and given.module is module:
            return given.id
        if self._folder is not None and given is None:
            return self._folder  # refused by whoever looks for it
        own = (one for one in tx.folders.all() if one.is_default and one.owner == self._session.user_id)
        default = next(one for one in own if one.module is module)
        if given is not None:
            self._note_once(f"“{given.name}” holds no {module}s: these went into “{default.name}”.")
        return default.id

    def _note_once(self, reason: str) -> None:
        note = Problem(0, reason)
        if note not in self.notes:
            self.notes.append(note)


def _sorted_out(tx: Reading, folder: Folder, batch: Sequence[Entry]) -> tuple[list[Entry], list[tuple[Entry, ItemId]]]:
    """The entries whose uid the folder does not have, and those that it has, each with its id."""
    inside = frozenset(tx.items.ids(folder.id))
    new: list[Entry] = []
    present: list[tuple[Entry, ItemId]] = []
    for entry in batch:
        uid = entry.item.uid or ""
        found = next((id_ for id_ in tx.items.by_uid(uid) if id_ in inside), None)
        if found is not None:
            present.append((entry, found))
        else:
            new.append(entry)
    return new, present


def _stored(tx: Reading, actor: Actor, record: ItemRecord) -> list[Item]:
    """A stored item and its change exceptions, in their order."""
    exceptions = tx.items.exceptions(record.id, actor.user) if record.changed else []
    return [record.item, *(one.item for one in exceptions)]


def _revision(item: Item) -> int:
    return 0 if isinstance(item, Contact) else item.sequence


def _lives_in(tx: Reading, folder: Folder, id_: ItemId) -> bool:
    return any(place.folder == folder.id and place.user is None for place in tx.items.placements(id_))


def _title(item: Item) -> str:
    name = (item.display_name or item.last_name) if isinstance(item, Contact) else item.title
    return name or item.uid or ""


def _add(tx: Writing, folder: Folder, drafts: _Drafts, entries: Sequence[Entry]) -> None:
    records = tx.items.add_many(folder.id, [drafts.draft(entry.item) for entry in entries])
    exceptions = [
        drafts.draft(item, record.id)
        for entry, record in zip(entries, records, strict=True)
        for item in entry.exceptions
    ]
    tx.items.add_many(folder.id, exceptions)


class _Drafts:
    """Makes items of a file ready for a folder. Addresses are looked up once."""

    def __init__(self, tx: Reading, folder: Folder) -> None:
        self._tx = tx
        self.folder = folder
        self._found: dict[str, User | Resource | None] = {}

    def draft(self, item: Item, master: ItemId | None = None) -> Draft:
        """The item with its internal participants known, shown in their folders."""
        if isinstance(item, Contact):
            return Draft(item=normalised(item))
        if not item.participants and item.organizer is None:
            return Draft(item=item, master=master)
        item = self._with_known_people(item)
        return Draft(item=item, master=master, placements=placements(self._tx, self.folder, item.participants))

    def _with_known_people(self, item: Appointment | Task) -> Appointment | Task:
        """The item with those participants as internal ones whom the directory has by their mail address."""
        taken: set[tuple[str, str]] = set()
        participants = []
        for each in item.participants:
            known = recognised(each, self._by_mail, resources=isinstance(item, Appointment))
            participants.append(each if known.identity in taken else known)
            taken.add(participants[-1].identity)
        organizer = item.organizer
        if organizer is not None and isinstance(found := self._by_mail(organizer.mail), User):
            organizer = msgspec.structs.replace(organizer, id=found.id)
        return msgspec.structs.replace(item, participants=tuple(participants), organizer=organizer)

    def _by_mail(self, mail: str) -> User | Resource | None:
        if mail not in self._found:
            self._found[mail] = self._tx.principals.by_mail(mail)
        return self._found[mail]


def _said(note: Problem) -> Text:
    reason = Text.of(note.reason)
    return Text("Line {line}: {reason}", line=note.line, reason=reason) if note.line else reason


def take_calendar(intake: Intake, result: Calendar) -> None:
    """Import what a calendar file holds."""
    intake.refused.extend(result.problems)
    intake.notes.extend(result.notes)
    found: list[Entry] = []
    for series in result.entries:
        entries = entries_of(series)
        if len(entries) > 1 and series.master is not None:
            reason = Text(
                "The series takes place several times a day: it is kept as {number} series.", number=len(entries)
            )
            intake.notes.append(Problem(series.line, reason))
        found.extend(entries)
    intake.take(found)


def take_cards(intake: Intake, result: AddressBook) -> None:
    """Import what an address book holds."""
    intake.refused.extend(result.problems)
    intake.notes.extend(result.notes)
    intake.take(Entry(item, (), line) for item, line in zip(result.entries, result.lines, strict=True))
