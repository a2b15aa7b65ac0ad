"""What an OX server without our extension would say of an item that it was sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec
from msgspec import NODEFAULT

from passerelle.model.errors import Refused
from passerelle.model.fields import Kind, of
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.ox_webdav.answers import read_item
from passerelle.peers.ox_webdav.requests import elements
from passerelle.wire.oxxml.answers import CLOSE, live, opening
from passerelle.wire.oxxml.reading import AnswerReader

_MODULES: Mapping[type[Item], Module] = {
    Appointment: Module.CALENDAR,
    Contact: Module.CONTACTS,
    DistributionList: Module.CONTACTS,
    Task: Module.TASKS,
}
_KINDS = {Module.CALENDAR: Kind.APPOINTMENT, Module.CONTACTS: Kind.CONTACT, Module.TASKS: Kind.TASK}


def project(item: Item, zone: str) -> Item:
    """The item written as OX elements and read back; ``zone`` is the account's, for times that come without one.

    An item that no server would take, because it cannot be read again, stays as it is.
    """
    reader = AnswerReader()
    document = opening("", "") + live(1, elements(item, None, zone)) + CLOSE
    try:
        projected = read_item(reader.feed(document)[0].properties, _MODULES[type(item)], zone)
    except Refused:
        return item
    return msgspec.structs.replace(projected, **_unanswered(projected), **_replaced(item))


def _unanswered(item: Item) -> dict[str, object]:
    """Attributes that a server takes, but never tells again."""
    told = carried(item)
    return {
        field.name: field.default
        for field in msgspec.structs.fields(type(item))
        if field.name not in told and field.default is not NODEFAULT
    }


def _replaced(item: Item) -> dict[str, object]:
    """What a change exception replaces, which the engine knows better than the answer."""
    return {"recurrence_id": item.recurrence_id} if isinstance(item, Appointment) else {}


@cache
def _carried(kind: Kind) -> frozenset[str]:
    return frozenset(row.name for row in of(kind) if row.name and row.ox_element and row.accepted and row.answered)


def carried(item: Item) -> frozenset[str]:
    """The attributes that OX elements carry of items of this kind."""
    return _carried(_KINDS[_MODULES[type(item)]])
