"""When two appointments, single or series, are at the same time (semantics reference, section 5.6). Pure.

Touching ends do not overlap. A whole day is that day on the other appointment's own wall clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile

from msgspec import Struct

from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, Timed, local_day, span_end, span_start
from passerelle.model.occurrences import occurrences
from passerelle.model.recurrence import Recurrence

_INSTANT = timedelta(microseconds=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
MAX_OCCURRENCES = 999
"""How many occurrences of one series are compared with another; further ones are too far away to matter."""


class Busy(Struct, frozen=True):
    """An appointment as far as time counts: its span, its series, and the keys that exceptions replace."""

    when: Span
    recurrence: Recurrence | None = None
    replaced: tuple[datetime, ...] = ()


def busy(item: Appointment, replaced: tuple[datetime, ...] = ()) -> Busy:
    """The time that an appointment takes."""
    return Busy(item.when, item.recurrence, replaced)


def spans(one: Busy, start: datetime, end: datetime) -> Iterator[Span]:
    """The spans of an appointment that touch a window, in order, without replaced and deleted occurrences."""
    if one.recurrence is None:
        yield one.when
        return
    for occurrence in occurrences(one.when, one.recurrence, start=_earlier(start), end=_later(end)):
        if occurrence.key not in one.replaced:
            yield occurrence.span


def _earlier(start: datetime) -> datetime:
    """A day before: whole days are lived by wall clocks, up to 14 hours before their UTC midnights."""
    return start - ONE_DAY if start > _FIRST + ONE_DAY else start


def _later(end: datetime) -> datetime:
    return end + ONE_DAY if end < _LAST - ONE_DAY else end


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share time."""
    if isinstance(one, Timed) and isinstance(other, Timed):
        return one.start < other.end and other.start < one.end
    first, last = _days(one)
    other_first, other_last = _days(other)
    return first < other_last and other_first < last


def _days(span: Span) -> tuple[date, date]:
    """The days a span touches; the second is exclusive."""
    if not isinstance(span, Timed):
        return span.start, span.end
    last_instant = max(span.start, span.end - _INSTANT)
    return local_day(span.start, span.zone), local_day(last_instant, span.zone) + ONE_DAY


MAX_LAID_OUT = 4000
"""How many occurrences of a series that is to be booked are laid out: more than ten years of days."""


class Wanted:
    """The time that an appointment wants within a window, laid out once to be compared with many others.

    Of an endless series its beginning is laid out; what lies beyond that is looked at where another appointment is.
    """

    def __init__(self, one: Busy, start: datetime, end: datetime) -> None:
        self._one, self._start, self._end = one, start, end
        self._spans = list(islice(spans(one, start, end), MAX_LAID_OUT))
        self._ends = [span_end(span) for span in self._spans]
        self._is_whole = len(self._spans) < MAX_LAID_OUT

    def first_overlap(self, other: Busy) -> Span | None:
        """The first time of another appointment that is wanted too, or None."""
        if self._lies_beyond(other.when):
            last = self._end if other.recurrence else min(self._end, _later(span_end(other.when)))
            return Wanted(self._one, _earlier(span_start(other.when)), last).first_overlap(other)
        return next((span for span in self._near(other) if self._meets(span)), None)

    def _lies_beyond(self, when: Span) -> bool:
        """Whether another appointment begins after all that is laid out, though there is more."""
        return not self._is_whole and span_start(when) > self._ends[-1] + 2 * ONE_DAY

    def _near(self, other: Busy) -> Iterator[Span]:
        """The times of another appointment that what is laid out can meet."""
        end = self._end if self._is_whole else min(self._end, _later(self._ends[-1]))
        return islice(spans(other, self._start, end), MAX_LAID_OUT)

    def _meets(self, span: Span) -> bool:
        """Whether a wanted span overlaps; all are of one length, so that their ends are in order like their starts."""
        first = bisect_left(self._ends, _earlier(span_start(span)))
        latest = _later(span_end(span))
        near = takewhile(lambda wanted: span_start(wanted) <= latest, islice(self._spans, first, None))
        return any(overlap(wanted, span) for wanted in near)
