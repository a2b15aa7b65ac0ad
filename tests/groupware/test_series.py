from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, NotFound, Refused
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import span_start
from passerelle.model.participants import Answer
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.groupware.office import MONDAY, Office, answers_of, appointment_of, at, daily, days, meeting

WEDNESDAY = MONDAY + timedelta(days=2)


def rename(_item: Item) -> Patch:
    return {"title": "Renamed"}


def key(day: int, hour: int = 10) -> object:
    return at(hour, day=MONDAY + timedelta(days=day)).start


def refused(session: Session, id_: ItemId, where: object, at_: object) -> str:
    with pytest.raises(Refused) as refusal:
        session.change_occurrence(id_, where, at_, rename)  # type: ignore[arg-type]
    return refusal.value.code


def deleted_of(record: ItemRecord) -> tuple[object, ...]:
    recurrence = appointment_of(record).recurrence
    assert recurrence is not None
    return recurrence.deleted


class Calendar:
    """Anna's calendar with a daily meeting on five days."""

    def __init__(self, office: Office, **fields: Any) -> None:
        self.office, self.session, self.home = office, office.session("anna"), office.default("anna")
        self.id = self.session.create(self.home, meeting("Daily", recurrence=daily(5), **fields)).id

    @property
    def master(self) -> ItemRecord:
        return self.session.get(self.id, Module.CALENDAR)

    def change(self, at_: object, change: Patch | None = None) -> ItemRecord:
        patch = {"title": "Changed"} if change is None else change
        return self.session.change_occurrence(self.id, self.home, at_, lambda _item: patch)  # type: ignore[arg-type]

    def update(self, **patch: object) -> ItemRecord:
        return self.session.update(self.id, self.home, lambda _item: patch)

    def recurrence(self, **fields: object) -> Recurrence:
        recurrence = appointment_of(self.master).recurrence
        assert recurrence is not None
        return msgspec.structs.replace(recurrence, **fields)


class TestChangingOccurrences:
    """Change exceptions (OX reference, section 11.4)."""

    @pytest.mark.rule("5.8.change")
    def test_an_occurrence_becomes_an_item_of_its_own(self, office: Office) -> None:
        calendar = Calendar(office, alarm=15)
        before = calendar.master
        exception = calendar.change(WEDNESDAY)
        item = appointment_of(exception)
        assert exception.id != calendar.id
        assert exception.master == calendar.id
        assert (item.title, item.recurrence, item.recurrence_id) == ("Changed", None, key(2))
        assert item.when == at(10, day=WEDNESDAY)
        assert item.uid == before.item.uid
        assert calendar.master.changed == (key(2),)
        assert calendar.master.stamp > before.stamp
        assert calendar.master.item == before.item

    @pytest.mark.rule("5.8.position")
    def test_it_is_named_by_day_or_position(self, office: Office) -> None:
        calendar = Calendar(office)
        assert appointment_of(calendar.change(1)).recurrence_id == key(0)
        assert appointment_of(calendar.change(MONDAY + timedelta(days=4))).recurrence_id == key(4)
        assert calendar.master.changed == (key(0), key(4))

    def test_it_may_move_to_another_time_and_later_to_another_day(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY, {"when": at(16, day=WEDNESDAY)})
        moved = calendar.session.update(
            exception.id, calendar.home, lambda _item: {"when": at(16, day=WEDNESDAY + timedelta(days=30))}
        )
        assert appointment_of(moved).recurrence_id == key(2)
        assert calendar.master.changed == (key(2),)

    def test_an_occurrence_is_changed_once(self, office: Office) -> None:
        calendar = Calendar(office)
        calendar.change(WEDNESDAY)
        assert refused(calendar.session, calendar.id, calendar.home, WEDNESDAY) == "APP-0098"

    @pytest.mark.rule("5.8.position")
    def test_what_is_no_occurrence_is_refused(self, office: Office) -> None:
        calendar = Calendar(office)
        calendar.session.delete_occurrence(calendar.id, calendar.home, 2)
        for at_, code in (
            (MONDAY - timedelta(days=1), "APP-0075"),
            (MONDAY + timedelta(days=5), "APP-0075"),
            (0, "APP-0074"),
            (6, "APP-0074"),
            (2, "APP-0098"),
            (MONDAY + timedelta(days=1), "APP-0098"),
        ):
            assert refused(calendar.session, calendar.id, calendar.home, at_) == code

    @pytest.mark.rule("5.8.exceptions")
    def test_a_single_appointment_and_an_exception_have_no_occurrences(self, office: Office) -> None:
        calendar = Calendar(office)
        single = calendar.session.create(calendar.home, meeting(when=at(18)))
        exception = calendar.change(WEDNESDAY)
        assert refused(calendar.session, single.id, calendar.home, 1) == "APP-0029"
        assert refused(calendar.session, exception.id, calendar.home, 1) == "APP-0065"

    @pytest.mark.rule("5.8.exceptions")
    def test_an_exception_becomes_no_series_and_keeps_its_place(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        for patch, code in (({"recurrence": daily(2)}, "APP-0099"), ({"recurrence_id": key(3)}, "APP-0083")):
            with pytest.raises(Contradiction) as refusal:
                calendar.session.update(exception.id, calendar.home, lambda _item, patch=patch: patch)  # type: ignore[misc]
            assert refusal.value.code == code
            with pytest.raises(Contradiction) as refusal:
                calendar.change(MONDAY, patch)
            assert refusal.value.code == code

    @pytest.mark.rule("4.1.series")
    def test_a_series_is_private_as_a_whole(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        with pytest.raises(Contradiction) as refusal:
            calendar.session.update(exception.id, calendar.home, lambda _item: {"private": True})
        assert refusal.value.code == "APP-0069"
        calendar.update(private=True)
        assert calendar.session.get(exception.id, Module.CALENDAR).item.private

    def test_whole_days_are_named_by_their_day(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        series = session.create(home, meeting(when=days(), recurrence=daily()))
        far = MONDAY + timedelta(days=4000)
        exception = session.change_occurrence(series.id, home, far, rename)
        assert appointment_of(exception).when == days(far)

    def test_a_new_time_of_one_occurrence_asks_the_others_again(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        office.session("bruno").confirm(calendar.id, Answer.ACCEPTED)
        moved = calendar.change(WEDNESDAY, {"when": at(16, day=WEDNESDAY)})
        kept = calendar.change(MONDAY, {"title": "Same time"})
        bruno = office.user("bruno").id
        assert (answers_of(moved)[bruno], answers_of(kept)[bruno]) == ("none", "accept")

    def test_an_exception_shows_where_the_series_shows(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        exception = calendar.change(WEDNESDAY)
        assert set(office.session("bruno").ids(office.default("bruno"), Module.CALENDAR)) == {
            calendar.id, exception.id,
        }  # fmt: skip


class TestDeletingOccurrences:
    """Deletion exceptions (OX reference, section 11.4)."""

    @pytest.mark.rule("5.8.delete")
    def test_an_occurrence_is_left_out(self, office: Office) -> None:
        calendar = Calendar(office)
        before = calendar.master.stamp
        stamp = calendar.session.delete_occurrence(calendar.id, calendar.home, MONDAY, expected=before)
        assert deleted_of(calendar.master) == (key(0),)
        assert calendar.master.stamp == stamp > before

    @pytest.mark.rule("5.4.occurrence")
    def test_a_changed_one_is_not_deleted_through_the_series(self, office: Office) -> None:
        calendar = Calendar(office)
        calendar.change(WEDNESDAY)
        with pytest.raises(Contradiction) as refusal:
            calendar.session.delete_occurrence(calendar.id, calendar.home, WEDNESDAY)
        assert refusal.value.code == "APP-0098"

    def test_deleting_the_exception_deletes_the_occurrence(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        calendar.session.delete(exception.id, calendar.home)
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((), (key(2),))
        gone = calendar.session.changes(calendar.home, Module.CALENDAR).gone
        assert [(stone.id, stone.master) for stone in gone] == [(exception.id, calendar.id)]

    def test_the_deletion_list_takes_a_changed_occurrence_with_it(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        calendar.update(recurrence=calendar.recurrence(deleted=(key(2),)))
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((), (key(2),))
        with pytest.raises(NotFound):
            calendar.session.get(exception.id, Module.CALENDAR)

    @pytest.mark.rule("5.4.last")
    def test_the_last_occurrence_takes_the_series_with_it(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(5)
        for position in (1, 2, 3, 4):
            calendar.session.delete_occurrence(calendar.id, calendar.home, position)
        assert calendar.master.changed == (key(4),)
        calendar.session.delete(exception.id)
        with pytest.raises(NotFound):
            calendar.session.get(calendar.id, Module.CALENDAR)

    def test_the_series_takes_its_exceptions_with_it(self, office: Office) -> None:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        calendar.session.delete(calendar.id, calendar.home)
        with pytest.raises(NotFound):
            calendar.session.get(exception.id, Module.CALENDAR)


class TestChangingTheSeries:
    """What a change of the master does to exceptions (semantics reference, section 5.8)."""

    def calendar(self, office: Office) -> tuple[Calendar, ItemId]:
        calendar = Calendar(office)
        exception = calendar.change(WEDNESDAY)
        calendar.session.delete_occurrence(calendar.id, calendar.home, 2)
        return calendar, exception.id

    @pytest.mark.rule("5.8.exceptions")
    def test_another_pattern_drops_all_exceptions(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        rules = (Rule(frequency=Frequency.DAILY, interval=2, count=5),)
        calendar.update(recurrence=calendar.recurrence(rules=rules))
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((), ())
        with pytest.raises(NotFound):
            calendar.session.get(exception, Module.CALENDAR)

    @pytest.mark.rule("5.8.exceptions")
    def test_no_pattern_drops_them_too(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        calendar.update(recurrence=None)
        assert calendar.master.changed == ()
        with pytest.raises(NotFound):
            calendar.session.get(exception, Module.CALENDAR)

    def test_a_longer_series_keeps_them(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        calendar.update(recurrence=calendar.recurrence(rules=daily(9).rules))
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((key(2),), (key(1),))
        assert calendar.session.get(exception, Module.CALENDAR).master == calendar.id

    def test_a_shorter_series_drops_those_beyond_its_end(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        calendar.update(recurrence=calendar.recurrence(rules=daily(2).rules))
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((), (key(1),))
        with pytest.raises(NotFound):
            calendar.session.get(exception, Module.CALENDAR)

    def test_another_time_of_day_keeps_them_on_their_days(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        calendar.update(when=at(8))
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((key(2, 8),), (key(1, 8),))
        record = calendar.session.get(exception, Module.CALENDAR)
        assert appointment_of(record).recurrence_id == key(2, 8)
        assert appointment_of(record).when == at(10, day=WEDNESDAY)

    def test_a_title_leaves_them_alone(self, office: Office) -> None:
        calendar, exception = self.calendar(office)
        before = calendar.session.get(exception, Module.CALENDAR)
        calendar.update(title="New")
        assert calendar.master.changed == (key(2),)
        assert calendar.session.get(exception, Module.CALENDAR) == before


class TestParticipants:
    """Series as participants meet them (OX reference, section 4.2)."""

    @pytest.mark.rule("5.4.occurrence")
    def test_a_participant_who_deletes_an_occurrence_leaves_that_one_only(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        bruno, his = office.session("bruno"), office.default("bruno")
        bruno.delete_occurrence(calendar.id, his, WEDNESDAY)
        seen = bruno.get(calendar.id, Module.CALENDAR)
        assert (seen.changed, deleted_of(seen)) == ((), (key(2),))
        assert bruno.ids(his, Module.CALENDAR) == (calendar.id,)
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((key(2),), ())
        exception = next(i for i in calendar.session.ids(calendar.home, Module.CALENDAR) if i != calendar.id)
        answers = answers_of(calendar.session.get(exception, Module.CALENDAR))
        assert answers == {office.user("anna").id: "accept", office.user("bruno").id: "decline"}

    def test_what_such_a_participant_sends_back_deletes_nothing_for_others(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        bruno, his = office.session("bruno"), office.default("bruno")
        bruno.delete_occurrence(calendar.id, his, WEDNESDAY)

        def resend(item: Item) -> Patch:
            assert isinstance(item, Appointment)
            return {"recurrence": item.recurrence, "title": "By Bruno"}

        bruno.update(calendar.id, his, resend)
        assert (calendar.master.changed, deleted_of(calendar.master)) == ((key(2),), ())

    def test_a_participant_taken_off_one_occurrence_sees_the_series_without_it(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        exception = calendar.change(WEDNESDAY)
        bruno, his = office.session("bruno"), office.default("bruno")
        before = bruno.get(calendar.id, Module.CALENDAR)
        assert before.changed == (key(2),)
        calendar.session.update(exception.id, calendar.home, lambda _item: {"participants": office.invite("anna")})
        changes = bruno.changes(his, Module.CALENDAR, Stamp(before.stamp + 1))
        assert [stone.id for stone in changes.gone] == [exception.id]
        (seen,) = changes.items
        assert (seen.id, seen.changed, deleted_of(seen)) == (calendar.id, (), (key(2),))

    def test_a_participant_who_leaves_a_series_leaves_its_exceptions(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        calendar.change(WEDNESDAY)
        office.session("bruno").delete(calendar.id, office.default("bruno"))
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()
        assert len(calendar.session.ids(calendar.home, Module.CALENDAR)) == 2

    @pytest.mark.rule("5.3.occurrence")
    def test_one_occurrence_can_be_answered(self, office: Office) -> None:
        calendar = Calendar(office, participants=office.invite("bruno"))
        bruno = office.session("bruno")
        answered = bruno.confirm(calendar.id, Answer.DECLINED, "dentist", at=WEDNESDAY)
        assert answered.master == calendar.id
        again = bruno.confirm(calendar.id, Answer.ACCEPTED, at=3)
        assert again.id == answered.id
        id_ = office.user("bruno").id
        assert (answers_of(again)[id_], answers_of(calendar.master)[id_]) == ("accept", "none")


@pytest.mark.rule("5.8.start")
def test_the_start_of_a_series_is_its_first_occurrence(office: Office) -> None:
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.WEDNESDAY),), count=3),))
    item = office.session("anna").create(office.default("anna"), meeting(recurrence=weekly))
    assert span_start(appointment_of(item).when) == key(2)
