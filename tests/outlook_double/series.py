"""The occurrences of a series, how they are changed, and the order that they must keep (section 4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.outlook_double import dates, failures, saving
from tests.outlook_double.keys import END, START
from tests.outlook_double.occurrences import starts
from tests.outlook_double.records import Content, Record
from tests.outlook_double.session import Session


def shifted(master: Content, original: datetime) -> Content:
    """An occurrence as the series makes it."""
    assert master.pattern is not None
    content = master.copy()
    content.pattern = None
    zone = dates.zone_of(master.start_zone)
    content.values[START] = dates.to_utc(original, zone)
    content.values[END] = dates.to_utc(original + timedelta(minutes=master.pattern.minutes), zone)
    return content


def write_occurrence(session: Session, record: Record, original: datetime, content: Content) -> None:
    """Save a changed occurrence. Raises ComError if it would pass or meet a neighbour."""
    master = record.content.copy()
    assert master.pattern is not None
    _check_order(session, master, original, _wall_start(content))
    master.pattern.changed[original] = content
    saving.keep(session, record, master)


def remove_occurrence(session: Session, record: Record, original: datetime) -> None:
    """Delete an occurrence."""
    master = record.content.copy()
    assert master.pattern is not None
    master.pattern.changed.pop(original, None)
    master.pattern.deleted.add(original)
    saving.keep(session, record, master)


def _check_order(session: Session, master: Content, original: datetime, start: datetime) -> None:
    assert master.pattern is not None
    moved = {each: _wall_start(content) for each, content in master.pattern.changed.items()}
    in_months = session.machine.habits.yearly_interval_in_months
    for other, other_start in starts(master.pattern, moved, in_months=in_months):
        if other == original:
            continue
        if other_start.date() == start.date():
            raise failures.invalid("Two occurrences of the appointment cannot occur on the same day.")
        if (other < original) != (other_start < start):
            text = "Cannot reschedule an occurrence of the recurring appointment if it skips over another one."
            raise failures.invalid(text)
        if other_start - start > timedelta(days=400):
            return


def _wall_start(content: Content) -> datetime:
    start = content.values[START]
    assert isinstance(start, datetime)
    return dates.to_wall(start, dates.zone_of(content.start_zone))
