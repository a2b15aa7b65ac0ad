"""Days, times and rules as people say them, on the wall clock of whoever reads."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.model.moments import ONE_DAY, Day, Moment, Span, Timed, zone_info
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.model.text import Text, plural, sentences

_WEEKDAYS = (
    Text("Monday"),
    Text("Tuesday"),
    Text("Wednesday"),
    Text("Thursday"),
    Text("Friday"),
    Text("Saturday"),
    Text("Sunday"),
)
_MONTHS = (
    Text("January"),
    Text("February"),
    Text("March"),
    Text("April"),
    Text("May"),
    Text("June"),
    Text("July"),
    Text("August"),
    Text("September"),
    Text("October"),
    Text("November"),
    Text("December"),
)


def said_day(day: date) -> Text:
    """A day, such as “Monday, 1 March 2027”."""
    return Text(
        "{weekday}, {day} {month} {year}",
        weekday=_WEEKDAYS[day.weekday()],
        day=day.day,
        month=_MONTHS[day.month - 1],
        year=str(day.year),
    )


def said_instant(at: datetime, zone: str) -> Text:
    """An instant with its zone."""
    local = at.astimezone(zone_info(zone))
    return Text("{day}, {time} ({zone})", day=said_day(local.date()), time=f"{local:%H:%M}", zone=zone)


def said_moment(moment: Moment, zone: str) -> Text:
    """A day, or an instant."""
    return said_day(moment.day) if isinstance(moment, Day) else said_instant(moment.at, zone)


def said_span(span: Span, zone: str) -> Text:
    """From when to when."""
    if isinstance(span, Timed):
        start, end = span.start.astimezone(zone_info(zone)), span.end.astimezone(zone_info(zone))
        first, last = said_day(start.date()), said_day(end.date())
        times = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "zone": zone}
        if start.date() == end.date():
            return Text("{first}, {start}–{end} ({zone})", first=first, **times)
        return Text("{first}, {start} – {last}, {end} ({zone})", first=first, last=last, **times)
    first, last = said_day(span.start), said_day(span.end - ONE_DAY)
    if span.end - span.start == ONE_DAY:
        return Text("{first}, all day", first=first)
    return Text("{first} – {last}, all day", first=first, last=last)


def said_recurrence(recurrence: Recurrence, zone: str) -> Text:
    """How a series goes on, as far as a sentence can say it; the calendar shows the rest."""
    if not recurrence.rules:
        return Text("on several days")
    return sentences(*(_said_rule(rule, zone) for rule in recurrence.rules))


def _said_rule(rule: Rule, zone: str) -> Text:
    pace = _pace(rule)
    if rule.until is not None:
        return Text("{pace}, until {day}", pace=pace, day=said_day(rule.until.astimezone(zone_info(zone)).date()))
    if rule.count is not None:
        return plural("{pace}, {count} time", "{pace}, {count} times", count=rule.count, pace=pace)
    return pace


def _pace(rule: Rule) -> Text:
    count = rule.interval
    match rule.frequency:
        case Frequency.DAILY:
            return Text("every day") if count == 1 else Text("every {count} days", count=count)
        case Frequency.WEEKLY:
            return Text("every week") if count == 1 else Text("every {count} weeks", count=count)
        case Frequency.MONTHLY:
            return Text("every month") if count == 1 else Text("every {count} months", count=count)
        case Frequency.YEARLY:
            return Text("every year") if count == 1 else Text("every {count} years", count=count)
        case _:
            return Text("several times a day")
