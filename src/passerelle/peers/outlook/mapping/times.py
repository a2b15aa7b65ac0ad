"""When an appointment is: instants with Windows' zones, or whole days as dates."""

from __future__ import annotations

from datetime import date, datetime

from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, Timed, WholeDays
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.dates import minute
from passerelle.peers.outlook.mapping.values import Value, Values
from passerelle.peers.outlook.mapping.zones import iana_zone, windows_zone


def span(values: Values, context: Context) -> Span:
    """The span that an appointment's members say. A whole day is what ``Start`` says, in whatever zone it was made."""
    if values.get("AllDayEvent"):
        first, last = _date(values["Start"]), _date(values["End"])
        return WholeDays(start=first, end=max(last, first + ONE_DAY))
    start, end = values["StartUTC"], values["EndUTC"]
    assert isinstance(start, datetime) and isinstance(end, datetime)  # noqa: S101, PT018 - what these members are
    zone = _zone(values.get("StartTimeZone"), context)
    end_zone = _zone(values.get("EndTimeZone"), context)
    return Timed(start=start, end=max(start, end), zone=zone, end_zone=None if end_zone == zone else end_zone)


def _decode(values: Values, context: Context) -> Patch:
    return {"when": span(values, context)}


def _encode(item: Appointment, context: Context) -> Values:
    """Whole days are the profile's: in the zone of an earlier time of day, their midnights would be elsewhere."""
    when = item.when
    if isinstance(when, WholeDays):
        here = windows_zone(context.zone)
        return {
            "AllDayEvent": True,
            "StartTimeZone": here,
            "EndTimeZone": here,
            "Start": when.start,
            "End": when.end,
        }
    zone = windows_zone(when.zone, context.zone)
    end_zone = windows_zone(when.end_zone, context.zone) if when.end_zone else zone
    return {
        "AllDayEvent": False,
        "StartTimeZone": zone,
        "EndTimeZone": end_zone,
        "StartUTC": minute(when.start),
        "EndUTC": minute(when.end),
    }


def _zone(value: Value, context: Context) -> str:
    """The zone of a Windows id; a zone that a user made himself, or that is not said, counts as the profile's."""
    return (iana_zone(value) if isinstance(value, str) else None) or context.zone


def _date(value: Value) -> date:
    assert isinstance(value, date)  # noqa: S101 - what the member is
    return value.date() if isinstance(value, datetime) else value


WHEN = Aspect(
    attributes=("when",),
    members=("AllDayEvent", "StartTimeZone", "EndTimeZone", "Start", "End", "StartUTC", "EndUTC"),
    decode=_decode,
    encode=_encode,
    change="minutes; the zone becomes the Windows zone that is like it; floating times get the zone they were read in",
)
