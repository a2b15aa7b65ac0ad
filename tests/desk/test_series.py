"""Parts of a series as the dialog changes them: one occurrence, it and all that follow, or the whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from passerelle.groupware.agenda import Entry
from passerelle.model.moments import span_day
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.desk.serving import Visitor
from tests.desk.test_pages import dialog
from tests.groupware.office import MONDAY, READER, Office, appointment_of, at, daily, meeting


def series(office: Office, recurrence: Recurrence) -> ItemRecord:
    return office.session("anna").create(office.default("anna"), meeting("Series", recurrence=recurrence))


def seen(office: Office) -> list[tuple[str | None, date]]:
    found = office.session("anna").agenda([office.default("anna")], MONDAY, MONDAY + timedelta(60))
    return [(entry.appointment.title, span_day(entry.span)) for entry in found]


def test_what_follows_is_renamed_and_repeats_as_before(anna: Visitor, office: Office) -> None:
    record = series(office, daily(4))
    before = [day for _, day in seen(office)]
    fields = dialog(anna, record, MONDAY + timedelta(2)) | {"scope": "following", "title": "Later"}
    assert anna.post("/calendar/save", **fields).status_code == 204
    assert [title for title, _ in seen(office)] == ["Series", "Series", "Later", "Later"]
    assert [day for _, day in seen(office)] == before


def test_what_follows_moves_to_another_weekday_with_its_last_day(anna: Visitor, office: Office) -> None:
    rule = Rule(frequency=Frequency.WEEKLY, count=4, by_day=(NthWeekday(Weekday.MONDAY),))
    record = series(office, Recurrence(rules=(rule,)))
    third, tuesday = MONDAY + timedelta(14), MONDAY + timedelta(15)
    fields = dialog(anna, record, third) | {"scope": "following"}
    moved = fields | {"start": f"{tuesday}T16:00", "end": f"{tuesday}T17:00"}
    assert anna.post("/calendar/save", **moved).status_code == 204
    assert [(day - MONDAY).days for _, day in seen(office)] == [0, 7, 15, 22]


def test_what_follows_is_given_another_rule(anna: Visitor, office: Office) -> None:
    record = series(office, daily(10))
    fields = dialog(anna, record, MONDAY + timedelta(2)) | {"scope": "following"}
    rule = {"repeat": "WEEKLY", "interval": "1", "ends": "count", "count": "2", "on_0": "", "on_2": "1"}
    assert anna.post("/calendar/save", **fields | rule).status_code == 204
    assert [(day - MONDAY).days for _, day in seen(office)] == [0, 1, 2, 9]


def test_the_dialog_says_by_its_last_day_how_a_series_ends_that_was_parted(anna: Visitor, office: Office) -> None:
    record = series(office, daily(4))
    office.session("anna").change_onwards(record.id, record.folder, 3, lambda _: {"title": "Later"})
    first, later = (one.record for one in _firsts(office))
    assert dialog(anna, first, MONDAY)["until"] == str(MONDAY + timedelta(1))
    assert dialog(anna, later, MONDAY + timedelta(2))["until"] == str(MONDAY + timedelta(3))


def _firsts(office: Office) -> list[Entry]:
    found = office.session("anna").agenda([office.default("anna")], MONDAY, MONDAY + timedelta(9))
    return [found[0], found[-1]]


def test_what_follows_is_deleted(anna: Visitor, office: Office) -> None:
    record = series(office, daily(4))
    fields = dialog(anna, record, MONDAY + timedelta(2)) | {"scope": "following"}
    assert anna.post("/calendar/delete", **fields).status_code == 204
    assert len(seen(office)) == 2


@pytest.mark.parametrize(("scope", "days"), [("one", [0, 1, 3]), ("following", [0, 2, 3]), ("all", [1, 2, 3])])
def test_a_part_of_a_series_is_dragged_to_another_day(
    anna: Visitor, office: Office, scope: str, days: list[int]
) -> None:
    record = series(office, daily(3))
    place = {"id": record.id, "folder": record.folder, "stamp": record.stamp}
    tuesday, wanted = MONDAY + timedelta(1), MONDAY + timedelta(2)
    if scope == "one":
        tuesday, wanted = MONDAY + timedelta(2), MONDAY + timedelta(3)
    times = {"start": f"{wanted}T10:00", "end": f"{wanted}T11:00", "day": tuesday, "scope": scope}
    assert anna.post("/calendar/move", **place, **times).status_code == 204
    assert [(day - MONDAY).days for _, day in seen(office)] == days


def test_a_series_by_a_rule_of_its_own_keeps_its_days(anna: Visitor, office: Office) -> None:
    rule = Rule(frequency=Frequency.MONTHLY, count=3, by_day=(NthWeekday(Weekday.MONDAY, -1),))
    record = series(office, Recurrence(rules=(rule,)))
    day = appointment_of(record).when
    fields = dialog(anna, record, span_day(day)) | {"scope": "all"}
    later = span_day(day) + timedelta(1)
    refused = anna.post("/calendar/save", **fields | {"start": f"{later}T10:00", "end": f"{later}T11:00"})
    assert refused.status_code == 422
    assert "rule of its own" in refused.text


def test_who_may_only_read_parts_no_series(bruno: Visitor, office: Office) -> None:
    record = series(office, daily(4))
    office.share_default("anna", office.grant("bruno", READER))
    fields = dialog(bruno, record, MONDAY + timedelta(2)) | {"scope": "following", "title": "Mine"}
    assert bruno.post("/calendar/save", **fields).status_code == 422
    assert bruno.post("/calendar/delete", **fields).status_code == 403
    assert [title for title, _ in seen(office)] == ["Series"] * 4


def test_who_is_in_the_way_of_what_is_dragged_is_said(anna: Visitor, office: Office) -> None:
    record = series(office, daily(4))
    office.session("anna").create(
        office.default("anna"), meeting("Board", at(15), participants=(office.invite_room(),))
    )
    place = {"id": record.id, "folder": record.folder, "stamp": record.stamp, "day": MONDAY, "scope": "one"}
    busy = anna.post("/calendar/move", **place, start=f"{MONDAY}T15:00", end=f"{MONDAY}T16:00")
    assert busy.status_code == 409
    assert "Board" in busy.json()["message"]
    assert busy.json()["bookable"] is True
    again = anna.post("/calendar/move", **place, start=f"{MONDAY}T15:00", end=f"{MONDAY}T16:00", ignore="1")
    assert again.status_code == 204
