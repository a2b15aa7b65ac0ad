"""How changes are noticed (the object model's reference, section 1)."""

from __future__ import annotations

from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import DefaultFolder, ExchangeStoreType
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.reference import mapi
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask
from passerelle.peers.outlook.selftest.verdicts import Finding, Findings, Verdict, found

_START, _WORDS, _ENTRY = (
    mapi()[name].schema for name in ("PidLidAppointmentStartWhole", "PidNameKeywords", "PidTagEntryId")
)


def _rows(folder: Folder, *columns: str) -> tuple[tuple[object, ...], ...]:
    table = folder.GetTable()
    table.Columns.RemoveAll()
    for name in columns:
        table.Columns.Add(name)
    return tuple(tuple(row) for row in table.GetArray(10))


def _snapshot(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    bench.saved(folder)
    table = folder.GetTable()
    bench.saved(folder)
    rows = table.GetRowCount(), folder.GetTable().GetRowCount()
    yield found("table-snapshot", "made a table, then another item; rows of it and of a new table", rows, (1, 2))


def _columns(bench: Bench) -> Findings:
    item = bench.appointment()
    separator = bench.surroundings.separator
    item.Categories = f"Blue{separator} Red"
    item.Save()
    (row,) = _rows(_parent(item.Parent), "Start", _START, "Categories", _WORDS, "EntryID", _ENTRY)
    began = bench.at(9), item.StartUTC
    yield found("table-dates", "a table's columns Start and the same by its schema", row[:2], began)
    words = f"Blue{separator} Red", ("Blue", "Red")
    yield found("table-words", "a table's columns Categories and the same by its schema", row[2:4], words)
    kinds = tuple(type(value).__name__ for value in row[4:])
    yield found(
        "table-ids", "a table's columns EntryID and the same by its schema: their kinds", kinds, ("str", "memoryview")
    )


def _parent(parent: object) -> Folder:
    assert hasattr(parent, "GetTable")  # noqa: S101 - the parent of an item is its folder
    return parent  # type: ignore[return-value] # as said


def _no_long_ids(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.saved(folder)
    ((short, long),) = _rows(folder, "EntryID", marks.LONG_ENTRY)
    is_long = isinstance(long, bytes | memoryview) and bytes(long) != b""
    yield found("no-long-ids", "the long-term id of an item in a data file, in a table", is_long, expected=False)
    yield found("no-long-ids", "EntryID of a table and of the item: the same", short == item.EntryID, expected=True)


def _short_ids(bench: Bench) -> Findings:
    """Reads the ids of what is in the inbox or the calendar, and nothing else of it."""
    store = bench.session.DefaultStore
    kinds = DefaultFolder.Calendar, DefaultFolder.Inbox
    rows = [row for kind in kinds for row in _rows(store.GetDefaultFolder(int(kind)), "EntryID", marks.LONG_ENTRY)]
    if store.ExchangeStoreType == ExchangeStoreType.NotExchange or not rows:
        yield Finding(
            question="short-ids", did="looked for items in a mailbox of Exchange", came="there are none",
            expected="", verdict=Verdict.UNASKED,
        )  # fmt: skip
        return
    short, long = rows[0]
    is_same = isinstance(long, bytes | memoryview) and bytes(long).hex().upper() == short
    yield found(
        "short-ids", "EntryID and long-term id of an item in the mailbox, in a table: the same", is_same, expected=False
    )


def _deletion(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.saved(folder)
    bin_ = bench.root().Store.GetDefaultFolder(int(DefaultFolder.DeletedItems))
    before = bin_.Items.Count
    item.Delete()
    counts = folder.Items.Count, bin_.Items.Count - before
    yield found("deletion-moves", "deleted an item; left in its folder, new among the deleted ones", counts, (0, 1))


PART = Part(
    "Noticing changes",
    (
        ask(_snapshot, table_snapshot="A table is a snapshot: what comes later is not in it."),
        ask(
            _columns,
            table_dates="A date in a table is the wall clock's by a property's name, and UTC by its schema.",
            table_words="Several words in a table are one text by a property's name, and an array by its schema.",
            table_ids="An id in a table is text by a property's name, and bytes by its schema.",
        ),
        ask(_no_long_ids, no_long_ids="Tables of data files have no long-term ids, and EntryID is the item's."),
        ask(_short_ids, short_ids="EntryID in a table of a mailbox is a short-term id."),
        ask(_deletion, deletion_moves="A deletion is a move to the deleted items."),
    ),
)
