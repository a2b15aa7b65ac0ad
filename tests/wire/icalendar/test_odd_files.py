"""Files that no specification foresees but that programs write: what can be read is read, the rest is told."""

from __future__ import annotations

import pytest

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.wire import icalendar
from passerelle.wire.icalendar import ReadResult

HOME = "Europe/Paris"


def calendar(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""))


def event(*lines: str, uid: str = "one", start: str = "DTSTART:20240304T090000Z") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", start, *lines, "END:VEVENT")


def read(text: str) -> ReadResult:
    return icalendar.read(text.encode(), HOME)


def titles(result: ReadResult) -> list[str | None]:
    return [item.title for entry in result.entries for item in (entry.master, *entry.exceptions) if item]


def only(text: str) -> Appointment:
    (entry,) = read(text).entries
    assert isinstance(entry.master, Appointment)
    return entry.master


def start(line: str) -> tuple[str, str]:
    """The instant and the zone of an event that starts so."""
    when = only(calendar(*event(start=line))).when
    assert isinstance(when, Timed)
    return f"{when.start:%Y-%m-%d %H:%M}", when.zone


def test_a_series_spread_over_several_calendars_of_a_file_is_one_series() -> None:
    master = calendar(*event("RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Series"))
    moved = calendar(*event("RECURRENCE-ID:20240305T090000Z", "SUMMARY:Moved", start="DTSTART:20240305T120000Z"))
    for text in (master + moved, moved + master):
        result = read(text)
        assert titles(result) == ["Series", "Moved"]
        assert (len(result.entries), result.notes) == (1, ())


def test_of_two_versions_in_two_calendars_the_newer_one_counts_and_the_other_is_told() -> None:
    old, new = (calendar(*event(f"SEQUENCE:{number}", f"SUMMARY:Version {number}")) for number in (1, 2))
    result = read(new + old)
    assert titles(result) == ["Version 2"]
    assert [note.line for note in result.notes] == [12]


def test_what_stands_outside_of_a_calendar_is_told() -> None:
    journal = "BEGIN:VJOURNAL\r\nSUMMARY:Diary\r\nEND:VJOURNAL\r\n"
    card = "BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n"
    result = read("X-MADE-BY:me\r\n" + calendar(*event("SUMMARY:In")) + journal + card)
    assert titles(result) == ["In"]
    assert [note.line for note in result.notes] == [1, 10, 13]


def test_zones_and_items_that_lost_their_calendar_belong_together() -> None:
    zone = (
        "BEGIN:VTIMEZONE",
        "TZID:Lab",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    when = only("\r\n".join((*zone, *event(start="DTSTART;TZID=Lab:20240304T090000")))).when
    assert isinstance(when, Timed)
    assert f"{when.start:%H:%M}" == "03:30"


@pytest.mark.parametrize("mark", ['"', ""])
@pytest.mark.parametrize("escaped", ["(UTC+05:30) Chennai, Kolkata", "(UTC+05:30) Chennai\\, Kolkata"])
def test_a_zone_with_a_name_for_people_is_the_one_that_the_file_defines(mark: str, escaped: str) -> None:
    name = escaped.replace("\\", "")
    observance = ("BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0107", "TZOFFSETTO:+0107", "END:STANDARD")
    zone = ("BEGIN:VTIMEZONE", f"TZID:{escaped}", *observance, "END:VTIMEZONE")
    result = read(calendar(*zone, *event(start=f"DTSTART;TZID={mark}{name}{mark}:20240304T090000")))
    (entry,) = icalendar.read(icalendar.write(result.entries), HOME).entries
    assert isinstance(entry.master, Appointment)
    assert isinstance(entry.master.when, Timed)
    assert f"{entry.master.when.start:%H:%M}" == "07:53"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_without_a_mark_is_read(encoding: str) -> None:
    result = icalendar.read(calendar(*event("SUMMARY:Frühstück 早餐")).encode(encoding), HOME)
    assert titles(result) == ["Frühstück 早餐"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DTSTART;TZID=tzone://Microsoft/Utc:20240704T090000", ("2024-07-04 09:00", "UTC")),
        ('DTSTART;TZID="tzone://Microsoft/Utc":20240704T090000', ("2024-07-04 09:00", "UTC")),
        ("DTSTART;TZID=GMT+0200:20240704T090000", ("2024-07-04 07:00", "Etc/GMT-2")),
        ("DTSTART;TZID=UTC-05:00:20240704T090000", ("2024-07-04 14:00", "Etc/GMT+5")),
        ("DTSTART;TZID=US-Eastern:20240704T090000", ("2024-07-04 13:00", "US/Eastern")),
    ],
)
def test_zones_with_names_of_their_own_are_known(line: str, expected: tuple[str, str]) -> None:
    assert start(line) == expected


def test_empty_times_and_rules_say_nothing() -> None:
    item = only(calendar(*event("DTEND:", "RECURRENCE-ID:", "RRULE:", "EXDATE: ", "RDATE:", "DURATION:", "SUMMARY:A")))
    assert (item.title, item.recurrence, item.recurrence_id) == ("A", None, None)
    result = read(calendar(*event(start="DTSTART:")))
    assert [problem.line for problem in result.problems] == [3]


def test_a_series_too_long_to_count_is_read_as_endless_and_that_is_told() -> None:
    result = read(calendar(*event("RRULE:FREQ=DAILY;COUNT=99999999")))
    (entry,) = result.entries
    assert isinstance(entry.master, Appointment)
    assert entry.master.recurrence is not None
    assert entry.master.recurrence.rules[0].count is None
    assert [note.line for note in result.notes] == [6]


def test_an_interval_that_no_program_offers_is_refused_and_the_rest_comes_in() -> None:
    result = read(calendar(*event("RRULE:FREQ=DAILY;INTERVAL=999999999"), *event("SUMMARY:Fine", uid="two")))
    assert titles(result) == ["Fine"]
    assert [problem.line for problem in result.problems] == [6]


def test_a_text_in_quoted_printable_and_an_old_character_set_is_decoded() -> None:
    lines = (
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=",
        "=C3=9Fe aus K=C3=B6ln",
        "LOCATION;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:Stra=DFe",
        "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo",
    )
    item = only(calendar(*event(*lines)))
    assert (item.title, item.location, item.note) == ("Grüße aus Köln", "Straße", "one\ntwo")
