"""What outlives an Outlook: stores, their folders, and the items in them. Nothing here counts, refuses or surprises."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime

from passerelle.peers.outlook.constants import (
    AttachmentType,
    CategoryColor,
    DefaultFolder,
    ItemType,
    MeetingRecipientType,
    RecurrenceType,
    ResponseStatus,
)
from tests.outlook_double.values import Key, Value


@dataclass(slots=True)
class Person:
    """An entry of an address book; ``address`` is Exchange's own form of it where ``type`` is EX."""

    name: str
    address: str
    type: str = "SMTP"
    smtp: str = ""


@dataclass(slots=True)
class Invited:
    """A recipient of an item, or a member of a distribution list."""

    name: str
    person: Person | None = None
    type: int = MeetingRecipientType.Required
    response: int = ResponseStatus.None_
    tracking: int = 0
    tracked_at: datetime | None = None
    sendable: bool = True
    values: dict[Key, Value] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    """An attachment."""

    name: str
    data: bytes
    type: int = AttachmentType.ByValue
    display_name: str = ""
    position: int = 0
    values: dict[Key, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Pattern:
    """How a series repeats, and where it does not; dates and times are digits of the series' own zone."""

    start: datetime
    type: int = RecurrenceType.Weekly
    interval: int = 1
    days: int = 0
    day_of_month: int = 0
    month: int = 0
    instance: int = 0
    minutes: int = 30
    count: int | None = None
    until: datetime | None = None
    regenerate: bool = False
    changed: dict[datetime, Content] = field(default_factory=dict)
    deleted: set[datetime] = field(default_factory=set)

    def copy(self) -> Pattern:
        """The same, to be changed apart."""
        return replace(self, changed=dict(self.changed), deleted=set(self.deleted))


@dataclass(slots=True)
class Content:
    """All that a user can change of an item."""

    values: dict[Key, Value] = field(default_factory=dict)
    recipients: list[Invited] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    fields: dict[str, int] = field(default_factory=dict)
    pattern: Pattern | None = None
    start_zone: str = ""
    end_zone: str = ""

    def copy(self) -> Content:
        """The same, to be changed apart."""
        return Content(
            dict(self.values),
            [replace(each, values=dict(each.values)) for each in self.recipients],
            [replace(each, values=dict(each.values)) for each in self.files],
            dict(self.fields),
            self.pattern.copy() if self.pattern else None,
            self.start_zone,
            self.end_zone,
        )


@dataclass(slots=True, eq=False)
class Record:
    """An item as it is kept. ``poisoned``: it is damaged, and opens but tells nothing (section 8)."""

    type: ItemType
    message_class: str
    folder: FolderRecord
    content: Content
    entry_id: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    version: int = 0
    poisoned: bool = False
    meeting: Record | None = None
    """Of a mail about a meeting: the appointment."""

    @property
    def exists(self) -> bool:
        """Whether it is in its folder."""
        return bool(self.entry_id) and self.folder.records.get(self.entry_id) is self


@dataclass(slots=True, eq=False)
class FolderRecord:
    """A folder."""

    name: str
    type: ItemType
    store: StoreRecord
    entry_id: str
    parent: FolderRecord | None = None
    default: DefaultFolder | None = None
    children: list[FolderRecord] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    values: dict[Key, Value] = field(default_factory=dict)
    read_only: bool = False
    description: str = ""
    address_book: bool = False
    address_book_name: str = ""

    def walk(self) -> Iterator[FolderRecord]:
        """This folder, and all below."""
        yield self
        for child in copy(self.children):
            yield from child.walk()


@dataclass(slots=True, eq=False)
class CategoryRecord:
    """A category of the master list."""

    name: str
    color: int = CategoryColor.None_
    id: str = ""


@dataclass(slots=True, eq=False)
class StoreRecord:
    """A mailbox, or a data file at a path."""

    store_id: str
    name: str
    path: str = ""
    folders: dict[DefaultFolder, FolderRecord] = field(default_factory=dict)
    roots: list[FolderRecord] = field(default_factory=list)

    @property
    def root(self) -> FolderRecord:
        """The folder above all others."""
        return self.roots[0]

    @property
    def is_exchange(self) -> bool:
        """Whether it is a mailbox of a server, and not a file."""
        return not self.path
