"""The table of appointments."""

from __future__ import annotations

from passerelle.model.items import Appointment, ShownAs
from passerelle.peers.outlook.constants import BusyStatus
from passerelle.peers.outlook.mapping import series
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, line, one
from passerelle.peers.outlook.mapping.common import COMMON
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.globalid import global_id, uid_of
from passerelle.peers.outlook.mapping.people import MEETING
from passerelle.peers.outlook.mapping.times import WHEN, span
from passerelle.peers.outlook.mapping.values import Series, Values

_BUSY = {
    ShownAs.FREE: BusyStatus.Free,
    ShownAs.TEMPORARY: BusyStatus.Tentative,
    ShownAs.RESERVED: BusyStatus.Busy,
    ShownAs.ABSENT: BusyStatus.OutOfOffice,
}
_SHOWN = {int(status): shown for shown, status in _BUSY.items()} | {int(BusyStatus.WorkingElsewhere): ShownAs.FREE}
_LONGEST_REMINDER = 60 * 24 * 366
_LABELS = 10


def _decode_alarm(values: Values, _: Context) -> Patch:
    minutes = values.get("ReminderMinutesBeforeStart")
    return {"alarm": minutes if values.get("ReminderSet") else None}


def _encode_alarm(item: Appointment, _: Context) -> Values:
    if item.alarm is None:
        return {"ReminderSet": False}
    return {"ReminderSet": True, "ReminderMinutesBeforeStart": min(max(item.alarm, 0), _LONGEST_REMINDER)}


def _decode_series(values: Values, context: Context) -> Patch:
    found = values.get("GetRecurrencePattern")
    return {"recurrence": series.decode(span(values, context), found) if isinstance(found, Series) else None}


def _encode_series(item: Appointment, context: Context) -> Values:
    found = None if item.recurrence is None else series.encode(item.when, item.recurrence, context.today)
    return {"GetRecurrencePattern": found}


def _decode_uid(values: Values, _: Context) -> Patch:
    found = values.get("PidLidGlobalObjectId")
    return {"uid": uid_of(found) if isinstance(found, str) else None}


def _encode_uid(item: Appointment, _: Context) -> Values:
    if not item.uid:
        return {}
    found = global_id(item.uid)
    return {"PidLidGlobalObjectId": found, "PidLidCleanGlobalObjectId": found}


UID = Aspect(
    attributes=("uid",),
    members=("PidLidGlobalObjectId", "PidLidCleanGlobalObjectId"),
    decode=_decode_uid,
    encode=_encode_uid,
)
SERIES = Aspect(
    attributes=("recurrence",),
    members=("GetRecurrencePattern",),
    decode=_decode_series,
    encode=_encode_series,
    change="a rule that Outlook does not know becomes a pattern that covers it, with the days deleted that it does not "
    "mean; one without end for a year. An end after so many times becomes a last day. Several times a day become one. "
    "Deleting days leaves the rule as it is",
)

OCCURRENCE: tuple[Aspect, ...] = (
    line("title", "Subject"),
    line("location", "Location"),
    WHEN,
    one(
        "shown_as",
        "BusyStatus",
        encode=lambda shown: int(_BUSY[shown]),
        decode=lambda value: _SHOWN.get(value, ShownAs.RESERVED),
        change="“working elsewhere” counts as free, and stays so",
    ),
    Aspect(
        attributes=("alarm",),
        members=("ReminderSet", "ReminderMinutesBeforeStart"),
        decode=_decode_alarm,
        encode=_encode_alarm,
        change="reminders after the start come at it",
    ),
    *COMMON,
    one(
        "color_label",
        "PidLidAppointmentColor",
        encode=lambda label: label if 0 <= label <= _LABELS else 0,
        decode=lambda value: value or 0,
        change="Outlook shows no labels since 2007; categories of the item that are new to it get the label’s colour",
    ),
)
"""What an occurrence may have of its own."""

APPOINTMENT: tuple[Aspect, ...] = (UID, *OCCURRENCE, *MEETING, SERIES)
"""All of it. The span stands before the series, for changing it afterwards would be refused."""
