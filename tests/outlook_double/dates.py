"""Dates as pywin32 carries them between Python and Outlook.

A date of COM has digits and no zone. Out of Outlook pywin32 makes a datetime that claims UTC, whatever the digits mean;
into Outlook it converts to UTC first, and takes a naive datetime for one of the machine's zone (its ``PyTime.cpp``).
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

NO_DATE: Final = datetime(4501, 1, 1)  # noqa: DTZ001 - digits without a zone, as everywhere inside Outlook
"""What Outlook says where there is no date (section 4)."""

_TO_WINDOWS: Final = {zone: name for name, zone in reversed(WINDOWS_TO_OLSON.items())}


def received(value: object, here: ZoneInfo) -> datetime:
    """The digits that arrive in Outlook. Raises TypeError as pywin32 does for what is no datetime."""
    if not isinstance(value, datetime):
        raise TypeError(f"must be a pywintypes time object (got {type(value).__name__})")
    aware = value if value.tzinfo else value.replace(tzinfo=here)
    digits = aware.astimezone(UTC)
    of_day = (digits.hour, digits.minute, digits.second, digits.microsecond // 1000 * 1000)
    return datetime(digits.year, digits.month, digits.day, *of_day)  # noqa: DTZ001 - digits, as said


class Time(datetime):
    """``pywintypes.datetime``: a datetime of a class of its own, which not everything takes that takes a datetime."""


def handed_out(digits: datetime) -> datetime:
    """The datetime that Python gets for digits, or for an instant in UTC."""
    of_day = (digits.hour, digits.minute, digits.second, digits.microsecond)
    return Time(digits.year, digits.month, digits.day, *of_day, tzinfo=UTC)


def to_utc(digits: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a wall clock's digits mean."""
    return digits.replace(tzinfo=zone).astimezone(UTC)


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a wall clock shows at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None)


def midnight(digits: datetime) -> datetime:
    """The beginning of a day."""
    return datetime.combine(digits.date(), time())


def zone_of(windows_id: str) -> ZoneInfo:
    """The zone that Windows calls so. Raises KeyError if there is none."""
    return ZoneInfo(WINDOWS_TO_OLSON[windows_id])


def windows_id_of(zone: ZoneInfo) -> str:
    """What Windows calls a zone. Raises KeyError if it has no name for it."""
    return _TO_WINDOWS[zone.key]
