"""What people change about items: one function per kind of change; values of watched fields are written once ever."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from passerelle.model.folders import Module
from passerelle.model.items import (
    Appointment,
    Contact,
    DistributionList,
    Item,
    Member,
    Photo,
    Priority,
    ShownAs,
    Task,
    TaskStatus,
)
from passerelle.model.moments import Instant, Timed, WholeDays
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

START = datetime(2026, 3, 9, 9, tzinfo=UTC)
"""A Monday."""
GUEST = Participant(kind=ParticipantKind.EXTERNAL, mail="guest@elsewhere.example", name="Guest")
Patch = Mapping[str, object]
Change = Callable[[Item, str, int], Patch]
"""Given the item, a value of its own and a number to choose by: what changes."""


def user(id_: int) -> Participant:
    """A user as somebody who takes part."""
    return Participant(kind=ParticipantKind.USER, id=id_)


def weekly(count: int) -> Recurrence:
    """Mondays."""
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),), count=count),))


def new(module: Module, shape: int, title: str, invited: tuple[Participant, ...]) -> Item:
    """A new item of one of a few shapes."""
    if module is Module.CONTACTS:
        if shape % 3 == 0:
            return DistributionList(display_name=title, members=(Member(mail="a@example.org", name="A"),))
        return Contact(display_name=title, last_name=title, photo=photo(shape) if shape % 3 == 1 else None)
    if module is Module.TASKS:
        due = Instant(at=START + timedelta(days=shape), zone="Europe/Berlin")
        recurrence = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=5),)) if shape % 3 == 0 else None
        start = Instant(at=START, zone="Europe/Berlin") if recurrence is not None else None
        return Task(title=title, start=start, due=due, recurrence=recurrence, participants=invited)
    if shape % 4 == 1:
        when: Timed | WholeDays = WholeDays(start=date(2026, 3, 9), end=date(2026, 3, 10))
    else:
        when = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
    recurrence = weekly(6) if shape % 4 in {0, 1} else None
    return Appointment(title=title, when=when, recurrence=recurrence, participants=invited)


def photo(seed: int) -> Photo:
    """A small picture; some are large enough for a file of their own."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, seed % 256]))
    padding = bytes([seed % 256]) * (seed % 3 * 3000)
    chunks = ((b"IHDR", header), (b"tEXt", b"x\0" + padding), (b"IDAT", pixels), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return Photo("image/png", data)


def _note(_item: Item, value: str, _number: int) -> Patch:
    return {"note": value}


def _place(item: Item, value: str, _number: int) -> Patch:
    return {"company" if isinstance(item, Contact) else "location": value}


def _billing(item: Item, value: str, _number: int) -> Patch:
    return {"billing_information": value} if isinstance(item, Task) else {"note": value}


def _formatted(_item: Item, value: str, _number: int) -> Patch:
    return {"note": value, "note_html": f"<b>{value}</b>"}


def _categories(item: Item, _value: str, number: int) -> Patch:
    word = ("red", "green", "blue")[number % 3]
    kept = tuple(one for one in item.categories if one != word)
    return {"categories": kept if word in item.categories else (*kept, word)}


def _private(item: Item, _value: str, _number: int) -> Patch:
    return {"private": not item.private}


def _alarm(item: Item, _value: str, number: int) -> Patch:
    if isinstance(item, Appointment):
        return {"alarm": (None, 5, 15)[number % 3]}
    if isinstance(item, Task):
        return {"alarm": (None, START)[number % 2]}
    return {"user_fields": (None, str(number % 3))}


def _special(item: Item, _value: str, number: int) -> Patch:
    if isinstance(item, Appointment):
        return {"shown_as": list(ShownAs)[number % 4], "color_label": number % 5}
    if isinstance(item, Task):
        done = number % 2 == 0
        return {
            "status": TaskStatus.DONE if done else TaskStatus.IN_PROGRESS,
            "percent": 100 if done else 50,
            "priority": list(Priority)[number % 3],
        }
    if isinstance(item, DistributionList):
        added = Member(mail=f"{number % 4}@example.org", name=str(number % 4))
        return {"members": (*(one for one in item.members if one.mail != added.mail), added)}
    return {"photo": photo(number) if number % 4 else None, "email1": f"{number % 3}@example.org"}


def _times(item: Item, _value: str, number: int) -> Patch:
    if isinstance(item, Appointment):
        if number % 5 == 0 and item.recurrence_id is None and item.recurrence is None:
            return {"when": WholeDays(start=date(2026, 3, 10), end=date(2026, 3, 11))}
        start = START + timedelta(hours=number % 4)
        return {"when": Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")}
    if isinstance(item, Task):
        return {"due": Instant(at=START + timedelta(days=1 + number % 4), zone="Europe/Berlin")}
    return {"phone_business": f"+49 {number % 7}"}


def _rule(item: Item, _value: str, number: int) -> Patch:
    if isinstance(item, Appointment) and item.recurrence_id is None:
        if item.recurrence is None or number % 4 == 0:
            return {"recurrence": None if item.recurrence else weekly(4)}
        changed = weekly(4 + number % 4)
        return {"recurrence": msgspec.structs.replace(changed, deleted=item.recurrence.deleted)}
    return {"note": None} if item.note is None else {}


EDITS: tuple[Change, ...] = (_note, _place, _billing, _formatted, _categories, _alarm, _special, _note, _place)
"""What people do every day."""
HIDING: tuple[Change, ...] = (_private,)
"""After which others may see an item no longer."""
RESCHEDULING: tuple[Change, ...] = (_times, _rule)
"""After which a series may be without its change exceptions."""
"""What changes who sees an item, or which occurrences it has."""
