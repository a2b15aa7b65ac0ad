"""The occurrences that calendars really contain: the only fair comparison of two ways to write a series."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import recurring_ical_events


class Occurrence(msgspec.Struct, frozen=True, order=True):
    """One occurrence; `start` and `end` are UTC instants or, for whole days, dates, in ISO format."""

    start: str
    end: str
    title: str


def occurrences(texts: Iterable[str], first: date, last: date, *, zone: str) -> list[Occurrence]:
    """Returns all occurrences of events between two days, sorted; local times are those of the zone.

    Each text is an iCalendar. An exception date without a time excludes the occurrences that start on this
    day of the zone, as KDE means it.
    """
    found: set[Occurrence] = set()
    for text in texts:
        calendar = icalendar.Calendar.from_ical(text)
        excluded = _excluded_days(calendar)
        for event in recurring_ical_events.of(calendar, components=["VEVENT"]).between(first, last):
            if (str(event.get("UID")), _day(event.decoded("DTSTART"), zone)) not in excluded:
                found.add(_occurrence(event, zone))
    return sorted(found)


def _excluded_days(calendar: icalendar.Component) -> set[tuple[str, date]]:
    days: set[tuple[str, date]] = set()
    for event in calendar.walk("VEVENT"):
        given = event.get("EXDATE", [])
        for entry in given if isinstance(given, list) else [given]:
            days.update((str(event.get("UID")), day.dt) for day in entry.dts if not isinstance(day.dt, datetime))
    return days


def _occurrence(event: icalendar.Component, zone: str) -> Occurrence:
    start, end = event.decoded("DTSTART"), event.decoded("DTEND")
    return Occurrence(start=_iso(start, zone), end=_iso(end, zone), title=str(event.get("SUMMARY", "")))


def _iso(moment: date, zone: str) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).isoformat()


def _day(moment: date, zone: str) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(ZoneInfo(zone)).date()
