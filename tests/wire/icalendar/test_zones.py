"""Zones as files name and define them: every time keeps its instant, every series its occurrences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, zone_info
from passerelle.model.occurrences import occurrences
from passerelle.model.recurrence import Recurrence
from passerelle.wire import icalendar
from passerelle.wire.icalendar import ReadResult
from passerelle.wire.icalendar.definitions import iana_zones
from passerelle.wire.icalendar.timezones import definition

HOME = "Europe/Paris"

BERLIN = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""

MARS = """BEGIN:VTIMEZONE
TZID:Mars
BEGIN:STANDARD
DTSTART:20000101T000000
TZOFFSETFROM:+0123
TZOFFSETTO:+0123
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20240310T020000
TZOFFSETFROM:+0123
TZOFFSETTO:+0223
END:DAYLIGHT
END:VTIMEZONE
"""


def read(zone: str, *lines: str, defined: str = "") -> ReadResult:
    event = [
        "BEGIN:VEVENT",
        "UID:one",
        f"DTSTART;TZID={zone}:20240304T100000",
        f"DTEND;TZID={zone}:20240304T110000",
        *lines,
        "END:VEVENT",
    ]
    text = "\n".join(("BEGIN:VCALENDAR", f"{defined}BEGIN:X-NONE", "END:X-NONE", *event, "END:VCALENDAR"))
    return icalendar.read(text.encode(), HOME)


def only(result: ReadResult) -> Appointment:
    (entry,) = result.entries
    assert isinstance(entry.master, Appointment)
    return entry.master


def keys(item: Appointment) -> list[datetime]:
    end = datetime(2060, 1, 1, tzinfo=UTC)
    return [each.key for each in occurrences(item.when, item.recurrence or Recurrence(), end=end)]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ('"/mozilla.org/20070129_1/America/Argentina/Buenos_Aires"', "America/Argentina/Buenos_Aires"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_name_alone_is_enough_for_a_known_zone(name: str, zone: str) -> None:
    when = only(read(name)).when
    assert isinstance(when, Timed)
    assert when.zone == zone
    assert when.start == datetime(2024, 3, 4, 10, tzinfo=zone_info(zone))


@pytest.mark.parametrize("name", ["Customized Time Zone", "W. Europe Standard Time", '"(UTC+01:00) Amsterdam, Berlin"'])
def test_a_defined_zone_becomes_the_known_zone_with_the_same_clock(name: str) -> None:
    item = only(read(name, "RRULE:FREQ=WEEKLY;COUNT=5", defined=BERLIN.format(name=name.strip('"'))))
    assert isinstance(item.when, Timed)
    assert item.when.zone != "UTC"
    berlin = replace(item, when=replace(item.when, zone="Europe/Berlin"))
    assert keys(item) == keys(berlin)
    assert not item.foreign


def test_an_unknown_name_is_read_as_the_users_time_and_that_is_said() -> None:
    result = read("Narnia")
    when = only(result).when
    assert when == Timed(
        start=datetime(2024, 3, 4, 9, tzinfo=UTC), end=datetime(2024, 3, 4, 10, tzinfo=UTC), zone=HOME, floating=True
    )
    assert any("Narnia" in note.reason for note in result.notes)


def test_a_zone_without_equal_gives_right_instants_and_is_written_as_it_came() -> None:
    result = read("Mars", "SUMMARY:Landing", defined=MARS)
    item = only(result)
    assert item.when.start == datetime(2024, 3, 4, 8, 37, tzinfo=UTC)
    written = icalendar.write(result.entries).decode()
    assert "TZID:Mars" in written
    assert "DTSTART;TZID=Mars:20240304T100000" in written
    assert icalendar.read(written.encode(), HOME).entries[0].master == item


def test_a_series_in_a_zone_without_equal_keeps_its_occurrences() -> None:
    result = read("Mars", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Mars:20240311T100000", defined=MARS)
    item = only(result)
    assert keys(item) == [
        datetime(2024, 3, 4, 8, 37, tzinfo=UTC),
        datetime(2024, 3, 18, 7, 37, tzinfo=UTC),
    ]
    assert any("Mars" in note.reason for note in result.notes)
    assert only(icalendar.read(icalendar.write(result.entries), HOME)) == item


def test_once_moved_an_item_is_written_in_known_zones_only() -> None:
    result = read("Mars", defined=MARS)
    item = only(result)
    assert isinstance(item.when, Timed)
    moved = replace(item, when=replace(item.when, end=item.when.end + timedelta(hours=1)))
    written = icalendar.write([replace(result.entries[0], master=moved)]).decode()
    assert "Mars" not in written
    assert only(icalendar.read(written.encode(), HOME)).when == moved.when


@pytest.mark.parametrize("hour", [0, 1])
def test_both_of_two_equal_hours_in_autumn_come_back(hour: int) -> None:
    start = datetime(2024, 10, 27, hour, 30, tzinfo=UTC)
    item = Appointment(uid="one", when=Timed(start=start, end=start + timedelta(hours=2), zone="Europe/Paris"))
    assert only(icalendar.read(icalendar.write([icalendar.Series(master=item)]), HOME)) == item


def test_a_time_that_spring_skips_is_read_with_the_offset_before() -> None:
    data = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Paris:20240331T023000\nEND:VEVENT\nEND:VCALENDAR"
    assert only(icalendar.read(data, HOME)).when.start == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


@given(st.sampled_from(sorted(iana_zones())), st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001
def test_the_definitions_we_write_have_the_offsets_of_their_zone(name: str, wall: datetime) -> None:
    from io import StringIO  # noqa: PLC0415 - for dateutil alone

    zone, written = ZoneInfo(name), tzical(StringIO("\n".join(definition(name)))).get()
    moment = wall.replace(tzinfo=UTC)
    near = {(moment + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-30, 31, 6)}
    if len(near) == 1:  # dateutil is vague within the hours around a change
        assert (
            wall.replace(tzinfo=written).utcoffset()
            in {offset and timedelta(minutes=round(offset / timedelta(minutes=1))) for offset in near} | near
        )
