"""A year at a glance: twelve months, each day as full as it is."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.calendar.events import chosen_calendars, days_of
from passerelle.desk.calendar.words import MONTHS, WEEKDAYS
from passerelle.desk.fields import whole
from passerelle.desk.rendering import day_in_words
from passerelle.desk.visit import Visit
from passerelle.model.moments import local_day
from passerelle.model.text import plural

_LEVELS: Final = (1, 2, 4, 7)
"""From how many appointments on a day is shown as fuller."""


class Cell(Struct, frozen=True):
    """A day: its number, how full it is from 0 to 4, and what a screen reader says."""

    day: str
    number: int
    level: int
    label: str
    is_today: bool


class Month(Struct, frozen=True):
    """A month by weeks from Monday on; days of other months are None."""

    name: str
    weeks: list[list[Cell | None]]


def year(visit: Visit) -> Response:
    """The months of a year.

    Raises:
        Invalid: it is none.
    """
    number = whole(visit.fields.get("year", ""), "year", date.max.year - 1, date.min.year + 1)
    zone = visit.session.user.zone
    first, after = date(number, 1, 1), date(number + 1, 1, 1)
    found = visit.session.agenda(chosen_calendars(visit), first, after)
    busy = Counter(day for entry in found for day in days_of(entry, zone, first, after))
    today = local_day(datetime.now(UTC), zone)
    return visit.page(
        "calendar/year.html",
        {
            "year": number,
            "months": [_month(visit, number, month, busy, today) for month in range(1, 13)],
            "weekdays": [visit.words.say(day) for day in WEEKDAYS],
            "entry": (today if today.year == number else first).isoformat(),
        },
    )


def _month(visit: Visit, year_: int, month: int, busy: Counter[date], today: date) -> Month:
    weeks = Calendar().monthdatescalendar(year_, month)
    return Month(
        visit.words.say(MONTHS[month - 1]),
        [[_cell(visit, day, busy[day], today) if day.month == month else None for day in week] for week in weeks],
    )


def _cell(visit: Visit, day: date, count: int, today: date) -> Cell:
    words = visit.words
    said = f"{words.say(WEEKDAYS[day.weekday()])}, {day_in_words(day, words)}"
    if count:
        number = words.say(plural("{count} appointment", "{count} appointments", count=count))
        said = f"{said}, {number}"
    level = sum(count >= least for least in _LEVELS)
    return Cell(day.isoformat(), day.day, level, said, is_today=day == today)
