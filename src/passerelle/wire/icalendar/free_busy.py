"""Free/busy times as iCalendar: as the OX interface writes them (section 16), and as RFC 5545 (3.6.4) wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from passerelle.model.errors import Unreadable
from passerelle.model.items import ShownAs
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine, decode, fold, line, parse, unfold
from passerelle.wire.icalendar.values import duration, read_date_time, write_clock
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

_KINDS = {name: kind for kind, name in _OX_KINDS.items()}


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


def read_published(data: bytes) -> tuple[Busy, ...]:
    """The times that an answer of either form of the OX interface tells of, in order.

    Raises:
        Unreadable: it is no iCalendar, or a period in it is none.
    """
    lines = [parse(decode(one.octets), one.number) for one in unfold(data)]
    if not lines or (lines[0].name, lines[0].value.strip().upper()) != ("BEGIN", "VCALENDAR"):
        raise Unreadable("That is no calendar.", 1)
    return tuple(sorted((busy for one in lines if one.name == "FREEBUSY" for busy in _periods(one)), key=_began))


def _periods(read: ContentLine) -> Iterator[Busy]:
    kind = _KINDS.get((read.param("FBTYPE") or "").upper())
    for period in read.value.split(","):
        first, slash, last = period.partition("/")
        start, length = _moment(first, read), duration(last)
        if not slash:
            raise Unreadable(Text("“{text}” is not a period.", text=period), read.number)
        yield start, _moment(last, read) if length is None else start + sum(length, timedelta()), kind


def _moment(text: str, read: ContentLine) -> datetime:
    found = read_date_time(text.strip(), read.number)
    if not isinstance(found, datetime):
        raise Unreadable(Text("“{text}” is not a time.", text=text), read.number)
    return found.replace(tzinfo=UTC)


def _began(busy: Busy) -> tuple[datetime, datetime]:
    return busy[:2]


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
