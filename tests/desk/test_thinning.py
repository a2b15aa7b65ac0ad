"""A month that is full shows of each day what fits, and how much more there is."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from passerelle.desk.calendar.thinning import Event, thinned

FIRST = datetime.fromisoformat("2026-06-01T00:00")  # a wall clock's, as the page has them


def midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0)


def event(hour: int, hours: int, *, all_day: bool = False) -> Event:
    start = FIRST + timedelta(hours=hour)
    end = start + timedelta(hours=hours)
    if all_day:
        start, end = midnight(start), midnight(end) + timedelta(1)
    return {"start": start.isoformat(), "end": end.isoformat(), "allDay": all_day, "extendedProps": {}}


def days(one: Event) -> list[date]:
    """The days that an event shows on."""
    first, last = datetime.fromisoformat(str(one["start"])), datetime.fromisoformat(str(one["end"]))
    count = max(1, (last - midnight(first) - timedelta(seconds=1)).days + 1)
    return [first.date() + timedelta(number) for number in range(count)]


events = st.builds(event, st.integers(0, 200), st.integers(0, 60), all_day=st.booleans())


@given(st.lists(events, max_size=30), st.integers(1, 6))
def test_no_day_shows_more_than_it_has_room_for_and_each_tells_of_all(found: list[Event], most: int) -> None:
    shown = thinned(found, most, str)
    boxes = Counter(day for one in shown for day in days(one))
    assert all(count <= most for count in boxes.values())
    told = {day: int(str(one["title"])) for one in shown if "title" in one for day in days(one)}
    plain = Counter(day for one in shown if "title" not in one for day in days(one))
    everything = Counter(day for one in found for day in days(one))
    assert {day: plain[day] + told.get(day, 0) for day in everything} == dict(everything)


@given(st.lists(events, max_size=4))
def test_where_there_is_room_nothing_is_left_out(found: list[Event]) -> None:
    shown = thinned(found, 5, str)
    assert len(shown) == len(found)


def test_long_ones_are_shown_first() -> None:
    long, short = event(0, 40, all_day=True), event(8, 1)
    assert thinned([short, short, long, short], 2, str)[0] == long
