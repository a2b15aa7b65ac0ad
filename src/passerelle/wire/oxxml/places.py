"""Which occurrence of a series is meant: days and positions as a client counts them (OX reference, section 11.4)."""

from __future__ import annotations

from datetime import date

from passerelle.model.errors import Contradiction
from passerelle.model.expansion.spans import span_at
from passerelle.model.moments import Span, span_start
from passerelle.model.occurrences import day_of, key_at, key_on, position_of
from passerelle.model.patterns import to_rule
from passerelle.model.recurrence import Recurrence
from passerelle.model.text import Text
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.requests import Control
from passerelle.wire.oxxml.series import horizon, projected, zone_of
from passerelle.wire.oxxml.values import day


def first_span(when: Span, recurrence: Recurrence | None) -> Span:
    """The first occurrence of a series: its start, unless an additional date lies before that."""
    dates = () if recurrence is None else recurrence.dates
    if not dates or min(dates) >= span_start(when):
        return when
    return span_at(when, min(dates)) or when


def names_occurrence(properties: Properties) -> bool:
    """Whether a write carries the position of one occurrence, and so concerns that alone (section 11.3)."""
    return bool(properties.value("recurrence_date_position") or (properties.value("recurrence_position") or "0") != "0")


def occurrence_day(when: Span, recurrence: Recurrence, control: Control, stamp: int) -> date | None:
    """The day of the occurrence that a block of a write names; None where it names none.

    A position counts the occurrences of the pattern that the client was given.

    Raises:
        Contradiction: the position lies outside the series (APP-0074).
    """
    if control.recurrence_date_position is not None:
        return day(control.recurrence_date_position, "recurrence_date_position", zone_of(when))
    if control.recurrence_position is None:
        return None
    first, counted = _as_given(when, recurrence, stamp)
    key = key_at(first, counted, control.recurrence_position) if control.recurrence_position > 0 else None
    if key is None:
        message = Text("The series has no occurrence number {number}.", number=control.recurrence_position)
        raise Contradiction(message, "APP-0074")
    return day_of(first, key)


def position(when: Span, recurrence: Recurrence, on: date, stamp: int) -> int | None:
    """The number of the occurrence of a day in the pattern that a client is given.

    None if it has none that day.
    """
    first, counted = _as_given(when, recurrence, stamp)
    key = key_on(first, counted, on)
    return None if key is None else position_of(first, counted, key)


def _as_given(when: Span, recurrence: Recurrence, stamp: int) -> tuple[Span, Recurrence]:
    """The series as the client that was given its projection counts it."""
    projection = projected(when, recurrence, horizon(when, stamp))
    if projection.exact:
        return when, recurrence
    first = first_span(when, recurrence)
    return first, Recurrence(rules=(to_rule(projection.pattern, first),))
