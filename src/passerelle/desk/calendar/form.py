"""The dialog of an appointment: what it shows, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

import msgspec
from msgspec import Struct

from passerelle.desk.fields import lines, one_a_line, several, whole
from passerelle.desk.noting import note_patch, note_values
from passerelle.desk.parties import Directory
from passerelle.desk.repeating import (
    as_fields,
    has_same_days,
    moved,
    moved_whole,
    recurrence_of,
    says_the_same,
)
from passerelle.desk.wallclock import first_and_last, span_of
from passerelle.model.errors import Invalid
from passerelle.model.items import Appointment, Item, ShownAs
from passerelle.model.moments import Span, Timed, span_day, zone_info
from passerelle.model.occurrences import occurrences
from passerelle.model.patch import Patch
from passerelle.model.text import Text

ONE: Final = "one"
FOLLOWING: Final = "following"
ALL: Final = "all"
REMINDERS: Final = (0, 5, 10, 15, 30, 60, 120, 1440, 2880, 10080)
"""Minutes before the start that the form offers."""
LABELS: Final = (
    Text("none"), Text("important"), Text("business"), Text("personal"), Text("vacation"), Text("must attend"),
    Text("travel required"), Text("needs preparation"), Text("birthday"), Text("anniversary"), Text("phone call"),
)  # fmt: skip
"""Outlook's labels, in the order of their numbers."""


class Shown(Struct, frozen=True, kw_only=True):
    """The appointment that a form is about. ``day`` names an occurrence, whose time is ``when``."""

    item: Appointment
    when: Span
    day: date | None = None


def occurrence_on(item: Appointment, day: date | None) -> Shown:
    """An appointment, or one occurrence of a series.

    Raises:
        Invalid: the series has no occurrence on that day.
    """
    if day is None or item.recurrence is None:
        return Shown(item=item, when=item.when)
    start = datetime.combine(day - timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    near = occurrences(item.when, item.recurrence, start=start, end=start + timedelta(days=3))
    span = next((one.span for one in near if span_day(one.span) == day), None)
    if span is None:
        raise Invalid(Text("The series has no occurrence on {day}.", day=day.isoformat()), "day")
    return Shown(item=item, when=span, day=day)


def as_values(shown: Shown, zone: str, directory: Directory) -> dict[str, str]:
    """What the form shows of an appointment."""
    item = shown.item
    clock = clock_of(shown.when, zone)
    start, end = first_and_last(shown.when, clock)
    is_timed = isinstance(shown.when, Timed)
    return {
        "title": item.title or "",
        "location": item.location or "",
        "start": start if is_timed else f"{start}T09:00",
        "end": end if is_timed else f"{end}T10:00",
        "zone": clock,
        "first": start[:10],
        "last": end[:10],
        "all_day": "" if is_timed else "1",
        "shown_as": str(item.shown_as.value),
        "alarm": "" if item.alarm is None else str(item.alarm),
        "color": str(item.color_label),
        "categories": ", ".join(item.categories),
        "contacts": "\n".join(item.contacts),
        "url": item.url or "",
        "private": "1" if item.private else "",
        **note_values(item),
        "participants": directory.lines(item.participants),
        "optional": directory.lines(item.participants, optional=True),
        "scope": ONE if shown.day is not None else ALL,
        **as_fields(shown.when if shown.day is None else item.when, item.recurrence),
    }


def patch(item: Item, shown: Shown, fields: Mapping[str, str], zone: str, directory: Directory) -> Patch:
    """What a form changes about an appointment, or about one occurrence of a series.

    Fields that the form did not touch keep what they have, also what the form cannot say.

    Raises:
        Invalid: a value is none.
    """
    assert isinstance(item, Appointment)  # noqa: S101 - narrows the type; the module was asked for
    before = as_values(shown, zone, directory)
    touched = {name for name, value in fields.items() if before.get(name, "") != lines(value)}
    changes: dict[str, object] = {
        name: fields[name].strip() or None for name in ("title", "location", "url") if name in touched
    }
    changes |= note_patch(touched, fields)
    if touched & {"shown_as"}:
        changes["shown_as"] = ShownAs(whole(fields["shown_as"], "shown_as", len(ShownAs), 1))
    if touched & {"alarm"}:
        changes["alarm"] = whole(fields["alarm"], "alarm", 10**6) if fields["alarm"] else None
    if touched & {"color"}:
        changes["color_label"] = whole(fields["color"], "color", len(LABELS) - 1)
    if touched & {"categories"}:
        changes["categories"] = several(fields["categories"])
    if touched & {"contacts"}:
        changes["contacts"] = one_a_line(fields["contacts"])
    if bool(fields.get("private")) != item.private:
        changes["private"] = bool(fields.get("private"))
    if touched & {"participants", "optional"}:
        changes["participants"] = directory.read({**before, **fields}, item.participants)
    return changes | timing(item, shown, fields, zone)


def timing(item: Appointment, shown: Shown, fields: Mapping[str, str], zone: str) -> dict[str, object]:
    """The time, and of a series how it repeats: a whole one moves as far as the occurrence that was shown.

    Raises:
        Invalid: a value is none.
    """
    when = _asked_span(shown, fields, zone)
    scope = scope_of(shown, fields)
    if scope == ONE:
        return {} if when == shown.when else {"when": when}
    asked = _repetition(item, shown, fields, (span_day(when) - span_day(shown.when)).days)
    if shown.day is not None and scope == ALL:
        when = _shifted(item.when, shown.when, when)
    repeats = recurrence_of(when, asked, item.recurrence)
    changes: dict[str, object] = {} if when == item.when else {"when": when}
    return changes if repeats == item.recurrence else changes | {"recurrence": repeats}


def _asked_span(shown: Shown, fields: Mapping[str, str], zone: str) -> Span:
    """The time that a form asks for; what it does not say otherwise, as the zone of a series, stays as it is."""
    when, clock = wanted_span(fields, zone), form_zone(fields, zone)
    is_same_clock = not fields.get("zone") or clock == clock_of(shown.when, zone)
    if is_same_clock and first_and_last(when, clock) == first_and_last(shown.when, clock):
        return shown.when
    if is_same_clock and isinstance(when, Timed) and isinstance(shown.when, Timed):
        return msgspec.structs.replace(shown.when, start=when.start, end=when.end)
    return when


def clock_of(when: Span, zone: str) -> str:
    """The zone whose clock a form shows: that of the appointment where it has one of its own, else the user's."""
    return when.zone if isinstance(when, Timed) and when.zone != "UTC" else zone


def form_zone(fields: Mapping[str, str], zone: str) -> str:
    """The zone whose clock a form means. Raises Invalid: it is none."""
    chosen = fields.get("zone", "").strip() or zone
    zone_info(chosen)
    return chosen


def scope_of(shown: Shown, fields: Mapping[str, str]) -> str:
    """How much of a series a form is about; all of what is none."""
    return fields.get("scope") or ONE if shown.day is not None else ALL


def _repetition(item: Appointment, shown: Shown, fields: Mapping[str, str], days: int) -> Mapping[str, str]:
    """What the form says of the repetition, for an appointment whose days move: what was not touched moves along."""
    known = as_fields(shown.item.when, shown.item.recurrence)
    if says_the_same(fields, known):
        return moved_whole(as_fields(item.when, item.recurrence), days)
    return moved(fields, days) if has_same_days(fields, known) else fields


def wanted_span(fields: Mapping[str, str], zone: str) -> Span:
    """The time that a form asks for.

    Raises:
        Invalid: it is none.
    """
    if fields.get("all_day"):
        return span_of(fields.get("first", ""), fields.get("last", ""), zone, all_day=True)
    return span_of(fields.get("start", ""), fields.get("end", ""), form_zone(fields, zone), all_day=False)


def _shifted(first: Span, shown: Span, wanted: Span) -> Span:
    """The first occurrence of a series of which another one moves: as far by the wall clock, and as long."""
    if isinstance(first, Timed) and isinstance(shown, Timed) and isinstance(wanted, Timed):
        zone = zone_info(first.zone)
        start = first.start.astimezone(zone) + (_wall(wanted.start, zone) - _wall(shown.start, zone))
        begin = start.astimezone(UTC)  # between aware times of one zone, Python reckons on the wall clock
        return msgspec.structs.replace(wanted, start=begin, end=begin + (wanted.end - wanted.start))
    days = span_day(first) - span_day(shown)
    return msgspec.structs.replace(wanted, start=wanted.start + days, end=wanted.end + days)


def _wall(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
