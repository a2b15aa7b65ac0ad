"""A calendar view shows what takes place on its days, occurrence by occurrence, as far as the user may read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from passerelle.groupware.agenda import Entry
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.moments import span_day
from tests.groupware.office import MONDAY, OWN_READER, READER, VISITOR, Office, at, daily, days, meeting

TUESDAY = MONDAY + timedelta(days=1)


def shown(
    office: Office, login: str = "anna", folders: Iterable[FolderId] = (), first: date = MONDAY, count: int = 7
) -> tuple[Entry, ...]:
    return office.session(login).agenda(folders or (office.default(login),), first, first + timedelta(days=count))


def titles(entries: Iterable[Entry]) -> list[str | None]:
    return [entry.appointment.title for entry in entries]


def test_a_series_shows_each_occurrence_of_the_days_with_the_day_that_names_it(office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting(recurrence=daily(20)))
    found = shown(office, first=TUESDAY, count=3)
    assert [(span_day(one.span), one.day) for one in found] == [
        (day, day) for day in (TUESDAY + timedelta(days=n) for n in range(3))
    ]


def test_an_occurrence_that_was_changed_shows_as_it_is_now_and_a_deleted_one_not(office: Office) -> None:
    session, calendar = office.session("anna"), office.default("anna")
    series = session.create(calendar, meeting("Series", recurrence=daily(5)))
    session.change_occurrence(series.id, calendar, TUESDAY, lambda _: {"title": "Changed", "when": at(15, day=MONDAY)})
    session.delete_occurrence(series.id, calendar, TUESDAY + timedelta(days=1))
    found = shown(office)
    assert [(one.appointment.title, span_day(one.span)) for one in found] == [
        ("Series", MONDAY),
        ("Changed", MONDAY),
        ("Series", MONDAY + timedelta(days=3)),
        ("Series", MONDAY + timedelta(days=4)),
    ]
    changed = found[1]
    assert changed.day is None
    assert changed.record.master == series.id


def test_days_begin_and_end_by_the_clock_of_whoever_looks(office: Office) -> None:
    session, calendar = office.session("anna"), office.default("anna")
    for title, when in (
        ("late on Sunday", at(23, day=MONDAY - timedelta(days=1))),
        ("over midnight", at(23, 30, day=MONDAY - timedelta(days=1))),
        ("early", at(0)),
        ("late", at(23)),
        ("early on Tuesday", at(0, day=TUESDAY)),
        ("whole Monday", days()),
        ("whole Tuesday", days(TUESDAY)),
        ("no time at all", at(0, minutes=0)),
    ):
        session.create(calendar, meeting(title, when), ignore_conflicts=True)
    assert set(titles(shown(office, count=1))) == {"over midnight", "early", "late", "whole Monday", "no time at all"}


def test_several_calendars_are_laid_over_one_another_by_time(office: Office) -> None:
    own, public = office.default("anna"), office.public("anna").id
    session = office.session("anna")
    session.create(public, meeting("second", at(11)))
    session.create(own, meeting("first", at(10)))
    session.create(own, meeting("third", at(12)))
    found = shown(office, folders=(own, public))
    assert [(one.appointment.title, one.record.folder) for one in found] == [
        ("first", own),
        ("second", public),
        ("third", own),
    ]


def test_of_a_shared_calendar_only_what_may_be_read_shows(office: Office) -> None:
    session, calendar = office.session("anna"), office.default("anna")
    office.share_default("anna", office.grant("bruno", READER))
    session.create(calendar, meeting("open"))
    session.create(calendar, meeting("secret", at(12), private=True))
    assert titles(shown(office, "bruno", (calendar,))) == ["open"]
    office.share_default("anna", office.grant("bruno", OWN_READER))
    assert shown(office, "bruno", (calendar,)) == ()


def test_who_may_not_read_a_calendar_is_told_so_and_an_invisible_one_does_not_exist(office: Office) -> None:
    calendar = office.default("anna")
    with pytest.raises(NotFound):
        shown(office, "bruno", (calendar,))
    office.share_default("anna", office.grant("bruno", VISITOR))
    with pytest.raises(Forbidden):
        shown(office, "bruno", (calendar,))


def test_a_folder_of_contacts_is_no_calendar(office: Office) -> None:
    with pytest.raises(NotFound):
        shown(office, folders=(office.default("anna", Module.CONTACTS),))


def test_an_exception_whose_participant_was_left_out_does_not_show_in_that_calendar(office: Office) -> None:
    session, calendar = office.session("anna"), office.default("anna")
    series = session.create(calendar, meeting(recurrence=daily(3), participants=office.invite("anna", "bruno")))
    session.change_occurrence(series.id, calendar, TUESDAY, lambda _: {"participants": office.invite("anna")})
    assert [one.day for one in shown(office, "bruno")] == [MONDAY, MONDAY + timedelta(days=2)]
    assert len(shown(office)) == 3


def test_the_days_on_which_clocks_change_are_whole(office: Office) -> None:
    spring = date(2031, 3, 30)
    session, calendar = office.session("anna"), office.default("anna")
    session.create(calendar, meeting("last hour", at(23, day=spring)))
    session.create(calendar, meeting("next day", at(0, day=spring + timedelta(days=1))))
    assert titles(shown(office, first=spring, count=1)) == ["last hour"]
