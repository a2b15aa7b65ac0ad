"""Reads an item of Outlook's. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment, Item
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping import dates, patterns, properties
from passerelle.peers.outlook.mapping.appointments import OCCURRENCE
from passerelle.peers.outlook.mapping.aspects import Aspect, members_of
from passerelle.peers.outlook.mapping.contacts import PICTURE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.facts import Facts, read_facts
from passerelle.peers.outlook.mapping.files import File, read_files
from passerelle.peers.outlook.mapping.lists import MEMBERS
from passerelle.peers.outlook.mapping.people import RECEIVED
from passerelle.peers.outlook.mapping.pictures import read_picture
from passerelle.peers.outlook.mapping.recipients import address_of, read_members, read_recipients
from passerelle.peers.outlook.mapping.sheet import SERIES, Sheet, decode
from passerelle.peers.outlook.mapping.tables import KINDS, TABLES
from passerelle.peers.outlook.mapping.values import Series, Value, Values


class ReadItem(Struct, frozen=True):
    """All that an item says: itself, its change exceptions if it is a master, and what hangs on it.

    ``sheet`` is the same in Outlook's own terms, and ``facts`` what it says in one call.
    """

    facts: Facts
    sheet: Sheet
    item: Item
    exceptions: tuple[Appointment, ...] = ()
    files: tuple[File, ...] = ()


def read_item(item: objects.Item, context: Context, probably: type[Item] | None = None) -> ReadItem:
    """Read an item whole. It costs a call less if it is ``probably`` known of which kind it is.

    Raises:
        Refused: it is of no kind that the model has.
        ComError: Outlook did not answer, or the item is damaged.
    """
    expected = probably or kind_of(item)
    facts = read_facts(item, expected, context)
    kind = facts.kind or kind_of(item)
    if kind is not expected:
        facts = read_facts(item, kind, context)
    sheet = _sheet(item, kind, facts, context)
    content = decode(kind, sheet, context)
    files = read_files(item) if facts.has_files else ()
    return ReadItem(facts, sheet, content.item, content.exceptions, files)


def kind_of(item: objects.Item) -> type[Item]:
    """What an item is in the model.

    Raises:
        Refused: nothing that the model has.
    """
    kind = KINDS.get(item.Class)
    if kind is None:
        raise Refused("Outlook holds an item of a kind that cannot be synchronised, such as a mail.")
    return kind


def _sheet(item: objects.Item, kind: type[Item], facts: Facts, context: Context) -> Sheet:
    """What an item says in its own terms, its changed occurrences, and what is kept beside it."""
    values = dict(read_values(item, TABLES[kind], context, facts.values))
    series = values.get(SERIES)
    if kind is not Appointment or not isinstance(series, Series):
        return Sheet(values=values, kept=facts.kept)
    appointment = cast("objects.AppointmentItem", item)
    found = patterns.read_exceptions(appointment.GetRecurrencePattern())
    values[SERIES] = replace(series, deleted=found.deleted)
    changed = {day: read_values(one, OCCURRENCE, context) for day, one in found.changed.items()}
    return Sheet(values=values, changed=changed, kept=facts.kept)


def read_values(item: object, table: Sequence[Aspect], context: Context, told: Values = MappingProxyType({})) -> Values:
    """The values of all members that say anything, given those read before; what was ``told`` is not asked for.

    Of an occurrence, members alone are asked: its properties may be those of the series.
    """
    found: dict[str, Value] = {}
    for member in members_of(table):
        if member not in _NEEDS or _NEEDS[member](found):
            found[member] = told[member] if member in told else _member(item, member, context)
    return found


_NEEDS: Mapping[str, Callable[[Values], object]] = {
    "Start": lambda values: values["AllDayEvent"],
    "End": lambda values: values["AllDayEvent"],
    "StartUTC": lambda values: not values["AllDayEvent"],
    "EndUTC": lambda values: not values["AllDayEvent"],
    "StartTimeZone": lambda values: not values["AllDayEvent"],
    "EndTimeZone": lambda values: not values["AllDayEvent"],
    "ReminderMinutesBeforeStart": lambda values: values["ReminderSet"],
    "ReminderTime": lambda values: values["ReminderSet"],
    "RTFBody": lambda values: values["Body"],
    "PidTagSentRepresentingSmtpAddress": lambda values: values["MeetingStatus"] in RECEIVED,
    "PidTagSentRepresentingName": lambda values: values["MeetingStatus"] in RECEIVED,
    "PidLidResponseStatus": lambda values: values["MeetingStatus"] in RECEIVED,
    "PidLidCleanGlobalObjectId": lambda _: False,
}
"""Members that say something only if others do, of what was read before."""


def _member(item: object, member: str, context: Context) -> Value:
    if member in _READERS:
        return _READERS[member](item, context)
    if member.startswith("Pid"):
        return cast("Value", properties.get(cast("objects.Item", item), member))
    return _plain(member, getattr(item, member))


_DAYS = frozenset({"Start", "End", "StartDate", "DueDate", "DateCompleted", "Birthday", "Anniversary"})


def _plain(member: str, value: object) -> Value:
    if not isinstance(value, datetime):
        return bytes(value) if isinstance(value, memoryview) else cast("Value", value)
    digits = dates.wall(value)
    if digits is None:
        return None
    if member in _DAYS:
        return digits.date()
    return digits.replace(tzinfo=UTC) if member.endswith("UTC") else digits


def _series(item: patterns.Repeating, _: Context) -> Value:
    return patterns.read_pattern(item.GetRecurrencePattern()) if item.IsRecurring else None


def _sender(item: objects.AppointmentItem, _: Context) -> Value:
    """The mail address of who sent a meeting: what the item says, else what the address book does."""
    found = properties.get(item, "PidTagSentRepresentingSmtpAddress")
    if isinstance(found, str) and found:
        return found
    entry = item.GetOrganizer()
    if entry is None:
        return ""
    address = properties.get(entry, "PidTagSmtpAddress")
    return address if isinstance(address, str) else entry.Address


def _email(number: int) -> Callable[[objects.ContactItem, Context], Value]:
    """An address for mail; Exchange's own are looked up in the address book."""

    def read(item: objects.ContactItem, _: Context) -> Value:
        address = str(getattr(item, f"Email{number}Address"))
        if not address or getattr(item, f"Email{number}AddressType") != "EX":
            return address
        recipient = item.Session.CreateRecipient(address)
        return address_of(recipient) if recipient.Resolve() else address

    return read


_READERS: Mapping[str, Callable[..., Value]] = {
    "StartTimeZone": lambda item, _: item.StartTimeZone.ID,
    "EndTimeZone": lambda item, _: item.EndTimeZone.ID,
    "Recipients": lambda item, _: read_recipients(item),
    "PidTagSentRepresentingName": lambda item, _: item.Organizer,
    "PidTagSentRepresentingSmtpAddress": _sender,
    "PidLidResponseStatus": lambda item, _: item.ResponseStatus,
    SERIES: _series,
    PICTURE: read_picture,
    MEMBERS: lambda item, _: read_members(item),
    **{f"Email{number}Address": _email(number) for number in (1, 2, 3)},
}
"""Members whose value is an object, or is elsewhere."""
