"""What recurring-ical-events, which we did not write, finds in a calendar: the measure of our reading and writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from passerelle.model.items import Appointment
from passerelle.model.moments import Span, span_day
from passerelle.model.occurrences import occurrences
from passerelle.model.recurrence import Recurrence
from passerelle.wire.icalendar import Series

DATA = Path(__file__).parents[4] / "shared" / "data" / "calendars"
HOME = "Europe/Paris"
_ABSENT = pytest.mark.skip(reason="The real calendars are not at ../shared/data/calendars.")
CALENDARS = [pytest.param(path, id=path.stem) for path in sorted(DATA.glob("*.ics"))] or [
    pytest.param(DATA, marks=_ABSENT)
]
YEARS = range(-1, 10)


def at(value: date | datetime) -> str:
    """A time so that equal instants are equal; floating ones stay apart from those with a zone."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if value.tzinfo is None else value.astimezone(UTC).isoformat()


@lru_cache(maxsize=4)
def found(data: bytes, name: str = "VEVENT") -> Counter[tuple[str, ...]]:
    """All occurrences of a calendar in the ten years from each item's start on."""
    counted: Counter[tuple[str, ...]] = Counter()
    for calendar in icalendar.Calendar.from_ical(data, multiple=True):
        years = {year + more for year in _years(calendar, name) for more in YEARS}
        query = recurring_ical_events.of(calendar, components=[name], skip_bad_series=True)
        for year in sorted(years):
            for event in query.between((year, 1, 1), (year + 1, 1, 1)):
                if event["DTSTART"].dt.year == year:
                    counted[_described(event)] += 1
    return counted


def _years(calendar: Any, name: str) -> Iterator[int]:
    for event in calendar.walk(name):
        start = event.get("DTSTART") or event.get("DUE")
        if start is not None:
            yield start.dt.year


def _described(event: Any) -> tuple[str, ...]:
    end = event.get("DTEND") or event.get("DUE")
    texts = (str(event.get(name, "")) for name in ("SUMMARY", "LOCATION", "DESCRIPTION", "STATUS"))
    return (at(event["DTSTART"].dt), at(end.dt) if end else "", *texts)


def starts(counted: Counter[tuple[str, ...]], home: str = HOME) -> Counter[tuple[str, str]]:
    """The starts and titles of what was found, floating times taken in ``home``."""
    summed: Counter[tuple[str, str]] = Counter()
    for each, count in counted.items():
        summed[_local(each[0], home), each[2]] += count
    return summed


def _local(text: str, home: str) -> str:
    value = datetime.fromisoformat(text) if "T" in text else None
    if value is None or value.tzinfo is not None:
        return text
    return at(value.replace(tzinfo=ZoneInfo(home)))


def ours(entries: tuple[Series, ...]) -> Counter[tuple[str, str]]:
    """The starts and titles of the same years as the model itself finds them."""
    counted: Counter[tuple[str, str]] = Counter()
    items = [item for entry in entries for item in (entry.master, *entry.exceptions)]
    spans = [item.when for item in items if isinstance(item, Appointment)]
    years = {span_day(span).year + more for span in spans for more in YEARS}
    for entry in entries:
        for item, span in _occurrences(entry, max(years, default=2000)):
            if span_day(span).year in years:
                counted[at(span.start), item.title or ""] += 1
    return counted


def _occurrences(entry: Series, last: int) -> Iterator[tuple[Appointment, Span]]:
    replaced = {item.recurrence_id for item in entry.exceptions}
    if isinstance(entry.master, Appointment):
        recurrence = entry.master.recurrence or Recurrence()
        end = datetime(last + 1, 1, 2, tzinfo=UTC)
        for each in occurrences(entry.master.when, recurrence, end=end):
            if each.key not in replaced:
                yield entry.master, each.span
    for item in entry.exceptions:
        yield item, item.when
