"""Several operations in one request (OX reference, sections 5.1 to 5.3 and 6.3)."""

from __future__ import annotations

import re

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value, Xml


def _new(folder: Folder, name: str, client_id: str) -> Xml:
    return ox.block(folder_id=folder.id, last_name=name, client_id=client_id)


def test_every_block_gets_one_response_in_the_same_order(contacts: Folder) -> None:
    answers = contacts.user.write("contacts", *[_new(contacts, f"Person {n}", f"c{n}") for n in range(30)])

    assert [answer["client_id"] for answer in answers] == [f"c{n}" for n in range(30)]
    assert {answer.outcome for answer in answers} == {("200", "1200")}
    assert len({answer.id for answer in answers}) == 30
    assert [contacts.load(answer)["last_name"] for answer in answers[:3]] == ["Person 0", "Person 1", "Person 2"]


def test_no_block_gives_no_response(contacts: Folder) -> None:
    assert contacts.user.write("contacts") == []


def test_a_refused_block_stops_neither_those_before_nor_those_after(contacts: Folder) -> None:
    other = contacts.create(last_name="Other")

    answers = contacts.user.write(
        "contacts",
        _new(contacts, "Before", "1"),
        ox.block(folder_id=99_999_999, last_name="Nowhere", client_id="2"),
        ox.block(object_id=99_999_999, folder_id=contacts.id, last_modified=0, last_name="Nobody", client_id="3"),
        ox.block(object_id=other.id, folder_id=contacts.id, last_name="No version", client_id="4"),
        _new(contacts, "After", "5"),
    )

    assert [answer["client_id"] for answer in answers] == ["1", "2", "3", "4", "5"]
    assert [answer.status for answer in answers][::4] == ["200", "200"]
    assert all(answer.status in {"403", "404"} for answer in answers[1:3])
    assert answers[3].outcome == ("409", "1004")
    assert {one["last_name"] for one in contacts.changes()} == {"Before", "After", "Other"}


def test_a_refused_block_leaves_nothing_behind(calendar: Folder) -> None:
    good: dict[str, Value] = {
        "title": "x",
        "start_date": ox.ms("2033-01-04 09:00"),
        "end_date": ox.ms("2033-01-04 10:00"),
    }
    before = calendar.changes(mode="MODIFIED,DELETED,LIST")

    answer = calendar.try_create(**good, participants=ox.together(ox.user(calendar.user.id), ox.guest("")))

    assert answer.status == "409"
    assert [repr(one) for one in calendar.changes(mode="MODIFIED,DELETED,LIST")] == [repr(one) for one in before]


def test_a_successful_answer_to_a_new_object_has_exactly_these_elements(
    contacts: Folder, tasks: Folder, calendar: Folder
) -> None:
    times = {"start_date": ox.ms("2033-01-05 09:00"), "end_date": ox.ms("2033-01-05 10:00"), "ignore_conflicts": True}

    person = contacts.create(last_name="x", client_id="a")
    task = tasks.create(title="x", client_id="b")
    meeting = calendar.create(title="x", client_id="c", **times)

    assert person.names == ["object_id", "last_modified", "client_id"]
    assert task.names == meeting.names == ["object_id", "last_modified", "recurrence_id", "client_id"]
    assert task["recurrence_id"] == meeting["recurrence_id"] == "0"
    assert (person.href, person.description[:6]) == (str(person.id), "[1200]")


def test_without_a_client_id_none_is_answered(contacts: Folder) -> None:
    assert "client_id" not in contacts.create(last_name="x")


@pytest.mark.parametrize("client_id", ["", "0", "f-1", "<&>\"'", "ä€𝄞", "x" * 1000, "  blanks  "])
def test_a_client_id_comes_back_as_it_was_sent(contacts: Folder, client_id: str) -> None:
    answer = contacts.create(last_name="x", client_id=client_id)

    assert answer.values.get("client_id", "") == client_id


def test_a_refused_creation_has_number_0_and_the_client_id(contacts: Folder) -> None:
    answer = contacts.try_create(folder_id=99_999_999, last_name="x", client_id="mine")

    assert (answer.href, answer["object_id"], answer["client_id"]) == ("0", "0", "mine")
    assert "last_modified" not in answer


def test_a_refused_change_has_the_number_of_the_object(contacts: Folder) -> None:
    person = contacts.create(last_name="x")

    answer = contacts.try_update(person, last_modified=0, last_name="y", client_id="mine")

    assert (answer["object_id"], answer["client_id"]) == (str(person.id), "mine")
    assert "last_modified" not in answer


def test_blocks_see_what_blocks_before_them_did(contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    control = {"object_id": person.id, "folder_id": contacts.id, "last_modified": person.last_modified}

    answers = contacts.user.write(
        "contacts",
        ox.block(**control, first_name="changed"),
        ox.block(**control, method="DELETE"),
        ox.block(**control, first_name="too late"),
    )

    assert [answer.outcome for answer in answers] == [("200", "1200"), ("200", "1200"), ("404", "1001")]


def test_the_own_changes_of_a_request_do_not_conflict_with_one_another(contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    control = {"object_id": person.id, "folder_id": contacts.id, "last_modified": person.last_modified}

    answers = contacts.user.write(
        "contacts",
        ox.block(**control, first_name="one"),
        ox.block(**control, nickname="two"),
        ox.block(**control, company="three"),
    )

    assert {answer.outcome for answer in answers} == {("200", "1200")}
    found = contacts.load(person)
    assert (found["first_name"], found["nickname"], found["company"]) == ("one", "two", "three")


def test_own_changes_do_not_hide_a_conflict_with_somebody_elses(contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    contacts.update(person, nickname="meanwhile")
    control = {"object_id": person.id, "folder_id": contacts.id, "last_modified": person.last_modified}

    answers = contacts.user.write("contacts", ox.block(**control, first_name="1"), ox.block(**control, first_name="2"))

    assert [answer.outcome for answer in answers] == [("409", "1000"), ("409", "1000")]


def test_the_own_changes_of_one_request_do_conflict_in_the_next(contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    contacts.update(person, first_name="one")

    assert contacts.try_update(person, first_name="two").outcome == ("409", "1000")


@pytest.mark.parametrize("word", ["SAVE", "save", "Save", "", "UNHEARD"])
def test_save_is_what_every_method_means_that_is_no_other(contacts: Folder, word: str) -> None:
    person = contacts.create(last_name="x", method=word)

    assert contacts.update(person, last_name="y", method=word).last_modified > person.last_modified


@pytest.mark.parametrize("word", ["DELETE", "delete", "Delete"])
def test_delete_may_be_written_in_any_case(contacts: Folder, word: str) -> None:
    person = contacts.create(last_name="x")

    contacts.update(person, method=word)

    assert contacts.live() == []


def test_a_write_may_be_wrapped_in_a_multistatus(contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    inner = re.sub(r" xmlns:\w+=\"[^\"]*\"", "", ox.propertyupdate(_block_to_delete(contacts, person.id)))

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", f"<D:multistatus {ox.NAMESPACES}>{inner}</D:multistatus>")

    assert answer.outcome == ("200", "1200")
    assert contacts.gone() == [person.id]


def _block_to_delete(folder: Folder, object_id: int) -> Xml:
    return ox.block(object_id=object_id, folder_id=folder.id, last_modified=ox.ms("2100-01-01"), method="DELETE")


@pytest.mark.parametrize("verb", ["PROPPATCH", "PUT"])
@pytest.mark.parametrize("servlet", ["folders", "calendar", "contacts", "tasks"])
def test_another_root_is_a_bad_request_inside_a_multistatus(anna: OxUser, servlet: str, verb: str) -> None:
    (answer,) = anna.ask(verb, servlet, f"<D:propfind {ox.NAMESPACES}><D:prop/></D:propfind>")

    assert answer.outcome == ("400", "1400")
    assert (answer.href, answer["object_id"]) == ("0", "0")


@pytest.mark.parametrize("body", ["", " ", "no XML", "<a>", "<?xml version='1.0'?>", "<D:propertyupdate/>", "\x00"])
def test_what_is_no_xml_gets_one_response_inside_a_multistatus(anna: OxUser, body: str) -> None:
    (answer,) = anna.ask("PROPPATCH", "contacts", body)

    assert answer.code == "1400"
    assert answer.status in {"400", "500"}


def test_no_part_of_a_wrapped_write_is_passed_over(contacts: Folder) -> None:
    parts = [
        f"<D:propertyupdate>{ox.block(folder_id=contacts.id, last_name=name)}</D:propertyupdate>"
        for name in ("First", "Second")
    ]
    body = f"<D:multistatus {ox.NAMESPACES}>{''.join(parts)}</D:multistatus>"

    answers = contacts.user.ask("PROPPATCH", "contacts", body)

    assert [contacts.load(answer)["last_name"] for answer in answers] == ["First", "Second"]


def test_a_prop_without_set_around_it_is_refused_and_nothing_is_written(contacts: Folder) -> None:
    stray = f"<D:prop>{ox.elements(folder_id=contacts.id, last_name='Stray')}</D:prop>"
    block = ox.block(folder_id=contacts.id, last_name="Within")

    (answer,) = contacts.user.write("contacts", block, Xml(stray))

    assert answer.outcome == ("500", "1400")
    assert contacts.changes() == []


def test_a_syntax_error_at_the_end_means_that_nothing_was_carried_out(contacts: Folder) -> None:
    body = ox.propertyupdate(_new(contacts, "One", "1"), _new(contacts, "Two", "2"))

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body.removesuffix("</D:propertyupdate>"))

    assert answer.code == "1400"
    assert contacts.changes() == []


def test_a_request_that_breaks_off_tells_the_next_client_id(contacts: Folder) -> None:
    first, second = _new(contacts, "One", "first"), _new(contacts, "Two", "second")
    body = f"<D:propertyupdate {ox.NAMESPACES}>\n{first}\n<broken>\n{second}\n</D:propertyupdate>"

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert answer["client_id"]


def test_a_request_without_any_client_id_says_so(anna: OxUser) -> None:
    (answer,) = anna.ask("PROPPATCH", "contacts", "<broken")

    assert answer["client_id"] == "not found"


@pytest.mark.parametrize("name", ["object_id", "folder_id", "folder", "last_modified"])
@pytest.mark.parametrize("value", ["abc", "1.5", "0x10", "1e3", "--1", "１", "1 2"])
def test_a_control_element_that_is_no_number_writes_nothing(contacts: Folder, name: str, value: str) -> None:
    person = contacts.create(last_name="x")

    answer = contacts.try_update(person, **{name: value}, last_name="y")

    assert answer.status in {"400", "404", "409", "500"}
    assert contacts.load(person)["last_name"] == "x"


@pytest.mark.parametrize("name", ["object_id", "folder_id", "folder", "recurrence_position"])
def test_a_number_that_is_none_stops_only_its_own_block(contacts: Folder, name: str) -> None:
    said: dict[str, Value] = {"folder_id": contacts.id, "last_name": "Two", "client_id": "2", name: "abc"}
    answers = contacts.user.write(
        "contacts", _new(contacts, "One", "1"), ox.block(**said), _new(contacts, "Three", "3")
    )

    assert [(one.status, one["client_id"]) for one in answers] == [("200", "1"), ("409", "2"), ("200", "3")]
    assert sorted(one["last_name"] for one in contacts.changes()) == ["One", "Three"]


def test_a_set_without_prop_is_refused_and_nothing_is_written(contacts: Folder) -> None:
    body = f"<D:propertyupdate {ox.NAMESPACES}>{_new(contacts, 'One', '1')}<D:set/></D:propertyupdate>"

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert answer.code == "1400"
    assert contacts.changes() == []


def test_remove_is_not_supported(contacts: Folder) -> None:
    body = f"<D:propertyupdate {ox.NAMESPACES}><D:remove><D:prop><ox:note/></D:prop></D:remove></D:propertyupdate>"

    assert all(answer.status != "200" for answer in contacts.user.ask("PROPPATCH", "contacts", body))


def test_unknown_elements_are_ignored_with_everything_in_them(contacts: Folder) -> None:
    foreign = "<x:last_name xmlns:x='urn:x'>No</x:last_name><last_name>No</last_name>"
    tree = ox.Xml(f"<ox:a><ox:last_name>No</ox:last_name></ox:a>{foreign}")
    fields = ox.elements(folder_id=contacts.id, last_name="Yes", unheard="x", object_status="CREATE")
    body = ox.propertyupdate(ox.Xml(f"<D:set><D:prop>{tree}{fields}{tree}</D:prop></D:set>"))

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert contacts.load(answer)["last_name"] == "Yes"


def test_attachments_echoed_back_do_no_harm(contacts: Folder) -> None:
    echoed = ox.together(ox.element("attachment", "a.txt", id=1, last_modified=1, mimetype="text/plain"))

    person = contacts.create(last_name="Echo", attachments=echoed)

    assert contacts.load(person)["last_name"] == "Echo"
