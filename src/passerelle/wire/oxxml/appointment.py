"""Appointments: single ones, series, and change exceptions (OX reference, section 10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from msgspec import Struct

from passerelle.model.errors import Contradiction
from passerelle.model.fields import Kind
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import Span, Timed, WholeDays, midnight
from passerelle.model.occurrences import day_of, key_on
from passerelle.model.records import ItemRecord
from passerelle.wire.oxxml import common, extension, partial, people, places, series, spans
from passerelle.wire.oxxml.common import ObjectStatus
from passerelle.wire.oxxml.direct import Direct
from passerelle.wire.oxxml.markup import flag
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.requests import Control
from passerelle.wire.oxxml.values import day, day_milliseconds, integer

_direct = Direct(Kind.APPOINTMENT)
(_location, _uid, _color_label, _title, _note, _private) = _direct.elements(
    ("location", "uid", "color_label", "title", "note", "private_flag")
)
_TEXTS = (_location, _uid, _color_label, _title, _note, _private)
_CREATE = f"<ox:object_status>{ObjectStatus.CREATE.value}</ox:object_status>"

_UNSAID = ("note_html", "foreign", "organizer", "contacts", "url", "sequence", "cancelled")
"""Attributes that no OX element carries."""
_DEFAULTS = partial.defaults(Appointment)

_NO_SERIES = "One occurrence of a series cannot become a series itself."


class _Series(Struct):
    """The recurrence elements of one appointment, ready to be put in their places."""

    deleted: str = ""
    changed: str = ""
    date_position: str = ""
    ids: str = ""
    pattern: str = ""


def encode(record: ItemRecord, *, master: Appointment | None = None) -> bytes:
    """The children of ``D:prop`` for an appointment, in Java's order (section 10.1).

    ``master`` belongs to a change exception: with it the exception's position is known.
    """
    item = cast("Appointment", record.item)
    parts = _answered_series(record, item, master)
    start, end = spans.bounds(places.first_span(item.when, item.recurrence))
    alarm = item.alarm
    text = (
        f"{_CREATE}<ox:start_date>{start}</ox:start_date><ox:end_date>{end}</ox:end_date>"
        f"{parts.deleted}{parts.changed}{_location(item)}"
        f"<ox:full_time>{flag(isinstance(item.when, WholeDays))}</ox:full_time>"
        f"<ox:shown_as>{item.shown_as.value}</ox:shown_as>{parts.date_position}"
        f"<ox:alarm_flag>{flag(alarm is not None)}</ox:alarm_flag>{_alarm(alarm)}"
        f"{_uid(item)}{_color_label(item)}{_title(item)}{_note(item)}{parts.ids}{parts.pattern}"
        f"{people.answered(item.participants)}{common.attachments(record.attachments)}"
        f"{common.identity(record)}{common.categories(item.categories)}{_private(item)}"
    )
    return text.encode()


def _answered_series(record: ItemRecord, item: Appointment, master: Appointment | None) -> _Series:
    if item.recurrence_id is not None:
        number = _number(record, item.recurrence_id, master)
        return _exception(record, item.recurrence_id, item if master is None else master, number)
    if item.recurrence is None:
        return _Series()
    when = item.when
    projection = series.projected(when, item.recurrence, series.horizon(when, record.stamp))
    return _Series(
        deleted=series.deleted_days(projection),
        changed=series.changed_days(when, record.changed),
        ids=f"<ox:recurrence_id>{record.id}</ox:recurrence_id>",
        pattern=series.encode(projection.pattern),
    )


def require_own_place(control: Control, record: ItemRecord, master: Appointment | None) -> None:
    """Let a write of a change exception repeat the place in its series, and refuse another one (section 11.4).

    Raises:
        Contradiction: APP-0083.
    """
    item = cast("Appointment", record.item)
    key = cast("datetime", item.recurrence_id)
    clock = item if master is None else master
    if control.recurrence_date_position is not None:
        sent = day(control.recurrence_date_position, "recurrence_date_position", series.zone_of(clock.when))
        kept = sent == day_of(clock.when, key)
    else:
        kept = _number(record, key, master) in {None, control.recurrence_position}
    if not kept:
        raise Contradiction("A changed occurrence keeps its place in the series.", "APP-0083")


def _number(record: ItemRecord, key: datetime, master: Appointment | None) -> int | None:
    """The position of a change exception in its series, as far as that is known."""
    if master is None or master.recurrence is None:
        return None
    return places.position(master.when, master.recurrence, day_of(master.when, key), record.stamp)


def _exception(record: ItemRecord, key: datetime, clock: Appointment, number: int | None) -> _Series:
    """The elements of a change exception; ``clock`` is the series, or else the exception, whose days count."""
    at = day_milliseconds(day_of(clock.when, key))
    place = "" if number is None else f"<ox:recurrence_position>{number}</ox:recurrence_position>"
    return _Series(
        changed=f"<ox:changeexceptions>{at}</ox:changeexceptions>",
        date_position=f"<ox:recurrence_date_position>{at}</ox:recurrence_date_position>",
        ids=f"<ox:recurrence_id>{record.master or 0}</ox:recurrence_id>{place}",
    )


def _plain_alarm(alarm: int) -> int:
    """A reminder after the start cannot be said; at the start is the nearest."""
    return max(alarm, 0)


def _alarm(alarm: int | None) -> str:
    return "" if alarm is None else f"<ox:alarm>{_plain_alarm(alarm)}</ox:alarm>"


def _unsaid(item: Appointment, changed: Collection[str] | None = None) -> dict[str, object]:
    """The attributes that read back differently from the OX elements."""
    said = partial.unsaid(item, _UNSAID, _DEFAULTS, changed)
    if isinstance(item.when, Timed) and partial.touches(changed, "when"):
        said["when"] = item.when
    if item.recurrence is not None:
        said["recurrence"] = item.recurrence
    if item.recurrence_id is not None and changed is None:
        said["recurrence_id"] = item.recurrence_id
    if partial.touches(changed, "participants") and partial.people_beyond_elements(item.participants):
        said["participants"] = item.participants
    if partial.touches(changed, "categories") and partial.ambiguous_categories(item):
        said["categories"] = item.categories
    if item.alarm is not None and item.alarm != _plain_alarm(item.alarm):
        said["alarm"] = item.alarm
    return said


def properties(
    item: Appointment,
    changed: Collection[str] | None = None,
    *,
    stamp: int = 0,
    extended: bool = False,
    ignore_conflicts: bool = False,
    notify: bool | None = None,
) -> bytes:
    """The elements of a write. ``changed`` None makes a new object, else names the attributes that differ.

    Reminder and recurrence are always repeated, or an update would remove them (section 11.3). ``stamp`` is
    the version that the change is based on: the end of what stands in for a rule without end depends on it.
    ``notify`` None leaves mails to the server's habit.
    """
    parts = [
        _when_written(item.when) if partial.touches(changed, "when") else "",
        "" if extended else _recurrence_written(item, stamp),
        *[partial.text(writer, item, changed) for writer in _TEXTS],
        f"<ox:shown_as>{item.shown_as.value}</ox:shown_as>" if partial.touches(changed, "shown_as") else "",
        f"<ox:alarm_flag>{flag(item.alarm is not None)}</ox:alarm_flag>{_alarm(item.alarm)}",
        partial.participants_written(item, changed),
        partial.categories_written(item, changed),
        "<ox:ignore_conflicts>true</ox:ignore_conflicts>" if ignore_conflicts else "",
        "" if notify is None else f"<ox:notify_participants>{flag(notify)}</ox:notify_participants>",
        extension.encode(_unsaid(item, changed)) if extended else "",
    ]
    return "".join(parts).encode()


def _when_written(when: Span) -> str:
    start, end = spans.bounds(when)
    return (
        f"<ox:start_date>{start}</ox:start_date><ox:end_date>{end}</ox:end_date>"
        f"<ox:full_time>{flag(isinstance(when, WholeDays))}</ox:full_time>"
    )


def _recurrence_written(item: Appointment, stamp: int) -> str:
    if item.recurrence is None:
        return ""
    projection = series.projected(item.when, item.recurrence, series.horizon(item.when, stamp))
    return f"{series.deleted_days(projection)}{series.encode(projection.pattern)}"


def patch(properties: Properties, current: Appointment | None, zone: str, *, stamp: int = 0) -> dict[str, object]:
    """The changes that a write asks for: absent keeps, empty clears, but for reminder and recurrence.

    Their absence removes them (sections 10.1, 11.3), unless the write has no content at all. ``current`` None
    is a new appointment; for a write that names an occurrence it is that occurrence. ``zone`` is the acting
    user's, for what has none yet. ``stamp`` is the stored version: what stands in for a rule without end
    depends on it. Days in ``deleteexceptions`` are among the keys in ``recurrence.deleted``, also those of
    change exceptions.

    Raises:
        Missing: a new appointment has no start or end (APP-0026, APP-0027); a series lacks a part.
        Invalid: a value is malformed or out of range.
        Contradiction: a change exception is to become a series (APP-0099), or parts of a series do not fit.
    """
    if current is not None and not partial.has_content(properties):
        return {}
    said = extension.read(Appointment, properties.extension)
    said.pop("recurrence_id", None)
    return _changes(properties, current, zone, stamp, said)


def _changes(
    properties: Properties, current: Appointment | None, zone: str, stamp: int, said: dict[str, object]
) -> dict[str, object]:
    # A sender that uses the extension says exactly what it means: nothing unsaid is kept for it.
    kept = None if properties.extension is not None else current
    found = partial.read_shared(_direct, properties, kept)
    if kept is not None and found.get("uid", "") is None:
        del found["uid"]  # a client that sends it empty knows none; the appointment has one for ever
    found |= partial.read_participants(properties, kept)
    shown_as = properties.text("shown_as")
    if shown_as is not None:
        found["shown_as"] = ShownAs(integer(shown_as or "0", "shown_as", 0, 4, "APP-0025") or 1)
    if "when" not in said:
        shown = None if current is None else places.first_span(current.when, current.recurrence)
        when = spans.read(properties, shown, zone)
        if when is not None:
            found["when"] = when
    found |= _read_alarm(properties, kept)
    found |= said
    if current is not None and current.recurrence_id is not None and said.get("recurrence") is not None:
        raise Contradiction(_NO_SERIES, "APP-0099")
    if "recurrence" not in said:
        found |= _read_recurrence(properties, current, kept, cast("Span | None", found.get("when")), stamp)
    return found


def _read_alarm(properties: Properties, current: Appointment | None) -> dict[str, object]:
    if not properties.flag("alarm_flag"):
        return {"alarm": None}
    text = properties.value("alarm")
    before = None if current is None else current.alarm
    if text is None:
        return {} if before is not None else {"alarm": 0}
    alarm = integer(text, "alarm", -1)
    if before is not None and alarm == _plain_alarm(before):
        return {}
    return {"alarm": None if alarm < 0 else alarm}


def _read_recurrence(
    properties: Properties,
    current: Appointment | None,
    kept: Appointment | None,
    when: Span | None,
    stamp: int,
) -> dict[str, object]:
    if places.names_occurrence(properties):
        return {}
    is_series = series.is_series(properties)
    if current is not None and current.recurrence_id is not None:
        if is_series:
            raise Contradiction(_NO_SERIES, "APP-0099")
        return {}
    if not is_series:
        return {"recurrence": None}
    first = when or (current.when if current is not None else None)
    assert first is not None  # noqa: S101 - spans.read has refused a new appointment without one
    before = None if kept is None or kept.recurrence is None else (kept.when, kept.recurrence)
    start, recurrence = series.read(properties, first, before, stamp)
    return {"when": start, "recurrence": recurrence}


def item(properties: Properties, zone: str, *, master: Appointment | None = None) -> Appointment:
    """The appointment that an answer gives. Plain answers name no zone: instants are said to be in ``zone``.

    ``recurrence_id`` of a change exception is the exact key if the answer is extended or the ``master`` is
    given; otherwise the UTC midnight of its day.

    Raises:
        Refused: a value is missing, malformed or out of range.
    """
    said = extension.read(Appointment, properties.extension)
    exact = said.pop("recurrence_id", None)
    found = _changes(properties, None, zone, 0, said)
    day = series.exception_day(properties)
    if exact is not None:
        found["recurrence_id"] = exact
    elif day is not None:
        key = None if master is None or master.recurrence is None else key_on(master.when, master.recurrence, day)
        found["recurrence_id"] = key or midnight(day)
    return Appointment(**found)  # type: ignore[arg-type]  # every value was read for its attribute
