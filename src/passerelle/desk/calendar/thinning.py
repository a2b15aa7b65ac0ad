"""A month that is full: of each day what fits into its cell, and how much more there is.

A browser takes minutes to lay out thousands of boxes of which it then hides all but four a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from passerelle.model.moments import ONE_DAY

Event = Mapping[str, object]
"""An event as :func:`passerelle.desk.calendar.events.event` makes it."""


def thinned(events: Iterable[Event], most: int, say: Callable[[int], str]) -> list[Event]:
    """At most so many events a day, one of which says in words how many more there are.

    Long ones come first, as in the cells. What is on several days is shown on all of them or on none.
    """
    found = sorted(events, key=_order)
    busy = Counter(day for one in found for day in _days(one))
    shown: Counter[date] = Counter()
    hidden: Counter[date] = Counter()
    kept = []
    for one in found:
        days = list(_days(one))
        if all(shown[day] < most - (busy[day] > most) for day in days):
            shown.update(days)
            kept.append(one)
        else:
            hidden.update(days)
    return kept + [_more(day, say(count)) for day, count in sorted(hidden.items())]


def _order(event: Event) -> tuple[bool, int, str]:
    return not event["allDay"], -sum(1 for _ in _days(event)), str(event["start"])


def _days(event: Event) -> Iterator[date]:
    """The days that an event is on."""
    first, last = (datetime.fromisoformat(str(event[name])) for name in ("start", "end"))
    day = first.date()
    while day == first.date() or datetime.combine(day, datetime.min.time()) < last:
        yield day
        day += ONE_DAY


def _more(day: date, text: str) -> Event:
    end = day + timedelta(days=1)
    return {
        "id": f"more-{day}",
        "title": text,
        "start": f"{day}T23:59",
        "end": f"{end}T00:00",
        "allDay": False,
        "editable": False,
        "extendedProps": {"more": day.isoformat(), "classes": ["more"]},
    }
