"""The items of files as they can be kept: with a uid, as series that every client can show. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

import msgspec

from passerelle.groupware.occurrence_rules import occurrence_at
from passerelle.model import notes
from passerelle.model.items import Appointment, Item
from passerelle.model.occurrences import split_by_day
from passerelle.wire.icalendar import Series

Anything = TypeVar("Anything", bound=Item)

_NO_UID = UUID("0a3a3c5e-6a8c-5b0e-8f0e-4f7f4a0e9f52")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 cannot carry, and the delete character."""


class Entry(msgspec.Struct, frozen=True):
    """An item of a file, with its change exceptions, and where in the file it stands."""

    item: Item
    exceptions: tuple[Appointment, ...] = ()
    line: int = 0


def without_controls(entry: Entry) -> Entry:
    """The entry without characters that no protocol can carry."""
    return Entry(_clean(entry.item), tuple(_clean(item) for item in entry.exceptions), entry.line)


def without_control_characters(text: str) -> str:
    """A text without characters that no protocol can carry."""
    return _CONTROL.sub("", text)


def _clean(item: Anything) -> Anything:
    changes = {
        name: without_control_characters(value)
        for name in item.__struct_fields__
        if isinstance(value := getattr(item, name), str) and _CONTROL.search(value)
    }
    return msgspec.structs.replace(item, **changes) if changes else item


def with_notes(entry: Entry) -> Entry:
    """The entry with notes whose text and HTML go together, the HTML clean."""
    exceptions = tuple(notes.paired(None, one, ()) for one in entry.exceptions)
    return Entry(notes.paired(None, entry.item, ()), exceptions, entry.line)


def with_uid(entry: Entry) -> Entry:
    """The entry with a uid; one that has none gets one that follows from its content, to be found again by."""
    return entry if entry.item.uid is not None else with_own_uid(entry)


def with_own_uid(entry: Entry) -> Entry:
    """The entry with a uid that follows from its content, whatever uid it has."""
    uid = str(uuid5(_NO_UID, msgspec.json.encode((entry.item, entry.exceptions)).hex()))
    item = msgspec.structs.replace(entry.item, uid=uid)
    return Entry(item, tuple(msgspec.structs.replace(one, uid=uid) for one in entry.exceptions), entry.line)


def entries_of(series: Series) -> tuple[Entry, ...]:
    """A series of a file as entries.

    One with several times of day becomes several series, as no OX client could be told of it otherwise;
    changed occurrences without their series become appointments of their own.
    """
    master = series.master
    if master is None:
        return tuple(_alone(item, series.line) for item in series.exceptions)
    parts = split_by_day(master) if isinstance(master, Appointment) else ()
    if len(parts) > 1:
        return tuple(_split(parts, series))
    return (Entry(master, series.exceptions, series.line),)


def _split(parts: Sequence[Appointment], series: Series) -> Iterator[Entry]:
    """The parts of a series as series of their own, each with the exceptions that are its."""
    left = list(series.exceptions)
    for number, part in enumerate(parts, 1):
        own = [one for one in left if number == len(parts) or _has(part, one)]
        left = [one for one in left if one not in own]
        uid = part.uid if number == 1 or part.uid is None else f"{part.uid}-{number}"
        item = msgspec.structs.replace(part, uid=uid)
        yield Entry(item, tuple(msgspec.structs.replace(one, uid=uid) for one in own), series.line)


def _has(part: Appointment, exception: Appointment) -> bool:
    """Whether a changed occurrence is one of a series."""
    key, recurrence = exception.recurrence_id, part.recurrence
    return key is not None and recurrence is not None and occurrence_at(part.when, recurrence, key) is not None


def uid_alone(uid: str, key: datetime) -> str:
    """The uid of an occurrence that is kept without its series."""
    return f"{uid}-{key:%Y%m%dT%H%M%SZ}"


def _alone(item: Appointment, line: int) -> Entry:
    """A changed occurrence without its series, as an appointment of its own."""
    uid = item.uid
    if uid is not None and item.recurrence_id is not None:
        uid = uid_alone(uid, item.recurrence_id)
    return Entry(msgspec.structs.replace(item, uid=uid, recurrence_id=None), (), line)
