"""What the calendar page asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import JSONResponse, Response

from passerelle.desk import saving
from passerelle.desk.calendar.events import chosen_calendars, event
from passerelle.desk.calendar.form import (
    FOLLOWING,
    LABELS,
    ONE,
    REMINDERS,
    Shown,
    as_values,
    occurrence_on,
    patch,
    scope_of,
    timing,
    wanted_span,
)
from passerelle.desk.calendar.thinning import thinned
from passerelle.desk.calendar.words import calendar_words, clock
from passerelle.desk.fields import whole
from passerelle.desk.folders.tree import tree
from passerelle.desk.invitations import invitation_of
from passerelle.desk.places import default_place, places
from passerelle.desk.repeating import as_fields
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.wallclock import day_of, span_of, wall
from passerelle.model.errors import Invalid, Overlap, Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import ONE_DAY
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, sentences

_LONGEST: Final = timedelta(days=400)
_MOST_A_DAY: Final = 50


def page(visit: Visit) -> Response:
    """The calendar."""
    words = json.dumps(calendar_words(visit.words))
    return visit.page("calendar/page.html", {**tree(visit, "calendar"), "calendar_words": words})


def events(visit: Visit) -> Response:
    """What takes place, for the calendar in the browser; of each day so much as it has room for, if it says so.

    Raises:
        Invalid: the days are none, or too many, or there is no such room.
    """
    first, after = day_of(visit.fields.get("start", ""), "start"), day_of(visit.fields.get("end", ""), "end")
    if not timedelta(0) < after - first <= _LONGEST:
        raise Invalid(Text("Ask for at most {most} days.", most=_LONGEST.days), "end")
    hues = chosen_calendars(visit)
    user = visit.session.user
    found = visit.session.agenda(hues, first, after)
    shown = [event(entry, user.zone, user.id, hues) for entry in found]
    if visit.fields.get("most"):
        most = whole(visit.fields["most"], "most", _MOST_A_DAY, 1)
        return JSONResponse(thinned(shown, most, lambda count: visit.words.say(Text("{count} more", count=count))))
    return JSONResponse(shown)


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
    if not fields.get("id"):
        blank = Appointment(when=wanted_span(fields, session.user.zone))
        changes = patch(blank, Shown(item=blank, when=blank.when), fields, session.user.zone, visit.directory)
        new = Appointment(**{"when": blank.when, **changes})  # type: ignore[arg-type]  # a patch has values of the fields' types
        session.create(FolderId(visit.number("calendar")), new, ignore_conflicts=bool(fields.get("ignore")))
        return visit.done(Text("The appointment is saved."))
    record, shown = _shown(visit)

    def change(item: Item) -> Patch:
        return patch(item, shown, fields, session.user.zone, visit.directory)

    target = FolderId(visit.number("calendar")) if fields.get("calendar") else record.folder
    _change(visit, record, shown, change, target if target != record.folder else None)
    return visit.done(Text("The appointment is saved."))


def _change(
    visit: Visit, record: ItemRecord, shown: Shown, change: saving.Change, destination: FolderId | None = None
) -> None:
    """Change as much of a series as was asked for. Raises Refused."""
    session, expected = visit.session, saving.stamp_of(visit)
    ignore = bool(visit.fields.get("ignore"))
    scope = scope_of(shown, visit.fields)
    if shown.day is not None and scope == ONE:
        session.change_occurrence(
            record.id, record.folder, shown.day, change, expected=expected, ignore_conflicts=ignore
        )
    elif shown.day is not None and scope == FOLLOWING:
        session.change_onwards(
            record.id, record.folder, shown.day, change,
            expected=expected, destination=destination, ignore_conflicts=ignore,
        )  # fmt: skip
    else:
        session.update(
            record.id, record.folder, change,
            module=Module.CALENDAR, expected=expected, ignore_conflicts=ignore, destination=destination,
        )  # fmt: skip


def move(visit: Visit) -> Response:
    """Give an appointment, or a part of a series, the time that it was dragged to.

    Where somebody is busy then, that is said, and whether it may be done anyway.
    """
    record, shown = _shown(visit)
    zone = visit.session.user.zone
    dragged = _dragged(visit, shown)

    def change(item: Item) -> Patch:
        assert isinstance(item, Appointment)  # noqa: S101 - narrows the type; calendars hold nothing else
        return timing(item, shown, dragged, zone)

    try:
        _change(visit, record, shown, change)
    except Overlap as error:
        told = {"message": visit.words.say(_collisions(error, visit)), "bookable": _is_bookable(error)}
        return JSONResponse(told, 409)
    return visit.done(Text("The appointment is moved."))


def _dragged(visit: Visit, shown: Shown) -> Mapping[str, str]:
    """What the form would say of a time that an appointment was dragged to."""
    fields = visit.fields
    start, end = fields.get("start", ""), fields.get("end", "")
    last = (day_of(end, "end") - ONE_DAY).isoformat() if fields.get("all_day") and end else start
    times = {"start": start, "end": end, "first": start[:10], "last": last[:10], "all_day": fields.get("all_day", "")}
    return times | {"scope": fields.get("scope", "")} | as_fields(shown.item.when, shown.item.recurrence)


def delete(visit: Visit) -> Response:
    """Delete an appointment, or a part of a series."""
    record, shown = _shown(visit)
    session, expected = visit.session, saving.stamp_of(visit)
    scope = scope_of(shown, visit.fields)
    if shown.day is not None and scope == ONE:
        session.delete_occurrence(record.id, record.folder, shown.day, expected=expected)
    elif shown.day is not None and scope == FOLLOWING:
        session.delete_onwards(record.id, record.folder, shown.day, expected=expected)
    else:
        session.delete(record.id, record.folder, module=Module.CALENDAR, expected=expected)
    return visit.done(Text("The appointment is deleted."))


def answer(visit: Visit) -> Response:
    """Answer an invitation, to a whole series or to the occurrence that is shown. Raises Invalid: not at all."""
    record, shown = _shown(visit)
    given, message = saving.answer_of(visit), visit.fields.get("message", "").strip()
    at = shown.day if visit.fields.get("answer_scope") == ONE else None
    visit.session.confirm(record.id, given, message, folder=record.folder, at=at)
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
            "labels": LABELS,
            "invited": [] if item is None else [(visit.directory.name_of(one), one) for one in item.participants],
            "invitation": invitation_of(visit, record),
            "error": None if error is None else visit.words.say(_reason(error, visit)),
            "bookable": _is_bookable(error),
        },
        status=200 if error is None else 422,
    )


def _is_bookable(error: Refused | None) -> bool:
    """Whether what was refused may be done all the same: people can be asked twice for a time, rooms cannot."""
    return isinstance(error, Overlap) and not any(one.hard for one in error.collisions)


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
