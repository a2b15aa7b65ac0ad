"""What takes place between two days in several calendars, as a calendar view shows it: occurrence by occurrence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from msgspec import Struct

from passerelle.groupware.access import as_seen, is_readable, readable_folder
from passerelle.groupware.actor import Actor
from passerelle.groupware.overlap import busy, spans
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment
from passerelle.model.moments import Span, Timed, day_start, span_day, span_start
from passerelle.model.records import ItemRecord
from passerelle.store import Reading


class Entry(Struct, frozen=True):
    """One occurrence in one calendar.

    ``day`` is what :meth:`Session.change_occurrence` and the like take to name it within its series, and None for an
    appointment that is no part of one. Of a change exception, ``record`` is the exception.
    """

    record: ItemRecord
    appointment: Appointment
    span: Span
    day: date | None


def agenda(
    tx: Reading, actor: Actor, calendars: Iterable[FolderId], first: date, after: date, zone: str
) -> tuple[Entry, ...]:
    """What takes place from the beginning of ``first`` to that of ``after`` by the clocks of a zone, by start.

    Whole days are lived by whoever looks: they count as days, wherever they were entered.

    Raises:
        NotFound: one of the calendars does not exist, is invisible, or holds something else.
        Forbidden: the actor may not read in one of them.
    """
    places = {id_: readable_folder(tx, actor, id_, Module.CALENDAR) for id_ in calendars}
    window = _Window(first, after, zone)
    found = [
        entry
        for record in tx.items.extents(places, window.start, window.end, actor.user)
        if is_readable(record, *places[record.folder], actor)
        for entry in _entries(as_seen(tx, record), window)
    ]
    return tuple(sorted(found, key=lambda entry: (span_start(entry.span), entry.record.id, entry.record.folder)))


class _Window:
    """Some days, as days and as instants."""

    def __init__(self, first: date, after: date, zone: str) -> None:
        self._first, self._after = first, after
        self.start: datetime = day_start(first, zone)
        self.end: datetime = day_start(after, zone)

    def meets(self, span: Span) -> bool:
        """Whether something takes place on these days; what takes no time counts at its start."""
        if isinstance(span, Timed):
            return span.start < self.end and (span.end > self.start or span.start >= self.start)
        return span.start < self._after and span.end > self._first


def _entries(record: ItemRecord, window: _Window) -> Iterator[Entry]:
    item = record.item
    if not isinstance(item, Appointment):
        return
    if item.recurrence is None:
        if window.meets(item.when):
            yield Entry(record, item, item.when, None)
        return
    for span in spans(busy(item, record.changed), window.start, window.end):
        if window.meets(span):
            yield Entry(record, item, span, span_day(span))
