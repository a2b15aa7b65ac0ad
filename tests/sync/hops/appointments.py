"""Every field of appointments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import Timed, WholeDays
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.peers.outlook.constants import BusyStatus, MeetingStatus
from passerelle.peers.outlook.reference import mapi
from tests.sync.hops.contacts import categories_row, files_row, note_row, private_row
from tests.sync.hops.rows import Journey, Row

_COLOR = mapi()["PidLidAppointmentColor"].schema


def _digits(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time by the clock on the wall, as Outlook gives and takes it."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def timed(day: int, hour: int, end: int, *, second: int = 0, zone: str = "Europe/Berlin") -> Timed:
    """From one hour UTC to another."""
    start = datetime(2026, 12, day, hour, 0, second, tzinfo=UTC)
    return Timed(start=start, end=datetime(2026, 12, day, end, tzinfo=UTC), zone=zone)


def _color(item: Any) -> None:
    item.PropertyAccessor.SetProperty(_COLOR, 5)


SINGLE = Journey(
    title="Jour fixe",
    kind=Appointment,
    rows=(
        Row(
            number="2",
            name="title",
            there={"title": "Jour fixe"},
            shown={"Subject": "Jour fixe"},
            edit={"Subject": "Jour fixe (neu)"},
            back={"title": "Jour fixe (neu)"},
        ),
        Row(
            number="3",
            name="location",
            there={"location": "Büro"},
            shown={"Location": "Büro"},
            edit={"Location": "Garten"},
            back={"location": "Garten"},
        ),
        Row(
            number="4",
            name="color_label",
            there={"color_label": 3},
            shown={"PidLidAppointmentColor": 3},
            act=_color,
            done="label 5, by another program: Outlook shows none",
            back={"color_label": 5},
        ),
        Row(
            number="5",
            name="when",
            there={"when": timed(1, 8, 9, second=30, zone="Europe/Vienna")},
            shown={"Start": _digits(1, 9), "StartTimeZone": "W. Europe Standard Time"},
            edit={"Start": _digits(2, 10)},
            back={"when": timed(2, 9, 11)},
            plain={"when": timed(2, 9, 11, zone="Europe/Vienna")},
            remark="Open-Xchange is told instants, and keeps the zone that it has",
        ),
        Row(
            number="7",
            name="when",
            shown={"End": _digits(1, 10)},
            edit={"End": _digits(2, 12)},
            back={"when": timed(2, 9, 11)},
            plain={"when": timed(2, 9, 11, zone="Europe/Vienna")},
        ),
        Row(
            number="8",
            name="alarm",
            there={"alarm": 15},
            shown={"ReminderSet": True, "ReminderMinutesBeforeStart": 15},
            edit={"ReminderMinutesBeforeStart": 30},
            back={"alarm": 30},
        ),
        Row(
            number="9-12",
            name="shown_as",
            there={"shown_as": ShownAs.TEMPORARY},
            shown={"BusyStatus": BusyStatus.Tentative},
            edit={"BusyStatus": BusyStatus.OutOfOffice},
            back={"shown_as": ShownAs.ABSENT},
        ),
        note_row("13"),
        files_row("14"),
        Row(
            number="15",
            name="contacts",
            there={"contacts": ("Bob",)},
            done="nothing: there is no place for it any more",
            back={"contacts": ("Bob",)},
            remark="Open-Xchange has no place for it",
        ),
        categories_row("16"),
        private_row("17"),
    ),
)
DAYS = Journey(
    title="Fair",
    kind=Appointment,
    base={"title": "Fair"},
    rows=(
        Row(
            number="6",
            name="when",
            there={"when": WholeDays(start=date(2026, 12, 24), end=date(2026, 12, 27))},
            shown={"AllDayEvent": True, "Start": _digits(24), "End": _digits(27)},
            edit={"AllDayEvent": False, "Start": _digits(24, 9), "End": _digits(24, 10)},
            back={"when": timed(24, 8, 9)},
        ),
    ),
)

BERTA, CARLA, DORA = "berta@example.org", "carla@elsewhere.example", "dora@elsewhere.example"


def _invite(item: Any) -> None:
    recipients = item.Recipients
    for number in range(recipients.Count, 0, -1):
        if recipients.Item(number).Address == CARLA:
            recipients.Remove(number)
    recipients.Add(DORA)
    recipients.ResolveAll()


def _stranger(mail: str) -> Participant:
    return Participant(kind=ParticipantKind.EXTERNAL, mail=mail)


MEETING = Journey(
    title="Meeting",
    kind=Appointment,
    base={"title": "Meeting", "when": timed(3, 8, 9)},
    rows=(
        Row(
            number="1",
            name="participants",
            there={"participants": (_stranger(BERTA), _stranger(CARLA))},
            shown={"MeetingStatus": MeetingStatus.Meeting, "Recipients": (BERTA, CARLA)},
            act=_invite,
            done=f"{CARLA} taken out, {DORA} invited",
            back={"participants": (BERTA, DORA)},
            remark="the server knows its own people by their addresses",
        ),
    ),
)


def _every_second_week(item: Any) -> None:
    pattern = item.GetRecurrencePattern()
    pattern.Interval = 2
    pattern.PatternEndDate = datetime(2027, 1, 26, tzinfo=UTC)


_TUESDAYS = Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.TUESDAY),), count=10)
_FORTNIGHTLY = Rule(
    frequency=Frequency.WEEKLY,
    interval=2,
    by_day=(NthWeekday(Weekday.TUESDAY),),
    until=datetime(2027, 1, 26, 8, tzinfo=UTC),
)
SERIES = Journey(
    title="Series",
    kind=Appointment,
    base={"title": "Series", "when": timed(1, 8, 9)},
    rows=(
        Row(
            number="7.8.4",
            name="recurrence",
            there={"recurrence": Recurrence(rules=(_TUESDAYS,))},
            shown={"GetRecurrencePattern": "every week until 2027-02-02"},
            act=_every_second_week,
            done="every second week until 2027-01-26",
            back={"recurrence": Recurrence(rules=(_FORTNIGHTLY,))},
        ),
    ),
)

_SHOWN = (
    (ShownAs.FREE, BusyStatus.Free, BusyStatus.Busy, ShownAs.RESERVED),
    (ShownAs.RESERVED, BusyStatus.Busy, BusyStatus.Free, ShownAs.FREE),
    (ShownAs.ABSENT, BusyStatus.OutOfOffice, BusyStatus.Tentative, ShownAs.TEMPORARY),
)
SHOWN_AS = tuple(
    Journey(
        title=before.name,
        kind=Appointment,
        base={"title": before.name, "when": timed(4, 8, 9)},
        rows=(
            Row(
                number="9-12",
                name="shown_as",
                there={"shown_as": before},
                shown={"BusyStatus": shown},
                edit={"BusyStatus": chosen},
                back={"shown_as": after},
            ),
        ),
    )
    for before, shown, chosen, after in _SHOWN
)
