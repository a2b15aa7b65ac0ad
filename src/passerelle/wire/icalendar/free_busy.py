"""Free/busy times as iCalendar: as the OX interface writes them (section 16), and as RFC 5545 (3.6.4) wants them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passerelle.model.items import ShownAs
from passerelle.wire.contentlines import fold, line
from passerelle.wire.icalendar.values import write_clock
from passerelle.wire.icalendar.writer import PRODID

OX_PRODID = "-//www.open-xchange.org//"
Busy = tuple[datetime, datetime, ShownAs | None]
"""Start and end in UTC, and how the appointment is shown; None for merged times."""

# as Open-Xchange maps them, however odd (OX reference, section 16.1)
_OX_KINDS = {
    ShownAs.RESERVED: "BUSY-TENTATIVE",
    ShownAs.TEMPORARY: "BUSY-UNAVAILABLE",
    ShownAs.ABSENT: "BUSY",
    ShownAs.FREE: "FREE",
}


def write_classic(address: str, start: datetime, end: datetime, times: Iterable[Busy]) -> bytes:
    """The classic form of the OX interface: a bare address, and Open-Xchange's own lines in its order."""
    return _document(OX_PRODID, [f"ORGANIZER:{address}", *_range(start, end), *map(_ox_line, times)])


def write_published(address: str, at: datetime, start: datetime, end: datetime, times: Iterable[Busy]) -> bytes:
    """The newer form: a VFREEBUSY that any calendar program reads, with Open-Xchange's kinds."""
    head = [line("DTSTAMP", _utc(at)), line("UID", f"{_utc(start)}-{address}"), f"ORGANIZER:mailto:{address}"]
    return _document(PRODID, [*head, *_range(start, end), *map(_ox_line, times)])


def write_simple(address: str, at: datetime, start: datetime, end: datetime, times: Iterable[Busy]) -> bytes:
    """The newer form without kinds and without what is shown as free."""
    taken = ((begin, until, None) for begin, until, kind in times if kind is not ShownAs.FREE)
    return write_published(address, at, start, end, taken)


def _ox_line(busy: Busy) -> str:
    start, end, kind = busy
    named = "" if kind is None else f";FBTYPE={_OX_KINDS[kind]}"
    return f"FREEBUSY{named}:{_utc(start)}/{_utc(end)}"


def _utc(moment: datetime) -> str:
    return f"{write_clock(moment)}Z"


def _range(start: datetime, end: datetime) -> list[str]:
    return [line("DTSTART", _utc(start)), line("DTEND", _utc(end))]


def _document(prodid: str, lines: Iterable[str]) -> bytes:
    head = ["BEGIN:VCALENDAR", f"PRODID:{prodid}", "VERSION:2.0", "METHOD:PUBLISH", "BEGIN:VFREEBUSY"]
    return b"".join(fold(each) for each in (*head, *lines, "END:VFREEBUSY", "END:VCALENDAR"))
