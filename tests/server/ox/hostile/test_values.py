"""Numbers, texts and names at and beyond what is possible (OX reference, sections 3.1 and 6)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

NUMBERS = [
    "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "1" * 5000, "1.5", "-0", "+1", "1e3", "0x1F", "NaN",
    "Infinity", " 7 ", "7 7", "٣", "７", "1_000", "null", "true", "<!-- -->", "",
]  # fmt: skip
"""What may stand where a number should."""

APPOINTMENT_NUMBERS = [
    "start_date", "end_date", "shown_as", "alarm", "color_label", "interval", "days", "day_in_month", "month", "until",
    "occurrences", "deleteexceptions", "recurrence_position", "recurrence_date_position", "object_id", "folder_id",
    "folder", "last_modified",
]  # fmt: skip
TASK_NUMBERS = [
    "start_date", "end_date", "date_completed", "status", "priority", "percent_completed", "target_duration",
    "actual_duration", "target_costs", "actual_costs", "alarm", "color_label",
]  # fmt: skip
CONTACT_NUMBERS = ["birthday", "anniversary", "defaultaddress", "color_label", "number_of_children"]
FOLDER_NUMBERS = ["folder_id", "folder", "object_id", "last_modified"]
MEETING: dict[str, Value] = {
    "title": "x",
    "start_date": ox.ms("2033-03-07 09:00"),
    "end_date": ox.ms("2033-03-07 10:00"),
    "ignore_conflicts": True,
    "alarm_flag": True,
    "recurrence_type": "yearly",
    "interval": 1,
    "days": 2,
    "day_in_month": 1,
    "month": 2,
}
EXPECTED = {"200", "400", "403", "404", "409"}


def _answered(folder: Folder, name: str, fields: dict[str, Value]) -> None:
    """Sends one request with all numbers in turn in one element: each is answered, and what was stored can be read."""
    blocks = [ox.block(**{"folder_id": folder.id} | fields | {name: number}) for number in NUMBERS]
    for block in blocks:
        for answer in folder.user.write(folder.servlet, block):
            assert answer.status in EXPECTED or answer.code == "1400", answer
    for one in folder.changes():
        assert one.status == "200", one


@pytest.mark.parametrize("name", APPOINTMENT_NUMBERS)
def test_no_number_breaks_an_appointment(calendar: Folder, name: str) -> None:
    _answered(calendar, name, MEETING)


@pytest.mark.parametrize("name", ["day_in_month", "until", "occurrences", "interval", "days"])
@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
def test_no_number_breaks_a_series(calendar: Folder, kind: str, name: str) -> None:
    _answered(calendar, name, {k: v for k, v in MEETING.items() if k != "days"} | {"recurrence_type": kind, "days": 2})


@pytest.mark.parametrize("name", TASK_NUMBERS)
def test_no_number_breaks_a_task(tasks: Folder, name: str) -> None:
    _answered(tasks, name, {"title": "x", "alarm_flag": True})


@pytest.mark.parametrize("name", CONTACT_NUMBERS)
def test_no_number_breaks_a_contact(contacts: Folder, name: str) -> None:
    _answered(contacts, name, {"last_name": "x"})


@pytest.mark.parametrize("name", FOLDER_NUMBERS)
def test_no_number_breaks_a_folder(anna: OxUser, calendar: Folder, name: str) -> None:
    for number in NUMBERS:
        fields: dict[str, Value] = {"object_id": calendar.id, "title": "x", "last_modified": 0}
        for answer in anna.write("folders", ox.block(**fields | {name: number})):
            assert answer.status in EXPECTED or answer.code == "1400", answer
    assert all(one.status == "200" for one in anna.folders())


@pytest.mark.parametrize("name", ["lastsync", "object_id", "folder_id"])
@pytest.mark.parametrize("servlet", ["folders", "calendar", "contacts", "tasks", "groupuser"])
def test_no_number_breaks_a_read(carl: OxUser, servlet: str, name: str) -> None:
    for number in NUMBERS:
        for query in ({"objectmode": "MODIFIED"}, {"user": "*"}, {}):
            reply = carl.send("PROPFIND", servlet, ox.propfind(**query | {name: number}))

            assert reply.status in {207, 400, 403, 404, 409}, (query, number, reply)


@pytest.mark.parametrize(
    "moment", [ox.ms("0001-01-01"), ox.ms("1600-01-01"), ox.ms("2999-12-31"), ox.ms("9999-12-31"), 253402300800000]
)
def test_a_moment_far_away_is_stored_or_refused_and_never_in_the_way(calendar: Folder, moment: int) -> None:
    fields: dict[str, Value] = {
        "title": "Far",
        "start_date": moment,
        "end_date": moment + ox.HOUR,
        "ignore_conflicts": True,
    }
    answer = calendar.try_create(**fields)

    assert answer.status in {"200", "409"}
    if answer.status == "200":
        assert calendar.load(answer)["start_date"] == str(moment)
    calendar.create(**MEETING)


@pytest.mark.parametrize(
    "text", ["\x00", "\x01", "\x0b", "\x1f", "\x7f", "\u0085", "\u2028", "\ufffd", "\u200b", "\u202e"]
)
def test_control_characters_are_answered_and_never_come_back_as_broken_xml(contacts: Folder, text: str) -> None:
    contacts.user.ask(
        "PROPPATCH", "contacts", ox.propertyupdate(ox.block(folder_id=contacts.id, last_name=f"a{text}b"))
    )

    assert all(one.status == "200" for one in contacts.changes())


@pytest.mark.parametrize("size", [1_000, 100_000, 5_000_000])
@pytest.mark.parametrize(
    ("servlet", "name"),
    [
        ("contacts", "last_name"),
        ("contacts", "note"),
        ("tasks", "title"),
        ("calendar", "location"),
        ("calendar", "uid"),
    ],
)
def test_a_text_of_any_length_is_stored_whole_or_refused(
    calendar: Folder, contacts: Folder, tasks: Folder, servlet: str, name: str, size: int
) -> None:
    folder = {"calendar": calendar, "contacts": contacts, "tasks": tasks}[servlet]
    text = f"{folder.id}" + "x" * size
    meeting = {k: v for k, v in MEETING.items() if k in {"title", "start_date", "end_date", "ignore_conflicts"}}

    answer = folder.try_create(
        **{"title": "x", "last_name": "x"} | (meeting if servlet == "calendar" else {}) | {name: text}
    )

    if answer.status == "200":
        assert folder.load(answer)[name] == text
    else:
        assert answer.outcome in {("409", "1100"), ("500", "1400")}
        assert folder.changes() == []


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE items; --", "%s%n%x", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "../../etc/passwd",
        "<script>alert(1)</script>", "]]>", "&amp;", "\\u0041", "NULL", "𝄞" * 100, "\u0301" * 100, "\U0010ffff",
    ],
)  # fmt: skip
def test_a_text_that_means_something_elsewhere_means_nothing_here(
    contacts: Folder, tasks: Folder, anna: OxUser, text: str
) -> None:
    person, task = contacts.create(last_name=text, note=text), tasks.create(title=text)

    assert (contacts.load(person)["last_name"], tasks.load(task)["title"]) == (text, text)
    assert anna.directory(user=text) is not None


@pytest.mark.parametrize("servlet", ["calendar", "contacts", "tasks"])
def test_elements_of_a_wrong_or_no_namespace_say_nothing(
    calendar: Folder, contacts: Folder, tasks: Folder, servlet: str
) -> None:
    folder = {"calendar": calendar, "contacts": contacts, "tasks": tasks}[servlet]
    own = ox.elements(folder_id=folder.id, **MEETING if servlet == "calendar" else {"title": "x"})
    foreign = "<note>No</note><D:note>No</D:note><n:note xmlns:n='http://www.open-xchange.org/'>No</n:note>"
    body = ox.propertyupdate(ox.Xml(f"<D:set><D:prop>{own}{foreign}</D:prop></D:set>"))

    (answer,) = folder.user.ask("PROPPATCH", servlet, body)

    assert "note" not in folder.load(answer)


@pytest.mark.parametrize(
    "name", ["created_by", "modified_by", "creation_time", "object_status", "owner", "recurrence_id"]
)
def test_what_only_the_server_says_cannot_be_said_by_a_client(contacts: Folder, anna: OxUser, name: str) -> None:
    fields: dict[str, Value] = {"last_name": "x", name: 12345}
    person = contacts.create(**fields)

    found = contacts.load(person)
    assert found.values.get(name) != "12345"
    assert found["created_by"] == str(anna.id)
