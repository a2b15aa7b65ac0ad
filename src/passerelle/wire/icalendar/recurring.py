"""How an item repeats: RRULE, RDATE, EXDATE and the EXRULE of old files, read (RFC 5545, section 3.8.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice, takewhile

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.expansion.keys import rule_keys
from passerelle.model.moments import ONE_DAY, Span, Timed, WholeDays, midnight, span_start
from passerelle.model.occurrences import last_key, occurrences
from passerelle.model.onwards import ENDLESS_YEARS, MOST_KEYS, or_none
from passerelle.model.recurrence import Recurrence, Rule
from passerelle.model.text import Text, sentences
from passerelle.wire.contentlines import ContentLine
from passerelle.wire.findings import Problem
from passerelle.wire.icalendar.clocks import Clock, OwnHands, clock_of
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.definitions import Definition
from passerelle.wire.icalendar.rules import read_rule
from passerelle.wire.icalendar.times import REPEATING, make_span, with_length
from passerelle.wire.icalendar.zones import Life, Point, Zones


class Series(Struct, frozen=True):
    """How a component repeats. ``periods`` are the spans of RDATEs that have an end of their own, by key."""

    recurrence: Recurrence | None = None
    periods: tuple[tuple[datetime, Span], ...] = ()
    notes: tuple[Problem, ...] = ()


def read_series(component: Component, span: Span, zones: Zones, life: Life) -> Series:
    """Return how a component that begins with ``span`` repeats.

    Raises:
        Unreadable: a value is malformed.
    """
    if not any(name in component.lines for name in (*REPEATING, "EXDATE")):
        return Series()
    start = component.first("DTSTART") or component.first("DUE")
    point = zones.point(start, start.value, life) if start else None
    if point is not None and isinstance(point.zone, Definition) and isinstance(span, Timed):
        return _spelled_out(component, span, point.zone, zones, life)
    return _Reader(component, span, clock_of(span), zones, life).series()


def _spelled_out(component: Component, span: Timed, definition: Definition, zones: Zones, life: Life) -> Series:
    """Return a series whose zone only its file knows as the list of its occurrences."""
    begins, ends = (definition.wall(moment).replace(tzinfo=span.start.tzinfo) for moment in (span.start, span.end))
    local = Timed(start=begins, end=max(begins, ends))
    series = _Reader(component, local, OwnHands(definition), zones, life).series()
    if series.recurrence is None:
        return series
    walls = _keys(local, series.recurrence, MOST_KEYS + 1)
    keys = [definition.utc(wall.replace(tzinfo=None)) for wall in walls[:MOST_KEYS]]
    endless = last_key(local, series.recurrence) is None or len(walls) > MOST_KEYS
    reason = sentences(
        Text(
            "The time zone “{tzid}” has no equal among the known ones: the dates of the series are kept.",
            tzid=definition.tzid,
        ),
        Text("The last is {day}.", day=f"{keys[-1]:%Y-%m-%d}") if endless and keys else "",
    )
    deleted = () if span.start in keys else (span.start,)
    recurrence = Recurrence(dates=tuple(key for key in keys if key != span.start), deleted=deleted)
    return Series(or_none(recurrence), (), (*series.notes, Problem(component.line, reason)))


def _keys(span: Span, recurrence: Recurrence, most: int) -> list[datetime]:
    end = span_start(span) + timedelta(days=366 * ENDLESS_YEARS)
    return [each.key for each in islice(occurrences(span, recurrence, end=end), most)]


class _Reader:
    """Reads the recurrence properties of one component on one clock."""

    def __init__(self, component: Component, span: Span, clock: Clock, zones: Zones, life: Life) -> None:
        self._component, self._span, self._clock = component, span, clock
        self._zones, self._life = zones, life
        self._notes: list[Problem] = []

    def series(self) -> Series:
        rules = tuple(self._rule(line) for line in self._distinct("RRULE"))
        dates, periods = self._dates()
        recurrence = Recurrence(rules=rules, dates=_sorted(dates))
        deleted = {key for line in self._lines("EXDATE") for key in self._deleted(line, recurrence)}
        deleted.update(key for line in self._distinct("EXRULE") for key in self._excluded(line, recurrence))
        if not rules and not dates:
            deleted = self._of_single(deleted)
        whole = replace(recurrence, deleted=_sorted(deleted))
        return Series(or_none(whole), periods, tuple(self._notes))

    def _lines(self, name: str) -> list[ContentLine]:
        return self._component.lines.get(name, [])

    def _distinct(self, name: str) -> Iterable[ContentLine]:
        """Lines that say the same twice count once."""
        found: dict[str, ContentLine] = {}
        for line in self._lines(name):
            found.setdefault(line.value.strip(), line)
        return [line for value, line in found.items() if value]

    def _rule(self, line: ContentLine) -> Rule:
        rule = read_rule(line, lambda text: self._clock.until(text, line.number))
        upper = line.value.upper()
        if rule.until is None and rule.count is None and "COUNT=" in upper:
            reason = Text("No end can be kept of the rule “{line}”: the series is read as endless.", line=line.value)
            self._notes.append(Problem(line.number, reason))
        if rule.until is None or "COUNT=" not in upper:
            return rule
        counted = read_rule(replace(line, value=re.sub(r"UNTIL=[^;]*", "", upper)), self._clock.until)
        last = last_key(self._span, Recurrence(rules=(counted,)))
        return rule if last is None else replace(rule, until=min(rule.until, last))

    def _of_single(self, deleted: set[datetime]) -> set[datetime]:
        """Return what EXDATE deletes of an event that does not repeat: the event itself or nothing."""
        if span_start(self._span) in deleted:
            return {span_start(self._span)}
        reason = Text("The EXDATE of an event that does not repeat names another time: it deletes nothing.")
        self._notes += [Problem(line.number, reason) for line in self._lines("EXDATE")]
        return set()

    def _dates(self) -> tuple[set[datetime], tuple[tuple[datetime, Span], ...]]:
        keys, periods = set(), {}
        for line in self._lines("RDATE"):
            for text in filter(None, line.value.split(",")):
                begin, _, end = text.partition("/")
                point = self._zones.point(line, begin, self._life)
                keys.add(self._clock.key(point))
                if end:
                    periods[self._clock.key(point)] = self._period(line, point, end)
        return keys, tuple(sorted(periods.items()))

    def _period(self, line: ContentLine, start: Point, end: str) -> Span:
        if end[:1] in {"P", "p", "+", "-"}:
            return make_span(*with_length(start, replace(line, value=end), self._zones), self._zones.home)
        return make_span(start, self._zones.point(line, end, self._life), self._zones.home)

    def _deleted(self, line: ContentLine, recurrence: Recurrence) -> Iterator[datetime]:
        for text in filter(None, line.value.split(",")):
            point = self._zones.point(line, text, self._life)
            if isinstance(self._span, WholeDays):
                yield from self._deleted_day(line, point)
            elif point.is_day:
                yield from self._on_day(point, recurrence)
            else:
                yield self._clock.key(point)

    def _deleted_day(self, line: ContentLine, point: Point) -> Iterator[datetime]:
        if point.is_day or (isinstance(point.value, datetime) and point.value.time() == time()):
            yield midnight(point.day)
            return
        reason = Text("The EXDATE {line} names a time, the series has whole days: it deletes nothing.", line=line.value)
        self._notes.append(Problem(line.number, reason))

    def _on_day(self, point: Point, recurrence: Recurrence) -> list[datetime]:
        """Return the keys of all occurrences that start on a day."""
        begin = self._clock.key(Point(datetime.combine(point.day, time())))
        end = self._clock.key(Point(datetime.combine(point.day + ONE_DAY, time())))
        found = occurrences(self._span, recurrence, start=begin, end=end)
        return [each.key for each in found if begin <= each.key < end]

    def _excluded(self, line: ContentLine, recurrence: Recurrence) -> Iterator[datetime]:
        """Return the keys that an EXRULE takes away; RFC 5545 has dropped it, old files have it."""
        rule = self._rule(line)
        wanted = set(_keys(self._span, recurrence, MOST_KEYS))
        last = max(wanted, default=span_start(self._span))
        taken = takewhile(lambda key: key <= last, rule_keys(self._span, rule))
        yield from (key for key in taken if key in wanted)


def _sorted(keys: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(sorted(set(keys)))
