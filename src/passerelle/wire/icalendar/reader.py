"""Reads a calendar file: every event and task that can be read, and a reason for every one that cannot."""

from __future__ import annotations

from collections.abc import Iterator

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text, sentences
from passerelle.wire.contentlines import unescape, unfold
from passerelle.wire.findings import Problem
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.components import read as read_components
from passerelle.wire.icalendar.definitions import Definition, read_definition
from passerelle.wire.icalendar.drafts import Draft, read_draft
from passerelle.wire.icalendar.entries import ReadResult, Series
from passerelle.wire.icalendar.grouping import assemble
from passerelle.wire.icalendar.zones import Zones

_ITEMS = frozenset({"VEVENT", "VTODO"})
_OF_THE_FILE = frozenset({"VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE"})
_NOT_CARRIED = {
    "VJOURNAL": Text("Journal entries are not kept: this one is left out."),
    "VFREEBUSY": Text("Free/busy lists are not kept: this one is left out."),
    "VAVAILABILITY": Text("Availabilities are not kept: this one is left out."),
}
_TOO_FAR = Text("A time of this item lies outside the years 1 to 9999.")


def read(data: bytes, zone: str) -> ReadResult:
    """Read an iCalendar file; ``zone`` is the IANA zone of the user, for times without zone.

    Raises:
        Unreadable: the file is not iCalendar at all, or of another calendar system than the Gregorian.
    """
    root = read_components(unfold(data))
    calendars = [child for child in root.children if child.name == "VCALENDAR"]
    loose = Component("VCALENDAR", 1, children=[child for child in root.children if child.name in _ITEMS])
    if loose.children:
        calendars.append(loose)
    if not calendars:
        message = Text("This is not an iCalendar file: BEGIN:VCALENDAR is missing.")
        raise Unreadable(message, 1)
    parts = [_Calendar(calendar, zone).read() for calendar in calendars]
    return ReadResult(
        entries=tuple(entry for part in parts for entry in part.entries),
        problems=_sorted(problem for part in parts for problem in part.problems),
        notes=_sorted(note for part in parts for note in part.notes),
        name=next((part.name for part in parts if part.name), None),
        method=next((part.method for part in parts if part.method), None),
    )


def _sorted(problems: Iterator[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


class _Calendar:
    def __init__(self, calendar: Component, home: str) -> None:
        self._calendar, self._home = calendar, home
        self._problems: list[Problem] = []
        self._notes: list[Problem] = []

    def read(self) -> ReadResult:
        self._check_scale()
        zones = Zones(self._home, self._definitions(), self._text("X-WR-TIMEZONE"))
        groups: dict[object, list[Draft]] = {}
        for component in self._calendar.children:
            if component.name in _ITEMS:
                self._take(component, zones, groups)
            elif component.name != "VTIMEZONE":
                other = Text("Parts named {name} are not kept: this one is left out.", name=component.name)
                self._notes.append(Problem(component.line, _NOT_CARRIED.get(component.name, other)))
        entries = [series for group in groups.values() for series in self._assemble(group, zones)]
        self._note_unknown(zones)
        return ReadResult(
            entries=tuple(entries),
            problems=tuple(self._problems),
            notes=tuple(self._notes),
            name=self._text("X-WR-CALNAME"),
            method=self._text("METHOD"),
        )

    def _text(self, name: str) -> str | None:
        line = self._calendar.first(name)
        return unescape(line.value).strip() or None if line else None

    def _check_scale(self) -> None:
        line = self._calendar.first("CALSCALE")
        if line is not None and line.value.strip().upper() not in {"GREGORIAN", ""}:
            message = Text("The calendar system {line} is not supported, only GREGORIAN.", line=line.value)
            raise Unreadable(message, line.number)
        self._notes += self._calendar.notes
        if self._calendar.damage:
            self._notes.append(self._calendar.damage)
        for name, lines in self._calendar.lines.items():
            if name not in _OF_THE_FILE:
                reason = Text("{name} describes the file, not an item: it is left out.", name=name)
                self._notes.append(Problem(lines[0].number, reason))

    def _definitions(self) -> Iterator[Definition]:
        for component in self._calendar.children:
            if component.name == "VTIMEZONE":
                try:
                    yield read_definition(component)
                except (Unreadable, OverflowError) as error:
                    line, why = (error.line, error.text) if isinstance(error, Unreadable) else (component.line, "")
                    self._notes.append(Problem(line, sentences(Text("This time zone is left out."), why)))

    def _take(self, component: Component, zones: Zones, groups: dict[object, list[Draft]]) -> None:
        try:
            draft = read_draft(component, zones)
        except Unreadable as error:
            self._problems.append(Problem(error.line, error.text))
            return
        except OverflowError:
            self._problems.append(Problem(component.line, _TOO_FAR))
            return
        uid = (component.name, draft.item.uid) if draft.item.uid else component.line
        groups.setdefault(uid, []).append(draft)

    def _assemble(self, drafts: list[Draft], zones: Zones) -> tuple[Series, ...]:
        try:
            group = assemble(drafts, zones.home)
        except OverflowError:
            self._problems += [Problem(draft.line, _TOO_FAR) for draft in drafts]
            return ()
        self._notes += group.notes
        return group.series

    def _note_unknown(self, zones: Zones) -> None:
        for tzid, line in zones.unknown.items():
            reason = Text(
                "The time zone “{tzid}” is neither known nor defined: its times are read as local times.", tzid=tzid
            )
            self._notes.append(Problem(line, reason))
