"""What a folder holds, in one reading of its table: enough to tell what changed, without opening an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from passerelle.peers.outlook import marks
from passerelle.peers.outlook.mapping.tables import kind_of_class
from passerelle.peers.outlook.marks import Mark
from passerelle.peers.outlook.objects import Folder, Table

_AT_ONCE = 500
"""Rows that are fetched by one call."""
_COLUMNS = ("EntryID", marks.LONG_ENTRY, "MessageClass", marks.CHANGED, marks.ITEM)


class Row(Struct, frozen=True, kw_only=True):
    """An item as the table of its folder tells of it. ``changed`` are digits in UTC."""

    entry: str
    changed: datetime
    mark: Mark | None


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
    for short, long, kind, changed, mark in values:
        if kind_of_class(kind) is not None and isinstance(changed, datetime):
            entry = bytes(long).hex().upper() if isinstance(long, bytes | memoryview) else str(short)
            yield Row(entry=entry, changed=changed.replace(tzinfo=None), mark=Mark.of(mark))


def digest(rows: Iterable[Row]) -> str:
    """Names what a folder holds; another if any item in it is another, or was changed."""
    state = sha256()
    for row in sorted(rows, key=lambda row: row.entry):
        state.update(f"{row.entry} {row.changed.isoformat()} {row.mark or ''}\n".encode())
    return state.hexdigest()[:24]
