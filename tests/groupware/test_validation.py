from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from passerelle.groupware import validation
from passerelle.model.errors import Contradiction, Invalid, Missing, Refused
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Photo, Task, TaskStatus
from passerelle.model.moments import Day, Instant, Timed, WholeDays
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from tests.groupware.office import at, days, meeting

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)


def series(**rule: object) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.DAILY, **rule),))  # type: ignore[arg-type]


@pytest.mark.rule("5.1.values", "5.8.values", "6.email", "6.list", "7.status", "7.dates")
@pytest.mark.parametrize(
    ("item", "error", "code"),
    [
        (Appointment(when=at(9)), Missing, "APP-0028"),
        (meeting(" "), Missing, "APP-0028"),
        (meeting(when=Timed(start=NINE, end=NINE - timedelta(hours=1))), Invalid, "APP-0020"),
        (meeting(when=WholeDays(start=date(2026, 5, 4), end=date(2026, 5, 3))), Invalid, "APP-0020"),
        (meeting(when=Timed(start=NINE, end=NINE, zone="Nowhere/Town")), Invalid, ""),
        (meeting(color_label=257), Invalid, "APP-0021"),
        (meeting(color_label=-1), Invalid, "APP-0021"),
        (meeting("bell\x07"), Invalid, "APP-0071"),
        (meeting(location="half a character \ud800"), Invalid, "APP-0071"),
        (meeting("x" * 314), Invalid, "APP-0072"),
        (meeting(recurrence=series(interval=0)), Invalid, "APP-0055"),
        (meeting(recurrence=series(count=0)), Invalid, "APP-0088"),
        (meeting(recurrence=series(count=3, until=NINE)), Contradiction, "APP-0095"),
        (meeting(recurrence=series(until=datetime(2020, 1, 1, tzinfo=UTC))), Invalid, "APP-0086"),
        (meeting(recurrence=series(), recurrence_id=NINE), Contradiction, "APP-0099"),
        (Task(title="T", percent=101), Invalid, "TSK-0030"),
        (Task(title="T", percent=-1), Invalid, "TSK-0030"),
        (Task(title="T", percent=5), Contradiction, "TSK-0031"),
        (Task(title="T", start=Day(day=date(2026, 5, 5)), due=Day(day=date(2026, 5, 4))), Contradiction, "TSK-0040"),
        (Task(title="T", start=Instant(at=NINE), due=Instant(at=NINE - timedelta(minutes=1))), Contradiction,
         "TSK-0040"),
        (Task(title="T", start=Day(day=date(2026, 5, 5)), due=Instant(at=NINE)), Contradiction, "TSK-0040"),
        (Task(title="T", recurrence=series(), start=Day(day=date(2026, 5, 5))), Missing, "TSK-0037"),
        (Contact(email1="nobody"), Invalid, "CON-0100"),
        (Contact(email3="a b@example.org"), Invalid, "CON-0100"),
        (Contact(photo=Photo("image/png", b"<svg/>")), Invalid, "CON-0101"),
        (Contact(photo=Photo("image/jpeg", b"\xff\xd8\xff" + bytes(4 * 1024 * 1024))), Invalid, "CON-0172"),
        (DistributionList(members=(Member(mail=""),)), Missing, "CON-0177"),
        (DistributionList(members=(Member(mail="a@example.org", email_field=4),)), Invalid, "CON-0178"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(item: Item, error: type[Refused], code: str) -> None:
    with pytest.raises(error) as refusal:
        validation.check(item)
    assert refusal.value.code == code


@pytest.mark.rule("5.1.values")
@pytest.mark.parametrize(
    "item",
    [
        meeting("x" * 255, note="several\r\nlines\tand a tab", color_label=256),
        meeting(when=days()),
        meeting(when=Timed(start=NINE, end=NINE)),
        meeting(recurrence=series(until=NINE + timedelta(days=9000))),
        meeting(when=days(), recurrence=series(until=datetime.combine(days().start, datetime.min.time(), UTC))),
        Task(title="T", start=Day(day=date(2026, 5, 4)), due=Day(day=date(2026, 5, 4))),
        Task(title="T", status=TaskStatus.DONE, percent=50),
        Contact(),
        Contact(email1="jörg@example.org", email2="Ärzte+praxis@sub.example"),
        DistributionList(members=(Member(mail="", contact=5, folder=30, email_field=1),)),
    ],
)
def test_what_can_be_is_accepted(item: Item) -> None:
    validation.check(item)


def test_only_what_changes_is_looked_at() -> None:
    imported = msgspec.structs.replace(meeting(), title=None, location="There")
    validation.check(imported, {"location"})
    with pytest.raises(Missing):
        validation.check(imported, {"title"})


def test_a_status_alone_may_leave_the_percentage_behind() -> None:
    validation.check(Task(title="T", percent=40), {"status"})
