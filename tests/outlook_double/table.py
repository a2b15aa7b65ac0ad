"""``Table``: rows for the items of a folder, read without opening one (section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from passerelle.peers.outlook.constants import ObjectClass
from tests.outlook_double import columns, dates, failures, filters
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, method
from tests.outlook_double.filters import Test
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.session import Session


class Table(ComObject):
    """A snapshot of a folder, taken when it is made."""

    _class = ObjectClass.Table

    def __init__(self, session: Session, folder: FolderRecord, records: list[Record]) -> None:
        super().__init__(session, session.folder(folder))
        self._folder = folder
        self._records = records
        self._next = 0
        self._names = [*columns.STANDARD, *columns.FURTHER.get(folder.type, ())]
        self._sought: Test | None = None

    @ReadOnly
    def Columns(self) -> Columns:
        return Columns(self._session, self)

    @ReadOnly
    def EndOfTable(self) -> bool:
        return self._next >= len(self._records)

    @method
    def GetRowCount(self) -> int:
        return len(self._records)

    @method
    def GetNextRow(self) -> Row | None:
        return self._step()

    @method
    def GetArray(self, most: int, /) -> Sequence[Sequence[object]]:
        taken = self._records[self._next : self._next + most]
        self._next += len(taken)
        readers = self._readers()
        return tuple(tuple(reader(record) for reader in readers) for record in taken)

    @method
    def MoveToStart(self) -> None:
        self._next = 0

    @method
    def FindRow(self, text: str, /) -> Row | None:
        self._sought = filters.parse(text, self._session.machine.habits)
        self._next = 0
        return self._find()

    @method
    def FindNextRow(self) -> Row | None:
        return self._find()

    @method
    def Restrict(self, text: str, /) -> Table:
        return Table(self._session, self._folder, matching(self._session, self._folder, self._records, text))

    @method
    def Sort(self, name: str, descending: bool = False, /) -> None:
        reader = columns.column(self._session, self._folder, name.strip("[]"))
        self._records.sort(key=lambda record: str(reader(record)), reverse=descending)
        self._next = 0

    def _readers(self) -> list[columns.Column]:
        return [columns.column(self._session, self._folder, name) for name in self._names]

    def _step(self) -> Row | None:
        if self._next >= len(self._records):
            return None
        self._next += 1
        return Row(self._session, self, self._records[self._next - 1])

    def _find(self) -> Row | None:
        sought = self._sought
        while sought is not None and (row := self._step()):
            if sought(reader_of(self._session, self._folder, row._record)):
                return row
        return None


def matching(session: Session, folder: FolderRecord, records: list[Record], text: str) -> list[Record]:
    """The records that a filter lets through."""
    test = filters.parse(text, session.machine.habits)
    return [record for record in records if test(reader_of(session, folder, record))]


def reader_of(session: Session, folder: FolderRecord, record: Record) -> filters.Read:
    """How a filter reads a record."""
    return lambda name: columns.column(session, folder, name)(record)


class Columns(ComObject):
    """What a table shows; to change that puts it back to its start."""

    _class = ObjectClass.Columns

    def __init__(self, session: Session, table: Table) -> None:
        super().__init__(session, table)
        self._table = table

    @ReadOnly
    def Count(self) -> int:
        return len(self._table._names)

    @method
    def Item(self, index: object, /) -> Column:
        return Column(self._session, self, at(self._table._names, index, str))

    @method
    def Add(self, name: str, /) -> Column:
        columns.column(self._session, self._table._folder, name)
        self._table._names.append(name)
        self._table._next = 0
        return Column(self._session, self, name)

    @method
    def Remove(self, index: object, /) -> None:
        self._table._names.remove(at(self._table._names, index, str))
        self._table._next = 0

    @method
    def RemoveAll(self) -> None:
        self._table._names.clear()
        self._table._next = 0


class Column(ComObject):
    """One column."""

    _class = ObjectClass.Column

    def __init__(self, session: Session, parent: object, name: str) -> None:
        super().__init__(session, parent)
        self._name = name

    @ReadOnly
    def Name(self) -> str:
        return self._name


class Row(ComObject):
    """One row."""

    _class = ObjectClass.Row

    def __init__(self, session: Session, table: Table, record: Record) -> None:
        super().__init__(session, table)
        self._record = record
        self._names = list(table._names)
        self._data = [reader(record) for reader in table._readers()]

    @method
    def Item(self, index: object, /) -> object:
        return self._at(index)

    @method
    def GetValues(self) -> Sequence[object]:
        return tuple(self._data)

    @method
    def BinaryToString(self, index: object, /) -> str:
        value = self._at(index)
        if not isinstance(value, memoryview):
            raise failures.invalid("The value of the column is not binary.")
        return bytes(value).hex().upper()

    @method
    def LocalTimeToUTC(self, index: object, /) -> datetime:
        return dates.handed_out(dates.to_utc(self._date(index).replace(tzinfo=None), self._session.machine.zone))

    @method
    def UTCToLocalTime(self, index: object, /) -> datetime:
        return dates.handed_out(dates.to_wall(self._date(index).replace(tzinfo=UTC), self._session.machine.zone))

    def _at(self, index: object) -> object:
        positions = list(range(len(self._names)))
        return self._data[at(positions, index, lambda position: self._names[position])]

    def _date(self, index: object) -> datetime:
        value = self._at(index)
        if not isinstance(value, datetime):
            raise failures.invalid("The value of the column is no date.")
        return value
