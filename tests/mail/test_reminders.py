"""Who asks for it is reminded by mail of appointments and tasks: once, in time, and of nothing that is past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from passerelle.groupware.reminding import rebuild_all, remind
from passerelle.groupware.session import Session
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.moments import Day, Instant
from passerelle.model.participants import Answer
from passerelle.model.principals import Notices
from passerelle.store.content import from_microseconds
from tests.groupware.office import FULL_RIGHTS, MONDAY, READER, ZONE, at, daily, days, meeting
from tests.mail.conftest import MailingOffice
from tests.support.smtp import MailServer

WISHES = Notices(appointment_reminders=True, task_reminders=True)
TUESDAY = MONDAY + timedelta(days=1)
pytestmark = pytest.mark.usefixtures("relay")


def local(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return at(hour, minute, day=day).start


@pytest.fixture(autouse=True)
def wishes(office: MailingOffice) -> None:
    office.session("anna").choose_notices(WISHES)


def go_to(office: MailingOffice, moment: datetime) -> None:
    """Let time pass until a moment, and let the server do what is due."""
    office.clock.pass_by(moment - from_microseconds(office.clock() * 1000))
    while remind(office.store):
        pass
    office.post(timedelta(0))


def subjects(server: MailServer, login: str = "anna") -> list[str]:
    return [message["Subject"] for message in server.to(f"{login}@example.org")]


def add(office: MailingOffice, **fields: object) -> ItemId:
    return office.session("anna").create(office.default("anna"), meeting(**fields)).id  # type: ignore[arg-type]


def add_task(office: MailingOffice, **fields: object) -> ItemId:
    task = Task(title="Paint", **fields)  # type: ignore[arg-type]
    return office.session("anna").create(office.default("anna", Module.TASKS), task).id


def test_an_alarm_comes_in_time_and_once(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=15)
    go_to(office, local(9, 44))
    assert subjects(server) == []
    go_to(office, local(9, 45))
    go_to(office, local(9, 50))
    assert subjects(server) == ["Reminder: Meeting"]


def test_each_occurrence_is_reminded_of_on_the_wall_clock(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=15, when=at(10, day=MONDAY), recurrence=daily(3))
    for day in range(5):
        go_to(office, local(9, 50, MONDAY + timedelta(days=day)))
    assert subjects(server) == ["Reminder: Meeting"] * 3
    texts = [str(message.get_body(("plain",)).get_content()) for message in server.to("anna@example.org")]  # type: ignore[union-attr]
    assert len(set(texts)) == 3


def test_changed_and_deleted_occurrences_have_their_own_fate(office: MailingOffice, server: MailServer) -> None:
    id_ = add(office, alarm=15, recurrence=daily(3))
    session = office.session("anna")
    session.change_occurrence(id_, None, TUESDAY, lambda _: {"when": at(14, day=TUESDAY), "alarm": 30, "title": "Late"})
    session.delete_occurrence(id_, None, MONDAY + timedelta(days=2))
    for day in range(4):
        for hour in (9, 13):
            go_to(office, local(hour, 50, MONDAY + timedelta(days=day)))
    assert subjects(server) == ["Reminder: Meeting", "Reminder: Late"]


def test_a_whole_day_begins_at_the_users_midnight(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=60, when=days())
    midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    go_to(office, midnight - timedelta(minutes=61))
    assert subjects(server) == []
    go_to(office, midnight - timedelta(minutes=60))
    assert subjects(server) == ["Reminder: Meeting"]


def test_an_appointment_that_moves_takes_its_reminder_along(office: MailingOffice, server: MailServer) -> None:
    id_ = add(office, alarm=15)
    office.session("anna").update(id_, None, lambda _: {"when": at(12)})
    go_to(office, local(9, 50))
    assert subjects(server) == []
    go_to(office, local(11, 50))
    assert subjects(server) == ["Reminder: Meeting"]


@pytest.mark.parametrize(
    "undo",
    [
        lambda session, id_: session.delete(id_),
        lambda session, id_: session.confirm(id_, Answer.DECLINED),
        lambda session, id_: session.update(id_, None, lambda _: {"alarm": None}),
        lambda session, _id: session.choose_notices(Notices()),
    ],
)
def test_what_is_called_off_is_not_reminded_of(
    office: MailingOffice, server: MailServer, undo: Callable[[Session, ItemId], object]
) -> None:
    id_ = add(office, alarm=15)
    undo(office.session("anna"), id_)
    go_to(office, local(9, 50))
    assert subjects(server) == []


def test_each_has_the_own_alarm_and_wishes(office: MailingOffice, server: MailServer) -> None:
    id_ = add(office, alarm=15, participants=office.invite("bruno", "carla"))
    for login in ("bruno", "carla"):
        office.session(login).update(id_, None, lambda _: {"alarm": 30})
    office.session("bruno").choose_notices(WISHES)
    office.post()
    server.received.clear()
    go_to(office, local(9, 31))
    assert (subjects(server, "bruno"), subjects(server)) == (["Rappel\xa0: Meeting"], [])
    go_to(office, local(9, 46))
    assert (len(subjects(server, "bruno")), len(subjects(server)), subjects(server, "carla")) == (1, 1, [])


def test_who_may_no_longer_read_it_is_not_reminded(office: MailingOffice, server: MailServer) -> None:
    folder = office.share_default("carla", office.grant("anna", READER))
    id_ = office.session("carla").create(folder, meeting("Secret plans")).id
    with office.store.writing(office.user("anna").id) as tx:
        record = tx.items.get(id_, office.user("anna").id)
        assert record is not None
        assert isinstance(record.item, Appointment)
        tx.items.replace(id_, Appointment(title="Secret plans", when=record.item.when, uid=record.item.uid, alarm=15))
    rebuild_all(office.store)
    office.session("carla").update_folder(folder, rights=(office.grant("carla", FULL_RIGHTS),))
    go_to(office, local(9, 50))
    assert subjects(server) == []


def test_a_server_that_was_down_sends_what_is_still_of_use(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=15, title="Over", when=at(8))
    add(office, alarm=15, title="Running", when=at(10))
    add(office, alarm=15, title="Daily", when=at(7), recurrence=daily(10))
    go_to(office, local(10, 30))
    assert subjects(server) == ["Reminder: Running"]
    go_to(office, local(6, 50, TUESDAY))
    assert subjects(server) == ["Reminder: Running", "Reminder: Daily"]


def test_a_task_reminds_at_its_alarm_on_the_day_it_is_due_and_once_when_it_is_late(
    office: MailingOffice, server: MailServer
) -> None:
    add_task(office, alarm=local(16), due=Day(day=TUESDAY))
    for day in range(5):
        for hour in (7, 16):
            go_to(office, local(hour, 1, MONDAY + timedelta(days=day)))
    assert subjects(server) == ["Reminder: Paint", "Due today: Paint", "Overdue: Paint"]


def test_a_task_that_is_done_reminds_nobody(office: MailingOffice, server: MailServer) -> None:
    id_ = add_task(office, due=Instant(at=local(18, day=TUESDAY), zone=ZONE))
    go_to(office, local(7, 1, TUESDAY))
    office.session("anna").update(id_, None, lambda _: {"status": TaskStatus.DONE, "percent": 100})
    go_to(office, local(7, 1, TUESDAY + timedelta(days=1)))
    assert subjects(server) == ["Due today: Paint"]


def test_a_choice_counts_for_what_is_there_already_and_nothing_comes_twice(
    office: MailingOffice, server: MailServer
) -> None:
    session = office.session("anna")
    session.choose_notices(Notices())
    add(office, alarm=15)
    add_task(office, due=Day(day=MONDAY))
    session.choose_notices(WISHES)
    go_to(office, local(9, 50))
    rebuild_all(office.store)
    session.choose_notices(WISHES)
    go_to(office, local(9, 55))
    assert sorted(subjects(server)) == ["Due today: Paint", "Reminder: Meeting"]


def test_an_alarm_far_ahead_of_a_daily_series_comes_once_a_day(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=7 * 24 * 60, when=at(10, day=TUESDAY), recurrence=daily())
    go_to(office, local(8))
    first = len(subjects(server))
    assert first == 1
    go_to(office, local(12))
    assert len(subjects(server)) == first + 1


def test_a_server_that_starts_loses_no_reminder_that_is_of_use(office: MailingOffice, server: MailServer) -> None:
    add(office, alarm=15)
    office.clock.pass_by(local(10, 30) - from_microseconds(office.clock() * 1000))
    rebuild_all(office.store)
    office.post(timedelta(0))
    assert subjects(server) == ["Reminder: Meeting"]
