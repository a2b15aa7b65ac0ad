"""What other programs get: nothing of what a file said is lost, and nothing of it survives a change that it denies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar as stranger
import pytest
from msgspec.structs import replace

from passerelle.model.items import Appointment, ForeignProperty, ShownAs, Task
from passerelle.model.moments import Day, Timed, WholeDays
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.wire import icalendar
from passerelle.wire.icalendar import Series

HOME = "Europe/Paris"
NINE = datetime(2024, 3, 4, 9, tzinfo=UTC)
HOUR = Timed(start=NINE, end=NINE + timedelta(hours=1), zone="Europe/Paris")
LINES = [
    "BEGIN:VEVENT",
    "UID:one",
    "DTSTAMP:20240101T000000Z",
    "DTSTART:20240304T090000Z",
    "DURATION:PT1H",
    "SUMMARY;LANGUAGE=fr:Réunion",
    "STATUS:CONFIRMED",
    "PRIORITY:7",
    "GEO:48.85;2.35",
    "ATTACH;FMTTYPE=application/pdf:https://example.org/a.pdf",
    'ORGANIZER;CN=Jane;SENT-BY="mailto:office@example.org":mailto:jane@example.org',
    "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION;CN=Bob:mailto:bob@example.org",
    "ATTENDEE;CUTYPE=ROOM;CN=Room 3:mailto:room@example.org",
    "X-UNKNOWN;X-PARAM=1:kept",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-PT15M",
    "DESCRIPTION:Reminder",
    "X-WR-ALARMUID:1",
    "END:VALARM",
    "BEGIN:VALARM",
    "ACTION:AUDIO",
    "TRIGGER:-PT5M",
    "END:VALARM",
    "END:VEVENT",
]


def item() -> Appointment:
    text = "\r\n".join(("BEGIN:VCALENDAR", *LINES, "END:VCALENDAR", ""))
    (entry,) = icalendar.read(text.encode(), HOME).entries
    assert isinstance(entry.master, Appointment)
    return entry.master


def written(*items: Appointment | Task, modified: datetime | None = None) -> list[str]:
    data = icalendar.write([Series(master=each, modified=modified) for each in items])
    return data.decode().replace("\r\n ", "").split("\r\n")


def inside(lines: list[str]) -> list[str]:
    return lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT") + 1]


def test_an_untouched_item_is_written_with_the_lines_it_came_with() -> None:
    assert sorted(inside(written(item()))) == sorted(LINES)


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        ({"title": "Fête"}, "SUMMARY;LANGUAGE=fr:Réunion", "SUMMARY:Fête"),
        ({"cancelled": True}, "STATUS:CONFIRMED", "STATUS:CANCELLED"),
        ({"shown_as": ShownAs.FREE}, "STATUS:CONFIRMED", "TRANSP:TRANSPARENT"),
        ({"when": HOUR}, "DTSTART:20240304T090000Z", "DTSTART;TZID=Europe/Paris:20240304T100000"),
        ({"when": replace(HOUR, end=NINE)}, "DURATION:PT1H", "DTSTART;TZID=Europe/Paris:20240304T100000"),
        ({"alarm": None}, "TRIGGER:-PT15M", "TRIGGER:-PT5M"),
        ({"alarm": 30}, "X-WR-ALARMUID:1", "TRIGGER:-PT30M"),
        ({"organizer": None}, LINES[10], "PRIORITY:7"),
        ({"participants": ()}, LINES[11], "GEO:48.85;2.35"),
    ],
)
def test_a_changed_value_replaces_its_line_and_no_other(change: dict[str, object], gone: str, new: str) -> None:
    lines = inside(written(replace(item(), **change)))
    assert gone not in lines
    assert new in lines
    assert "X-UNKNOWN;X-PARAM=1:kept" in lines
    assert "ACTION:AUDIO" in lines


def test_an_answer_changes_only_its_part_of_a_participants_line() -> None:
    first, *others = item().participants
    answered = (replace(first, answer=Answer.ACCEPTED), *others)
    lines = inside(written(replace(item(), participants=answered)))
    assert "ATTENDEE;RSVP=TRUE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.org" in lines
    assert LINES[12] in lines


def test_a_room_that_became_a_resource_of_ours_keeps_its_line() -> None:
    bob, room = item().participants
    known = replace(room, kind=ParticipantKind.RESOURCE, id=7)
    assert LINES[12] in inside(written(replace(item(), participants=(bob, known))))


def test_a_new_participant_is_written_beside_the_kept_ones() -> None:
    eve = Participant(kind=ParticipantKind.USER, id=3, mail="eve@example.org", name="Eve, Dr.")
    lines = inside(written(replace(item(), participants=(*item().participants, eve))))
    assert 'ATTENDEE;CN="Eve, Dr.":mailto:eve@example.org' in lines


def test_the_time_of_a_change_takes_the_place_of_the_stamps() -> None:
    lines = inside(written(item(), modified=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)))
    assert "DTSTAMP:20240506T070809Z" in lines
    assert "DTSTAMP:20240101T000000Z" not in lines
    assert "LAST-MODIFIED:20240506T070809Z" in lines


def test_outlooks_word_on_whole_days_is_dropped_once_it_is_wrong() -> None:
    kept = (ForeignProperty("icalendar", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),)
    days = Appointment(uid="1", when=WholeDays(start=date(2024, 3, 4), end=date(2024, 3, 5)), foreign=kept)
    assert kept[0].text in written(days)
    assert kept[0].text not in written(replace(days, when=HOUR))


def test_lines_of_other_formats_stay_where_they_belong() -> None:
    kept = (ForeignProperty("vcard", "X-CARD", "X-CARD:1"),)
    assert "X-CARD:1" not in written(Appointment(uid="1", when=HOUR, foreign=kept))


@pytest.mark.parametrize(
    "text", ["X-A:1\r\nBEGIN:VEVENT\r\nEND:VEVENT", "END:VEVENT", "no line at all", "BEGIN:VALARM\nEND:VEVENT"]
)
def test_a_kept_line_cannot_break_the_file(text: str) -> None:
    kept = (ForeignProperty("icalendar", "X-A", text),)
    items = [Appointment(uid=str(number), when=HOUR, title="A\r\nEND:VEVENT", foreign=kept) for number in range(2)]
    data = icalendar.write(Series(master=each) for each in items)
    assert len(icalendar.read(data, HOME).entries) == 2


def test_an_item_without_uid_gets_one_that_follows_from_its_content() -> None:
    plain = Appointment(when=HOUR, title="A")
    uids = [line for line in written(plain, replace(plain, title="B"), plain) if line.startswith("UID:")]
    assert len(set(uids)) == 3
    assert uids == [line for line in written(plain, replace(plain, title="B"), plain) if line.startswith("UID:")]


def test_each_zone_is_defined_once_and_before_it_is_used() -> None:
    text = "\n".join(written(*(Appointment(uid=str(number), when=HOUR) for number in range(3))))
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.index("TZID:Europe/Paris") < text.index("DTSTART;TZID=Europe/Paris")


def test_items_are_taken_one_at_a_time() -> None:
    taken = []

    def series() -> Iterator[Series]:
        for number in range(3):
            taken.append(number)
            yield Series(master=Appointment(uid=str(number), when=HOUR))

    pieces = icalendar.write_parts(series())
    next(pieces)
    next(pieces)
    assert taken == [0]


def test_strangers_read_what_we_write() -> None:
    series = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=4),), deleted=(NINE + timedelta(days=1),))
    master = Appointment(uid="1", when=HOUR, title="Daily; really, daily", recurrence=series, alarm=10)
    changed = Appointment(uid="1", when=HOUR, title="Once", recurrence_id=NINE + timedelta(days=2))
    task = Task(uid="2", title="Do", due=Day(day=date(2024, 3, 9)), percent=50)
    data = icalendar.write(
        [Series(master=master, exceptions=(changed,)), Series(master=task)], "PUBLISH", name="Équipe"
    )
    calendar: Any = stranger.Calendar.from_ical(data)
    assert not [each.errors for each in calendar.walk() if each.errors]
    first, second = calendar.walk("VEVENT")
    assert str(first["SUMMARY"]) == "Daily; really, daily"
    assert first["EXDATE"].dts[0].dt == NINE + timedelta(days=1)
    assert second["RECURRENCE-ID"].dt == NINE + timedelta(days=2)
    assert calendar.walk("VTODO")[0]["DUE"].dt == date(2024, 3, 9)
    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "Équipe")
