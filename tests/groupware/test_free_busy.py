"""What is published of somebody's time is that person's choice (OX reference, section 16; semantics, section 9)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from passerelle.groupware.free_busy import BusyTime, Published, ask, merged
from passerelle.model.errors import NotFound
from passerelle.model.items import ShownAs
from passerelle.model.principals import FreeBusyDetail
from tests.groupware.office import MONDAY, Office, at, daily, meeting

BEGIN, END = at(0).start, at(0).start + timedelta(days=1)


def published(office: Office, name: str = "anna") -> Published:
    return ask(office.store, name, "example.org", BEGIN, END)


@pytest.fixture
def busy_office(office: Office) -> Office:
    session, calendar = office.session("anna"), office.default("anna")
    for hour, kind in ((9, ShownAs.RESERVED), (10, ShownAs.ABSENT), (13, ShownAs.FREE), (15, ShownAs.TEMPORARY)):
        session.create(calendar, meeting(when=at(hour), shown_as=kind))
    return office


@pytest.mark.rule("9.times")
def test_each_appointment_is_published_with_its_kind_unless_the_user_chooses_otherwise(busy_office: Office) -> None:
    kinds = [one.shown_as for one in published(busy_office).times]
    assert kinds == [ShownAs.RESERVED, ShownAs.ABSENT, ShownAs.FREE, ShownAs.TEMPORARY]


def test_a_user_can_publish_merged_times_without_kinds(busy_office: Office) -> None:
    busy_office.session("anna").publish_free_busy(FreeBusyDetail.BUSY)
    assert published(busy_office).times == (
        BusyTime(at(9).start, at(10).end),
        BusyTime(at(15).start, at(15).end),
    )


@pytest.mark.rule("9.choice")
def test_who_publishes_nothing_looks_like_nobody(busy_office: Office) -> None:
    busy_office.session("anna").publish_free_busy(FreeBusyDetail.NOTHING)
    with pytest.raises(NotFound) as refused:
        published(busy_office)
    with pytest.raises(NotFound) as unknown:
        published(busy_office, "nobody")
    assert str(refused.value).replace("anna", "nobody") == str(unknown.value)


def test_a_group_says_nothing_of_a_member_who_publishes_nothing(busy_office: Office) -> None:
    assert len(published(busy_office, "board").times) == 2
    busy_office.session("anna").publish_free_busy(FreeBusyDetail.NOTHING)
    assert published(busy_office, "board").times == ()


def test_a_cancelled_appointment_takes_no_time(office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting(cancelled=True))
    assert published(office).times == ()


def test_the_choice_stays_when_the_user_changes(office: Office) -> None:
    office.session("anna").publish_free_busy(FreeBusyDetail.BUSY)
    with office.store.writing(office.user("anna").id) as tx:
        user = tx.principals.user(office.user("anna").id)
        assert user is not None
        tx.principals.replace_user(msgspec.structs.replace(user, zone="Asia/Tokyo"))
    assert office.session("anna").user.free_busy is FreeBusyDetail.BUSY


def test_an_endless_series_is_asked_about_far_from_its_start(office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting(recurrence=daily()))
    later = BEGIN + timedelta(days=3650)
    found = ask(office.store, "anna", "example.org", later, later + timedelta(days=7))
    assert len(found.times) == 7


def test_times_that_overlap_or_touch_are_merged_and_others_are_not() -> None:
    def time(first: int, last: int, kind: ShownAs | None = ShownAs.ABSENT) -> BusyTime:
        base = datetime.combine(MONDAY, datetime.min.time(), tzinfo=BEGIN.tzinfo)
        return BusyTime(base + timedelta(hours=first), base + timedelta(hours=last), kind)

    given = [time(5, 6), time(1, 2), time(2, 3), time(8, 9), time(8, 8), time(7, 10), time(20, 22, ShownAs.FREE)]
    assert merged(given) == (time(1, 3, None), time(5, 6, None), time(7, 10, None))
