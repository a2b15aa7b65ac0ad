"""Times as forms and the calendar say them, on the wall clock of the user's zone: ``2026-12-01T09:30``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from passerelle.model.errors import Invalid
from passerelle.model.moments import ONE_DAY, Day, Instant, Moment, Span, Timed, WholeDays, zone_info
from passerelle.model.text import Text

_MINUTES = "minutes"


def wall(instant: datetime, zone: str) -> str:
    """An instant on the wall clock of a zone, to the minute."""
    return instant.astimezone(zone_info(zone)).replace(tzinfo=None).isoformat(timespec=_MINUTES)


def first_and_last(span: Span, zone: str) -> tuple[str, str]:
    """Beginning and end as a form says them; of whole days the last one, not the one after."""
    if isinstance(span, Timed):
        return wall(span.start, zone), wall(span.end, zone)
    return span.start.isoformat(), (span.end - ONE_DAY).isoformat()


def span_of(start: str, end: str, zone: str, *, all_day: bool) -> Span:
    """The time between two texts of a form; of whole days both are meant.

    Raises:
        Invalid: one is no time, or the end comes before the start.
    """
    if all_day:
        first, last = day_of(start, "start"), day_of(end or start, "end")
        _require_order(first, last)
        return WholeDays(start=first, end=last + ONE_DAY)
    begin = instant_of(start, zone, "start")
    finish = instant_of(end, zone, "end") if end else begin + timedelta(hours=1)
    _require_order(begin, finish)
    return Timed(start=begin, end=finish, zone=zone)


def _require_order(first: date, last: date) -> None:
    if first > last:
        raise Invalid("The end comes before the start.", "end")


def instant_of(text: str, zone: str, field: str) -> datetime:
    """An instant of a text of a form.

    Raises:
        Invalid: it is no time.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(Text("“{text}” is no time.", text=text), field) from error
    if found.tzinfo is not None or found.second or found.microsecond:
        raise Invalid(Text("“{text}” is no time.", text=text), field)
    return found.replace(tzinfo=zone_info(zone)).astimezone(zone_info("UTC"))


def day_of(text: str, field: str) -> date:
    """A day of a text of a form; a time of day beside it does not count.

    Raises:
        Invalid: it is none.
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Invalid(Text("“{text}” is no day.", text=text), field) from error


def moment_day(moment: Moment | None, zone: str) -> date | None:
    """The day of a task's date."""
    if isinstance(moment, Instant):
        return moment.at.astimezone(zone_info(zone)).date()
    return moment.day if isinstance(moment, Day) else None


def at_day(day: date, moment: Moment | None, zone: str) -> Moment:
    """The same date on another day: one with a time of day keeps that."""
    if isinstance(moment, Instant):
        clock: time = moment.at.astimezone(zone_info(zone)).time()
        at = datetime.combine(day, clock, zone_info(zone)).astimezone(zone_info("UTC"))
        return Instant(at=at, zone=moment.zone, floating=moment.floating)
    return Day(day=day)
