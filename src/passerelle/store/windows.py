"""When an appointment can take time at all: the columns that range and free/busy queries walk.

They are a coarse filter. A series counts from its first occurrence to its last, and whole days count wherever
on earth they are lived, from 14 hours before to 12 hours after their UTC midnights. Occurrences are looked at
afterwards.
"""

from __future__ import annotations

from datetime import timedelta

from passerelle.model.items import Appointment, Item
from passerelle.model.moments import WholeDays, milliseconds
from passerelle.model.occurrences import extent
from passerelle.model.participants import ParticipantKind
from passerelle.store.schema import ENDLESS

_EAST = timedelta(hours=14) // timedelta(milliseconds=1)
_WEST = timedelta(hours=12) // timedelta(milliseconds=1)

Window = tuple[int | None, int | None]
"""``starts`` and ``ends`` in milliseconds since 1970; both None where an item takes no time."""


def window(item: Item) -> Window:
    """The columns ``starts`` and ``ends`` of an item."""
    if not isinstance(item, Appointment):
        return None, None
    start, end = extent(item)
    starts = milliseconds(start)
    ends = ENDLESS if end is None else milliseconds(end)
    if isinstance(item.when, WholeDays):
        return starts - _EAST, min(ends + _WEST, ENDLESS)
    return starts, ends


def booked(item: Item) -> tuple[int, ...]:
    """The ids of the resources that an appointment books."""
    if not isinstance(item, Appointment) or not item.participants:
        return ()
    ids = [party.id for party in item.participants if party.kind is ParticipantKind.RESOURCE]
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ is not None))
