"""Others see when somebody is busy, never with what (OX reference, section 16; semantics, section 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from tests.server.ox.conftest import ANNA, BEN, CARL, ROOM
from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, Http, OxUser, Reply
from tests.support.ox.elements import Value

URL = "/servlet/webdav.freebusy"
DAY = {"start": "20440307", "end": "20440308"}
NINE, TEN = ox.ms("2044-03-07 09:00"), ox.ms("2044-03-07 10:00")


def get(http: Http, **query: str) -> Reply:
    return http.send("GET", f"{URL}?{urlencode(query)}")


def classic(http: Http, address: str = ANNA.email, **query: str) -> Reply:
    name, _, domain = address.partition("@")
    return get(http, **{"contextid": "1", "username": name, "server": domain, **query})


def busy(reply: Reply) -> list[str]:
    assert reply.status == 200, reply
    return [line.removeprefix("FREEBUSY") for line in reply.text.splitlines() if line.startswith("FREEBUSY")]


def book(calendar: Folder, **fields: Value) -> int:
    usual: dict[str, Value] = {
        "title": "Secret plan",
        "location": "Bunker",
        "start_date": NINE,
        "end_date": TEN,
        "ignore_conflicts": True,
    }
    return calendar.create(**{**usual, **fields}).id


def test_the_classic_answer_is_the_references_line_by_line(http: Http, calendar: Folder) -> None:
    book(calendar, shown_as=1)

    reply = classic(http, **DAY)

    assert reply.headers["content-type"] == "text/calendar"
    assert reply.text == (
        "BEGIN:VCALENDAR\r\nPRODID:-//www.open-xchange.org//\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\n"
        "BEGIN:VFREEBUSY\r\nORGANIZER:anna@example.org\r\n"
        "DTSTART:20440307T000000Z\r\nDTEND:20440308T000000Z\r\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20440307T090000Z/20440307T100000Z\r\n"
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )


@pytest.mark.parametrize(
    ("shown_as", "kind"), [(1, "BUSY-TENTATIVE"), (2, "BUSY-UNAVAILABLE"), (3, "BUSY"), (4, "FREE")]
)
def test_each_way_of_showing_time_has_its_kind(http: Http, calendar: Folder, shown_as: int, kind: str) -> None:
    book(calendar, shown_as=shown_as)
    assert busy(classic(http, **DAY)) == [f";FBTYPE={kind}:20440307T090000Z/20440307T100000Z"]


def test_a_private_appointment_counts_and_nothing_is_said_of_what_it_is_about(http: Http, calendar: Folder) -> None:
    book(calendar, private_flag=True, shown_as=3)
    reply = classic(http, **DAY)
    assert len(busy(reply)) == 1
    assert "Secret" not in reply.text
    assert "Bunker" not in reply.text


def test_only_what_touches_the_range_is_listed(http: Http, calendar: Folder) -> None:
    book(calendar, start_date=ox.ms("2044-03-06 23:00"), end_date=ox.ms("2044-03-07 00:00"))
    book(calendar, start_date=ox.ms("2044-03-08 00:00"), end_date=ox.ms("2044-03-08 01:00"))
    book(calendar, start_date=ox.ms("2044-03-06 22:00"), end_date=ox.ms("2044-03-07 01:00"), shown_as=3)
    assert busy(classic(http, **DAY)) == [";FBTYPE=BUSY:20440306T220000Z/20440307T010000Z"]


def test_a_series_shows_its_occurrences_as_they_are_now(http: Http, calendar: Folder) -> None:
    series = calendar.create(
        title="Daily",
        start_date=NINE,
        end_date=TEN,
        shown_as=3,
        recurrence_type="daily",
        interval=1,
        occurrences=4,
        ignore_conflicts=True,
    )
    calendar.try_delete(series, recurrence_date_position=ox.ms("2044-03-08"))
    current = calendar.load(series)
    calendar.try_update(
        current,
        recurrence_date_position=ox.ms("2044-03-09"),
        start_date=ox.ms("2044-03-09 15:00"),
        end_date=ox.ms("2044-03-09 16:00"),
        ignore_conflicts=True,
    )

    assert busy(classic(http, start="20440301", end="20440401")) == [
        ";FBTYPE=BUSY:20440307T090000Z/20440307T100000Z",
        ";FBTYPE=BUSY:20440309T150000Z/20440309T160000Z",
        ";FBTYPE=BUSY:20440310T090000Z/20440310T100000Z",
    ]


def test_a_whole_day_is_the_persons_own_day(http: Http, calendar: Folder) -> None:
    book(calendar, full_time=True, start_date=ox.ms("2044-03-07"), end_date=ox.ms("2044-03-08"), shown_as=3)
    assert busy(classic(http, **DAY)) == [";FBTYPE=BUSY:20440306T230000Z/20440307T230000Z"]


def test_who_is_invited_is_busy_and_who_declines_is_not(
    http: Http, calendar: Folder, anna: OxUser, ben: OxUser
) -> None:
    id_ = book(calendar, shown_as=3, participants=ox.together(ox.user(anna.id), ox.user(ben.id)))
    assert len(busy(classic(http, BEN.email, **DAY))) == 1

    ben.write_well("calendar", object_id=id_, method="CONFIRM", confirm="decline")
    assert busy(classic(http, BEN.email, **DAY)) == []
    assert len(busy(classic(http, **DAY))) == 1
    assert busy(classic(http, CARL.email, **DAY)) == []


def test_an_appointment_in_a_public_folder_counts_for_those_who_take_part(
    http: Http, anna: OxUser, ben: OxUser, title: str
) -> None:
    public = anna.make_folder("calendar", title, parent=2)
    item = public.create(
        title="x", start_date=NINE, end_date=TEN, shown_as=3, participants=ox.together(ox.user(ben.id)),
        ignore_conflicts=True,
    )  # fmt: skip
    assert len(busy(classic(http, BEN.email, **DAY))) == 1
    assert busy(classic(http, CARL.email, **DAY)) == []
    public.delete(item)


def test_a_room_shows_when_it_is_booked(http: Http, calendar: Folder, anna: OxUser, room: int) -> None:
    book(calendar, shown_as=3, participants=ox.together(ox.user(anna.id), ox.resource(room)))
    reply = classic(http, "blue-room@example.org", **DAY)
    assert busy(reply) == [";FBTYPE=BUSY:20440307T090000Z/20440307T100000Z"]
    assert ROOM not in reply.text


def test_a_group_shows_when_any_of_its_members_is_busy(http: Http, calendar: Folder, anna: OxUser, ben: OxUser) -> None:
    book(calendar, shown_as=3)
    book(calendar, start_date=ox.ms("2044-03-07 09:30"), end_date=ox.ms("2044-03-07 11:00"), shown_as=2)
    book(calendar, start_date=ox.ms("2044-03-07 12:00"), end_date=ox.ms("2044-03-07 13:00"), shown_as=4)
    assert busy(classic(http, "team@example.org", **DAY)) == [":20440307T090000Z/20440307T110000Z"]


def test_the_address_counts_whatever_its_case(http: Http) -> None:
    assert classic(http, "ANNA@Example.ORG", **DAY).status == 200


def test_a_user_may_be_named_by_number_in_the_own_domain_only(http: Http, anna: OxUser) -> None:
    assert classic(http, f"{anna.id}@example.org", **DAY).status == 200
    assert classic(http, f"{anna.id}@example.com", **DAY).status == 404


@pytest.mark.parametrize("address", ["nobody@example.org", "anna@example.com", "999999@example.org", "team@x.org"])
def test_somebody_unknown_is_not_found(http: Http, address: str) -> None:
    assert classic(http, address, **DAY).status == 404


@pytest.mark.parametrize("missing", ["username", "server", "start", "end"])
def test_a_missing_parameter_is_a_bad_request(http: Http, missing: str) -> None:
    query = {"contextid": "1", "username": "anna", "server": "example.org", **DAY}
    del query[missing]
    assert get(http, **query).status == 400


@pytest.mark.parametrize("context", [None, "", "x", "2", "-1"])
def test_the_classic_form_needs_this_servers_context(http: Http, context: str | None) -> None:
    query = {"username": "anna", "server": "example.org", **DAY, **({} if context is None else {"contextid": context})}
    assert get(http, **query).status == 404


@pytest.mark.parametrize(
    "range_",
    [
        {"start": "x", "end": "20440308"},
        {"start": "20441301", "end": "20340101"},
        {"start": "20440308", "end": "20440307"},
        {"start": "99991231", "end": "99991231"},
        {"start": "1", "end": "9" * 30},
        {"start": "²0330307", "end": "20440308"},
        {"period": "x"},
        {"period": "-1"},
    ],
)
def test_a_range_that_is_none_is_a_bad_request(http: Http, range_: dict[str, str]) -> None:
    assert classic(http, **range_).status == 400


def test_milliseconds_are_taken_as_dates_too(http: Http, calendar: Folder) -> None:
    book(calendar, shown_as=3)
    assert len(busy(classic(http, start=str(NINE - 1), end=str(TEN)))) == 1


def around_now(calendar: Folder, *days: int, **fields: Value) -> dict[int, str]:
    """Books a minute so many days from now; how each reads in an answer. Others may have booked near it, too."""
    lines = {}
    for day in days:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=day)
        start = round(at.timestamp()) * 1000
        book(calendar, start_date=start, end_date=start + 60_000, **{"shown_as": 3, **fields})
        lines[day] = f"{at:%Y%m%dT%H%M%SZ}/{at + timedelta(minutes=1):%Y%m%dT%H%M%SZ}"
    return lines


def shown(reply: Reply, lines: dict[int, str]) -> list[int]:
    times = {line.rpartition(":")[2] for line in busy(reply)}
    return [day for day, line in lines.items() if line in times]


def test_a_period_reaches_that_many_months_both_ways(http: Http, calendar: Folder) -> None:
    lines = around_now(calendar, -40, -20, 20, 40)
    assert shown(classic(http, period="1"), lines) == [-20, 20]
    assert shown(classic(http, period="2"), lines) == [-40, -20, 20, 40]


def test_the_manuals_form_names_only_the_person(http: Http, calendar: Folder) -> None:
    lines = around_now(calendar, 20)
    assert shown(get(http, username="anna", server="example.org"), lines) == [20]


def newer(http: Http, **query: str) -> Reply:
    return get(http, **{"contextId": "1", "userName": "anna", "server": "example.org", **query})


def test_the_newer_form_counts_in_weeks(http: Http, calendar: Folder) -> None:
    lines = around_now(calendar, -10, -3, 20, 40)

    reply = newer(http)
    assert reply.headers["content-type"] == "text/calendar; charset=UTF-8"
    assert reply.headers["content-disposition"] == 'attachment;filename="freebusy.vfb"'
    assert shown(reply, lines) == [-3, 20]
    assert shown(newer(http, weeksIntoPast="2", weeksIntoFuture="6"), lines) == [-10, -3, 20, 40]
    assert shown(newer(http, weeksIntoPast="0", weeksIntoFuture="999999999"), lines) == [20, 40]


def test_the_simple_form_leaves_out_kinds_and_free_times(http: Http, calendar: Folder) -> None:
    taken, free = around_now(calendar, 3, shown_as=1), around_now(calendar, 4, shown_as=4)

    reply = newer(http, simple="true")
    assert "FBTYPE" not in reply.text
    assert (shown(reply, taken), shown(reply, free)) == ([3], [])
    assert shown(newer(http), free) == [4]


@pytest.mark.parametrize("name", ["weeksIntoPast", "weeksIntoFuture"])
@pytest.mark.parametrize("value", ["-1", "x", "1.5", ""])
def test_weeks_that_are_no_number_are_a_bad_request(http: Http, name: str, value: str) -> None:
    assert newer(http, **{name: value}).status == 400


@pytest.mark.parametrize("missing", ["contextId", "userName", "server"])
def test_the_newer_form_without_a_parameter_is_not_found(http: Http, missing: str) -> None:
    query = {"contextId": "1", "userName": "anna", "server": "example.org", "simple": "true"}
    del query[missing]
    assert get(http, **query).status == 404


def test_hostile_names_change_nothing_in_the_answer(http: Http) -> None:
    for name in ("anna\r\nX:1", "%00", "ä" * 2000, "' OR 1=1 --", "*"):
        assert http.send("GET", f"{URL}?contextid=1&username={quote(name)}&server=x&period=1").status == 404
