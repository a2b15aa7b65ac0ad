"""The calendar on paper: a month as a table, a week in boxes, a day or any other time as a list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.calendar.events import chosen_calendars, classes_of, days_of
from passerelle.desk.calendar.words import MONTHS, WEEKDAYS, clock
from passerelle.desk.rendering import day_in_words
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import day_of
from passerelle.groupware.agenda import Entry
from passerelle.model.errors import Invalid
from passerelle.model.folders import Module
from passerelle.model.moments import ONE_DAY, Timed, local_day
from passerelle.model.text import Text

_LONGEST: Final = timedelta(days=400)
_A_WEEK: Final = 7
_LAYOUTS: Final = ("month", "week", "list")


class Line(Struct, frozen=True, kw_only=True):
    """One appointment on one day. ``time`` is empty if it takes the whole day."""

    time: str
    title: str
    location: str
    people: str
    classes: str


class Sheet(Struct, frozen=True, kw_only=True):
    """A day. ``is_aside`` marks those of another month."""

    heading: str
    number: int
    lines: tuple[Line, ...]
    is_aside: bool


def page(visit: Visit) -> Response:
    """The days from ``start`` to before ``end``, in the layout that is asked for.

    Raises:
        Invalid: the days are none, or too many, or there is no such layout.
    """
    layout = visit.fields.get("layout", "list")
    first, after = day_of(visit.fields.get("start", ""), "start"), day_of(visit.fields.get("end", ""), "end")
    if layout not in _LAYOUTS or not timedelta(0) < after - first <= _LONGEST:
        raise Invalid(Text("Ask for at most {most} days.", most=_LONGEST.days), "end")
    sheets = _sheets(visit, first, after)
    return visit.page(
        "paper/calendar.html",
        {
            "module": "calendar",
            "layout": layout,
            "title": _title(visit, layout, first, after),
            "sheets": sheets if layout != "list" else [one for one in sheets if one.lines],
            "weeks": [sheets[n : n + _A_WEEK] for n in range(0, len(sheets), _A_WEEK)],
            "weekdays": [visit.words.say(day) for day in WEEKDAYS],
            "calendars": ", ".join(_names(visit)),
        },
    )


def _sheets(visit: Visit, first: date, after: date) -> list[Sheet]:
    hues = chosen_calendars(visit)
    found: dict[date, list[Line]] = defaultdict(list)
    for entry in visit.session.agenda(hues, first, after):
        classes = " ".join(
            [f"hue-{hues.get(entry.record.folder, 0)}", *classes_of(entry.appointment, visit.session.user_id)]
        )
        for day in days_of(entry, visit.session.user.zone, first, after):
            found[day].append(_line(visit, entry, day, classes))
    month = _month_of(first, after)
    return [
        Sheet(
            heading=f"{visit.words.say(WEEKDAYS[day.weekday()])}, {day_in_words(day, visit.words)}",
            number=day.day,
            lines=tuple(sorted(found[day], key=lambda line: line.time)),
            is_aside=day.month != month.month,
        )
        for day in (first + ONE_DAY * number for number in range((after - first).days))
    ]


def _line(visit: Visit, entry: Entry, day: date, classes: str) -> Line:
    item, people = entry.appointment, entry.appointment.participants
    return Line(
        time=_time(visit, entry, day),
        title=item.title or visit.words.say(Text("Untitled")),
        location=item.location or "",
        people=", ".join(visit.directory.name_of(one) for one in people) if len(people) > 1 else "",
        classes=classes,
    )


def _time(visit: Visit, entry: Entry, day: date) -> str:
    """From when to when on a day; what goes on from the day before, or to the next, is open there."""
    if not isinstance(entry.span, Timed):
        return ""
    zone = visit.session.user.zone
    begins, ends = local_day(entry.span.start, zone) == day, local_day(entry.span.end, zone) == day
    start = clock(entry.span.start, zone, visit.words, only_time=True) if begins else ""
    end = clock(entry.span.end, zone, visit.words, only_time=True) if ends else ""
    return f"{start}–{end}" if start or end else ""


def _month_of(first: date, after: date) -> date:
    """The month that weeks are about."""
    return first + (after - first) / 2


def _title(visit: Visit, layout: str, first: date, after: date) -> str:
    if layout == "month":
        month = _month_of(first, after)
        return f"{visit.words.say(MONTHS[month.month - 1])} {month.year}"
    last = after - ONE_DAY
    days = [day_in_words(first, visit.words)] + ([day_in_words(last, visit.words)] if last != first else [])
    return " – ".join(days)


def _names(visit: Visit) -> list[str]:
    """The calendars that are shown."""
    hues = chosen_calendars(visit)
    views = [view.folder for view in visit.session.folders().changed if view.folder.module is Module.CALENDAR]
    names = visit.session.folder_names(one for one in views if one.id in hues)
    return sorted(names.values(), key=str.casefold)
