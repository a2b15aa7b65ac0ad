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
_MEETING = ("PidLidCleanGlobalObjectId", "PidLidAppointmentStateFlags", "PidLidResponseStatus")
_COLUMNS = (
    "EntryID",
    marks.LONG_ENTRY,
    "MessageClass",
    marks.CHANGED,
    marks.ITEM,
    *(mapi()[name].schema for name in _MEETING),
)
_OPEN = frozenset({None, int(ResponseStatus.None_), int(ResponseStatus.NotResponded)})
_LONGEST = 255
"""Bytes that a table tells of a value, at least; it may cut it there."""


class Row(Struct, frozen=True, kw_only=True):
    """An item as the table of its folder tells of it. ``changed`` are digits in UTC.

    ``meeting`` is an appointment's global id as far as the table tells it; ``is_unanswered`` says that it is somebody
    else's meeting, and waits for an answer.
    """

    entry: str
    changed: datetime
    mark: Mark | None
    meeting: bytes = b""
    is_unanswered: bool = False

    def is_of_meeting(self, id_: bytes) -> bool:
        """Whether it is an appointment of that global id."""
        is_cut = len(self.meeting) >= _LONGEST
        return id_.startswith(self.meeting) if is_cut else bool(id_) and id_ == self.meeting


def read_rows(folder: Folder) -> list[Row]:
    """The items of a folder that can be kept in step."""
    table = folder.GetTable()
    columns = table.Columns
    columns.RemoveAll()
    for name in _COLUMNS:
        columns.Add(name)
    return list(_rows(_values(table)))


def _values(table: Table) -> Iterator[Sequence[object]]:
    while not table.EndOfTable:
        yield from table.GetArray(_AT_ONCE)


def _rows(values: Iterable[Sequence[object]]) -> Iterator[Row]:
    for short, long, kind, changed, mark, meeting, status, response in values:
        if kind_of_class(kind) is not None and isinstance(changed, datetime):
            yield Row(
                entry=_bytes(long).hex().upper() or str(short),
                changed=changed.replace(tzinfo=None),
                mark=Mark.of(mark),
                meeting=_bytes(meeting),
                is_unanswered=status in RECEIVED and response in _OPEN,
            )


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def digest(rows: Iterable[Row]) -> str:
    """Names what a folder holds; another if any item in it is another, or was changed."""
    state = sha256()
    for row in sorted(rows, key=lambda row: row.entry):
        state.update(f"{row.entry} {row.changed.isoformat()} {row.mark or ''}\n".encode())
    return state.hexdigest()[:24]
