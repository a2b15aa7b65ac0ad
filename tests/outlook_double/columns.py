"""What a column of a table is: how it is named decides what its values look like (section 1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from passerelle.peers.outlook.constants import ItemType
from passerelle.peers.outlook.reference import NAMESPACE, mapi
from tests.outlook_double import dates, failures
from tests.outlook_double.accessor import given
from tests.outlook_double.facts import ENTRY_ID, fact_of
from tests.outlook_double.keys import END, START
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.session import Session, short_id
from tests.outlook_double.values import STRINGS, Key, Value, key_of, parse_schema

BLOCKED = {"Class", "ContactNames", "Companies", "DLName", "IsConflict", "MemberCount", "RecurrenceState", "Saved"}
BLOCKED |= {"Attachments", "Parent", "PropertyAccessor", "Recipients", "RTFBody", "Session", "UserProperties"}
LONG_TERM_ID = key_of("PidTagLongTermEntryIdFromTable")
STANDARD = ("EntryID", "Subject", "CreationTime", "LastModificationTime", "MessageClass")
FURTHER = {
    ItemType.AppointmentItem: ("Start", "End", "IsRecurring"),
    ItemType.ContactItem: ("FirstName", "LastName", "CompanyName"),
    ItemType.TaskItem: ("DueDate", "PercentComplete", "IsRecurring"),
}
_KIND = {
    ItemType.AppointmentItem: "AppointmentItem",
    ItemType.ContactItem: "ContactItem",
    ItemType.TaskItem: "TaskItem",
    ItemType.MailItem: "MeetingItem",
}
_LONGEST = 255
_UTC_NAMES = {"StartUTC": START, "EndUTC": END}

Column = Callable[[Record], object]


def column(session: Session, folder: FolderRecord, name: str) -> Column:
    """How to read a column of a record. Raises ComError for a property that no table shows."""
    if name.startswith(NAMESPACE):
        return _by_schema(session, name)
    if name in BLOCKED:
        raise failures.invalid(f'The property "{name}" is not supported here.')
    key = _built_in(_KIND[folder.type]).get(name)
    if key is None and name not in folder.fields:
        raise failures.not_found(f'The property "{name}" is unknown or cannot be found.')
    if key == ENTRY_ID:
        return lambda record: short_id(record.entry_id) if record.folder.store.is_exchange else record.entry_id
    wanted = key or (STRINGS, name)
    return lambda record: _as_text(session, read(record, wanted), in_utc=name in _UTC_NAMES)


def read(record: Record, key: Key) -> Value | None:
    """A property of a record."""
    if key == LONG_TERM_ID:
        return bytes.fromhex(record.entry_id) if record.folder.store.is_exchange else None
    found = fact_of(record, record.content, key)
    value = record.content.values.get(key) if found is None else found
    return value[:_LONGEST] if isinstance(value, str) else value


def _by_schema(session: Session, name: str) -> Column:
    """As MAPI keeps it: bytes, instants in UTC, several values one by one."""
    try:
        key, _ = parse_schema(name)
    except ValueError:
        raise failures.invalid(f'The property "{name}" is not valid.') from None

    return lambda record: given(read(record, key))


def _as_text(session: Session, value: Value | None, *, in_utc: bool) -> object:
    """As Outlook's own property shows it: bytes as digits, instants by the wall clock, several values as one text."""
    match value:
        case bytes():
            return value.hex().upper()
        case datetime():
            return dates.handed_out(value) if in_utc else dates.handed_out(dates.to_wall(value, session.machine.zone))
        case tuple():
            return f"{session.machine.habits.locale.list_separator} ".join(str(each) for each in value)
        case _:
            return value


@cache
def _built_in(kind: str) -> dict[str, Key]:
    """The keys of Outlook's own properties of a kind of items."""
    found: dict[str, Key] = {}
    for each in mapi().values():
        for member in each.members:
            owner, _, name = member.partition(".")
            if owner in {"*", kind} and each.type != "object":
                found[name] = key_of(each.name)
    return found
