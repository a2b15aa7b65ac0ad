"""What an Outlook item says, as plain values: everything that is decided about an item is decided between these.

A *member* is a property or method of Outlook's classes under its own name, or the canonical name of a MAPI property
(``Pid…``). Some are objects in Outlook; here they are the values of this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from passerelle.peers.outlook.constants import RecurrenceType


class Series(Struct, frozen=True, kw_only=True):
    """``RecurrencePattern``, and which of its days are deleted.

    The interval of yearly patterns counts months, as Outlook does. ``mask`` are ``OlDaysOfWeek``; ``instance`` 5 is the
    last. ``last`` None is ``NoEndDate``. Days are the item's own zone's.
    """

    type: RecurrenceType
    interval: int = 1
    mask: int = 0
    day: int = 0
    instance: int = 0
    month: int = 0
    first: date
    last: date | None = None
    deleted: frozenset[date] = frozenset()


class Invitee(Struct, frozen=True, kw_only=True):
    """``Recipient`` of a meeting or an assigned task. ``type`` and ``status`` are Outlook's numbers."""

    address: str
    name: str = ""
    type: int = 1
    status: int = 0


class Entry(Struct, frozen=True):
    """A member of a distribution list."""

    address: str
    name: str = ""


Value = str | int | bool | bytes | date | datetime | Series | tuple[Invitee, ...] | tuple[Entry, ...] | None
"""Dates are naive digits; a member whose value is an object is a value of this module, a time zone its Windows id."""

Values = Mapping[str, Value]
"""By member. A member that does not stand in it was not asked for, or is not to be set."""
