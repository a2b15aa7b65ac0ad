"""Reads scheduling messages: who says what about which item (RFC 5546, section 3).

An answer may lack nearly all that makes an item – DTSTART, for one – so it is not read as one: here is what a message
says besides. What it proposes or announces is read by :func:`passerelle.wire.icalendar.read`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment
from passerelle.model.moments import Span, Timed, midnight
from passerelle.model.participants import Participant
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine, unescape, unfold
from passerelle.wire.icalendar import grouping, times
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.components import read as read_components
from passerelle.wire.icalendar.definitions import Definition, read_definition
from passerelle.wire.icalendar.people import address, read_participants
from passerelle.wire.icalendar.words import number
from passerelle.wire.icalendar.zones import Point, Zones, instant

MAX_PARTS = 1000
"""Components of one message: as many as a series may have occurrences, and one."""
MAX_UID = 512
"""Octets of a UID. RFC 7986, section 5.3, wants fewer than 256; an index must hold what we keep."""
MAX_MAIL = 320
"""Characters of an address (RFC 3696, section 3); longer ones, and those with control characters, are nobody's."""

_ITEMS = frozenset({"VEVENT", "VTODO"})


class Party(Struct, frozen=True, kw_only=True):
    """A calendar user of a message. ``sent_by`` is the address of who acts for that one, empty if nobody does."""

    mail: str
    sent_by: str = ""


class Attendee(Party, frozen=True, kw_only=True):
    """An ATTENDEE: ``said`` holds the answer, and the message that may be beside it."""

    said: Participant


class Part(Struct, frozen=True, kw_only=True):
    """One component of a message. ``stamped`` is its DTSTAMP, ``moved`` its RECURRENCE-ID.

    ``onwards`` says that it is about all later occurrences too.
    """

    is_task: bool
    uid: str
    sequence: int = 0
    stamped: datetime | None = None
    start: Point | None = None
    moved: Point | None = None
    onwards: bool = False
    organizer: Party | None = None
    attendees: tuple[Attendee, ...] = ()
    comment: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """A scheduling message. ``method`` is in capitals; ``zone`` the IANA zone that its floating times were read in."""

    method: str
    parts: tuple[Part, ...]
    zone: str


def read_message(data: bytes, zone: str) -> Message:
    """Return what a message says; ``zone`` is the IANA zone of times that float.

    Raises:
        Unreadable: it is no iCalendar, has no METHOD, or a component is broken.
    """
    root = read_components(unfold(data))
    calendar = next((child for child in root.children if child.name == "VCALENDAR"), None)
    method = calendar.first("METHOD") if calendar is not None else None
    if calendar is None or method is None or not method.value.strip():
        raise Unreadable("This is no scheduling message: BEGIN:VCALENDAR or METHOD is missing.", 1)
    zones = Zones(zone, _definitions(calendar))
    items = [child for child in calendar.children if child.name in _ITEMS]
    if len(items) > MAX_PARTS:
        raise Unreadable(Text("The message is about more than {most} things.", most=MAX_PARTS), items[MAX_PARTS].line)
    try:
        parts = tuple(_part(component, zones) for component in items)
    except OverflowError:
        raise Unreadable("A time of the message lies outside the years 1 to 9999.", calendar.line) from None
    return Message(method=method.value.strip().upper(), parts=parts, zone=zone)


def key_in(master: Appointment, moved: Point, zone: str) -> datetime:
    """Return the key of the occurrence of a series that a RECURRENCE-ID names."""
    return grouping.occurrence_key(master, moved, zone)


def is_start(point: Point, when: Span, zone: str) -> bool:
    """Tell whether a span begins at a point."""
    if isinstance(when, Timed):
        return not point.is_day and instant(point, zone) == when.start
    return midnight(point.day) == midnight(when.start)


def _definitions(calendar: Component) -> Iterator[Definition]:
    for component in calendar.children:
        if component.name == "VTIMEZONE":
            with suppress(Unreadable, OverflowError):  # times that name it are then read by its name
                yield read_definition(component)


def _part(component: Component, zones: Zones) -> Part:
    if component.damage is not None:
        raise Unreadable(component.damage.reason, component.damage.line)
    life = times.life_of(component)
    moved, sequence = component.first("RECURRENCE-ID"), component.first("SEQUENCE")
    stamped = times.read_point(component, "DTSTAMP", zones, life)
    return Part(
        is_task=component.name == "VTODO",
        uid=_uid(component),
        sequence=max(number(sequence.value) or 0, 0) if sequence else 0,
        stamped=None if stamped is None else instant(stamped, "UTC"),
        start=times.read_point(component, "DTSTART", zones, life),
        moved=times.read_point(component, "RECURRENCE-ID", zones, life),
        onwards=moved is not None and (moved.param("RANGE") or "").upper() == "THISANDFUTURE",
        organizer=_organizer(component),
        attendees=tuple(_attendees(component)),
        comment=_comment(component),
    )


def _uid(component: Component) -> str:
    line = component.first("UID")
    uid = unescape(line.value).strip() if line else ""
    if not uid or len(uid.encode()) > MAX_UID or not uid.isprintable():
        raise Unreadable("A message needs a UID of at most 512 octets: this one cannot be used.", component.line)
    return uid


def _organizer(component: Component) -> Party | None:
    line = component.first("ORGANIZER")
    return _party(line) if line is not None and _is_address(address(line)) else None


def _attendees(component: Component) -> Iterator[Attendee]:
    lines = component.lines.get("ATTENDEE", [])
    by_mail = {address(line).casefold(): line for line in reversed(lines)}
    for said in filter(lambda said: _is_address(said.mail), read_participants(lines)):
        party = _party(by_mail[said.mail.casefold()])
        yield Attendee(mail=party.mail, sent_by=party.sent_by, said=said)


def _is_address(mail: str) -> bool:
    return 0 < len(mail) <= MAX_MAIL and mail.isprintable()


def _party(line: ContentLine) -> Party:
    return Party(mail=address(line), sent_by=re.sub(r"(?i)^mailto:", "", line.param("SENT-BY") or "").strip())


def _comment(component: Component) -> str:
    found = (unescape(line.value).strip() for line in component.lines.get("COMMENT", ()))
    return "\n".join(text for text in found if text)
