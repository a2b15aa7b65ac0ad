"""What the page reminds of: what is due, and what will be within hours, so that it rings also if the server is away.

The page is told in how many seconds something is due, and shows it then, whatever its own clock says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.fields import whole
from passerelle.desk.rendering import day_in_words, moment_in_words, time_in_words
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import moment_day
from passerelle.groupware.ringing import Name, Ring
from passerelle.model.errors import Invalid
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, Timed, zone_info
from passerelle.model.text import Text, plural

AHEAD: Final = timedelta(hours=4)
"""How far ahead a page is told what will be due."""
MOST: Final = 50
PAUSES: Final = (5, 15, 60, 1440)
"""In how many minutes one may be reminded again."""
_LARGEST: Final = 2**53


_HOURS_FROM: Final = 120
_DAYS_FROM: Final = 2880
"""From how many minutes on hours, and days, are counted."""


class Shown(Struct, frozen=True, kw_only=True):
    """One reminder as the page shows it. ``key`` is another one when it rings again; ``wait`` is in seconds."""

    name: str
    key: str
    wait: int
    title: str
    second: str
    when: Text
    address: str


def routes(doors: Doors) -> tuple[BaseRoute, ...]:
    """What the reminders of a page ask for."""
    return (
        shown("/reminders", reminders, doors),
        doing("/reminders/dismiss", dismiss, doors),
        doing("/reminders/snooze", snooze, doors),
    )


def reminders(visit: Visit) -> Response:
    """What is due, and hidden what will be."""
    now = datetime.now(UTC)
    found = visit.session.rings(now, now + AHEAD)[:MOST]
    values = {"rings": [_shown(one, visit, now) for one in found], "pauses": PAUSES}
    return visit.page("reminders.html", values)


def dismiss(visit: Visit) -> Response:
    """Be done with some, and show the others."""
    visit.session.dismiss(_names(visit), datetime.now(UTC))
    return reminders(visit)


def snooze(visit: Visit) -> Response:
    """Put some off, and show the others. Raises Invalid: for as long as the page does not offer."""
    minutes = whole(visit.fields.get("minutes", ""), "minutes", max(PAUSES))
    if minutes not in PAUSES:
        raise Invalid(Text("“{value}” is no number.", value=str(minutes)), "minutes")
    now = datetime.now(UTC)
    visit.session.snooze(_names(visit), now, now + timedelta(minutes=minutes))
    return reminders(visit)


def _names(visit: Visit) -> list[Name]:
    pairs = [one.partition("-") for one in visit.fields.get("rings", "").split()[:MOST]]
    return [
        Name(ItemId(whole(item, "rings", _LARGEST)), whole(starts, "rings", _LARGEST)) for item, _dash, starts in pairs
    ]


def _shown(ring: Ring, visit: Visit, now: datetime) -> Shown:
    name = f"{ring.name.item}-{ring.name.starts}"
    is_appointment = isinstance(ring.item, Appointment)
    values = {"id": str(ring.record.id), "folder": str(ring.record.folder)}
    if ring.day is not None:
        values["day"] = ring.day.isoformat()
    return Shown(
        name=name,
        key=f"{name}-{ring.due.timestamp():.0f}",
        wait=seconds_until(ring, now),
        title=ring.item.title or visit.words.say(Text("Untitled")),
        second=_second(ring, visit),
        when=in_words((ring.starts if is_appointment else ring.alarm) - max(now, ring.due)),
        address=f"{visit.root}/{'calendar' if is_appointment else 'tasks'}/item?{urlencode(values)}",
    )


def _second(ring: Ring, visit: Visit) -> str:
    """When and where something takes place; when a task is due."""
    if isinstance(ring.item, Appointment) and ring.span is not None:
        return " · ".join(filter(None, (_said_span(ring.span, visit), ring.item.location)))
    day = None if isinstance(ring.item, Appointment) else moment_day(ring.item.due, visit.session.user.zone)
    said = Text("Task") if day is None else Text("Due {day}", day=day_in_words(day, visit.words))
    return visit.words.say(said)


def _said_span(span: Span, visit: Visit) -> str:
    if isinstance(span, Timed):
        zone = visit.session.user.zone
        end = span.end.astimezone(zone_info(zone))
        return f"{moment_in_words(span.start, zone, visit.words)}–{time_in_words(end)}"
    first, last = day_in_words(span.start, visit.words), day_in_words(span.end - ONE_DAY, visit.words)
    return first if first == last else f"{first} – {last}"


def seconds_until(ring: Ring, now: datetime) -> int:
    """In how many seconds something is due; never too few, since nobody can dismiss what is not due yet."""
    return max(0, ceil((ring.due - now).total_seconds()))


def in_words(left: timedelta) -> Text:
    """How long it is until something, or since.

    >>> in_words(timedelta(minutes=15)), in_words(timedelta(seconds=-20)), in_words(timedelta(hours=-3))
    ('in 15 minutes', 'now', '3 hours ago')
    """
    minutes = round(left / timedelta(minutes=1))
    if minutes == 0:
        return Text("now")
    return _ahead(minutes) if minutes > 0 else _past(-minutes)


def _ahead(minutes: int) -> Text:
    if minutes < _HOURS_FROM:
        return plural("in {count} minute", "in {count} minutes", count=minutes)
    if minutes < _DAYS_FROM:
        return plural("in {count} hour", "in {count} hours", count=round(minutes / 60))
    return plural("in {count} day", "in {count} days", count=round(minutes / 1440))


def _past(minutes: int) -> Text:
    if minutes < _HOURS_FROM:
        return plural("{count} minute ago", "{count} minutes ago", count=minutes)
    if minutes < _DAYS_FROM:
        return plural("{count} hour ago", "{count} hours ago", count=round(minutes / 60))
    return plural("{count} day ago", "{count} days ago", count=round(minutes / 1440))
