"""Values of iCalendar properties: dates, times, durations, offsets (RFC 5545, section 3.3)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine

_DATE_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ]?(\d\d):?(\d\d):?(\d\d)?(?:\.\d+)?([Zz]?))?")
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)
_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d):?(\d\d)?")


def read_date_time(text: str, number: int) -> date | datetime:
    """Return a date, or a naive time as the clock shows it; a trailing Z is left to the caller.

    Raises:
        Unreadable: the text is neither.
    """
    try:
        return _date_time(text.strip())
    except (ValueError, OverflowError):
        message = Text("“{text}” is not a date or a time.", text=text)
        raise Unreadable(message, number) from None


@lru_cache(maxsize=4096)
def _date_time(text: str) -> date | datetime:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    whole = date(year, month, day)
    if match[4] is None:
        return whole
    if (hour, minute, second) == (24, 0, 0):  # ISO 8601's end of a day
        return datetime.combine(whole, time()) + timedelta(days=1)
    return datetime.combine(whole, time(hour, minute, min(second, 59)))  # RFC 5545, 3.3.12: leap second


def is_utc(text: str) -> bool:
    """Tell whether a time is written in UTC (form 2)."""
    return text.rstrip()[-1:] in {"Z", "z"}


def read_duration(line: ContentLine) -> tuple[timedelta, timedelta]:
    """Return the nominal part of a duration (weeks and days) and its exact part (RFC 5545, section 3.3.6).

    Raises:
        Unreadable: the value is not a duration.
    """
    found = duration(line.value)
    if found is None:
        message = Text("“{line}” is not a duration.", line=line.value)
        raise Unreadable(message, line.number)
    return found


def duration(text: str) -> tuple[timedelta, timedelta] | None:
    """Return the nominal and the exact part of a duration, or None if the text is not one."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    sign = -1 if match[1] == "-" else 1
    try:
        nominal = sign * timedelta(weeks=weeks, days=days)
        return nominal, sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def write_duration(value: timedelta) -> str:
    """Return a duration in the shortest form: whole days, else hours, minutes and seconds."""
    sign, rest = ("-", -value) if value < timedelta() else ("", value)
    days, seconds = rest.days, rest.seconds
    if not seconds:
        return f"{sign}P{days}D" if days else f"{sign}PT0S"
    hours, minutes = divmod(seconds // 60, 60)
    clock = ((hours, "H"), (minutes, "M"), (seconds % 60, "S"))
    return f"{sign}P{f'{days}D' if days else ''}T" + "".join(f"{count}{unit}" for count, unit in clock if count)


def read_offset(line: ContentLine) -> timedelta:
    """Return an offset from UTC (RFC 5545, section 3.3.14); some programs write zero seconds too many.

    Raises:
        Unreadable: the value is not an offset.
    """
    match = _OFFSET.fullmatch(line.value.strip())
    if match is None:
        message = Text("“{line}” is not an offset from UTC.", line=line.value)
        raise Unreadable(message, line.number)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if match[1] == "-" else offset


def write_offset(value: timedelta) -> str:
    """Return an offset from UTC as text."""
    sign, rest = ("-", -value) if value < timedelta() else ("+", value)
    hours, seconds = divmod(int(rest.total_seconds()), 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{seconds:02}" if seconds else "")


def write_date(value: date) -> str:
    """Return a date as text; the year has four digits always."""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def write_clock(value: datetime) -> str:
    """Return a time as its clock shows it, without zone."""
    return f"{write_date(value)}T{value.hour:02}{value.minute:02}{value.second:02}"
