"""What a link tells of an appointment, level by level."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.groupware.feeds.lowering import Lens, seen
from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, ForeignProperty, Item, ShownAs
from passerelle.model.participants import Answer, Participant
from passerelle.model.records import ItemRecord
from passerelle.store.feeds import Detail
from passerelle.translations import catalogue
from passerelle.wire.icalendar import Series, write
from tests.groupware.feeds.feeding import events, link, shown, titles
from tests.groupware.office import MONDAY, Office, at, daily, meeting
from tests.strategies import appointments

NOW = datetime(2031, 5, 5, 8, tzinfo=UTC)
OWNER = UserId(99)
"""Nobody whom hypothesis invites: what the owner declined is shown as free."""
SECRETS = {
    "title": "Nachtcafe",
    "location": "Hinterhof",
    "note": "Zauberwort",
    "note_html": "<p>Zauberwort</p>",
    "categories": ("Geheimbund",),
    "contacts": ("Drahtzieher",),
    "url": "https://versteck.example",
    "uid": "spur-1",
    "foreign": (ForeignProperty(format="icalendar", name="X-SPUR", text="X-SPUR:Fussabdruck"),),
}
WORDS = ("Nachtcafe", "Hinterhof", "Zauberwort", "Geheimbund", "Drahtzieher", "versteck", "spur-1", "Fussabdruck")
ALARM = ForeignProperty(
    format="icalendar",
    name="VALARM",
    text="BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT7M\nDESCRIPTION:Wecker\nEND:VALARM",
)


def secretive(**fields: object) -> Appointment:
    return meeting(**{**SECRETS, **fields})  # type: ignore[arg-type]


def lens(detail: Detail) -> Lens:
    folder = Folder(
        id=FolderId(20), parent=FolderId(1), name="Calendar", module=Module.CALENDAR, type=FolderType.PRIVATE,
        owner=OWNER, created_by=OWNER, created=NOW, modified_by=OWNER, stamp=Stamp(1),
    )  # fmt: skip
    return Lens(detail, "secret", folder, catalogue("en"))


def written(detail: Detail, item: Appointment) -> bytes:
    """What a feed tells of one appointment."""
    record = ItemRecord(
        id=ItemId(7), folder=FolderId(20), item=item, created_by=OWNER, created=NOW, modified_by=OWNER, stamp=Stamp(9)
    )
    found = seen(lens(detail), record, Series(master=item))
    return b"" if found is None else write([found])


def timing_of(item: Appointment) -> dict[str, object]:
    """All that busy time consists of."""
    return {name: getattr(item, name) for name in ("when", "shown_as", "recurrence", "sequence", "cancelled")}


@settings(max_examples=20)
@given(appointments(), appointments(), st.booleans())
def test_a_busy_feed_tells_nothing_but_time(one: Appointment, other: Appointment, private: bool) -> None:
    """Whatever is in two appointments at the same time, nobody can tell them apart."""
    twin = msgspec.structs.replace(other, private=private, recurrence_id=None, **timing_of(one))
    assert written(Detail.BUSY, msgspec.structs.replace(one, recurrence_id=None)) == written(Detail.BUSY, twin)


@settings(max_examples=20)
@given(appointments(), appointments(), st.sampled_from(Detail))
def test_what_is_private_is_told_as_busy_time_at_any_level(one: Appointment, other: Appointment, level: Detail) -> None:
    hidden = msgspec.structs.replace(one, private=True, recurrence_id=None)
    twin = msgspec.structs.replace(other, recurrence_id=None, **timing_of(one))
    assert written(level, hidden) == written(Detail.BUSY, twin)


@settings(max_examples=20)
@given(appointments(), appointments())
def test_a_limited_feed_adds_title_and_place_alone(one: Appointment, other: Appointment) -> None:
    same = {name: getattr(one, name) for name in ("title", "location", "uid")}
    open_, twin = (
        msgspec.structs.replace(each, private=False, recurrence_id=None, **timing_of(one), **same)
        for each in (one, other)
    )
    assert written(Detail.LIMITED, open_) == written(Detail.LIMITED, twin)


@settings(max_examples=20)
@given(appointments(), st.sampled_from(Detail))
def test_no_feed_rings(item: Appointment, level: Detail) -> None:
    assert b"VALARM" not in written(level, msgspec.structs.replace(item, alarm=5, foreign=(ALARM,), recurrence_id=None))


@pytest.mark.parametrize(
    ("level", "told"),
    [(Detail.BUSY, ()), (Detail.LIMITED, ("Nachtcafe", "Hinterhof", "spur-1")), (Detail.FULL, WORDS)],
)
def test_a_level_tells_this_and_no_more(office: Office, level: Detail, told: tuple[str, ...]) -> None:
    item = secretive(participants=office.invite("anna", "bruno"))
    office.session("anna").create(office.default("anna"), item)
    text = shown(office, link(office, level))
    assert tuple(word for word in WORDS if word in text) == told
    assert ("bruno@example.org" in text) is (level is Detail.FULL)
    assert len(events(text)) == 1


def test_the_uids_of_busy_time_tell_neither_the_appointment_nor_which_links_show_the_same(office: Office) -> None:
    office.session("anna").create(office.default("anna"), secretive())
    first, second = ({str(one["UID"]) for one in events(shown(office, link(office, Detail.BUSY)))} for _ in range(2))
    assert first.isdisjoint(second)
    made = link(office, Detail.BUSY)
    assert shown(office, made) == shown(office, made)


@pytest.mark.parametrize(
    ("shown_as", "title"),
    [(ShownAs.RESERVED, "Busy"), (ShownAs.TEMPORARY, "Tentative"), (ShownAs.ABSENT, "Absent"), (ShownAs.FREE, "Free")],
)
def test_busy_time_says_what_kind_it_is(office: Office, shown_as: ShownAs, title: str) -> None:
    office.session("anna").create(office.default("anna"), secretive(shown_as=shown_as))
    (event,) = events(shown(office, link(office, Detail.BUSY)))
    assert str(event["SUMMARY"]) == title
    assert (str(event.get("TRANSP", "OPAQUE")) == "TRANSPARENT") is (shown_as is ShownAs.FREE)


@pytest.mark.parametrize(("login", "title"), [("bruno", "Occupé"), ("carla", "Gebucht")])
def test_it_is_said_in_the_language_of_the_links_maker(office: Office, login: str, title: str) -> None:
    office.session(login).create(office.default(login), secretive())
    assert titles(shown(office, link(office, Detail.BUSY, login))) == [title]


def test_what_the_owner_declined_takes_no_time(office: Office) -> None:
    record = office.session("bruno").create(
        office.default("bruno"), meeting("Not me", participants=office.invite("bruno", "anna"))
    )
    office.session("anna").confirm(record.id, Answer.DECLINED)
    (event,) = events(shown(office, link(office, Detail.LIMITED)))
    assert (str(event["SUMMARY"]), str(event["TRANSP"])) == ("Not me", "TRANSPARENT")


def test_what_was_called_off_is_not_told(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    session.create(home, meeting("Off", cancelled=True))
    series = session.create(home, meeting("On", recurrence=daily(3)))
    session.change_occurrence(series.id, home, 2, lambda _item: {"cancelled": True})
    text = shown(office, link(office))
    assert titles(text) == ["On"]
    assert "EXDATE" in text


def test_what_went_to_another_calendar_is_not_told(office: Office) -> None:
    session, other = office.session("anna"), office.private("anna", "Other")
    record = session.create(office.default("anna"), meeting("Gone"))
    made = link(office)
    session.update(record.id, record.folder, lambda _item: {}, destination=other.id)
    assert titles(shown(office, made)) == []
    assert titles(shown(office, link(office, folder=other.id))) == ["Gone"]


def test_a_private_series_is_busy_time_with_its_changed_occurrences(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    series = session.create(home, secretive(recurrence=daily(3), private=True))
    session.change_occurrence(series.id, home, 2, lambda _item: {"title": "Nachtcafe zwei", "when": at(15)})
    text = shown(office, link(office))
    assert [word for word in WORDS if word in text] == []
    assert titles(text) == ["Busy", "Busy"]
    assert len({str(one["UID"]) for one in events(text)}) == 1


def test_who_comes_to_one_occurrence_only_has_it_as_an_event_of_its_own(office: Office) -> None:
    session, home = office.session("bruno"), office.default("bruno")
    series = session.create(home, meeting("Weekly", recurrence=daily(5)))

    def with_anna(item: Item) -> dict[str, object]:
        assert isinstance(item, Appointment)
        joined: tuple[Participant, ...] = office.invite("bruno", "anna")
        return {"participants": joined, "title": "With Anna"}

    session.change_occurrence(series.id, home, 2, with_anna)
    (event,) = events(shown(office, link(office)))
    assert str(event["SUMMARY"]) == "With Anna"
    assert "RECURRENCE-ID" not in event
    assert event.decoded("DTSTART").date() > MONDAY
