"""The items that go to Outlook and back, one of each kind and one of each difficulty. All of them are made up."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.items import (
    Appointment,
    Contact,
    DistributionList,
    Item,
    Member,
    Photo,
    Priority,
    ShownAs,
    Task,
    TaskStatus,
)
from passerelle.model.moments import ONE_DAY, Day, Timed, WholeDays, zone_info
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.peers.outlook.selftest.scratch import OURS

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""
_BOB = Participant(kind=ParticipantKind.EXTERNAL, mail="bob@selftest.invalid", name="Bob", role=Role.OPTIONAL)
_CATEGORIES = (f"{OURS} ä", f"{OURS} b")
"""Outlook puts them on its list of categories, where the user sees them."""
_WEEK = timedelta(days=7)


class Sample(Struct, frozen=True, kw_only=True):
    """An item on its way; ``changed`` are the occurrences of a series that differ."""

    id: str
    about: str
    item: Item
    changed: tuple[Appointment, ...] = ()


def samples(day: date, zone: str, mail: str) -> Iterator[Sample]:
    """All samples around a Tuesday, in the profile's zone; ``mail`` is the user's own address."""
    single = _single(day, zone)
    yield Sample(id="appointment", about="an appointment with notes, place, categories and a reminder", item=single)
    yield Sample(id="rich-note", about="an appointment with formatted notes", item=_rich(single))
    yield Sample(id="whole-days", about="an appointment of three whole days", item=_whole_days(day))
    elsewhere = replace(
        single, when=_span(day, "America/New_York", end_zone="Asia/Tokyo"), uid="p-zones@selftest.invalid"
    )
    yield Sample(id="two-zones", about="an appointment that begins in New York and ends in Tokyo", item=elsewhere)
    yield Sample(id="meeting", about="a meeting of one's own, which is never sent", item=_meeting(single))
    yield Sample(id="invitation", about="somebody else's meeting, accepted", item=_invitation(single, mail))
    yield _series(single)
    yield from _further_series(single, day)
    yield Sample(id="contact", about="a contact with a picture, addresses and telephones", item=_contact())
    yield Sample(id="list", about="a distribution list", item=_list())
    yield from _tasks(day)


def _span(day: date, zone: str, end_zone: str | None = None) -> Timed:
    start = datetime(day.year, day.month, day.day, 9, tzinfo=zone_info(zone)).astimezone(UTC)
    return Timed(start=start, end=start + timedelta(hours=1), zone=zone, end_zone=end_zone)


def _single(day: date, zone: str) -> Appointment:
    return Appointment(
        when=_span(day, zone),
        title="Größe – Ελλάδα 😀",
        location="Büro",
        note="First line\nSecond line",
        categories=_CATEGORIES,
        private=True,
        alarm=20,
        color_label=3,
        shown_as=ShownAs.TEMPORARY,
        uid="p-single@selftest.invalid",
    )


def _rich(single: Appointment) -> Appointment:
    note = "Bring cake\n• apples\n• pears"
    html = '<p>Bring <b>cake</b></p><ul><li>apples</li><li><a href="https://selftest.invalid/">pears</a></li></ul>'
    return replace(single, note=note, note_html=html, uid="p-rich@selftest.invalid")


def _whole_days(day: date) -> Appointment:
    return Appointment(when=WholeDays(start=day, end=day + 3 * ONE_DAY), title="Away", shown_as=ShownAs.ABSENT)


def _meeting(single: Appointment) -> Appointment:
    carol = Participant(kind=ParticipantKind.EXTERNAL, mail="carol@selftest.invalid", answer=Answer.TENTATIVE)
    return replace(single, participants=(_BOB, carol), private=False, uid="p-meeting@selftest.invalid")


def _invitation(single: Appointment, mail: str) -> Appointment:
    me = Participant(kind=ParticipantKind.EXTERNAL, mail=mail, answer=Answer.ACCEPTED)
    carol = Organizer(mail="carol@selftest.invalid", name="Carol")
    return replace(single, participants=(me, _BOB), organizer=carol, uid="p-invitation@selftest.invalid")


def _series(single: Appointment) -> Sample:
    """Nine weeks without the second; the third comes earlier, the fourth and fifth later, in the order that matters."""
    assert isinstance(single.when, Timed)  # noqa: S101 - as made above
    start, rule = single.when.start, Rule(frequency=Frequency.WEEKLY, count=9)
    recurrence = Recurrence(rules=(rule,), deleted=(start + _WEEK,))
    master = replace(single, recurrence=recurrence, uid="p-series@selftest.invalid")
    moves = {2: -5, 3: 8, 4: 2}
    changed = tuple(_moved(master, start + number * _WEEK, timedelta(days=by)) for number, by in moves.items())
    return Sample(
        id="series", about="a series with a deleted and three moved occurrences", item=master, changed=changed
    )


def _moved(master: Appointment, key: datetime, by: timedelta) -> Appointment:
    when = replace(master.when, start=key + by, end=key + by + timedelta(hours=2))
    return replace(master, when=when, title="Another", recurrence=None, recurrence_id=key)


def _further_series(single: Appointment, day: date) -> Iterator[Sample]:
    last = Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.FRIDAY, -1),), count=4)
    friday = replace(single, when=_span(_last_friday(day), _zone(single)), uid="p-last@selftest.invalid")
    yield Sample(
        id="last-of-month", about="a series of last Fridays", item=replace(friday, recurrence=Recurrence(rules=(last,)))
    )
    years = Rule(frequency=Frequency.YEARLY, interval=2, count=3)
    yearly = Appointment(when=WholeDays(start=day, end=day + ONE_DAY), title="Jubilee", uid="p-yearly@selftest.invalid")
    yield Sample(
        id="every-second-year",
        about="a whole day every second year",
        item=replace(yearly, recurrence=Recurrence(rules=(years,))),
    )


def _last_friday(day: date) -> date:
    days = (day + timedelta(days=number) for number in range(31))
    return [each for each in days if each.weekday() == Weekday.FRIDAY and each.month == day.month][-1]


def _zone(single: Appointment) -> str:
    assert isinstance(single.when, Timed)  # noqa: S101 - as made above
    return single.when.zone


def _contact() -> Contact:
    """Without a birthday: Outlook would write that into the user's own calendar."""
    return Contact(
        prefix="Dr.",
        first_name="Dora",
        last_name="Damm",
        display_name="Dora D.",
        company="Passerelle",
        mobile="+49 1",
        phone_business="+49 2",
        fax_home="+49 3",
        email1="dora@selftest.invalid",
        email2="damm@selftest.invalid",
        home_street="Am Markt 1\nHinterhaus",
        home_city="Köln",
        business_city="Bonn",
        default_address=2,
        photo=Photo("image/png", PICTURE),
        user_fields=("one", None, "three", None, "five"),
        more_info="x" * 5000,
        categories=_CATEGORIES[1:],
    )


def _list() -> DistributionList:
    entry = Member(mail="b@selftest.invalid", name="B", contact=7, folder=3, email_field=1)
    return DistributionList(display_name="Team", members=(entry, Member(mail="c@selftest.invalid")))


def _tasks(day: date) -> Iterator[Sample]:
    due = Day(day=day)
    task = Task(
        title="Report",
        note="Soon",
        due=due,
        status=TaskStatus.WAITING,
        percent=40,
        priority=Priority.HIGH,
        target_costs=Decimal("1.50"),
        categories=_CATEGORIES[1:],
    )
    yield Sample(id="task", about="a task that waits", item=task)
    rule = Rule(frequency=Frequency.DAILY, interval=2)
    again = Task(title="Water", due=due, recurrence=Recurrence(rules=(rule,)))
    yield Sample(id="recurring-task", about="a task every second day", item=again)
