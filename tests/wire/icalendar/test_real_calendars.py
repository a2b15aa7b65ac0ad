"""Calendars of many programs come in and go out again with the same occurrences and the same properties."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from passerelle.wire import icalendar
from passerelle.wire.contentlines import unfold
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.components import read as components
from tests.wire.icalendar.oracle import CALENDARS, HOME, found, ours, starts

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

REFUSED = {"bad_rrule_missing_until_event.ics"}
_TIMES = {"DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID", "DTSTAMP"}


@pytest.mark.parametrize("path", CALENDARS)
def test_a_calendar_goes_out_with_the_occurrences_it_came_with(path: Path) -> None:
    data = path.read_bytes()
    written = icalendar.write(icalendar.read(data, HOME).entries)
    for name in ("VEVENT", "VTODO"):
        assert found(written, name) == found(data, name)


@pytest.mark.parametrize("path", CALENDARS)
def test_the_model_has_the_occurrences_of_the_file(path: Path) -> None:
    data = path.read_bytes()
    assert ours(icalendar.read(data, HOME).entries) == starts(found(data))


@pytest.mark.parametrize("path", CALENDARS)
def test_reading_what_was_written_gives_the_same_items(path: Path) -> None:
    first = icalendar.read(path.read_bytes(), HOME).entries
    written = icalendar.write(first)
    second = icalendar.read(written, HOME).entries
    assert icalendar.write(second) == written
    if all(item.uid for entry in first for item in (entry.master, *entry.exceptions) if item is not None):
        assert [(entry.master, entry.exceptions) for entry in first] == [
            (entry.master, entry.exceptions) for entry in second
        ]


@pytest.mark.parametrize("path", CALENDARS)
def test_every_property_of_an_item_comes_back_or_is_listed(path: Path) -> None:
    data = path.read_bytes()
    result = icalendar.read(data, HOME)
    listed = {each.line for each in (*result.problems, *result.notes)}
    inside = properties(data, listed)
    assert not inside - properties(icalendar.write(result.entries), set())


@pytest.mark.parametrize("path", CALENDARS)
def test_only_broken_calendars_are_refused_and_with_the_line(path: Path) -> None:
    data = path.read_bytes()
    problems = icalendar.read(data, HOME).problems
    assert bool(problems) == (path.name in REFUSED)
    for problem in problems:
        assert "UNTL" in data.decode().splitlines()[problem.line - 1]
        assert "UNTL" in problem.reason


def properties(data: bytes, listed: set[int]) -> Counter[tuple[object, ...]]:
    """The properties of all items, but those of components and lines that are listed as left out or changed."""
    counted: Counter[tuple[object, ...]] = Counter()

    def walk(component: Component, *, is_inside: bool) -> None:
        numbers = [line.number for lines in component.lines.values() for line in lines]
        if component.line in listed or (component.name in {"VEVENT", "VTODO"} and listed & set(numbers)):
            return
        is_inside = is_inside or component.name in {"VEVENT", "VTODO"}
        for name, lines in component.lines.items():
            if is_inside and name not in _TIMES:
                counted.update((name, tuple(sorted(line.params)), line.value) for line in lines)
        for child in component.children:
            walk(child, is_inside=is_inside)

    walk(components(unfold(data)), is_inside=False)
    return counted
