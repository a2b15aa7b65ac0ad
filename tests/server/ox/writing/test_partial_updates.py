"""An absent element keeps a value, an empty one clears it, for every element there is (OX reference, section 3.1).

The tables are those of sections 9, 10.1, 12 and 13: element, a value, another value.
"""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

_CONTACT_TEXTS = """
last_name first_name second_name title suffix displayname nickname file_as
street postal_code city state country
business_street business_postal_code business_city business_state business_country
second_street second_postal_code second_city second_state second_country
martital_status number_of_children spouse_name profession
company department position employee_type room_number managers_name assistants_name number_of_employee sales_volume
tax_id commercial_register branches business_category more_info
phone_business phone_business2 phone_home phone_home2 phone_other phone_car phone_company phone_assistant
mobile1 mobile2 pager isdn radio telex tty_tdd ip_phone callback primary
fax_business fax_home fax_other
url instant_messenger instant_messenger2
userfield01 userfield02 userfield03 userfield04 userfield05 userfield06 userfield07 userfield08 userfield09 userfield10
userfield11 userfield12 userfield13 userfield14 userfield15 userfield16 userfield17 userfield18 userfield19 userfield20
note categories
"""

Row = tuple[str, Value, Value]

CONTACT: list[Row] = [
    *((name, f"{name} 1 <&>", f"{name} 2 ä€𝄞") for name in _CONTACT_TEXTS.split()),
    *((name, f"{name}@example.org", f"{name}@example.net") for name in ("email1", "email2", "email3")),
    ("defaultaddress", 1, 3),
    ("birthday", ox.ms("1980-01-01"), ox.ms("1950-12-31")),
    ("anniversary", ox.ms("2001-06-30"), ox.ms("1969-12-31")),
    ("private_flag", True, False),
]

TASK: list[Row] = [
    ("title", "Buy paper", "Buy ink"),
    ("note", "First line\nsecond", "Other"),
    ("categories", "Office", "Office,Home"),
    ("private_flag", True, False),
    ("start_date", ox.ms("2033-03-01"), ox.ms("2033-03-02")),
    ("end_date", ox.ms("2033-03-10"), ox.ms("2033-03-11")),
    ("status", 4, 5),
    ("percent_completed", 25, 75),
    ("priority", 1, 3),
    ("date_completed", ox.ms("2033-03-09"), ox.ms("2033-03-08")),
    ("target_duration", 90, 2880),
    ("actual_duration", 120, 15),
    ("target_costs", 12.5, 99.25),
    ("actual_costs", 0.5, 1000.75),
    ("currency", "EUR", "CHF"),
    ("billing_information", "Bill it", "Free"),
    ("companies", "Example Ltd", "Other Ltd"),
    ("trip_meter", "12 km", "120 km"),
]

APPOINTMENT: list[Row] = [
    ("location", "Blue room", "Café Müller"),
    ("note", "First line\nsecond", "Other"),
    ("shown_as", 2, 3),
    ("color_label", 5, 10),
    ("categories", "Office", "Office,Home"),
    ("private_flag", True, False),
]
MANDATORY: list[Row] = [
    ("title", "Meeting", "Other meeting"),
    ("start_date", ox.ms("2033-03-07 09:00"), ox.ms("2033-03-07 08:30")),
    ("end_date", ox.ms("2033-03-07 10:00"), ox.ms("2033-03-07 10:30")),
]
MEETING: dict[str, Value] = {name: value for name, value, _ in MANDATORY}
NO_CHECK: dict[str, Value] = {"ignore_conflicts": True}


def _is(answer: Response, name: str, value: Value) -> bool:
    if isinstance(value, float):
        return float(answer[name]) == value
    return answer[name].replace(", ", ",") == str(value).replace("True", "true").replace("False", "false")


def _is_clear(answer: Response, name: str) -> bool:
    if name == "status":  # a task is never without one: it is not started
        return answer[name] == "1"
    return name not in answer or answer[name] in {"", "0", "false", "0.0"}


def _untouched(before: Response, after: Response, *names: str) -> bool:
    changing = {"last_modified", "modified_by", *names}
    return {k: v for k, v in before.values.items() if k not in changing} == {
        k: v for k, v in after.values.items() if k not in changing
    }


def _everything(rows: list[Row]) -> dict[str, Value]:
    return {name: first for name, first, _ in rows}


@pytest.mark.parametrize("row", CONTACT, ids=lambda row: row[0])
def test_a_contacts_element_is_kept_when_absent_replaced_when_given_and_cleared_when_empty(
    contacts: Folder, row: Row
) -> None:
    name, first, second = row
    person = contacts.create(**{"last_name": "Partial", "displayname": "Partial", name: first})
    assert _is(contacts.load(person), name, first)

    person = contacts.update(person, **({"suffix": "kept"} if name == "nickname" else {"nickname": "kept"}))
    assert _is(contacts.load(person), name, first)

    before = contacts.load(person)
    person = contacts.update(person, **{name: second})
    assert _is(contacts.load(person), name, second)
    assert _untouched(before, contacts.load(person), name)

    contacts.update(person, **{name: ""})
    assert _is_clear(contacts.load(person), name)
    assert _untouched(before, contacts.load(person), name)


@pytest.mark.parametrize("row", TASK, ids=lambda row: row[0])
def test_a_tasks_element_is_kept_when_absent_replaced_when_given_and_cleared_when_empty(
    tasks: Folder, row: Row
) -> None:
    name, first, second = row
    task = tasks.create(**{"title": "Partial", name: first})
    assert _is(tasks.load(task), name, first)

    task = tasks.update(task, **({"note": "kept"} if name == "companies" else {"companies": "kept"}))
    assert _is(tasks.load(task), name, first)

    before = tasks.load(task)
    task = tasks.update(task, **{name: second})
    assert _is(tasks.load(task), name, second)
    assert _untouched(before, tasks.load(task), name)

    tasks.update(task, **{name: ""})
    assert _is_clear(tasks.load(task), name)
    assert _untouched(before, tasks.load(task), name)


@pytest.mark.parametrize("row", APPOINTMENT, ids=lambda row: row[0])
def test_an_appointments_element_is_kept_when_absent_replaced_when_given_and_cleared_when_empty(
    calendar: Folder, row: Row
) -> None:
    name, first, second = row
    meeting = calendar.create(**{**MEETING, **NO_CHECK, name: first})
    assert _is(calendar.load(meeting), name, first)

    meeting = calendar.update(meeting, **NO_CHECK, **({"note": "kept"} if name == "location" else {"location": "kept"}))
    assert _is(calendar.load(meeting), name, first)

    before = calendar.load(meeting)
    meeting = calendar.update(meeting, **NO_CHECK, **{name: second})
    assert _is(calendar.load(meeting), name, second)
    assert _untouched(before, calendar.load(meeting), name)

    answer = calendar.try_update(meeting, **NO_CHECK, **{name: ""})
    if name == "shown_as":  # without a value it is what it is by default
        assert calendar.load(meeting)[name] in {"1", second}
        return
    assert answer.outcome == ("200", "1200")
    assert _is_clear(calendar.load(meeting), name)
    assert _untouched(before, calendar.load(meeting), name)


@pytest.mark.parametrize("row", MANDATORY, ids=lambda row: row[0])
def test_what_an_appointment_must_have_is_kept_when_absent_and_cannot_be_cleared(calendar: Folder, row: Row) -> None:
    name, first, second = row
    meeting = calendar.create(**MEETING, **NO_CHECK)
    meeting = calendar.update(meeting, location="kept", **NO_CHECK)
    assert _is(calendar.load(meeting), name, first)

    meeting = calendar.update(meeting, **NO_CHECK, **{name: second})
    assert _is(calendar.load(meeting), name, second)

    assert calendar.try_update(meeting, **NO_CHECK, **{name: ""}).status == "409"
    assert _is(calendar.load(meeting), name, second)


@pytest.mark.parametrize("name", [row[0] for row in CONTACT])
def test_an_empty_element_in_a_new_contact_is_no_value(contacts: Folder, name: str) -> None:
    person = contacts.create(**{"displayname": "Empty", name: ""})

    assert _is_clear(contacts.load(person), name)


@pytest.mark.parametrize("name", [row[0] for row in TASK if row[0] != "title"])
def test_an_empty_element_in_a_new_task_is_no_value(tasks: Folder, name: str) -> None:
    task = tasks.create(**{"title": "Empty", name: ""})

    assert _is_clear(tasks.load(task), name)


@pytest.mark.parametrize("name", [row[0] for row in APPOINTMENT if row[0] != "shown_as"])
def test_an_empty_element_in_a_new_appointment_is_no_value(calendar: Folder, name: str) -> None:
    meeting = calendar.create(**{**MEETING, **NO_CHECK, name: ""})

    assert _is_clear(calendar.load(meeting), name)


def test_all_elements_of_a_contact_go_in_and_come_out_together(contacts: Folder) -> None:
    person = contacts.create(**_everything(CONTACT))

    answer = contacts.load(person)
    assert [name for name, first, _ in CONTACT if not _is(answer, name, first)] == []

    contacts.update(person, **{name: second for name, _, second in CONTACT})
    answer = contacts.load(person)
    assert [name for name, _, second in CONTACT if not _is(answer, name, second)] == []

    contacts.update(contacts.load(person), **{name: "" for name, _, _ in CONTACT})
    answer = contacts.load(person)
    assert [name for name, _, _ in CONTACT if not _is_clear(answer, name)] == []


def test_all_elements_of_a_task_go_in_and_come_out_together(tasks: Folder) -> None:
    task = tasks.create(**_everything(TASK))

    answer = tasks.load(task)

    assert [name for name, first, _ in TASK if not _is(answer, name, first)] == []


def test_all_elements_of_an_appointment_go_in_and_come_out_together(calendar: Folder) -> None:
    meeting = calendar.create(**_everything(APPOINTMENT), **MEETING, **NO_CHECK)

    answer = calendar.load(meeting)

    assert [name for name, first, _ in APPOINTMENT + MANDATORY if not _is(answer, name, first)] == []


def test_a_change_list_shows_the_same_elements_as_a_single_load(
    contacts: Folder, tasks: Folder, calendar: Folder
) -> None:
    contacts.create(**_everything(CONTACT))
    tasks.create(**_everything(TASK))
    calendar.create(**_everything(APPOINTMENT), **MEETING, **NO_CHECK)

    for folder in (contacts, tasks, calendar):
        (listed,) = folder.changes()
        assert repr(listed) == repr(folder.load(listed))


@pytest.mark.parametrize("text", ["two\nlines", "tab\tinside", "  blanks around  ", "\n\nlines first", "end\n"])
def test_the_blanks_and_lines_of_a_note_survive(contacts: Folder, text: str) -> None:
    person = contacts.create(last_name="Notes", note=text)

    assert contacts.load(person)["note"] == text


@pytest.mark.parametrize("word", ["true", "TRUE", "True"])
def test_only_the_word_true_is_true(contacts: Folder, word: str) -> None:
    person = contacts.create(last_name="True", private_flag=word)

    assert contacts.load(person)["private_flag"] == "true"


@pytest.mark.parametrize("word", ["1", "yes", "on", "false", "FALSE", "", "t"])
def test_any_other_word_is_false(contacts: Folder, word: str) -> None:
    person = contacts.create(last_name="False", private_flag=word)

    assert contacts.load(person)["private_flag"] == "false"


def test_of_an_element_given_twice_one_is_taken(contacts: Folder) -> None:
    twice = ox.Xml("".join(ox.element("nickname", name) for name in ("one", "two")))
    body = ox.propertyupdate(ox.Xml(f"<D:set><D:prop>{ox.elements(folder_id=contacts.id)}{twice}</D:prop></D:set>"))

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert contacts.load(answer)["nickname"] in {"one", "two"}


def test_echoing_what_the_server_sent_changes_nothing(contacts: Folder, tasks: Folder, calendar: Folder) -> None:
    rows = ((contacts, CONTACT), (tasks, TASK), (calendar, APPOINTMENT + MANDATORY))
    for folder, table in rows:
        made = folder.create(**_everything(table), **NO_CHECK)
        before = folder.load(made)

        folder.update(made, **{k: v for k, v in before.values.items() if k != "last_modified"}, **NO_CHECK)

        assert _untouched(before, folder.load(made))
