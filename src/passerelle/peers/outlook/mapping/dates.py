"""Outlook's dates: digits of a wall clock that claim to be UTC, and the first of January 4501 for none.

pywin32 makes an aware datetime of every date, with UTC beside it whatever clock was meant; only the name of the
property says which. So the digits are all that counts, and here they are always naive.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from passerelle.model.moments import zone_info

NO_DATE = date(4501, 1, 1)
"""What a date that was never set says."""

_EARLIEST = date(1601, 1, 1)
_LATEST = date(4500, 12, 31)
"""What Outlook's dates can say (MS-OXOCAL: minutes since 1601)."""


def wall(value: datetime) -> datetime | None:
    """The naive digits of a date that Outlook gave, to the minute; None for a date that is not set.

    pywin32's dates are of a class of their own, which nothing else of ours takes.
    """
    digits = datetime(value.year, value.month, value.day, value.hour, value.minute)  # noqa: DTZ001 - that is the point
    return None if digits.date() >= NO_DATE else digits


def given(value: datetime | date | None) -> datetime:
    """A date as Outlook takes it, of which the digits count: within its years, and claiming to be in UTC."""
    if value is None:
        return datetime.combine(NO_DATE, time(), UTC)
    at = value.time() if isinstance(value, datetime) else time()
    day = value.date() if isinstance(value, datetime) else value
    return datetime.combine(min(max(day, _EARLIEST), _LATEST), time(at.hour, at.minute), UTC)


def minute(value: datetime) -> datetime:
    """A time without its seconds, which Outlook does not keep."""
    return value.replace(second=0, microsecond=0)


def day_of(value: datetime) -> date | None:
    """The day of a date that Outlook gave; None for a date that is not set."""
    found = wall(value)
    return None if found is None else found.date()


def instant(wall: datetime, zone: str) -> datetime:
    """The instant at which a zone's clock shows naive digits; of two equal hours, the first."""
    return wall.replace(tzinfo=zone_info(zone)).astimezone(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """What a zone's clock shows at an instant, naive."""
    return moment.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)
