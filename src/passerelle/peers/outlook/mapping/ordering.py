"""The order of a series' occurrences, which Outlook keeps: none may pass its neighbour, or meet it on one day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from msgspec import Struct

from passerelle.model.errors import Refused
from passerelle.model.expansion.spans import day_of
from passerelle.model.expansion.zones import to_local, zone_of
from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, midnight, span_start
from passerelle.model.occurrences import occurrences
from passerelle.model.text import Text


class Move(Struct, frozen=True):
    """A change to an occurrence: its original day, and when it begins, before and after, on the series' clock."""

    day: date
    before: datetime
    after: datetime


def in_order(moves: Sequence[Move]) -> list[Move]:
    """The order in which changes pass: those that go earlier, from the first on; then the others, from the last on."""
    earlier = sorted((move for move in moves if move.after < move.before), key=_day)
    others = sorted((move for move in moves if move.after >= move.before), key=_day, reverse=True)
    return [*earlier, *others]


def _day(move: Move) -> date:
    return move.day


def start_of(series: Span, when: Span) -> datetime:
    """When an occurrence begins on the series' clock; whole days begin at midnight on any."""
    return to_local(span_start(when), zone_of(series if isinstance(when, type(series)) else when))


def check(master: Appointment, changed: Mapping[date, Appointment]) -> None:
    """Refuse changed occurrences that pass or meet others.

    Raises:
        Refused: Outlook would, too.
    """
    starts = {day: start_of(master.when, one.when) for day, one in changed.items()}
    for day, start in starts.items():
        if start.date() != day:
            _check_one(day, start, {**_around(master, day, start.date()), **starts})


def _around(master: Appointment, one: date, other: date) -> dict[date, datetime]:
    """The occurrences on the days between two, and on those, by their days."""
    assert master.recurrence is not None  # noqa: S101 - only masters have changed occurrences
    lower, upper = midnight(min(one, other) - 2 * ONE_DAY), midnight(max(one, other) + 2 * ONE_DAY)
    found = occurrences(master.when, master.recurrence, start=lower, end=upper)
    days = (day_of(master.when, each.key) for each in found)
    return {day: datetime.combine(day, time()) for day in days}


def _check_one(day: date, start: datetime, others: Mapping[date, datetime]) -> None:
    for other, begins in others.items():
        if other == day:
            continue
        if begins.date() == start.date() or (other < day) != (begins < start):
            raise Refused(
                Text(
                    "Outlook cannot move the occurrence of {day} to or past the day of another one of its series.",
                    day=f"{day:%Y-%m-%d}",
                )
            )
