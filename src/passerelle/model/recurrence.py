"""Recurrence rules of series, as values. :mod:`passerelle.model.occurrences` expands them.

The model holds the whole of RFC 5545, section 3.3.10; each format projects from it what it can carry.

An occurrence is identified by its *key*: the original start, a UTC instant; for a series of whole days the UTC
midnight of the day. The same holds for ``Rule.until``, which is inclusive.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct


class Frequency(StrEnum):
    """The unit a rule repeats in (RFC 5545, ``FREQ``)."""

    SECONDLY = "SECONDLY"
    MINUTELY = "MINUTELY"
    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Weekday(IntEnum):
    """Days of the week, numbered as ``date.weekday()`` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class NthWeekday(Struct, frozen=True, omit_defaults=True):
    """A ``BYDAY`` entry: each such weekday (``n`` is None), or the n-th of the period, negative from its end."""

    day: Weekday
    n: int | None = None


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ``RRULE``. At most one of ``count`` and ``until`` is set; neither means endless."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    by_second: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_hour: tuple[int, ...] = ()
    by_day: tuple[NthWeekday, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: Weekday = Weekday.MONDAY


class Recurrence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a master repeats: its rules, additional dates (``RDATE``) and deletion exceptions (``EXDATE``), as keys.

    Keys are sorted and unique. Change exceptions are items of their own and stand in the master's record.
    """

    rules: tuple[Rule, ...] = ()
    dates: tuple[datetime, ...] = ()
    deleted: tuple[datetime, ...] = ()
