"""What a scheduling message says besides the item that it is about (RFC 5546)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, WholeDays
from passerelle.model.participants import Answer
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.wire.icalendar.scheduling import MAX_PARTS, Part, is_start, key_in, read_message

NINE = datetime(2027, 1, 4, 9, tzinfo=UTC)


def message(*lines: str, method: str = "METHOD:REPLY") -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", method, "VERSION:2.0", *lines, "END:VCALENDAR")).encode()


def part(*lines: str) -> Part:
    (found,) = read_message(message("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"), "Europe/Paris").parts
    return found


def test_an_answer_needs_hardly_anything() -> None:
    found = part('ATTENDEE;PARTSTAT=declined;CN="Carol";SENT-BY="MAILTO:desk@b.test":MailTo:carol@b.test')
    (attendee,) = found.attendees
    assert (attendee.mail, attendee.sent_by, attendee.said.answer) == ("carol@b.test", "desk@b.test", Answer.DECLINED)
    assert (found.uid, found.sequence, found.stamped, found.start, found.organizer) == ("1", 0, None, None, None)


def test_what_makes_a_message_new_is_read() -> None:
    found = part(
        "SEQUENCE:4", "DTSTAMP:20270101T080000Z", "ORGANIZER:mailto:otto@b.test", "COMMENT:Yes\\, but", "COMMENT:no"
    )
    assert (found.sequence, found.stamped) == (4, datetime(2027, 1, 1, 8, tzinfo=UTC))
    assert found.organizer is not None
    assert (found.organizer.mail, found.comment) == ("otto@b.test", "Yes, but\nno")


@pytest.mark.parametrize("mail", ["a" * 320 + "@b.test", "a\0b@c.test", "a\x1b@c.test", ""])
def test_an_address_that_can_be_nobodys_is_left_out(mail: str) -> None:
    found = part(f"ATTENDEE:mailto:{mail}", f"ORGANIZER:mailto:{mail}", "ATTENDEE:mailto:carol@b.test")
    assert [each.mail for each in found.attendees] == ["carol@b.test"]
    assert found.organizer is None


@pytest.mark.parametrize("sequence", ["-1", "many", "9999999999999999999999"])
def test_a_sequence_that_is_none_is_the_first(sequence: str) -> None:
    assert part(f"SEQUENCE:{sequence}").sequence == 0


@pytest.mark.parametrize(
    ("line", "onwards"),
    [
        ("RECURRENCE-ID:20270105T090000Z", False),
        ("RECURRENCE-ID;TZID=Europe/Paris:20270105T100000", False),
        ("RECURRENCE-ID:20270105T100000", False),
        ("RECURRENCE-ID;VALUE=DATE:20270105", False),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20270105T090000Z", True),
    ],
)
def test_an_occurrence_is_found_however_it_is_named(line: str, onwards: bool) -> None:
    when = Timed(start=NINE, end=NINE + timedelta(hours=1), zone="Europe/Paris")
    series = Appointment(when=when, recurrence=Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=3),)))
    found = part(line)
    assert found.moved is not None
    assert key_in(series, found.moved, "Europe/Paris") == NINE + timedelta(days=1)
    assert found.onwards is onwards


def test_a_start_is_compared_in_its_zone() -> None:
    when = Timed(start=NINE, end=NINE + timedelta(hours=1), zone="Europe/Paris")
    same, other = (
        part("DTSTART;TZID=Romance Standard Time:20270104T100000").start,
        part("DTSTART:20270104T100000Z").start,
    )
    assert same is not None
    assert other is not None
    assert is_start(same, when, "UTC")
    assert not is_start(other, when, "UTC")
    day = part("DTSTART;VALUE=DATE:20270104").start
    assert day is not None
    assert is_start(day, WholeDays(start=date(2027, 1, 4), end=date(2027, 1, 5)), "UTC")
    assert not is_start(day, when, "UTC")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Hello",
        message(method="X-NO:METHOD"),
        message(method="METHOD:"),
        message("BEGIN:VEVENT", "DTSTAMP:20270101T080000Z", "END:VEVENT"),
        message("BEGIN:VEVENT", "UID:1\\nX", "END:VEVENT"),
        message("BEGIN:VEVENT", "UID:1", "DTSTART:never", "END:VEVENT"),
        message("BEGIN:VEVENT", "UID:1", "DTSTAMP;TZID=Europe/Paris:00010101T000000", "END:VEVENT"),
        message("BEGIN:VEVENT", "UID:1"),
        message(*("BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT",) * (MAX_PARTS + 1)),
    ],
)
def test_what_is_no_message_or_a_broken_one_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_message(data, "UTC")
