"""Clients remind of what is due, each user by the own alarms, until that user dismisses it or it is long over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.ringing import LATE, Ring, rings_of
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.moments import EPOCH, day_start
from passerelle.model.participants import Answer
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store import Acknowledged
from tests.groupware.office import EDITOR, FULL_RIGHTS, MONDAY, ZONE, Office, at, daily, days, meeting

MINUTE = timedelta(minutes=1)
TUESDAY = MONDAY + timedelta(days=1)


def local(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return at(hour, minute, day=day).start


def ringing(office: Office, now: datetime, login: str = "anna", until: datetime | None = None) -> list[Ring]:
    return list(office.session(login).rings(now, until or now))


def titles(office: Office, now: datetime, login: str = "anna") -> list[str | None]:
    return [one.item.title for one in ringing(office, now, login)]


def add(office: Office, title: str = "Meeting", **fields: object) -> ItemRecord:
    when = fields.pop("when", None)
    return office.session("anna").create(office.default("anna"), meeting(title, when, **fields))  # type: ignore[arg-type]


def add_task(office: Office, **fields: object) -> ItemRecord:
    task = Task(title="Paint", **fields)  # type: ignore[arg-type]
    return office.session("anna").create(office.default("anna", Module.TASKS), task)


def dismiss(office: Office, now: datetime, login: str = "anna") -> None:
    office.session(login).dismiss([one.name for one in ringing(office, now, login)], now)


def test_an_alarm_rings_from_its_time_until_the_appointment_is_long_over(office: Office) -> None:
    add(office, alarm=15)
    assert titles(office, local(9, 44)) == []
    assert titles(office, local(9, 45)) == ["Meeting"]
    assert titles(office, local(11) + LATE - MINUTE) == ["Meeting"]
    assert titles(office, local(11) + LATE) == []


def test_what_will_be_due_is_known_before(office: Office) -> None:
    add(office, "Later", alarm=0, when=at(12))
    add(office, "Soon", alarm=5)
    found = ringing(office, local(9), until=local(12))
    assert [(one.item.title, one.due) for one in found] == [("Soon", local(9, 55)), ("Later", local(12))]


def test_what_is_dismissed_stays_so_and_rings_again_only_if_it_is_put_off_to_a_later_time(office: Office) -> None:
    record = add(office, alarm=15)
    dismiss(office, local(9, 50))
    assert titles(office, local(9, 55)) == []
    office.session("anna").update(record.id, None, lambda _: {"when": at(15)})
    assert titles(office, local(14, 44)) == []
    assert titles(office, local(14, 45)) == ["Meeting"]


def test_each_occurrence_rings_for_itself_and_says_which_it_is(office: Office) -> None:
    add(office, alarm=15, recurrence=daily(3))
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        (ring,) = ringing(office, local(9, 50, day))
        assert (ring.day, ring.starts) == (day, local(10, day=day))
        dismiss(office, local(9, 50, day))
        assert titles(office, local(10, day=day)) == []
    assert titles(office, local(9, 50, MONDAY + timedelta(days=3))) == []


def test_changed_and_deleted_occurrences_have_their_own_fate(office: Office) -> None:
    id_ = add(office, "Series", alarm=15, recurrence=daily(4)).id
    session = office.session("anna")
    session.change_occurrence(id_, None, TUESDAY, lambda _: {"when": at(14, day=TUESDAY), "alarm": 30, "title": "Late"})
    session.delete_occurrence(id_, None, MONDAY + timedelta(days=2))
    session.change_occurrence(id_, None, MONDAY + timedelta(days=3), lambda _: {"alarm": None, "title": "Silent"})
    assert titles(office, local(9, 50, TUESDAY)) == []
    assert titles(office, local(13, 30, TUESDAY)) == ["Late"]
    assert titles(office, local(9, 50, MONDAY + timedelta(days=2))) == []
    assert titles(office, local(9, 50, MONDAY + timedelta(days=3))) == []


def test_an_occurrence_that_is_changed_keeps_everybodys_reminder_and_what_was_dismissed(office: Office) -> None:
    record = add(office, alarm=15, recurrence=daily(3), participants=office.invite("anna", "bruno"))
    office.session("bruno").update(record.id, office.default("bruno"), lambda _: {"alarm": 60})
    dismiss(office, local(9, 50))
    office.session("anna").change_occurrence(record.id, None, MONDAY, lambda _: {"title": "Renamed"})
    assert titles(office, local(9, 50)) == []
    assert titles(office, local(9), "bruno") == ["Renamed"]


def test_a_whole_day_begins_at_the_users_midnight(office: Office) -> None:
    add(office, alarm=60, when=days())
    midnight = day_start(MONDAY, ZONE)
    assert titles(office, midnight - 61 * MINUTE) == []
    assert titles(office, midnight - 60 * MINUTE) == ["Meeting"]
    office.session("anna").choose_whereabouts(zone="America/New_York", locale="en")
    assert titles(office, midnight - 60 * MINUTE) == []
    assert titles(office, day_start(MONDAY, "America/New_York") - 60 * MINUTE) == ["Meeting"]


def test_what_is_put_off_comes_again_then_also_if_it_is_over_and_until_it_is_dismissed(office: Office) -> None:
    add(office, alarm=15, recurrence=daily(2))
    (ring,) = ringing(office, local(9, 50))
    office.session("anna").snooze([ring.name], local(9, 50), local(20))
    assert titles(office, local(19, 59)) == []
    (again,) = ringing(office, local(20))
    assert (again.name, again.due) == (ring.name, local(20))
    assert len(ringing(office, local(9, 50, TUESDAY))) == 2
    office.session("anna").dismiss([ringing(office, local(9, 50, TUESDAY))[1].name], local(9, 50, TUESDAY))
    assert [one.name for one in ringing(office, local(9, 51, TUESDAY))] == [ring.name]
    dismiss(office, local(9, 51, TUESDAY))
    assert ringing(office, local(9, 52, TUESDAY)) == []


@pytest.mark.parametrize("change", [{"alarm": None}, {"when": at(16)}, {"cancelled": True}])
def test_what_was_put_off_does_not_come_if_it_is_called_off(office: Office, change: dict[str, object]) -> None:
    record = add(office, alarm=15)
    office.session("anna").snooze([ringing(office, local(9, 50))[0].name], local(9, 50), local(9, 55))
    office.session("anna").update(record.id, None, lambda _: change)
    assert titles(office, local(9, 55)) == []


def test_a_task_rings_at_its_alarm_until_it_is_done_or_a_week_has_passed(office: Office) -> None:
    record = add_task(office, alarm=local(9))
    assert titles(office, local(8, 59)) == []
    assert titles(office, local(9)) == ["Paint"]
    assert titles(office, local(8, 59) + timedelta(days=7)) == ["Paint"]
    assert titles(office, local(9) + timedelta(days=7)) == []
    office.session("anna").snooze([ringing(office, local(9))[0].name], local(9), local(9, 5))
    assert titles(office, local(9, 4)) == []
    assert titles(office, local(9, 5)) == ["Paint"]
    dismiss(office, local(9, 6))
    assert titles(office, local(9, 7)) == []
    office.session("anna").update(record.id, None, lambda _: {"alarm": local(12)})
    assert titles(office, local(12)) == ["Paint"]
    office.session("anna").update(record.id, None, lambda _: {"status": TaskStatus.DONE})
    assert titles(office, local(12)) == []


def test_a_reminder_is_its_users_own_also_in_calendars_of_several(office: Office) -> None:
    office.share_default("anna", office.grant("bruno", EDITOR))
    add(office, alarm=15, participants=office.invite("anna", "carla"))
    assert titles(office, local(9, 50)) == ["Meeting"]
    assert titles(office, local(9, 50), "bruno") == titles(office, local(9, 50), "carla") == []
    dismiss(office, local(9, 50), "bruno")
    assert titles(office, local(9, 50)) == ["Meeting"]


def test_nobody_is_reminded_of_what_was_declined_or_may_not_be_read_any_more(office: Office) -> None:
    shared = office.private("anna", "Shared", Module.CALENDAR, office.grant("bruno", EDITOR)).id
    office.session("bruno").create(shared, meeting("Bruno’s idea", alarm=15))
    assert titles(office, local(9, 50), "bruno") == ["Bruno’s idea"]
    office.session("anna").update_folder(shared, rights=(office.grant("anna", FULL_RIGHTS),))
    assert titles(office, local(9, 50), "bruno") == []
    record = add(office, alarm=15, when=at(15))
    office.session("anna").confirm(record.id, Answer.DECLINED)
    assert titles(office, local(14, 50)) == []


def test_what_was_divided_from_a_series_is_as_far_dismissed_as_that_was(office: Office) -> None:
    record = add(office, alarm=15, recurrence=daily(5))
    dismiss(office, local(9, 50, TUESDAY))
    office.session("anna").change_onwards(record.id, None, TUESDAY, lambda _: {"title": "From now on"})
    assert titles(office, local(9, 55, TUESDAY)) == []
    assert titles(office, local(9, 50, MONDAY + timedelta(days=2))) == ["From now on"]


def test_ten_thousand_appointments_with_alarms_are_no_reason_to_read_them_all(office: Office) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        old = [meeting("Old", at(10, day=MONDAY - timedelta(days=n)), alarm=15) for n in range(50, 1050)]
        tx.items.add_many(office.default("anna"), old)
    add(office, alarm=15)
    with office.store.reading() as tx:
        found = tx.alarms.of_appointments(office.user("anna").id, local(9, 50) - LATE, local(9, 50))
    assert len(found) == 1


# The rules by themselves

ANNA = User(id=UserId(5), login="anna", display_name="Anna", zone=ZONE)
STEPS = st.lists(st.integers(1, 90), min_size=1, max_size=60)
REPEATS = st.sampled_from([Frequency.DAILY, Frequency.WEEKLY])


def record_of(item: Appointment) -> ItemRecord:
    return ItemRecord(
        id=ItemId(1), folder=FolderId(30), item=item, created_by=ANNA.id, created=EPOCH, modified_by=ANNA.id,
        stamp=Stamp(1),
    )  # fmt: skip


@given(lead=st.integers(0, 3000), frequency=REPEATS, count=st.integers(1, 8), steps=STEPS)
def test_whoever_dismisses_all_that_rings_hears_of_each_occurrence_once_and_in_time(
    lead: int, frequency: Frequency, count: int, steps: list[int]
) -> None:
    series = meeting(alarm=lead, recurrence=Recurrence(rules=(Rule(frequency=frequency, count=count),)))
    record, known, now = record_of(series), Acknowledged(EPOCH), local(0) - timedelta(minutes=lead)
    heard: list[datetime] = []
    for step in (*steps, *[60] * 24 * 60):
        now += step * MINUTE
        while found := list(rings_of(record, ANNA, known, now, now)):
            assert all(one.due <= now for one in found)
            heard += [one.starts for one in found]
            known = Acknowledged(max(one.alarm for one in found))
    pace = timedelta(days=1 if frequency is Frequency.DAILY else 7)
    wanted = [local(10, day=MONDAY + number * pace) for number in range(count)]
    assert heard == wanted


@given(lead=st.integers(0, 3000), count=st.integers(1, 5), ahead=st.integers(0, 5000))
def test_what_is_told_beforehand_is_what_rings_then(lead: int, count: int, ahead: int) -> None:
    record = record_of(meeting(alarm=lead, recurrence=daily(count)))
    now = local(0) - timedelta(minutes=lead)
    for ring in rings_of(record, ANNA, Acknowledged(EPOCH), now, now + ahead * MINUTE):
        then = list(rings_of(record, ANNA, Acknowledged(EPOCH), ring.due, ring.due))
        assert ring.name in {one.name for one in then}
