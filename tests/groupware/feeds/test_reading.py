"""What other programs make of a feed, and when it counts as changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import icalendar as stranger
import msgspec
import pytest
import recurring_ical_events

from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.feeds.reading import note_fetch
from passerelle.model.moments import Span
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store.feeds import Detail
from tests.groupware.feeds.feeding import fetched, link, mark, shown
from tests.groupware.office import MONDAY, Office, at, daily, days, meeting

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
FIRST, AFTER = MONDAY - timedelta(days=3), MONDAY + timedelta(days=403)


def weekly(count: int | None = None) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=count),))


def fill(office: Office) -> None:
    """Series of all sorts over more than a year, so that all clocks change in between; some changed and thinned."""
    session, home = office.session("anna"), office.default("anna")
    for number, zone in enumerate(ZONES):
        when = msgspec.structs.replace(at(6 + 3 * number), zone=zone)
        series = session.create(home, meeting(zone, when, recurrence=weekly()), ignore_conflicts=True)
        session.delete_occurrence(series.id, home, 3)
        session.change_occurrence(
            series.id, home, 5, lambda _item: {"title": "Moved", "when": at(22, day=MONDAY)},
            ignore_conflicts=True,
        )  # fmt: skip
        session.change_occurrence(series.id, home, 6, lambda _item: {"title": "Other title"}, ignore_conflicts=True)
    session.create(
        home, meeting("Holiday", days(count=3), recurrence=daily(count=20, interval=7)), ignore_conflicts=True
    )
    session.create(home, meeting("Once", at(3)), ignore_conflicts=True)
    session.create(home, meeting("Whole day", days(MONDAY + timedelta(days=9))), ignore_conflicts=True)


def said(value: date) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def of_model(office: Office) -> list[tuple[str, str, str]]:
    def ends(span: Span) -> tuple[str, str]:
        return said(span.start), said(span.end)

    found = office.session("anna").agenda((office.default("anna"),), FIRST, AFTER)
    return sorted((*ends(one.span), one.appointment.title or "") for one in found)


def of_stranger(text: str) -> list[tuple[str, str, str]]:
    found = recurring_ical_events.of(stranger.Calendar.from_ical(text), components=["VEVENT"]).between(FIRST, AFTER)
    return sorted((said(one["DTSTART"].dt), said(one["DTEND"].dt), str(one["SUMMARY"])) for one in found)


@pytest.mark.parametrize("level", Detail)
def test_another_program_finds_the_occurrences_that_the_calendar_has(office: Office, level: Detail) -> None:
    fill(office)
    ours, theirs = of_model(office), of_stranger(shown(office, link(office, level)))
    assert len(ours) > 200
    if level is Detail.BUSY:
        assert [one[:2] for one in theirs] == [one[:2] for one in ours]
        assert {one[2] for one in theirs} == {"Busy"}
    else:
        assert theirs == ours


def test_each_zone_is_defined_that_an_event_names(office: Office) -> None:
    fill(office)
    text = shown(office, link(office, Detail.BUSY))
    assert stranger.Calendar.from_ical(text).get_missing_tzids() == set()
    assert {f"TZID:{zone}" in text for zone in ZONES} == {True}


@pytest.mark.parametrize(
    ("level", "change", "differs"),
    [
        (Detail.BUSY, lambda office: office.session("anna").create(office.default("anna"), meeting("New")), True),
        (Detail.BUSY, lambda office: office.session("bruno").create(office.default("bruno"), meeting("New")), False),
        (Detail.BUSY, lambda office: change_user(office.store, "bruno", UserChange(display_name="B. B.")), False),
        (Detail.FULL, lambda office: change_user(office.store, "bruno", UserChange(display_name="B. B.")), True),
        (Detail.BUSY, lambda office: change_user(office.store, "anna", UserChange(display_name="A. A.")), True),
        (Detail.BUSY, lambda office: change_user(office.store, "anna", UserChange(locale="fr")), True),
        (Detail.BUSY, lambda _office: None, False),
    ],
)
def test_it_counts_as_changed_when_it_shows_something_else(
    office: Office, level: Detail, change: Callable[[Office], object], *, differs: bool
) -> None:
    made = link(office, level)
    before = mark(office, made)
    change(office)
    assert (mark(office, made) != before) is differs


def test_what_goes_changes_it_as_well(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    record = session.create(home, meeting("Gone soon"))
    made = link(office, Detail.BUSY)
    before = mark(office, made)
    session.delete(record.id, home)
    assert mark(office, made) != before


def test_a_calendar_is_called_by_its_owner_and_name(office: Office) -> None:
    public = office.public("anna", "Fairs")
    assert "X-WR-CALNAME:Anna Arnold – Calendar\r\n" in shown(office, link(office))
    assert "X-WR-CALNAME:Fairs\r\n" in shown(office, link(office, folder=public.id))


def test_visits_are_noted_every_ten_minutes(office: Office) -> None:
    made, now = link(office), datetime(2031, 5, 5, 8, tzinfo=UTC)
    note_fetch(office.store, made.feed, "First", now)
    with office.store.reading() as tx:
        feed = tx.feeds.get(made.feed.id)
    assert feed is not None
    note_fetch(office.store, feed, "Second", now + timedelta(minutes=9))
    assert fetched(office, made) == (now, "First")
    note_fetch(office.store, feed, "Third" * 100, now + timedelta(minutes=10))
    assert fetched(office, made)[0] == now + timedelta(minutes=10)
    assert len(fetched(office, made)[1]) == 200
