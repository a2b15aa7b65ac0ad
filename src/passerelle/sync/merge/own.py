"""A copy of an item as an entry of the user's own: nobody else is in it, so that nobody is invited by it. Pure."""

from __future__ import annotations

import msgspec

from passerelle.model.items import Appointment, Item, Task


def as_own(item: Item, uid: str) -> Item:
    """The item as one of its own, under another uid; a change exception as one of the series with that uid."""
    if isinstance(item, Appointment):
        return msgspec.structs.replace(item, uid=uid, sequence=0, participants=(), organizer=None)
    if isinstance(item, Task):
        return msgspec.structs.replace(item, uid=uid, sequence=0, participants=(), organizer=None)
    return msgspec.structs.replace(item, uid=uid)


def as_single(item: Item, uid: str) -> Item:
    """The same, no part of a series."""
    own = as_own(item, uid)
    return msgspec.structs.replace(own, recurrence_id=None) if isinstance(own, Appointment) else own


def with_people_of(own: Item, earlier: Item) -> Item:
    """An earlier version of an item, with the people of now if it has become another one since, the user's own.

    Who took part in what it was has that still, and is not to be invited to this one as well.
    """
    if not isinstance(own, Appointment | Task) or type(earlier) is not type(own) or earlier.uid in {None, own.uid}:
        return earlier
    return msgspec.structs.replace(earlier, participants=own.participants, organizer=own.organizer)
