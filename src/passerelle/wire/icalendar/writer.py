"""Writes items as a calendar file (RFC 5545), one component after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from passerelle.model.items import Appointment, Task
from passerelle.model.moments import EPOCH, Instant, Timed
from passerelle.wire.contentlines import escape, fold, line
from passerelle.wire.icalendar import alarms, people, times
from passerelle.wire.icalendar.aspects import ALL_DAY
from passerelle.wire.icalendar.drafts import (
    APPOINTMENT_ASPECTS,
    APPOINTMENT_NAMES,
    RULES,
    TASK_ASPECTS,
    TASK_NAMES,
)
from passerelle.wire.icalendar.entries import Series
from passerelle.wire.icalendar.foreign import Foreign
from passerelle.wire.icalendar.moments import moment_lines, recurrence_id, recurrence_lines, span_lines
from passerelle.wire.icalendar.timezones import definition
from passerelle.wire.icalendar.values import write_clock

PRODID = "-//Passerelle//Passerelle//EN"
_NO_UID = UUID("6f0e3f4e-3c0a-5d6c-9a55-2f7f1d3f8f10")
_STAMPS = frozenset({"DTSTAMP", "LAST-MODIFIED"})


def write(
    series: Iterable[Series],
    method: str | None = None,
    prodid: str = PRODID,
    *,
    name: str | None = None,
    stamp: datetime | None = None,
) -> bytes:
    """Return a calendar file; see :func:`write_parts`."""
    return b"".join(write_parts(series, method, prodid, name=name, stamp=stamp))


def write_parts(
    series: Iterable[Series],
    method: str | None = None,
    prodid: str = PRODID,
    *,
    name: str | None = None,
    stamp: datetime | None = None,
    properties: Iterable[str] = (),
) -> Iterator[bytes]:
    """Yield a calendar file piece by piece; the series are taken one at a time.

    A zone is defined before the first item that needs it. ``stamp`` is the DTSTAMP of items that came without
    one, 1970 if it is not given; ``name`` the calendar's name, ``properties`` more lines about it. An item without
    uid gets one that follows from its content.
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{prodid}", "CALSCALE:GREGORIAN"]
    head += [f"METHOD:{method}"] if method else []
    head += [line("X-WR-CALNAME", escape(name))] if name else []
    yield _folded([*head, *properties])
    writer = _Writer(stamp or EPOCH)
    for each in series:
        yield _folded(writer.series(each))
    yield _folded(["END:VCALENDAR"])


def _folded(lines: Iterable[str]) -> bytes:
    return b"".join(map(fold, lines))


class _Writer:
    """Remembers what a file already defines."""

    def __init__(self, stamp: datetime) -> None:
        self._stamp = stamp
        self._zones: dict[str, tuple[str, ...]] = {}
        self._made: set[str] = set()

    def series(self, series: Series) -> list[str]:
        """Return the lines of a series, after those of the zones that it is the first to use."""
        uid, master = self._uid(series), series.master
        known = len(self._zones)
        lines: list[str] = []
        if isinstance(master, Task):
            lines += self._task(master, uid, series.modified)
        elif master is not None:
            lines += self._appointment(master, uid, None, series.modified)
        for item in series.exceptions:
            lines += self._appointment(item, uid, master or series.of, series.modified)
        new = list(self._zones.values())[known:]
        return [*(each for zone in new for each in zone), *lines]

    def _uid(self, series: Series) -> str:
        items = [item for item in (series.master, *series.exceptions) if item is not None]
        uid = next((item.uid for item in items if item.uid), None)
        if uid is not None:
            return uid
        made = str(uuid5(_NO_UID, msgspec.json.encode(items).decode()))
        while made in self._made:
            made = str(uuid5(_NO_UID, made))
        self._made.add(made)
        return made

    def _appointment(
        self, item: Appointment, uid: str, master: Appointment | Task | None, modified: datetime | None
    ) -> list[str]:
        foreign = Foreign(item.foreign)
        lines = ["BEGIN:VEVENT", line("UID", uid), *self._stamps(foreign, modified)]
        if item.recurrence_id is not None:
            lines.append(recurrence_id(item, item.recurrence_id, master))
        lines += self._span(item, foreign)
        for aspect in APPOINTMENT_ASPECTS:
            lines += aspect.write(item, foreign.lines)
        lines += _common(item, foreign, APPOINTMENT_NAMES)
        return [*lines, "END:VEVENT"]

    def _task(self, item: Task, uid: str, modified: datetime | None) -> list[str]:
        foreign = Foreign(item.foreign)
        lines = ["BEGIN:VTODO", line("UID", uid), *self._stamps(foreign, modified)]
        lines += moment_lines(item, foreign)
        self._define(*(each.zone for each in (item.start, item.due) if isinstance(each, Instant)))
        span = times.task_span(item)
        if span is not None and item.recurrence is not None:
            lines += recurrence_lines(item.recurrence, span)
        for aspect in TASK_ASPECTS:
            lines += aspect.write(item, foreign.lines)
        lines += _common(item, foreign, TASK_NAMES)
        return [*lines, "END:VTODO"]

    def _stamps(self, foreign: Foreign, modified: datetime | None) -> list[str]:
        if modified is not None:
            return [f"DTSTAMP:{write_clock(modified)}Z", f"LAST-MODIFIED:{write_clock(modified)}Z"]
        kept = [each.text for name in sorted(_STAMPS) for each in foreign.lines.get(name, ())]
        return kept if "DTSTAMP" in foreign.lines else [f"DTSTAMP:{write_clock(self._stamp)}Z", *kept]

    def _span(self, item: Appointment, foreign: Foreign) -> list[str]:
        own = foreign.own_zone(item)
        if own is not None and self._zones.setdefault(own.tzid, own.definition) == own.definition:
            return list(own.lines)
        if isinstance(item.when, Timed) and not item.when.floating:
            self._define(item.when.zone, item.when.end_zone)
        lines = span_lines(item.when, foreign)
        return lines if item.recurrence is None else [*lines, *recurrence_lines(item.recurrence, item.when)]

    def _define(self, *zones: str | None) -> None:
        for zone in zones:
            if zone and zone != "UTC":
                self._zones.setdefault(zone, definition(zone))


def _common(item: Appointment | Task, foreign: Foreign, known: frozenset[str]) -> list[str]:
    """Return people, what is kept for this format, and alarms."""
    lines = people.write_participants(item, foreign.lines.get("ATTENDEE", ()))
    lines += people.write_organizer(item, foreign.lines.get("ORGANIZER", ()))
    for name, found in foreign.lines.items():
        is_ruled = item.recurrence is None and name in RULES and "VTIMEZONE" not in foreign.parts
        if (name not in known and name not in _STAMPS and _fits(name, found[0].value, item)) or is_ruled:
            lines += [each.text for each in found]
    lines += alarms.write_alarms(item, foreign.parts.get("VALARM", ()))
    for name, texts in foreign.parts.items():
        if name not in {"VALARM", "VTIMEZONE"}:
            lines += [each for text in texts for each in text.split("\n")]
    return lines


def _fits(name: str, value: str, item: Appointment | Task) -> bool:
    """Tell whether a kept line does not contradict the item."""
    if name not in ALL_DAY or not isinstance(item, Appointment):
        return True
    return (value.strip().upper() == "TRUE") is not isinstance(item.when, Timed)
