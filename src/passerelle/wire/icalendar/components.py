"""The components of an iCalendar file as a tree of content lines (RFC 5545, sections 3.4 and 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text, sentences
from passerelle.wire.contentlines import ContentLine, Logical, decode, parse
from passerelle.wire.encodings import read_line
from passerelle.wire.findings import Problem

_OUTER = frozenset({"VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY", "VPOLL"})
"""Components that never stand inside an event: where one begins, whatever was open has been cut off."""

_INNER = frozenset({"VALARM", "STANDARD", "DAYLIGHT", "AVAILABLE", "PARTICIPANT", "VLOCATION", "VRESOURCE"})
_TIMES = frozenset(
    {"DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXRULE", "EXDATE", "COMPLETED"}
)
"""Properties that say nothing when they are empty, as some programs write them."""
_FOLDED = 60
"""From this length on, in octets, a line that goes on in the next was broken by a program, not by the text."""


@dataclass
class Component:
    """One component. ``line`` is where it begins; ``damage`` why it cannot be used, if it is broken.

    ``notes`` tell what had to be mended.
    """

    name: str
    line: int
    lines: dict[str, list[ContentLine]] = field(default_factory=dict)
    children: list[Component] = field(default_factory=list)
    damage: Problem | None = None
    notes: list[Problem] = field(default_factory=list)
    last: ContentLine | None = None

    def first(self, name: str) -> ContentLine | None:
        """Return the first property of a name, or None."""
        found = self.lines.get(name)
        return found[0] if found else None

    def text(self) -> str:
        """Return the whole component as unfolded lines."""
        inner = [line.text for lines in self.lines.values() for line in lines]
        inner += [child.text() for child in self.children]
        return "\n".join((f"BEGIN:{self.name}", *inner, f"END:{self.name}"))


def read(lines: Iterable[Logical]) -> Component:
    """Return a root whose children are the outermost components of a file."""
    return _Builder().build(lines)


class _Builder:
    def __init__(self) -> None:
        self._root = Component("", 0)
        self._open = [self._root]

    def build(self, lines: Iterable[Logical]) -> Component:
        for logical in lines:
            self._take(logical)
        while len(self._open) > 1:
            self._cut_off(Text("The file ends before END:{name}.", name=self._open[-1].name))
        return self._root

    def _take(self, logical: Logical) -> None:
        try:
            line = read_line(logical)
        except Unreadable as error:
            self._mend(logical, Problem(error.line, error.text))
            return
        if line.name == "BEGIN":
            self._begin(line)
        elif line.name == "END":
            self._end(line)
        elif line.value.strip() or line.name not in _TIMES:
            self._open[-1].lines.setdefault(line.name, []).append(line)
            self._open[-1].last = line

    def _mend(self, logical: Logical, problem: Problem) -> None:
        """Append a line that is none to the one before: it was broken without a space, or is a line of its text."""
        component = self._open[-1]
        before = component.last
        if before is None:
            self._spoil(problem)
            return
        joint = "" if len(before.text.encode()) >= _FOLDED else "\\n"
        text = before.text + joint + decode(logical.octets)
        component.last = component.lines[before.name][-1] = parse(text, before.number)
        reason = sentences(problem.reason, Text("It was taken as the rest of the line before."))
        component.notes.append(Problem(problem.line, reason))

    def _begin(self, line: ContentLine) -> None:
        name = line.value.strip().upper()
        if name in _OUTER:
            keep = ("", "VCALENDAR") if name != "VCALENDAR" else ("",)
            while self._open[-1].name not in keep:
                self._not_ended(line, name)
        component = Component(name, line.number)
        self._open[-1].children.append(component)
        self._open.append(component)

    def _end(self, line: ContentLine) -> None:
        name = line.value.strip().upper()
        if name not in (component.name for component in self._open[1:]):
            self._end_of_none(Problem(line.number, Text("END:{name} has no BEGIN:{name}.", name=name)), name)
            return
        while self._open[-1].name != name:
            self._not_ended(line, name)
        self._open.pop()

    def _end_of_none(self, problem: Problem, name: str) -> None:
        """Take a name that does not exist for a misspelled one, and leave a known one out."""
        component = self._open[-1]
        if name in _OUTER | _INNER or component.name in {"", "VCALENDAR"}:
            component.notes.append(Problem(problem.line, sentences(problem.reason, Text("The line is left out."))))
            return
        reason = sentences(problem.reason, Text("It was taken for END:{name}.", name=component.name))
        component.notes.append(Problem(problem.line, reason))
        self._open.pop()

    def _not_ended(self, line: ContentLine, name: str) -> None:
        before = f"{line.name}:{name}"
        reason = Text(
            "{name} is not ended before {before} in line {line}.",
            name=self._open[-1].name,
            before=before,
            line=line.number,
        )
        self._cut_off(reason)

    def _cut_off(self, reason: str) -> None:
        component = self._open.pop()
        self._blame(component, Problem(component.line, reason))

    def _spoil(self, problem: Problem) -> None:
        self._blame(self._open[-1], problem)

    def _blame(self, component: Component, problem: Problem) -> None:
        """Mark the event or task that a broken line belongs to; outside of those nothing is lost by it."""
        owners = [*self._open, component]
        owner = next((each for each in owners if each.name in {"VEVENT", "VTODO"}), component)
        owner.damage = owner.damage or problem


def walk(root: Component, name: str) -> Iterator[Component]:
    """Yield all components of a name, in the order of the file."""
    for child in root.children:
        if child.name == name:
            yield child
        yield from walk(child, name)
