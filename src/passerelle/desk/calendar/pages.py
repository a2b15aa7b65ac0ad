"""What the calendar page asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import JSONResponse, PlainTextResponse, Response

from passerelle.desk import saving
from passerelle.desk.calendar.events import event
from passerelle.desk.calendar.form import (
    ALL,
    COLOURS,
    ONE,
    REMINDERS,
    Shown,
    as_values,
    occurrence_on,
    patch,
    wanted_span,
)
from passerelle.desk.calendar.words import calendar_words, clock
from passerelle.desk.places import default_place, places
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.wallclock import day_of, span_of, wall
from passerelle.model.errors import Invalid, Overlap, Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment, Item
from passerelle.model.participants import Answer, ParticipantKind
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, sentences

_LONGEST: Final = timedelta(days=400)


def page(visit: Visit) -> Response:
    """The calendar."""
    groups = places(visit.session, Module.CALENDAR)
    words = json.dumps(calendar_words(visit.words))
    return visit.page("calendar/page.html", {"module": "calendar", "groups": groups, "calendar_words": words})


def events(visit: Visit) -> Response:
    """What takes place, for the calendar in the browser.

    Raises:
        Invalid: the days are none, or too many.
    """
    first, after = day_of(visit.fields.get("start", ""), "start"), day_of(visit.fields.get("end", ""), "end")
    if not timedelta(0) < after - first <= _LONGEST:
        raise Invalid(Text("Ask for at most {most} days.", most=_LONGEST.days), "end")
    known = {place.id: place.hue for group in places(visit.session, Module.CALENDAR) for place in group.places}
    asked = visit.fields.get("folders", "").split(",")
    chosen = [id_ for id_ in known if str(id_) in asked]
    user = visit.session.user
    found = visit.session.agenda(chosen, first, after)
    return JSONResponse([event(entry, user.zone, user.id, known) for entry in found])


def form(visit: Visit) -> Response:
    """The dialog of an appointment, or of a new one."""
    if "id" in visit.fields:
        record, shown = _shown(visit)
        return _dialog(visit, as_values(shown, visit.session.user.zone, visit.directory), record, shown)
    zone = visit.session.user.zone
    start = visit.fields.get("start") or wall(datetime.now(UTC) + timedelta(hours=1), zone)[:-2] + "00"
    when = span_of(start, visit.fields.get("end", ""), zone, all_day=False)
    values = as_values(Shown(item=Appointment(when=when), when=when), zone, visit.directory)
    if visit.fields.get("all_day"):
        last = day_of(visit.fields["end"], "end") - timedelta(days=1)
        values |= {"all_day": "1", "last": max(values["first"], last.isoformat())}
    return _dialog(visit, values | {"alarm": "15"}, None, None)


def save(visit: Visit) -> Response:
    """Make or change an appointment as the form says; if that is refused, the form says why."""
    try:
        return _save(visit)
    except Refused as error:
        record, shown = _shown(visit) if visit.fields.get("id") else (None, None)
        return _dialog(visit, visit.fields, record, shown, error)


def _save(visit: Visit) -> Response:
    session, fields = visit.session, visit.fields
    ignore = bool(fields.get("ignore"))
    if not fields.get("id"):
        blank = Appointment(when=wanted_span(fields, session.user.zone))
        changes = patch(blank, Shown(item=blank, when=blank.when), fields, session.user.zone, visit.directory)
        new = Appointment(**{"when": blank.when, **changes})  # type: ignore[arg-type]  # a patch has values of the fields' types
        session.create(FolderId(visit.number("calendar")), new, ignore_conflicts=ignore)
        return visit.done(Text("The appointment is saved."))
    record, shown = _shown(visit)

    def change(item: Item) -> Patch:
        return patch(item, shown, fields, session.user.zone, visit.directory)

    expected = saving.stamp_of(visit)
    if shown.day is not None and fields.get("scope", ONE) == ONE:
        session.change_occurrence(
            record.id, record.folder, shown.day, change, expected=expected, ignore_conflicts=ignore
        )
    else:
        target = FolderId(visit.number("calendar")) if fields.get("calendar") else record.folder
        session.update(
            record.id, record.folder, change,
            module=Module.CALENDAR, expected=expected, ignore_conflicts=ignore,
            destination=target if target != record.folder else None,
        )  # fmt: skip
    return visit.done(Text("The appointment is saved."))


def move(visit: Visit) -> Response:
    """Give an appointment, or one occurrence, the time that it was dragged to; participants are not asked anew."""
    record, shown = _shown(visit)
    zone = visit.session.user.zone
    is_whole = bool(visit.fields.get("all_day"))
    end = visit.fields.get("end", "")
    if is_whole and end:
        end = (day_of(end, "end") - timedelta(days=1)).isoformat()
    when = span_of(visit.fields.get("start", ""), end, zone, all_day=is_whole)
    expected = saving.stamp_of(visit)
    try:
        if shown.day is None:
            visit.session.update(record.id, record.folder, lambda _: {"when": when}, expected=expected)
        else:
            visit.session.change_occurrence(
                record.id, record.folder, shown.day, lambda _: {"when": when}, expected=expected
            )
    except Overlap as error:
        return PlainTextResponse(visit.words.say(_collisions(error, visit)), 409)
    return Response(status_code=204)


def delete(visit: Visit) -> Response:
    """Delete an appointment, or one occurrence."""
    record, shown = _shown(visit)
    expected = saving.stamp_of(visit)
    if shown.day is not None and visit.fields.get("scope", ONE) != ALL:
        visit.session.delete_occurrence(record.id, record.folder, shown.day, expected=expected)
    else:
        visit.session.delete(record.id, record.folder, module=Module.CALENDAR, expected=expected)
    return visit.done(Text("The appointment is deleted."))


def answer(visit: Visit) -> Response:
    """Accept or decline an invitation.

    Raises:
        Invalid: the answer is none.
    """
    record, shown = _shown(visit)
    try:
        given = Answer(visit.fields.get("answer", ""))
    except ValueError as error:
        raise Invalid("Say whether you accept.", "answer") from error
    at = shown.day if visit.fields.get("scope", ALL) == ONE else None
    visit.session.confirm(record.id, given, visit.fields.get("message", ""), folder=record.folder, at=at)
    return visit.done(Text("Your answer is saved."))


def _shown(visit: Visit) -> tuple[ItemRecord, Shown]:
    record = saving.record_of(visit, Module.CALENDAR)
    assert isinstance(record.item, Appointment)  # noqa: S101 - narrows the type; calendars hold nothing else
    day = visit.fields.get("day", "")
    return record, occurrence_on(record.item, day_of(day, "day") if day else None)


def _dialog(
    visit: Visit,
    values: Mapping[str, str],
    record: ItemRecord | None,
    shown: Shown | None,
    error: Refused | None = None,
) -> Response:
    groups = places(visit.session, Module.CALENDAR)
    default = default_place(groups)
    chosen = values.get("calendar") or (str(record.folder) if record else str(default.id) if default else "")
    item = record.item if record is not None and isinstance(record.item, Appointment) else None
    return visit.page(
        "calendar/form.html",
        {
            "values": Typed(values),
            "record": record,
            "shown": shown,
            "groups": groups,
            "chosen": chosen,
            "reminders": REMINDERS,
            "colours": range(COLOURS),
            "invited": [] if item is None else [(visit.directory.name_of(one), one) for one in item.participants],
            "asked": item is not None and _is_asked(item, visit),
            "error": None if error is None else visit.words.say(_reason(error, visit)),
            "bookable": isinstance(error, Overlap) and not any(one.hard for one in error.collisions),
        },
        status=200 if error is None else 422,
    )


def _is_asked(item: Appointment, visit: Visit) -> bool:
    """Whether the user was invited by somebody else."""
    user = visit.session.user_id
    is_invited = any(one.kind is ParticipantKind.USER and one.id == user for one in item.participants)
    return is_invited and (item.organizer is None or item.organizer.id != user)


def _reason(error: Refused, visit: Visit) -> Text:
    if isinstance(error, Overlap):
        return _collisions(error, visit)
    return saving.reason(error)


def _collisions(error: Overlap, visit: Visit) -> Text:
    """Who is busy, with what and when."""
    zone = visit.session.user.zone
    lines = [
        Text(
            "{who}: {title}, {start}–{end}.",
            who=", ".join(one.who),
            title=one.title or Text("busy"),
            start=clock(one.start, zone, visit.words),
            end=clock(one.end, zone, visit.words, only_time=one.start.date() == one.end.date()),
        )
        for one in error.collisions
    ]
    return sentences(Text("At that time somebody is busy."), *lines)
