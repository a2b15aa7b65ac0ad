"""Scalars of the OX interface (OX reference, section 3.1): numbers, booleans, instants, days, lists of days.

Reading is strict where a wrong value would be stored, and says which element is wrong. ``name`` is the
element's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from passerelle.model.errors import Invalid
from passerelle.model.moments import EPOCH, ONE_DAY, from_milliseconds, local_day

DAY_MS = 86_400_000
INT = 2**31 - 1
LONG = 2**63 - 1

_EPOCH_DAY = EPOCH.toordinal()
_LAST_DAY = date.max.toordinal()
_DIGITS = 20
_number = re.compile(r"\s*([+-]?[0-9]{1,19})\s*", re.ASCII)
_decimal = re.compile(r"\s*([+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?)\s*", re.ASCII)


def integer(text: str, name: str, low: int = -INT - 1, high: int = INT, code: str = "") -> int:
    """A decimal number between two bounds.

    Raises:
        Invalid: not a number, or out of bounds; it carries ``code``.
    """
    if text.isascii() and text.isdigit() and len(text) < _DIGITS:
        value = int(text)
    else:
        match = _number.fullmatch(text)
        if match is None:
            raise Invalid(f"The element “{name}” holds “{text[:40]}”, which is not a number.", name, code)
        value = int(match[1])
    if not low <= value <= high:
        raise Invalid(f"The element “{name}” holds {value}; {low} to {high} are allowed.", name, code)
    return value


def boolean(text: str) -> bool:
    """Only ``true``, in any case, is true."""
    return text.strip().lower() == "true"


def amount(text: str, name: str) -> Decimal:
    """A decimal number with a point, as costs are.

    Raises:
        Invalid: anything else (TSK-0055).
    """
    match = _decimal.fullmatch(text)
    if match is None:
        raise Invalid(f"The element “{name}” holds “{text[:40]}”, which is not a decimal number.", name, "TSK-0055")
    return Decimal(match[1])


def milliseconds_of(text: str, name: str) -> int:
    """Milliseconds since 1970, checked to lie in the years 1 to 9999.

    Raises:
        Invalid: not a number, or outside those years.
    """
    value = integer(text, name, -LONG - 1, LONG)
    instant(value, name)
    return value


def instant(value: int, name: str) -> datetime:
    """The instant of milliseconds since 1970.

    Raises:
        Invalid: outside the years 1 to 9999.
    """
    try:
        return from_milliseconds(value)
    except Invalid as error:
        raise Invalid(f"The element “{name}”: {error}", name) from error


def day_milliseconds(day: date) -> int:
    """UTC midnight of a day, in milliseconds since 1970."""
    return (day.toordinal() - _EPOCH_DAY) * DAY_MS


def day(value: int, name: str, zone: str | None = None) -> date:
    """The day that a moment stands for.

    Days come as UTC midnights. KDE sends the time of day too in ``until``; then the day is that of the
    series' zone.

    Raises:
        Invalid: outside the years 1 to 9999.
    """
    ordinal, rest = divmod(value, DAY_MS)
    if not rest and 0 < ordinal + _EPOCH_DAY <= _LAST_DAY:
        return date.fromordinal(ordinal + _EPOCH_DAY)
    moment = instant(value, name)
    if zone is None:
        return moment.date()
    try:
        return local_day(moment, zone)
    except OverflowError as error:
        raise Invalid(f"The element “{name}” holds {value}, which is no day of the calendar.", name) from error


def days(text: str, name: str, zone: str | None = None) -> tuple[date, ...]:
    """A comma-separated list of days, sorted and unique; blanks and empty entries are tolerated.

    Raises:
        Invalid: an entry is not a number or out of range.
    """
    entries = (entry for entry in text.split(",") if entry.strip())
    return tuple(sorted({day(integer(entry, name, -LONG - 1, LONG), name, zone) for entry in entries}))


def day_list(listed: Iterable[date]) -> str:
    """Days as their UTC midnights, in order, separated by commas."""
    return ",".join([str(day_milliseconds(one)) for one in sorted(set(listed))])


def next_day(one: date) -> date:
    """The day after; the calendar's last day has none and is its own."""
    return one + ONE_DAY if one < date.max else one


def is_midnight(moment: datetime) -> bool:
    """Whether an instant is a UTC midnight, which the interface cannot tell from a whole day."""
    return not (moment - EPOCH) % ONE_DAY


def is_whole_millisecond(moment: datetime) -> bool:
    """Whether the interface can carry an instant exactly."""
    return moment.microsecond % 1000 == 0 and moment.tzinfo is UTC
