"""Deletes and changes single occurrences of a series. Touches Outlook's objects."""

from __future__ import annotations

from datetime import date, datetime, time

from passerelle.model.expansion.zones import local_start
from passerelle.model.moments import Span, Timed
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping import dates, members, ordering, patterns
from passerelle.peers.outlook.mapping.appointments import OCCURRENCE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.ordering import Move
from passerelle.peers.outlook.mapping.patterns import Exceptions
from passerelle.peers.outlook.mapping.reading import read_values
from passerelle.peers.outlook.mapping.sheet import Sheet
from passerelle.peers.outlook.mapping.times import WHEN, span
from passerelle.peers.outlook.mapping.values import Values

_TIMES = (WHEN,)
_ALL = frozenset(attribute for aspect in OCCURRENCE for attribute in aspect.attributes)


class Occurrences:
    """The occurrences of a saved series, to be deleted and changed one by one; each is saved at once."""

    def __init__(self, item: objects.AppointmentItem, when: Span, context: Context) -> None:
        self._pattern = item.GetRecurrencePattern()
        self._found: Exceptions = patterns.read_exceptions(self._pattern)
        self._when = when
        self._time = local_start(when).time() if isinstance(when, Timed) else time()
        self._context = context

    def write(self, target: Sheet) -> bool:
        """Bring the exceptions to what they shall be; none that is there is taken back. Whether any was written."""
        series = target.series
        gone = sorted((series.deleted if series else frozenset()) - self._found.deleted)
        for day in gone:
            self._occurrence(day).Delete()
        moves = ordering.in_order([self._move(day, target) for day in target.changed])
        changed = [self._change(move.day, target) for move in moves]
        return bool(gone) or any(changed)

    def _move(self, day: date, target: Sheet) -> Move:
        before = datetime.combine(day, self._time)
        if day in self._found.changed:
            before = self._start(read_values(self._found.changed[day], _TIMES, self._context))
        return Move(day, before, self._start(target.changed[day]))

    def _start(self, values: Values) -> datetime:
        return ordering.start_of(self._when, span(values, self._context))

    def _change(self, day: date, target: Sheet) -> bool:
        occurrence = self._found.changed.get(day) or self._occurrence(day)
        current = read_values(occurrence, OCCURRENCE, self._context)
        if members.write_values(occurrence, OCCURRENCE, current, target.changed[day], _ALL, self._context):
            occurrence.Save()
            return True
        return False

    def _occurrence(self, day: date) -> objects.AppointmentItem:
        """An occurrence by its original start; on our clock, else on the series': Microsoft does not say whose."""
        if day in self._found.changed:
            return self._found.changed[day]
        original = datetime.combine(day, self._time)
        here = original
        if isinstance(self._when, Timed):
            here = dates.local(dates.instant(original, self._when.zone), self._context.zone)
        try:
            return self._pattern.GetOccurrence(dates.given(here))
        except ComError as error:
            if here == original or code_of(error) != ComCode.NOT_FOUND:
                raise
            return self._pattern.GetOccurrence(dates.given(original))
