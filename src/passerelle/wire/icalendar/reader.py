"""Reads a calendar file: every event and task that can be read, and a reason for every one that cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
_LOOSE = _ITEMS | {"VTIMEZONE"}
"""What counts outside of a calendar too."""
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
    loose = Component("VCALENDAR", 1, children=[child for child in root.children if child.name in _LOOSE])
    if any(child.name in _ITEMS for child in loose.children):
        calendars.append(loose)
    if not calendars:
        message = Text("This is not an iCalendar file: BEGIN:VCALENDAR is missing.")
        raise Unreadable(message, 1)
    file = _File(zone)
    file.note_outside(root)
    for calendar in calendars:
        file.take(calendar)
    return file.result(calendars)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _text(calendar: Component, name: str) -> str | None:
    line = calendar.first(name)
    return unescape(line.value).strip() or None if line else None


class _File:
    """Puts together what the calendars of a file hold: a series may be spread over several."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._groups: dict[object, list[Draft]] = {}
        self._problems: list[Problem] = []
        self._notes: list[Problem] = []

    def note_outside(self, root: Component) -> None:
        """Say what stands outside of all calendars and is left out."""
        self._notes += root.notes
        if root.damage:
            self._notes.append(root.damage)
        for child in root.children:
            if child.name not in {"VCALENDAR", *_LOOSE}:
                self._notes.append(_not_kept(child))
        for lines in root.lines.values():
            reason = Text("“{name}” stands outside of a calendar: it is left out.", name=lines[0].name)
            self._notes += [Problem(line.number, reason) for line in lines]

    def take(self, calendar: Component) -> None:
        """Take the items of one calendar.

        Raises:
            Unreadable: it is of another calendar system.
        """
        self._check_scale(calendar)
        zones = Zones(self._home, self._definitions(calendar), _text(calendar, "X-WR-TIMEZONE"))
        for component in calendar.children:
            if component.name in _ITEMS:
                self._take(component, zones)
            elif component.name != "VTIMEZONE":
                self._notes.append(_not_kept(component))
        self._note_unknown(zones)

    def result(self, calendars: Sequence[Component]) -> ReadResult:
        """Return all that was found."""
        entries = [series for group in self._groups.values() for series in self._assemble(group)]
        return ReadResult(
            entries=tuple(entries),
            problems=_sorted(self._problems),
            notes=_sorted(self._notes),
            name=next((name for each in calendars if (name := _text(each, "X-WR-CALNAME"))), None),
            method=next((name for each in calendars if (name := _text(each, "METHOD"))), None),
        )

    def _check_scale(self, calendar: Component) -> None:
        line = calendar.first("CALSCALE")
        if line is not None and line.value.strip().upper() not in {"GREGORIAN", ""}:
            message = Text("The calendar system {line} is not supported, only GREGORIAN.", line=line.value)
            raise Unreadable(message, line.number)
        self._notes += calendar.notes
        if calendar.damage:
            self._notes.append(calendar.damage)
        for name, lines in calendar.lines.items():
            if name not in _OF_THE_FILE:
                reason = Text("{name} describes the file, not an item: it is left out.", name=name)
                self._notes.append(Problem(lines[0].number, reason))

    def _definitions(self, calendar: Component) -> Iterator[Definition]:
        for component in calendar.children:
            if component.name == "VTIMEZONE":
                try:
                    yield read_definition(component)
                except (Unreadable, OverflowError) as error:
                    line, why = (error.line, error.text) if isinstance(error, Unreadable) else (component.line, "")
                    self._notes.append(Problem(line, sentences(Text("This time zone is left out."), why)))

    def _take(self, component: Component, zones: Zones) -> None:
        try:
            draft = read_draft(component, zones)
        except Unreadable as error:
            self._problems.append(Problem(error.line, error.text))
            return
        except OverflowError:
            self._problems.append(Problem(component.line, _TOO_FAR))
            return
        uid = (component.name, draft.item.uid) if draft.item.uid else component.line
        self._groups.setdefault(uid, []).append(draft)

    def _assemble(self, drafts: list[Draft]) -> tuple[Series, ...]:
        try:
            group = assemble(drafts, self._home)
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


def _not_kept(component: Component) -> Problem:
    other = Text("Parts named {name} are not kept: this one is left out.", name=component.name)
    return Problem(component.line, _NOT_CARRIED.get(component.name, other))
