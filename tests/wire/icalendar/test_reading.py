"""What users get of calendars as other programs write them, the broken ones included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment, Priority, ShownAs, Task, TaskStatus
from passerelle.model.moments import Day, Instant, Timed, WholeDays, midnight
from passerelle.model.occurrences import occurrences
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.wire import icalendar
from passerelle.wire.icalendar import ReadResult, Series

HOME = "Europe/Paris"


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def calendar(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", "")).encode()


def event(*lines: str, start: str = "DTSTART:20240304T090000Z") -> list[str]:
    return ["BEGIN:VEVENT", "UID:one", start, *lines, "END:VEVENT"]


def read(*lines: str) -> ReadResult:
    return icalendar.read(calendar(*lines), HOME)


def appointment(*lines: str, start: str = "DTSTART:20240304T090000Z") -> Appointment:
    result = read(*event(*lines, start=start))
    assert not result.problems
    (entry,) = result.entries
    assert isinstance(entry.master, Appointment)
    return entry.master


def task(*lines: str) -> Task:
    (entry,) = read("BEGIN:VTODO", "UID:one", *lines, "END:VTODO").entries
    assert isinstance(entry.master, Task)
    return entry.master


def keys(item: Appointment, count: int = 20) -> list[datetime]:
    found = occurrences(item.when, item.recurrence or Recurrence(), end=utc(2030, 1, 1))
    return [each.key for each, _ in zip(found, range(count), strict=False)]


# Time


def test_a_time_with_a_zone_is_an_instant_that_remembers_its_zone() -> None:
    item = appointment("DTEND;TZID=Europe/Berlin:20240304T110000", start="DTSTART;TZID=Europe/Berlin:20240304T100000")
    assert item.when == Timed(start=utc(2024, 3, 4, 9), end=utc(2024, 3, 4, 10), zone="Europe/Berlin")


def test_a_time_without_a_zone_is_the_users() -> None:
    item = appointment("DURATION:PT30M", start="DTSTART:20240704T100000")
    assert item.when == Timed(start=utc(2024, 7, 4, 8), end=utc(2024, 7, 4, 8, 30), zone=HOME, floating=True)


def test_a_flight_ends_in_another_zone() -> None:
    item = appointment("DTEND;TZID=America/New_York:20240304T130000", start="DTSTART;TZID=Europe/Paris:20240304T110000")
    assert isinstance(item.when, Timed)
    assert (item.when.zone, item.when.end_zone) == ("Europe/Paris", "America/New_York")
    assert item.when.end - item.when.start == timedelta(hours=8)


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ([], date(2024, 3, 5)),
        (["DTEND;VALUE=DATE:20240306"], date(2024, 3, 6)),
        (["DURATION:P1W"], date(2024, 3, 11)),
        (["DTEND;VALUE=DATE:20240304"], date(2024, 3, 5)),
    ],
)
def test_whole_days_end_where_any_of_the_three_ways_says(lines: list[str], end: date) -> None:
    item = appointment(*lines, start="DTSTART;VALUE=DATE:20240304")
    assert item.when == WholeDays(start=date(2024, 3, 4), end=end)


def test_an_event_without_an_end_takes_no_time() -> None:
    item = appointment()
    assert item.when == Timed(start=utc(2024, 3, 4, 9), end=utc(2024, 3, 4, 9))


def test_an_end_before_the_start_changes_places_with_it_and_that_is_said() -> None:
    result = read(*event("DTEND:20240304T080000Z"))
    (entry,) = result.entries
    assert isinstance(entry.master, Appointment)
    assert entry.master.when == Timed(start=utc(2024, 3, 4, 8), end=utc(2024, 3, 4, 9))
    assert [note.line for note in result.notes] == [3]


def test_the_calendars_own_zone_holds_for_times_without_one_and_for_series_in_utc() -> None:
    result = icalendar.read(
        calendar(
            "X-WR-TIMEZONE:America/New_York",
            *event(start="DTSTART:20240304T090000"),
            "BEGIN:VEVENT",
            "UID:two",
            "DTSTART:20240304T140000Z",
            "RRULE:FREQ=WEEKLY;COUNT=2",
            "END:VEVENT",
        ),
        HOME,
    )
    first, second = (entry.master for entry in result.entries)
    assert isinstance(first, Appointment)
    assert isinstance(second, Appointment)
    assert first.when == Timed(start=utc(2024, 3, 4, 14), end=utc(2024, 3, 4, 14), zone="America/New_York")
    assert keys(second) == [utc(2024, 3, 4, 14), utc(2024, 3, 11, 13)]


# Repetition


def test_a_rule_is_read_part_by_part() -> None:
    item = appointment("RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,-1FR;BYSETPOS=1,-1;WKST=SU;UNTIL=20251231T000000Z")
    assert item.recurrence == Recurrence(
        rules=(
            Rule(
                frequency=Frequency.MONTHLY,
                interval=2,
                by_day=(NthWeekday(Weekday.MONDAY, 1), NthWeekday(Weekday.FRIDAY, -1)),
                by_position=(1, -1),
                week_start=Weekday.SUNDAY,
                until=utc(2025, 12, 31),
            ),
        )
    )


def test_rules_additional_dates_and_deletions_come_together() -> None:
    item = appointment(
        "RRULE:FREQ=DAILY;COUNT=3",
        "RRULE:FREQ=DAILY;COUNT=3",
        "RDATE:20240401T090000Z,20240402T090000Z",
        "EXDATE:20240305T090000Z",
    )
    assert keys(item) == [utc(2024, 3, 4, 9), utc(2024, 3, 6, 9), utc(2024, 4, 1, 9), utc(2024, 4, 2, 9)]


def test_a_day_deletes_all_occurrences_that_start_on_it() -> None:
    item = appointment("RRULE:FREQ=HOURLY;INTERVAL=8;COUNT=6", "EXDATE;VALUE=DATE:20240305")
    assert keys(item) == [utc(2024, 3, 4, 9), utc(2024, 3, 4, 17), utc(2024, 3, 6, 1)]


def test_an_exclusion_rule_becomes_deletions() -> None:
    item = appointment("RRULE:FREQ=DAILY;COUNT=6", "EXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2")
    assert item.recurrence is not None
    assert item.recurrence.deleted == (utc(2024, 3, 4, 9), utc(2024, 3, 6, 9))


def test_count_and_until_together_end_at_whichever_comes_first() -> None:
    early = appointment("RRULE:FREQ=DAILY;COUNT=9;UNTIL=20240306T090000Z")
    late = appointment("RRULE:FREQ=DAILY;COUNT=2;UNTIL=20240306T090000Z")
    assert (len(keys(early)), len(keys(late))) == (3, 2)


def test_an_additional_date_with_an_end_of_its_own_is_a_changed_occurrence() -> None:
    (entry,) = read(*event("DURATION:PT1H", "SUMMARY:Talk", "RDATE;VALUE=PERIOD:20240310T090000Z/PT3H")).entries
    (longer,) = entry.exceptions
    assert longer.recurrence_id == utc(2024, 3, 10, 9)
    assert longer.when == Timed(start=utc(2024, 3, 10, 9), end=utc(2024, 3, 10, 12))
    assert longer.title == "Talk"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=DAILY;UNTL=20240401", "UNTL"),
        ("FREQ=FORTNIGHTLY", "FORTNIGHTLY"),
        ("COUNT=3", "FREQ"),
        ("FREQ=MONTHLY;BYMONTHDAY=45", "BYMONTHDAY=45"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=DAILY;INTERVAL=0", "interval"),
        ("FREQ=DAILY;UNTIL=soon", "SOON"),
        ("RSCALE=HEBREW;FREQ=YEARLY", "HEBREW"),
    ],
)
def test_a_malformed_rule_is_refused_with_its_line_and_the_other_events_come_in(rule: str, reason: str) -> None:
    result = read(*event(f"RRULE:{rule}"), "BEGIN:VEVENT", "UID:two", "DTSTART:20240304T090000Z", "END:VEVENT")
    (problem,) = result.problems
    assert problem.line == 6
    assert reason in problem.reason
    assert [entry.master.uid for entry in result.entries if entry.master] == ["two"]


# Changed occurrences


def overridden(recurrence_id: str, *lines: str, start: str = "DTSTART:20240304T090000Z") -> Series:
    changed = ["BEGIN:VEVENT", "UID:one", recurrence_id, "DTSTART:20240312T150000Z", *lines, "END:VEVENT"]
    entry, *others = read(*event("RRULE:FREQ=WEEKLY;COUNT=4", start=start), *changed).entries
    assert not others
    return entry


@pytest.mark.parametrize(
    "recurrence_id",
    [
        "RECURRENCE-ID:20240311T090000Z",
        "RECURRENCE-ID;TZID=Europe/Paris:20240311T100000",
        "RECURRENCE-ID:20240311T090000",
        "RECURRENCE-ID;VALUE=DATE:20240311",
    ],
)
def test_a_changed_occurrence_finds_its_place_however_it_names_it(recurrence_id: str) -> None:
    (changed,) = overridden(recurrence_id).exceptions
    assert changed.recurrence_id == utc(2024, 3, 11, 9)
    assert changed.when.start == utc(2024, 3, 12, 15)


def test_a_changed_occurrence_of_whole_days_is_known_by_its_day() -> None:
    (changed,) = overridden("RECURRENCE-ID:20240311T000000Z", start="DTSTART;VALUE=DATE:20240304").exceptions
    assert changed.recurrence_id == midnight(date(2024, 3, 11))


def test_a_changed_occurrence_without_its_series_stands_alone_and_that_is_said() -> None:
    result = read(*event("RECURRENCE-ID:20240304T080000Z"))
    (entry,) = result.entries
    assert entry.master is None
    assert [item.recurrence_id for item in entry.exceptions] == [utc(2024, 3, 4, 8)]
    assert len(result.notes) == 1


def test_of_two_versions_the_newer_one_counts_and_the_other_is_listed() -> None:
    result = read(*event("SEQUENCE:1", "SUMMARY:old"), *event("SEQUENCE:2", "SUMMARY:new"))
    assert [entry.master.title for entry in result.entries if entry.master] == ["new"]
    assert [note.line for note in result.notes] == [3]


def test_a_change_from_an_occurrence_on_goes_on_as_a_series_of_its_own() -> None:
    changed = [
        "BEGIN:VEVENT",
        "UID:one",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20240318T090000Z",
        "DTSTART:20240318T110000Z",
        "DTEND:20240318T123000Z",
        "SUMMARY:later",
        "END:VEVENT",
    ]
    result = read(*event("RRULE:FREQ=WEEKLY;COUNT=5", "SUMMARY:first"), *changed)
    before, after = (entry.master for entry in result.entries)
    assert isinstance(before, Appointment)
    assert isinstance(after, Appointment)
    assert keys(before) == [utc(2024, 3, 4, 9), utc(2024, 3, 11, 9)]
    assert keys(after) == [utc(2024, 3, 18, 11), utc(2024, 3, 25, 11), utc(2024, 4, 1, 11)]
    assert (before.title, after.title) == ("first", "later")
    assert before.uid != after.uid
    assert after.recurrence is not None
    assert after.recurrence.rules


def test_a_changed_occurrence_of_a_task_becomes_a_task_of_its_own() -> None:
    result = read(
        *("BEGIN:VTODO", "UID:t", "DTSTART:20240304T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "END:VTODO"),
        *("BEGIN:VTODO", "UID:t", "RECURRENCE-ID:20240305T090000Z", "DTSTART:20240305T120000Z", "END:VTODO"),
    )
    series, single = (entry.master for entry in result.entries)
    assert isinstance(series, Task)
    assert series.recurrence is not None
    assert series.recurrence.deleted == (utc(2024, 3, 5, 9),)
    assert isinstance(single, Task)
    assert single.start == Instant(at=utc(2024, 3, 5, 12))
    assert len(result.notes) == 1


# Content


def test_texts_and_words_arrive_without_their_escapes() -> None:
    item = appointment(
        r"SUMMARY;LANGUAGE=fr:Réunion\, salle 3",
        r"LOCATION:Paris\; Lyon",
        r"DESCRIPTION:eins\nzwei",
        "X-ALT-DESC;FMTTYPE=text/html:<b>eins</b>",
        r"CATEGORIES:Travail,Famille\, amis",
        "CATEGORIES:Travail",
        "URL:https://example.org/a;b",
        "CONTACT:Anna",
        "CONTACT:Bob",
        "CLASS:CONFIDENTIAL",
        "SEQUENCE:3",
        "COLOR:blue",
    )
    assert item.title == "Réunion, salle 3"
    assert item.location == "Paris; Lyon"
    assert (item.note, item.note_html) == ("eins\nzwei", "<b>eins</b>")
    assert item.categories == ("Travail", "Famille, amis")
    assert item.url == "https://example.org/a;b"
    assert item.contacts == ("Anna", "Bob")
    assert (item.private, item.sequence, item.color_label) == (True, 3, 2)


@pytest.mark.parametrize(
    ("lines", "shown_as"),
    [
        ([], ShownAs.RESERVED),
        (["TRANSP:TRANSPARENT"], ShownAs.FREE),
        (["TRANSP:OPAQUE", "STATUS:TENTATIVE"], ShownAs.TEMPORARY),
        (["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], ShownAs.ABSENT),
        (["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"], ShownAs.RESERVED),
    ],
)
def test_the_time_counts_as_the_file_says(lines: list[str], shown_as: ShownAs) -> None:
    assert appointment(*lines).shown_as == shown_as


def test_a_cancelled_event_stays_visible_as_cancelled() -> None:
    assert appointment("STATUS:CANCELLED").cancelled


def test_people_come_with_their_answers_and_roles() -> None:
    item = appointment(
        'ORGANIZER;CN="Doe, Jane":mailto:jane@example.org',
        "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED;ROLE=CHAIR;RSVP=TRUE:MAILTO:bob@example.org",
        "ATTENDEE;CUTYPE=GROUP;PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:team@example.org",
        "ATTENDEE;EMAIL=eve@example.org:urn:uuid:1-2-3",
        "ATTENDEE:mailto:BOB@example.org",
    )
    assert item.organizer == Organizer(mail="jane@example.org", name="Doe, Jane")
    assert item.participants == (
        Participant(
            kind=ParticipantKind.EXTERNAL,
            mail="bob@example.org",
            name="Bob",
            answer=Answer.ACCEPTED,
            role=Role.CHAIR,
        ),
        Participant(
            kind=ParticipantKind.EXTERNAL_GROUP,
            mail="team@example.org",
            answer=Answer.DECLINED,
            role=Role.OPTIONAL,
        ),
        Participant(kind=ParticipantKind.EXTERNAL, mail="eve@example.org"),
    )


@pytest.mark.parametrize(
    ("lines", "alarm"),
    [
        (["ACTION:DISPLAY", "TRIGGER:-PT15M"], 15),
        (["ACTION:DISPLAY", "TRIGGER;RELATED=START:-P1W"], 10080),
        (["ACTION:DISPLAY", "TRIGGER:PT0S"], 0),
        (["ACTION:DISPLAY", "TRIGGER;RELATED=END:-PT15M"], None),
        (["ACTION:DISPLAY", "TRIGGER:-PT90S"], None),
        (["ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20240304T080000Z"], None),
        (["ACTION:AUDIO", "TRIGGER:-PT15M"], None),
    ],
)
def test_a_reminder_of_whole_minutes_before_the_start_is_the_models(lines: list[str], alarm: int | None) -> None:
    item = appointment("BEGIN:VALARM", *lines, "END:VALARM")
    assert item.alarm == alarm
    assert [each.name for each in item.foreign] == ["VALARM"]


def test_a_task_comes_with_its_progress() -> None:
    item = task(
        "DTSTART;VALUE=DATE:20240304",
        "DUE;TZID=Europe/Berlin:20240305T120000",
        "STATUS:IN-PROCESS",
        "PERCENT-COMPLETE:40",
        "PRIORITY:2",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER;RELATED=END:-PT1H",
        "END:VALARM",
    )
    assert item.start == Day(day=date(2024, 3, 4))
    assert item.due == Instant(at=utc(2024, 3, 5, 11), zone="Europe/Berlin")
    assert (item.status, item.percent, item.priority) == (TaskStatus.IN_PROGRESS, 40, Priority.HIGH)
    assert item.alarm == utc(2024, 3, 5, 10)


def test_a_completed_task_is_done_also_where_only_the_date_says_so() -> None:
    item = task("COMPLETED:20240304T100000Z")
    assert (item.status, item.completed) == (TaskStatus.DONE, utc(2024, 3, 4, 10))


# Files


def test_journals_and_free_busy_lists_are_listed() -> None:
    result = read("BEGIN:VJOURNAL", "UID:j", "END:VJOURNAL", "BEGIN:VFREEBUSY", "END:VFREEBUSY", *event())
    assert len(result.entries) == 1
    assert [note.line for note in result.notes] == [3, 6]


def test_an_event_without_its_start_is_refused_with_its_line() -> None:
    (problem,) = read("BEGIN:VEVENT", "SUMMARY:when?", "END:VEVENT").problems
    assert problem.line == 3
    assert "DTSTART" in problem.reason


def test_a_file_that_ends_too_early_loses_only_its_last_event() -> None:
    whole = calendar(*event(), "BEGIN:VEVENT", "UID:two", "DTSTART:20240304T090000Z")
    result = icalendar.read(whole.partition(b"END:VCALENDAR")[0], HOME)
    assert [entry.master.uid for entry in result.entries if entry.master] == ["one"]
    assert [problem.line for problem in result.problems] == [7]


def test_events_without_a_calendar_around_them_are_read() -> None:
    assert len(icalendar.read("\n".join(event()).encode(), HOME).entries) == 1


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCARD\nEND:VCARD\n", bytes(range(256))])
def test_something_else_is_no_calendar(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        icalendar.read(data, HOME)
    assert refused.value.line == 1


def test_another_calendar_system_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read("CALSCALE:HEBREW", *event())
    assert refused.value.line == 3


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\r\n"])
def test_any_line_ends_and_encodings_are_read(end: str) -> None:
    text = calendar(*event("SUMMARY:Caf\u00e9")).decode().replace("\r\n", end)
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("latin-1"), text.encode("utf-16")):
        (entry,) = icalendar.read(data, HOME).entries
        assert entry.master is not None
        assert entry.master.title == "Caf\u00e9"


def test_a_line_broken_without_a_space_is_mended_and_that_is_said() -> None:
    result = read(*event("DESCRIPTION:first line", "second line", "SUMMARY:still here"))
    (entry,) = result.entries
    assert entry.master is not None
    assert (entry.master.note, entry.master.title) == ("first line\nsecond line", "still here")
    assert [note.line for note in result.notes] == [7]


def test_the_calendars_name_and_method_are_told() -> None:
    result = read("METHOD:REQUEST", "X-WR-CALNAME:Team", *event())
    assert (result.method, result.name) == ("REQUEST", "Team")
