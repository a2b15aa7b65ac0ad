"""What members would say of an item, told from the MAPI properties that they show. Pure.

A member is told only where it shows its property as it is kept. What it makes of it is left to the member itself:
dates on the machine's clock, words as a list, formatted text, recipients, patterns, pictures. But that a property is
not set, or says that there is none of them, is told: then nothing is asked for in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Final

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook.mapping import dates
from passerelle.peers.outlook.mapping.aspects import members_of
from passerelle.peers.outlook.mapping.contacts import PICTURE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.sheet import SERIES
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.values import Value, Values
from passerelle.peers.outlook.mapping.zones import zone_of_definition
from passerelle.peers.outlook.reference import mapi

Read = Mapping[str, object]
"""What properties hold, by their canonical names: None where nothing is set; what was not told is missing."""


class _Untold:
    """Stands where the member itself must be asked."""


UNTOLD: Final = _Untold()
Told = Value | _Untold
_Tell = Callable[[str, Read, Context], Told]

_OWNERS: Mapping[type[Item], str] = {
    Appointment: "AppointmentItem",
    Contact: "ContactItem",
    DistributionList: "DistListItem",
    Task: "TaskItem",
}
_BODIES: Final = frozenset({"Body", "RTFBody"})
"""What a ``PropertyAccessor`` gives of no item."""
_SHOWN_TO: Final = ("PidTagDisplayTo", "PidTagDisplayCc", "PidTagDisplayBcc")
_HAS_FILES: Final = "PidTagHasAttachments"


def properties_of(kind: type[Item]) -> Iterable[str]:
    """The canonical names of the properties that tell of a kind of items."""
    each = (name for names, _ in _plan(kind).values() for name in names)
    return tuple(dict.fromkeys([_HAS_FILES, *each]))


def values_of(kind: type[Item], told: Read, context: Context) -> Values:
    """What the members of a kind of items would say, as far as it is told."""
    each = {member: tell(names[0], told, context) for member, (names, tell) in _plan(kind).items()}
    return {member: value for member, value in each.items() if not isinstance(value, _Untold)}


def has_files(told: Read) -> bool:
    """Whether anything may hang on an item."""
    return told.get(_HAS_FILES) is not False


@cache
def _plan(kind: type[Item]) -> Mapping[str, tuple[Sequence[str], _Tell]]:
    """By member, the properties that it shows, and what it would say of them."""
    shown = {member: found for found in mapi().values() for member in found.members}
    plan: dict[str, tuple[Sequence[str], _Tell]] = {}
    for member in members_of(TABLES[kind]):
        owned = f"{_OWNERS[kind]}.{member}"
        found = mapi().get(member) or shown.get(owned) or shown.get(f"*.{member}")
        if special := _SPECIAL.get(owned) or _SPECIAL.get(member):
            plan[member] = special
        elif found is not None and member == found.name:
            plan[member] = (found.name,), _itself
        elif found is not None and found.type in _PLAIN and member not in _BODIES:
            plan[member] = (found.name,), _PLAIN[found.type]
    return plan


def _itself(name: str, told: Read, _: Context) -> Told:
    """A property that no member shows; bytes come as digits."""
    value = told.get(name, UNTOLD)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex().upper()
    return value if isinstance(value, str | int | None) else UNTOLD


def _text(name: str, told: Read, _: Context) -> Told:
    """A text; one that is not set is empty."""
    value = told.get(name, UNTOLD)
    return value or "" if isinstance(value, str | None) else UNTOLD


def _some_text(name: str, told: Read, _: Context) -> Told:
    """A text, if there is any; else it may be known elsewhere."""
    value = told.get(name)
    return value if isinstance(value, str) and value else UNTOLD


def _number(name: str, told: Read, _: Context) -> Told:
    """A number, or yes and no. What it means that one is not set only Outlook knows."""
    value = told.get(name)
    return value if isinstance(value, int) else UNTOLD


def _percent(name: str, told: Read, _: Context) -> Told:
    value = told.get(name)
    return round(value * 100) if isinstance(value, float) else UNTOLD


def _date(name: str, told: Read, _: Context) -> Told:
    """That there is no date. Which one there is on the machine's clock, Outlook knows, with that clock's past."""
    value = told.get(name, UNTOLD)
    is_none = value is None or (isinstance(value, datetime) and dates.wall(value) is None)
    return None if is_none else UNTOLD


def _instant(name: str, told: Read, _: Context) -> Told:
    value = told.get(name)
    digits = dates.wall(value) if isinstance(value, datetime) else None
    return UNTOLD if digits is None else digits.replace(tzinfo=UTC)


def _words(name: str, told: Read, _: Context) -> Told:
    """That there are no words."""
    return "" if name in told and not told[name] else UNTOLD


def _categories(name: str, told: Read, context: Context) -> Told:
    value = told.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{context.separator} ".join(map(str, value))
    return _words(name, told, context)


def _zone(name: str, told: Read, _: Context) -> Told:
    """A single appointment's zone, as Windows calls it; if it has none, the machine's. A series keeps it elsewhere."""
    value = told.get(name, UNTOLD)
    if told.get(_RECURRING) is not False:
        return UNTOLD
    if isinstance(value, bytes | memoryview):
        return zone_of_definition(bytes(value)) or UNTOLD
    return None if value is None else UNTOLD


def _single(name: str, told: Read, _: Context) -> Told:
    """That an item does not repeat."""
    return None if told.get(name) is False else UNTOLD


def _nobody(_name: str, told: Read, _context: Context) -> Told:
    """That there are no recipients: the store keeps their names, for each kind of them, as they were last saved."""
    return () if all(name in told and not told[name] for name in _SHOWN_TO) else UNTOLD


def _no_picture(name: str, told: Read, _: Context) -> Told:
    """That there is no picture: the contact says that it has none, and nothing hangs on it."""
    return None if not told.get(name, True) and told.get(_HAS_FILES) is False else UNTOLD


def _mail(name: str, told: Read, context: Context) -> Told:
    """An address; Exchange's own are looked up elsewhere."""
    kind = told.get(name.replace("EmailAddress", "AddressType"), "EX")
    return UNTOLD if kind == "EX" else _text(name, told, context)


_PLAIN: Final[Mapping[str, _Tell]] = {
    "string": _text,
    "integer": _number,
    "boolean": _number,
    "date": _date,
    "double": _percent,
    "strings": _words,
}
"""What members show of properties, by their types."""

_RECURRING: Final = "PidLidRecurring"
_SPECIAL: Final[Mapping[str, tuple[Sequence[str], _Tell]]] = {
    "StartUTC": (("PidLidAppointmentStartWhole",), _instant),
    "EndUTC": (("PidLidAppointmentEndWhole",), _instant),
    "StartTimeZone": (("PidLidAppointmentTimeZoneDefinitionStartDisplay", _RECURRING), _zone),
    "EndTimeZone": (("PidLidAppointmentTimeZoneDefinitionEndDisplay", _RECURRING), _zone),
    "Categories": (("PidNameKeywords",), _categories),
    "Recipients": (_SHOWN_TO, _nobody),
    "PidTagSentRepresentingName": (("PidTagSentRepresentingName",), _some_text),
    "PidTagSentRepresentingSmtpAddress": (("PidTagSentRepresentingSmtpAddress",), _some_text),
    "PidLidResponseStatus": (("PidLidResponseStatus",), _number),
    f"AppointmentItem.{SERIES}": ((_RECURRING,), _single),
    f"TaskItem.{SERIES}": (("PidLidTaskFRecurring",), _single),
    PICTURE: (("PidLidHasPicture", _HAS_FILES), _no_picture),
    **{
        f"Email{number}Address": ((f"PidLidEmail{number}EmailAddress", f"PidLidEmail{number}AddressType"), _mail)
        for number in (1, 2, 3)
    },
}
"""Members that are told from several properties, or otherwise than their types suggest."""
