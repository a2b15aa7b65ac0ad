"""What a program says to Outlook and what it hears, line by line: the same through real COM as without.

Runs under Windows' Python with pywin32 (``client.py``), where everything passes through COM, and in the test itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from passerelle.peers.outlook import bulk
from passerelle.peers.outlook.constants import ComCode, DefaultFolder, RecurrenceType
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import NAMESPACE, mapi

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
GONE = {ComCode.SERVER_GONE, ComCode.CALL_FAILED, ComCode.DISCONNECTED}
OWN = f"{NAMESPACE}/string/{{8C1E0B5C-0000-4000-8000-000000000001}}/Uid/0x0000001F"


def converse(outlook: Any, scratch: Path) -> Iterator[str]:
    """Talk to a fresh Outlook in Berlin; ``scratch`` is a folder for files."""
    session = outlook.Session
    yield from _folders(session)
    yield from _dates(session)
    yield from _values(session)
    yield from _several_at_once(session)
    yield from _tables(session)
    yield from _series(session)
    yield from _people(session, scratch)
    yield from _refusals(session)


def after_the_end(outlook: Any) -> Iterator[str]:
    """Quit Outlook, and hear what an object says by a name that it has answered to before.

    A new name would raise AttributeError: late binding asks the object for its number, and takes silence for no.
    """
    session = outlook.Session
    yield told(session.GetDefaultFolder(DefaultFolder.Calendar).Name)
    outlook.Quit()
    yield refused(lambda: session.GetDefaultFolder(DefaultFolder.Calendar))


def told(value: Any) -> str:
    """A value with its kind, without what differs between platforms for no matter."""
    match value:
        case datetime():
            return f"date {value.isoformat()}"
        case memoryview():
            return f"memoryview {bytes(value).hex()}"
        case tuple():
            return f"({', '.join(map(told, value))})"
        case bool() | float() | str() | None:
            return f"{type(value).__name__} {value!r}"
        case int():
            return f"int {int(value)}"
        case _:
            return f"object {value.Class}"


def refused(call: Callable[[], Any]) -> str:
    """How a call fails: COM's code, and the one inside; there are three for an Outlook that has ended."""
    try:
        call()
    except ComError as error:
        if error.hresult in GONE:
            return "gone"
        return f"{error.hresult} {code_of(error)} {type(error.excepinfo).__name__}"
    except (AttributeError, TypeError) as error:
        return type(error).__name__
    return "not at all"


def _appointment(session: Any, subject: str) -> Any:
    item = session.GetDefaultFolder(DefaultFolder.Calendar).Items.Add()
    item.Subject = subject
    item.Start, item.End = NINE, NINE + timedelta(hours=1)
    item.Save()
    return item


def _folders(session: Any) -> Iterator[str]:
    calendar = session.GetDefaultFolder(DefaultFolder.Calendar)
    yield told(calendar.Name)
    yield told(calendar.Items.Count)
    made = calendar.Folders.Add("Zweiter Kalender")
    yield told(made.FolderPath)
    made.Name = "Umbenannt"
    yield told(session.GetFolderFromID(made.EntryID, made.StoreID).Name)
    made.Delete()
    yield told(calendar.Folders.Count)
    yield told(calendar.Folders.GetFirst())


def _dates(session: Any) -> Iterator[str]:
    item = _appointment(session, "Termin")
    for value in (NINE, datetime(2026, 12, 2, 9), NINE.astimezone(timezone(timedelta(hours=-5)))):  # noqa: DTZ001
        item.Start = value
        yield f"{told(item.Start)} {told(item.StartUTC)}"
    yield refused(lambda: setattr(item, "Start", date(2026, 12, 1)))
    yield told(item.ReplyTime)
    yield told(item.StartTimeZone.ID)
    item.StartTimeZone = session.Application.TimeZones.Item("Eastern Standard Time")
    yield told(item.StartInStartTimeZone)


def _values(session: Any) -> Iterator[str]:
    item = _appointment(session, "Grüße – Ελλάδα 🙂")
    item.Categories = "Blau;Rot"
    item.RTFBody = rb"{\rtf1\ansi \b fett\b0}"
    item.AllDayEvent = True
    uid = bytes(range(40))
    for name in ("PidLidGlobalObjectId", "PidLidCleanGlobalObjectId"):
        item.PropertyAccessor.SetProperty(mapi()[name].schema, memoryview(uid))
    item.PropertyAccessor.SetProperty(OWN, "unser")
    item.UserProperties.Add("Feld", 1).Value = "Wert"
    item.Save()
    again = session.GetItemFromID(item.EntryID)
    for name in ("Subject", "Categories", "Body", "RTFBody", "AllDayEvent", "BusyStatus", "GlobalAppointmentID"):
        yield f"{name} {told(getattr(again, name))}"
    accessor = again.PropertyAccessor
    for name in ("PidLidGlobalObjectId", "PidNameKeywords", "PidLidAppointmentStartWhole", "PidLidBusyStatus"):
        yield f"{name} {told(accessor.GetProperty(mapi()[name].schema))}"
    yield told(accessor.GetProperty(OWN))
    yield told(again.UserProperties.Find("Feld").Value)
    yield told(again.UserProperties.Find("Keins"))


def _several_at_once(session: Any) -> Iterator[str]:
    """Arrays of all kinds of values, both ways, with errors in them."""
    item = _appointment(session, "Mehrere")
    item.Categories = "Blau;Rot"
    accessor = item.PropertyAccessor
    uid, begin = mapi()["PidLidGlobalObjectId"].schema, mapi()["PidLidAppointmentStartWhole"].schema
    yield told(accessor.SetProperties([OWN, uid, _field("Zahl")], ["unser", bytes(range(40)), 7]))
    yield told(accessor.SetProperties([_field("Zahl"), "unsinn", OWN], ["keine", "y", "neu"]))
    item.Save()
    names = ["PidTagSubject", "PidLidBusyStatus", "PidLidAppointmentSubType", "PidNameKeywords", "PidLidGlobalObjectId"]
    schemas = [mapi()[name].schema for name in names]
    found = session.GetItemFromID(item.EntryID).PropertyAccessor
    yield told(found.GetProperties([OWN, uid, begin, _field("Zahl"), _field("Nichts"), "unsinn"]))
    yield told(found.GetProperties(schemas))
    yield told(tuple(bulk.read(found, [*schemas, _field("Nichts"), "unsinn"]).values()))
    bulk.write(accessor, {uid: bytes(range(8)), mapi()["PidLidCleanGlobalObjectId"].schema: bytes(range(4))})
    bulk.write(accessor, {OWN: "am Ende", uid: bytes(range(9))})
    yield told(accessor.GetProperties((OWN, uid, mapi()["PidLidCleanGlobalObjectId"].schema)))


def _field(name: str) -> str:
    return f"{NAMESPACE}/string/{{8C1E0B5C-0000-4000-8000-000000000001}}/{name}"


def _tables(session: Any) -> Iterator[str]:
    table = session.GetDefaultFolder(DefaultFolder.Calendar).GetTable("[Subject] = 'Termin'")
    yield told(table.GetRowCount())
    table.Columns.RemoveAll()
    for name in ("Subject", "Start", mapi()["PidLidAppointmentStartWhole"].schema, "Categories"):
        table.Columns.Add(name)
    yield told(table.GetArray(10))
    table.MoveToStart()
    yield told(table.GetNextRow().GetValues())
    yield told(table.EndOfTable)
    yield told(table.GetNextRow())
    table.Columns.Add(mapi()["PidTagLongTermEntryIdFromTable"].schema)
    yield told(table.GetNextRow().BinaryToString(5))


def _series(session: Any) -> Iterator[str]:
    item = _appointment(session, "Reihe")
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Weekly
    pattern.Occurrences = 3
    item.Save()
    yield f"{told(pattern.PatternStartDate)} {told(pattern.PatternEndDate)} {told(pattern.StartTime)}"
    occurrence = pattern.GetOccurrence(NINE + timedelta(days=7))
    occurrence.Start = NINE + timedelta(days=8)
    occurrence.Save()
    found = session.GetItemFromID(item.EntryID).GetRecurrencePattern().Exceptions
    for number in range(found.Count):
        each = found.Item(number + 1)
        yield f"{told(each.OriginalDate)} {told(each.Deleted)}"
    yield refused(lambda: pattern.GetOccurrence(NINE + timedelta(days=1)))


def _people(session: Any, scratch: Path) -> Iterator[str]:
    contact = session.GetDefaultFolder(DefaultFolder.Contacts).Items.Add()
    contact.FullName = "Dora Damm"
    contact.Birthday = datetime(1980, 2, 29, tzinfo=UTC)
    (scratch / "dora.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    contact.AddPicture(str(scratch / "dora.jpg"))
    contact.Save()
    contact.Attachments.Item(1).SaveAsFile(str(scratch / "back.jpg"))
    yield f"{told(contact.FileAs)} {told(contact.Birthday)} {told(contact.HasPicture)}"
    yield told(memoryview((scratch / "back.jpg").read_bytes()))
    recipient = session.CreateRecipient("dora@example.org")
    yield f"{told(recipient.Resolve())} {told(recipient.AddressEntry.Type)}"
    group = session.GetDefaultFolder(DefaultFolder.Contacts).Items.Add("IPM.DistList")
    group.AddMember(recipient)
    yield f"{told(group.MemberCount)} {told(group.GetMember(1).Address)} {told(group.GetMember(2))}"


def _refusals(session: Any) -> Iterator[str]:
    item = _appointment(session, "Nein")
    yield refused(lambda: session.GetItemFromID("00"))
    yield refused(lambda: item.PropertyAccessor.GetProperty(OWN))
    yield refused(lambda: setattr(item, "EntryID", "1"))
    yield refused(lambda: item.Sbuject)
    yield refused(lambda: setattr(item, "Sbuject", "1"))
    item.End = NINE - timedelta(hours=1)
    yield refused(item.Save)
