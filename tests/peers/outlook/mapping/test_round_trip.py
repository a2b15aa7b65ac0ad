"""What is written to Outlook and read again is the same, whatever Outlook makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import Timed
from passerelle.model.occurrences import occurrences
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.outlook.mapping.projection import project
from tests import strategies
from tests.peers.outlook.mapping.desk import Desk


@pytest.mark.parametrize(
    "strategy",
    [strategies.appointments(), strategies.contacts(), strategies.distribution_lists(), strategies.tasks()],
    ids=["appointments", "contacts", "lists", "tasks"],
)
def test_an_item_comes_back_as_projected(strategy: SearchStrategy[Item]) -> None:
    @settings(max_examples=15)
    @given(strategy)
    def check(item: Item) -> None:
        desk = Desk()
        try:
            entry = desk.create(item)
        except Refused:
            return
        assert desk.read(entry).item == project(item, desk.context)

    check()


@settings(max_examples=15)
@given(strategies.contacts(), strategies.contacts())
def test_a_changed_item_comes_back_as_projected(before: Item, after: Item) -> None:
    desk = Desk()
    entry = desk.update(desk.create(before), after)
    assert desk.read(entry).item == project(after, desk.context)


@st.composite
def _series(draw: st.DrawFn) -> tuple[Appointment, tuple[Appointment, ...]]:
    """A master and some occurrences that are changed, moved by up to a day."""
    master = draw(strategies.appointments(series=True))
    assert master.recurrence is not None
    first = list(islice(occurrences(master.when, master.recurrence), 5))
    chosen = draw(st.lists(st.sampled_from(first), max_size=3, unique_by=lambda one: one.key)) if first else []
    changed = []
    for one in chosen:
        by = timedelta(days=draw(st.integers(-1, 1)))
        when = replace(one.span, start=one.span.start + by, end=one.span.end + by)
        title = draw(strategies.maybe(strategies.words()))
        changed.append(replace(master, when=when, title=title, recurrence=None, recurrence_id=one.key))
    return master, tuple(changed)


@settings(max_examples=25)
@given(_series(), _series())
def test_a_series_comes_back_with_its_exceptions(
    one: tuple[Appointment, tuple[Appointment, ...]], other: tuple[Appointment, tuple[Appointment, ...]]
) -> None:
    desk = Desk()
    try:
        entry = desk.create(*one)
        entry = desk.update(entry, *other)
    except Refused:
        return
    found = desk.read(entry)
    assert found.item == project(other[0], desk.context)
    assert found.exceptions == tuple(sorted(other[1], key=lambda each: each.recurrence_id or each.when.start))


@settings(max_examples=15)
@given(strategies.items())
def test_writing_the_same_again_saves_nothing(item: Item) -> None:
    if isinstance(item, Appointment):
        item = replace(item, participants=())  # the double does not let others' answers be written
    if isinstance(item, Contact):
        item = replace(item, photo=None)  # the bytes drawn are no picture of the type drawn
    desk = Desk()
    try:
        entry = desk.create(item)
    except Refused:
        return
    desk.machine.calls.clear()
    desk.update(entry, item)
    writing = (".Save", ".Delete", ".SetProperty", ".SetProperties")
    assert not [name for name in desk.machine.calls if name.endswith(writing)]


def test_an_occurrence_in_another_zone_than_the_profiles_is_found() -> None:
    desk = Desk(zone="America/New_York")
    start, day = datetime(2026, 12, 1, tzinfo=UTC), timedelta(days=1)
    tokyo = Timed(start=start, end=start + timedelta(hours=1), zone="Asia/Tokyo")
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY),), deleted=(start + 2 * day,))
    key = start + 5 * day
    moved = Timed(start=key + timedelta(hours=2), end=key + timedelta(hours=3), zone="Asia/Tokyo")
    master, changed = Appointment(when=tokyo, recurrence=daily), Appointment(when=moved, recurrence_id=key)
    found = desk.read(desk.create(master, (changed,)))
    assert found.item == project(master, desk.context)
    assert [(one.when, one.recurrence_id) for one in found.exceptions] == [(moved, key)]
