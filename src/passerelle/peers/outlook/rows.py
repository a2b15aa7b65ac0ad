"""What a folder holds, in one reading of its table: enough to tell what changed, without opening an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import ResponseStatus
from passerelle.peers.outlook.mapping.people import RECEIVED
from passerelle.peers.outlook.mapping.tables import kind_of_class
from passerelle.peers.outlook.marks import Mark
from passerelle.peers.outlook.objects import Folder, Table
from passerelle.peers.outlook.reference import mapi

_AT_ONCE = 500
"""Rows that are fetched by one call."""
_ENTERED = ("PidLidBirthdayEventEntryId", "PidLidAnniversaryEventEntryId")
_MEETING = ("PidLidCleanGlobalObjectId", "PidLidAppointmentStateFlags", "PidLidResponseStatus")
_COLUMNS = (
    "EntryID",
    marks.LONG_ENTRY,
    "MessageClass",
    marks.CHANGED,
    marks.CREATED,
    mapi()["PidNameKeywords"].schema,
    marks.ITEM,
    *(mapi()[name].schema for name in (*_MEETING, *_ENTERED)),
)
_OPEN = frozenset({None, int(ResponseStatus.None_), int(ResponseStatus.NotResponded)})
_LONGEST = 255
"""Bytes that a table tells of a value, at least; it may cut it there."""


class Row(Struct, frozen=True, kw_only=True):
    """An item as the table of its folder tells of it. ``changed`` are digits in UTC.

    ``meeting`` is an appointment's global id as far as the table tells it; ``is_unanswered`` says that it is somebody
    else's meeting, and waits for an answer. ``is_older`` says that it was in one of Outlook's own folders before that
    was ours. ``entered`` are what Outlook has entered into its own calendar because of a contact: its birthday.
    ``categories`` are told without regard to case.
    """

    entry: str
    changed: datetime
    mark: Mark | None
    meeting: bytes = b""
    is_unanswered: bool = False
    is_older: bool = False
    entered: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()

    def is_of_meeting(self, id_: bytes) -> bool:
        """Whether it is an appointment of that global id."""
        is_cut = len(self.meeting) >= _LONGEST
        return id_.startswith(self.meeting) if is_cut else bool(id_) and id_ == self.meeting


def read_rows(folder: Folder, since: datetime | None = None) -> list[Row]:
    """The items of a folder that can be kept in step; what was made before a time in UTC is told apart."""
    return list(_rows(_table(folder, _COLUMNS), since))


def entries_of(folder: Folder, name: str) -> list[str]:
    """Where those items of a folder are for which a property is set."""
    return [_entry(short, long) for short, long, value in _table(folder, ("EntryID", marks.LONG_ENTRY, name)) if value]


def _table(folder: Folder, names: Sequence[str]) -> list[Sequence[object]]:
    table = folder.GetTable()
    columns = table.Columns
    columns.RemoveAll()
    for name in names:
        columns.Add(name)
    return list(_values(table))


def _values(table: Table) -> Iterator[Sequence[object]]:
    while not table.EndOfTable:
        yield from table.GetArray(_AT_ONCE)


def _rows(values: Iterable[Sequence[object]], since: datetime | None) -> Iterator[Row]:
    for short, long, kind, changed, created, words, mark, meeting, status, response, *entered in values:
        if kind_of_class(kind) is not None and isinstance(changed, datetime):
            yield Row(
                entry=_entry(short, long),
                changed=changed.replace(tzinfo=None),
                mark=Mark.of(mark),
                meeting=_bytes(meeting),
                is_unanswered=status in RECEIVED and response in _OPEN,
                is_older=since is not None and isinstance(created, datetime) and created.replace(tzinfo=None) < since,
                categories=frozenset(map(_folded, words)) if isinstance(words, tuple) else frozenset(),
                entered=tuple(_bytes(one).hex().upper() for one in entered if one),
            )


def _folded(word: object) -> str:
    return str(word).casefold()


def _entry(short: object, long: object) -> str:
    return _bytes(long).hex().upper() or str(short)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def digest(rows: Iterable[Row]) -> str:
    """Names what a folder holds; another if any item in it is another, or was changed."""
    state = sha256()
    for row in sorted(rows, key=lambda row: row.entry):
        state.update(f"{row.entry} {row.changed.isoformat()} {row.mark or ''}\n".encode())
    return state.hexdigest()[:24]
