"""Any item that iCalendar can say comes back as it was, alone or with the exceptions of its series."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from passerelle.model.items import Appointment, ForeignProperty, Task
from passerelle.model.moments import Instant, Moment, Span, Timed
from passerelle.model.occurrences import occurrences
from passerelle.model.participants import Organizer, Participant, ParticipantKind
from passerelle.model.recurrence import Recurrence
from passerelle.wire import icalendar
from passerelle.wire.icalendar import Series
from tests.strategies import appointments, tasks

pytestmark = pytest.mark.long

HOME = "Europe/Paris"


def exact(item: Appointment) -> Appointment:
    """The appointment without what iCalendar has no words for: fractions of seconds, numbers of users, line ends."""
    recurrence = _recurrence(item.recurrence) if item.recurrence else None
    alarm = max(item.alarm, 0) if item.alarm is not None else None
    when = _span(item.when)
    return replace(item, **_common(item), when=when, recurrence=recurrence, recurrence_id=None, alarm=alarm)


def exact_task(item: Task) -> Task:
    """The task without what iCalendar has no words for."""
    return replace(item, **_common(item), **_task_times(item))


def _common(item: Appointment | Task) -> dict[str, object]:
    people = {each.mail: each for each in map(_person, item.participants)}
    organizer = Organizer(mail=item.organizer.mail, name=item.organizer.name) if item.organizer else None
    return {
        "uid": item.uid or "uid",
        "title": _text(item.title),
        "location": _text(item.location),
        "note": _text(item.note),
        "note_html": _text(item.note_html),
        "participants": tuple(people.values()),
        "organizer": organizer if organizer and organizer.mail else None,
        "foreign": tuple(sorted(filter(None, map(_foreign, item.foreign)), key=lambda each: each.name)),
    }


def _text(text: str | None) -> str | None:
    return text.replace("\r\n", "\n").replace("\r", "\n") if text else None


def _person(each: Participant) -> Participant:
    kinds = {ParticipantKind.GROUP, ParticipantKind.EXTERNAL_GROUP}
    kind = ParticipantKind.EXTERNAL_GROUP if each.kind in kinds else ParticipantKind.EXTERNAL
    return replace(each, kind=kind, id=None, mail=each.mail or f"user{each.id}@example.org")


def _foreign(each: ForeignProperty) -> ForeignProperty | None:
    text = each.text.replace("\r", "").replace("\n", "\\n")
    return replace(each, text=f"{each.name}:{text}") if each.format == "icalendar" else None


def whole(moment: datetime) -> datetime:
    """The moment without its fraction of a second."""
    return moment.replace(microsecond=0)


def _span(span: Span) -> Span:
    if not isinstance(span, Timed):
        return span
    zone = HOME if span.floating else span.zone  # floating times are the reader's
    end_zone = span.end_zone if not span.floating and span.end_zone != zone else None
    start, end = whole(span.start), max(whole(span.end), whole(span.start))
    return replace(span, start=start, end=end, zone=zone, end_zone=end_zone)


def _recurrence(recurrence: Recurrence) -> Recurrence:
    keys = {name: tuple(sorted({whole(key) for key in getattr(recurrence, name)})) for name in ("dates", "deleted")}
    return replace(recurrence, **keys)


def _task_times(task: Task) -> dict[str, object]:
    names = ("currency", "billing_information", "companies", "trip_meter")
    texts = {name: _text(getattr(task, name)) for name in names}
    return texts | {
        "start": _moment(task.start),
        "due": _moment(task.due),
        "completed": whole(task.completed) if task.completed else None,
        "alarm": whole(task.alarm) if task.alarm else None,
        "recurrence": _recurrence(task.recurrence) if task.recurrence and (task.start or task.due) else None,
    }


def _moment(moment: Moment | None) -> Moment | None:
    if not isinstance(moment, Instant):
        return moment
    return replace(moment, at=whole(moment.at), zone=HOME if moment.floating else moment.zone)


def again(series: Series) -> Series:
    """What reading gives of what writing gave."""
    result = icalendar.read(icalendar.write([series]), HOME)
    assert not result.problems
    (entry,) = result.entries
    return replace(entry, line=0)


@given(appointments().map(exact))
def test_an_appointment_comes_back(item: Appointment) -> None:
    assert again(Series(master=item)) == Series(master=item)


@given(tasks().map(exact_task))
def test_a_task_comes_back(item: Task) -> None:
    assert again(Series(master=item)) == Series(master=item)


@given(st.data())
def test_a_series_comes_back_with_its_changed_occurrences(data: st.DataObject) -> None:
    master = data.draw(appointments(series=True).map(exact))
    keys = [each.key for each in islice(occurrences(master.when, master.recurrence or Recurrence()), 5)]
    chosen = sorted(data.draw(st.sets(st.sampled_from(keys), max_size=3))) if keys else []
    changed = [data.draw(appointments(series=False).map(exact)) for _ in chosen]
    exceptions = tuple(
        replace(item, uid=master.uid, recurrence_id=key) for key, item in zip(chosen, changed, strict=True)
    )
    series = Series(master=master, exceptions=exceptions)
    assert again(series) == series


@given(st.lists(appointments(series=False).map(exact), max_size=4))
def test_a_file_of_several_items_is_as_good_as_several_files(items: list[Appointment]) -> None:
    series = [Series(master=replace(item, uid=str(number))) for number, item in enumerate(items)]
    entries = icalendar.read(icalendar.write(series), HOME).entries
    assert [replace(entry, line=0) for entry in entries] == series


@given(appointments().map(exact), st.integers(1, 90))
def test_what_a_file_said_is_dropped_once_the_item_says_otherwise(item: Appointment, later: int) -> None:
    read = again(Series(master=item)).master
    assert isinstance(read, Appointment)
    moved = replace(read, title="moved", when=_later(read.when, timedelta(days=later)), recurrence=None, alarm=5)
    assert again(Series(master=moved)).master == moved


def _later(span: Span, by: timedelta) -> Span:
    return replace(span, start=span.start + by, end=span.end + by)
