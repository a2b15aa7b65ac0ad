"""Items in words: a line for a list, rows for a page, a mapping for JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from enum import Enum

import msgspec

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Photo, Task
from passerelle.model.moments import Day, Instant, Moment, Span, Timed, zone_info
from passerelle.model.participants import Participant, Role
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, plural

_UNSAID = frozenset({"foreign", "sequence"})
"""Fields that say nothing to people."""


def title(item: Item) -> str:
    """What people call an item."""
    if isinstance(item, Contact):
        name = " ".join(part for part in (item.first_name, item.last_name) if part)
        return item.display_name or name or item.company or item.email1 or ""
    return item.title or ""


def when(item: Item) -> Text:
    """When an item is: an appointment's span, a task's due date; for people their address."""
    if isinstance(item, Appointment):
        at = span(item.when)
        return Text("{when} (series)", when=at) if item.recurrence else at
    if isinstance(item, Task):
        return Text(moment(item.due))
    if isinstance(item, DistributionList):
        return plural("{count} address", "{count} addresses", count=len(item.members))
    return Text(item.email1 or "")


def span(value: Span) -> Text:
    """A span on its own wall clock; the last of whole days is the last day that counts."""
    if not isinstance(value, Timed):
        days = (value.end - value.start).days
        many = plural("{start} ({count} day)", "{start} ({count} days)", count=days, start=str(value.start))
        return many if days > 1 else Text(str(value.start))
    return Text(f"{_local(value.start, value.zone)} – {_local(value.end, value.end_zone or value.zone)[-5:]}")


def moment(value: Moment | None) -> str:
    """A day, or a time on its own wall clock."""
    if isinstance(value, Instant):
        return _local(value.at, value.zone)
    return str(value.day) if isinstance(value, Day) else ""


def rows(item: Item) -> list[tuple[str, str]]:
    """Name and value of each field that is set."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(item))}
    named = ((name, getattr(item, name)) for name in item.__struct_fields__)
    return [(name, _text(value)) for name, value in named if value != defaults[name] and name != "foreign"]


def differences(
    here: Item | None, there: Item | None, only: Collection[str] | None = None
) -> list[tuple[str, str, str]]:
    """Name and both values of each field that differs, or of some of these. A missing item has no values."""
    empty = {one.name: one.default for item in (here, there) if item for one in msgspec.structs.fields(type(item))}
    pairs = [(name, getattr(here, name, default), getattr(there, name, default)) for name, default in empty.items()]
    wanted = [row for row in pairs if row[1] != row[2] and row[0] not in _UNSAID and (only is None or row[0] in only)]
    if any(row[0] == "note" for row in wanted):  # the same once more
        wanted = [row for row in wanted if row[0] != "note_html"]
    return [(name, _said(mine), _said(theirs)) for name, mine, theirs in wanted]


def _said(value: object) -> str:
    return "" if value is msgspec.NODEFAULT else _text(value)


def as_mapping(record: ItemRecord) -> dict[str, object]:
    """What JSON shows of an item: its title and time in words, then the record with the whole item."""
    built = msgspec.to_builtins(record)
    assert isinstance(built, dict)  # noqa: S101 - a struct becomes a mapping
    return {"title": title(record.item), "when": when(record.item), **built}


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(zone_info(zone)).strftime("%Y-%m-%d %H:%M")


def _text(value: object) -> str:
    match value:
        case Photo():
            return f"{value.media_type}, {len(value.data)} bytes"
        case Participant():
            role = "" if value.role is Role.REQUIRED else f", {value.role}"
            return f"{value.name or value.mail or value.id} ({value.kind}, {value.answer}{role})"
        case Enum():
            return value.name.lower().replace("_", " ")
        case tuple():
            return "\n".join(_text(one) for one in value)
        case Timed() | Day() | Instant():
            return span(value) if isinstance(value, Timed) else moment(value)
        case str() | int() | Decimal():
            return str(value)
        case msgspec.Struct():
            return msgspec.json.encode(value).decode()
        case _:
            return "" if value is None else str(value)
