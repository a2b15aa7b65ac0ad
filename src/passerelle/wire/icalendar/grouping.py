"""From components to series: versions, changed occurrences, periods (RFC 5545, sections 3.8.4.4 and 3.8.7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.items import Appointment, Task
from passerelle.model.moments import ONE_DAY, Span, WholeDays, midnight, span_end, span_start
from passerelle.model.occurrences import occurrences
from passerelle.model.onwards import ENDLESS_YEARS, Change, Part, split
from passerelle.model.recurrence import Recurrence
from passerelle.model.text import Text
from passerelle.wire.findings import Problem
from passerelle.wire.icalendar.clocks import Hands, clock_of
from passerelle.wire.icalendar.drafts import Draft
from passerelle.wire.icalendar.entries import Series
from passerelle.wire.icalendar.values import write_clock
from passerelle.wire.icalendar.zones import Point, instant


class Group(Struct, frozen=True):
    """The series that came of the components of one uid, mostly one, and what is to be said of them."""

    series: tuple[Series, ...]
    notes: tuple[Problem, ...]


def assemble(drafts: Iterable[Draft], home: str) -> Group:
    """Put the components of one uid together.

    Of several versions the one with the highest SEQUENCE counts. Changed occurrences that are deleted as well
    are left out, as recurring-ical-events does.
    """
    drafts = list(drafts)
    notes = [note for draft in drafts for note in draft.notes]
    masters = _latest([draft for draft in drafts if draft.moved is None], notes)
    moved = [draft for draft in drafts if draft.moved is not None]
    master = masters[0] if masters else None
    if master is not None and isinstance(master.item, Task):
        return Group(tuple(_tasks(master, moved, notes)), tuple(notes))
    keyed = _keyed(master, moved, home, notes)
    if master is None or not isinstance(master.item, Appointment):
        return Group(tuple(_orphans(keyed, notes)), tuple(notes))
    return Group(tuple(_series(master, master.item, keyed, notes)), tuple(notes))


def _latest(masters: list[Draft], notes: list[Problem]) -> list[Draft]:
    if len(masters) < 2:  # noqa: PLR2004 - nothing to choose
        return masters
    latest = max(masters, key=lambda draft: draft.sequence)  # the first of equals
    for draft in masters:
        if draft is not latest:
            reason = Text("Line {line} has the same UID and is not older: this version is left out.", line=latest.line)
            notes.append(Problem(draft.line, reason))
    return [latest]


class _Keyed(Struct, frozen=True):
    """A changed occurrence with the key of what it replaces."""

    key: datetime
    draft: Draft
    item: Appointment


def _keyed(master: Draft | None, moved: list[Draft], home: str, notes: list[Problem]) -> list[_Keyed]:
    found: dict[datetime, _Keyed] = {}
    for draft in moved:
        if not isinstance(draft.item, Appointment) or draft.moved is None:
            continue
        key = _key(master.item if master else None, draft.item, draft.moved, home)
        changed = _Keyed(key, draft, replace(draft.item, recurrence_id=key))
        other = found.setdefault(key, changed)
        if other is changed:
            continue
        newer, older = (changed, other) if draft.sequence > other.draft.sequence else (other, changed)
        found[key] = newer
        reason = Text(
            "Line {line} changes the same occurrence and is not older: this one is left out.", line=newer.draft.line
        )
        notes.append(Problem(older.draft.line, reason))
    return [found[key] for key in sorted(found)]


def _key(master: Appointment | Task | None, item: Appointment, moved: Point, home: str) -> datetime:
    """Return the key that a RECURRENCE-ID names, read in the form of the master's start if that is known."""
    if isinstance(master, Appointment):
        return occurrence_key(master, moved, home)
    zone = Hands(home) if isinstance(item.when, WholeDays) else clock_of(item.when)
    return midnight(moved.day) if moved.is_day else zone.key(moved)


def occurrence_key(master: Appointment, moved: Point, home: str) -> datetime:
    """Return the key that a RECURRENCE-ID names in a series; ``home`` is the zone of times that float."""
    clock = clock_of(master.when)
    if isinstance(clock, Hands) and moved.is_day:
        return _key_on(master, moved, clock)
    if isinstance(clock, Hands) and moved.zone is not None:
        return instant(moved, home)
    return clock.key(moved)


def _key_on(master: Appointment, moved: Point, clock: Hands) -> datetime:
    """Return the only occurrence of a day that RECURRENCE-ID names though the series has times."""
    start = clock.key(moved)
    found = _keys(master, start, clock.key(Point(moved.day + ONE_DAY)))
    return found[0] if len(found) == 1 else start


def _keys(master: Appointment, start: datetime, end: datetime) -> list[datetime]:
    recurrence = master.recurrence or Recurrence()
    found = occurrences(master.when, recurrence, start=start, end=end, deleted=True)
    return [each.key for each in found if start <= each.key < end]


def _orphans(keyed: list[_Keyed], notes: list[Problem]) -> Iterator[Series]:
    if not keyed:
        return
    notes += [
        Problem(each.draft.line, "The series of this changed occurrence is not in the file: it stands alone.")
        for each in keyed
    ]
    yield Series(exceptions=tuple(each.item for each in keyed), line=keyed[0].draft.line)


def _series(draft: Draft, master: Appointment, keyed: list[_Keyed], notes: list[Problem]) -> Iterator[Series]:
    kept = [each for each in keyed if _stands(draft, master, each, notes)]
    changes = [Change(each.key, each.item, _own_uid(master, each.key)) for each in kept if each.draft.onwards]
    exceptions = [each.item for each in kept if not each.draft.onwards]
    if not changes:
        yield Series(master=master, exceptions=_with_periods(master, exceptions, draft), line=draft.line)
        return
    result = split(master, changes, exceptions)
    notes += [Problem(draft.line, _said(part)) for part in result.parts]
    for part in (*([result.before] if result.before else []), *result.parts):
        yield Series(master=part.master, exceptions=_with_periods(part.master, part.exceptions, draft), line=draft.line)


def _said(part: Part) -> str:
    day = f"{span_start(part.master.when):%Y-%m-%d}"
    note = f"The series changes from {day} onwards: it goes on as a series of its own."
    return note if part.is_exact else f"{note} It has no end, the first {ENDLESS_YEARS} years of it are kept."


def _own_uid(item: Appointment | Task, key: datetime) -> str | None:
    """Return the uid of what was an occurrence, and is an item of its own now."""
    return f"{item.uid}-{write_clock(key)}Z" if item.uid else None


def _stands(draft: Draft, master: Appointment, each: _Keyed, notes: list[Problem]) -> bool:
    """Tell whether a changed occurrence counts, as recurring-ical-events decides."""
    deleted = master.recurrence.deleted if master.recurrence else ()
    if each.key in deleted:
        notes.append(Problem(each.draft.line, "This changed occurrence is deleted by an EXDATE: it is left out."))
        return False
    newest = max(draft.sequence, each.draft.sequence)
    if each.draft.repeats and each.draft.sequence < draft.sequence and newest > -1:
        end = each.key.replace(microsecond=1)
        if not _keys(master, each.key, end):
            reason = Text("This older version belongs to no occurrence of the series: it is left out.")
            notes.append(Problem(each.draft.line, reason))
            return False
    return True


def _with_periods(master: Appointment, exceptions: Sequence[Appointment], draft: Draft) -> tuple[Appointment, ...]:
    """Add the RDATEs with a length of their own as changed occurrences."""
    taken = {item.recurrence_id for item in exceptions}
    recurrence = master.recurrence or Recurrence()
    own = [
        replace(master, when=span, recurrence=None, recurrence_id=key)
        for key, span in draft.periods
        if key in recurrence.dates and key not in taken | set(recurrence.deleted)
        if _length(span) != _length(master.when)
    ]
    return tuple(sorted((*exceptions, *own), key=lambda item: item.recurrence_id or span_start(item.when)))


def _length(span: Span) -> object:
    return span_end(span) - span_start(span)


def _tasks(draft: Draft, moved: list[Draft], notes: list[Problem]) -> Iterator[Series]:
    """Return a task and, as tasks of their own, its changed occurrences: the model has no such exceptions."""
    task = draft.item
    if not isinstance(task, Task):
        return
    others = []
    for each in moved:
        if isinstance(each.item, Task) and each.moved is not None:
            key = _task_key(task, each.moved)
            task = _without(task, key)
            others.append(Series(master=replace(each.item, uid=_own_uid(task, key)), line=each.line))
            notes.append(Problem(each.line, "A changed occurrence of a task becomes a task of its own."))
    yield Series(master=task, line=draft.line)
    yield from others


def _task_key(task: Task, moved: Point) -> datetime:
    anchor = task.start or task.due
    zone = getattr(anchor, "zone", "UTC")
    if moved.is_day:
        return midnight(moved.day)
    return instant(moved, zone)


def _without(task: Task, key: datetime) -> Task:
    recurrence = task.recurrence
    if recurrence is None:
        return task
    return replace(task, recurrence=replace(recurrence, deleted=tuple(sorted({*recurrence.deleted, key}))))
