"""The OX pattern of a series as a value (OX reference, section 11.1; semantics reference, section 5.8)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from passerelle.model.recurrence import Weekday

SUNDAY = 1
"""The bit of Sunday in ``days``; Monday is 2, Saturday 64."""

EVERY_DAY = 127
"""All bits of ``days``."""

LAST = 5
"""``day_in_month`` beside ``days``: the last such day, not the fifth."""

MOST = 999
"""The largest interval and number of occurrences that OX takes (semantics reference, section 5.8)."""


class PatternType(StrEnum):
    """The unit that a pattern repeats in; the values are the words of the OX interface."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Pattern(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a series repeats, in OX terms.

    ``days`` is a set of weekdays as bits, from Sunday 1 to Saturday 64. ``day_in_month`` is a day of the month, or,
    if ``days`` is set in a monthly or yearly pattern, 1 to 4 for the n-th of these days and 5 for the last.
    ``month`` counts from 0. ``until`` is the last day on which it may take place. Neither ``until`` nor
    ``occurrences`` means endless.
    """

    type: PatternType
    interval: int = 1
    days: int | None = None
    day_in_month: int | None = None
    month: int | None = None
    until: date | None = None
    occurrences: int | None = None


class Projection(Struct, frozen=True, kw_only=True):
    """A recurrence as OX says it: the pattern, and its days that have no occurrence, sorted.

    ``exact`` tells that the pattern means the same as the recurrence; otherwise it covers it, as far as it goes.
    """

    pattern: Pattern
    deleted: tuple[date, ...] = ()
    exact: bool = True


def bit(weekday: int) -> int:
    """The bit of a weekday (Monday 0) in ``days``."""
    return 1 << (weekday + 1) % 7


def weekdays(days: int) -> tuple[Weekday, ...]:
    """The weekdays in ``days``, from Monday on."""
    return tuple(day for day in Weekday if days & bit(day))
