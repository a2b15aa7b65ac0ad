"""Occurrences as the calendar in the browser takes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from passerelle.desk.places import places
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import wall
from passerelle.groupware.agenda import Entry
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import ONE_DAY, Timed, local_day
from passerelle.model.participants import Answer, ParticipantKind


def chosen_calendars(visit: Visit) -> dict[FolderId, int]:
    """The calendars that an address asks for and the user may see, each with the number of its colour."""
    asked = visit.fields.get("folders", "").split(",")
    known = (place for group in places(visit.session, Module.CALENDAR) for place in group.places)
    return {place.id: place.hue for place in known if str(place.id) in asked}


def event(entry: Entry, zone: str, user: UserId, hues: dict[FolderId, int]) -> dict[str, object]:
    """One occurrence: times are the wall clock's; ``id`` is unlike those of all others that are shown."""
    span, record, item = entry.span, entry.record, entry.appointment
    if isinstance(span, Timed):
        start, end = wall(span.start, zone), wall(span.end, zone)
    else:
        start, end = span.start.isoformat(), span.end.isoformat()
    return {
        "id": f"{record.folder}-{record.id}-{start}",
        "title": item.title or "",
        "start": start,
        "end": end,
        "allDay": not isinstance(span, Timed),
        "extendedProps": {
            "id": record.id,
            "folder": record.folder,
            "stamp": record.stamp,
            "day": None if entry.day is None else entry.day.isoformat(),
            "location": item.location or "",
            "classes": [f"hue-{hues.get(record.folder, 0)}", *classes_of(item, user)],
        },
    }


def days_of(entry: Entry, zone: str, first: date, after: date) -> Iterable[date]:
    """The days on which something takes place, of those from ``first`` to before ``after``."""
    span = entry.span
    if isinstance(span, Timed):
        start, end = local_day(span.start, zone), local_day(max(span.start, span.end - timedelta(microseconds=1)), zone)
    else:
        start, end = span.start, span.end - ONE_DAY
    start, end = max(start, first), min(end, after - ONE_DAY)
    return (start + ONE_DAY * number for number in range((end - start).days + 1))


def classes_of(item: Appointment, user: UserId) -> list[str]:
    """What the styles know of an appointment."""
    found = []
    if item.shown_as is ShownAs.FREE:
        found.append("free")
    own = (each for each in item.participants if each.kind is ParticipantKind.USER and each.id == user)
    answer = next((each.answer for each in own), None)
    if item.shown_as is ShownAs.TEMPORARY or answer is Answer.TENTATIVE:
        found.append("tentative")
    if answer is Answer.DECLINED or item.cancelled:
        found.append("declined")
    if item.private:
        found.append("private")
    if item.color_label:
        found.append(f"label-{item.color_label}")
    return found
