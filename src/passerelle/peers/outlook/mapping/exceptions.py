"""Deletes and changes single occurrences of a series. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from passerelle.model.errors import Refused
from passerelle.model.expansion.zones import local_start
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.text import Text
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping import dates, members, ordering, patterns, properties
from passerelle.peers.outlook.mapping.appointments import OCCURRENCE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.kept import Kept, restore
from passerelle.peers.outlook.mapping.ordering import Move
from passerelle.peers.outlook.mapping.patterns import Exceptions
from passerelle.peers.outlook.mapping.reading import read_values
from passerelle.peers.outlook.mapping.sheet import Sheet, plain_exception
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.times import WHEN, span
from passerelle.peers.outlook.mapping.values import Values

_TIMES = (WHEN,)


class Occurrences:
    """The occurrences of a saved series, to be deleted and changed one by one; each is saved at once.

    ``kept`` is what is kept beside the series as it is.
    """

    def __init__(
        self, item: objects.AppointmentItem, master: Appointment, kept: Kept, shelf: Shelf, context: Context
    ) -> None:
        self._pattern = item.GetRecurrencePattern()
        self._found: Exceptions = patterns.read_exceptions(self._pattern)
        self._master = master
        self._kept = kept
        self._when = master.when
        self._time = local_start(master.when).time() if isinstance(master.when, Timed) else time()
        self._shelf = shelf
        self._context = context

    def write(self, target: Sheet, shown: Mapping[date, Appointment]) -> bool:
        """Bring the exceptions to what they shall be; none that is there is taken back. Whether any was written."""
        series = target.series
        gone = sorted((series.deleted if series else frozenset()) - self._found.deleted)
        for day in gone:
            self._occurrence(day).Delete()
            self._look_again()
        moves = ordering.in_order([self._move(day, target) for day in target.changed])
        changed = [self._change(move.day, shown[move.day], target) for move in moves]
        return bool(gone) or any(changed)

    def _move(self, day: date, target: Sheet) -> Move:
        before = datetime.combine(day, self._time)
        if day in self._found.changed:
            before = self._start(read_values(self._found.changed[day], _TIMES, self._context))
        return Move(day, before, self._start(target.changed[day]))

    def _start(self, values: Values) -> datetime:
        return ordering.start_of(self._when, span(values, self._context))

    def _change(self, day: date, model: Appointment, target: Sheet) -> bool:
        occurrence = self._occurrence(day)
        plain = plain_exception(self._master, day, read_values(occurrence, OCCURRENCE, self._context), self._context)
        now = restore(plain, self._kept.changed.get(day.isoformat(), Kept()))
        written = members.write_values(
            occurrence, OCCURRENCE, now, model, target.changed[day], self._shelf, self._context
        )
        properties.put(occurrence, written.properties)
        if written.attributes:
            occurrence.Save()
            self._look_again()
            return True
        return False

    def _look_again(self) -> None:
        """What was had of the other occurrences is out of date once one of them is saved: the series was."""
        self._found = patterns.read_exceptions(self._pattern)

    def _occurrence(self, day: date) -> objects.AppointmentItem:
        """An occurrence by its original start.

        Raises:
            Refused: Outlook does not find it, as one in the hour that the profile's clock shows twice.
        """
        if day in self._found.changed:
            return self._found.changed[day]
        for wall in self._walls(datetime.combine(day, self._time)):
            try:
                return self._pattern.GetOccurrence(dates.given(wall))
            except ComError as error:
                if code_of(error) != ComCode.NOT_FOUND:
                    raise
        raise Refused(Text("Outlook does not find the occurrence of {day} in its series.", day=f"{day:%Y-%m-%d}"))

    def _walls(self, original: datetime) -> Iterator[datetime]:
        """What to ask for an occurrence by: the profile's clock, then the series'; Microsoft does not say whose."""
        if isinstance(self._when, Timed):
            yield dates.local(dates.instant(original, self._when.zone), self._context.zone)
        yield original
