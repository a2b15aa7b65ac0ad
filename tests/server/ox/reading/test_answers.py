"""The shape of the answers to reads (OX reference, sections 3 and 4.2)."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser, Reply, basic


def _raw(folder: Folder) -> str:
    body = ox.propfind(folder_id=folder.id, lastsync=0, objectmode="MODIFIED,DELETED,LIST")
    return folder.user.send("PROPFIND", folder.servlet, body).text


def test_an_answer_starts_with_a_declaration_and_a_line_break_of_two_characters(contacts: Folder) -> None:
    assert _raw(contacts).startswith('<?xml version="1.0" encoding="UTF-8"?>\r\n')


def test_the_root_names_version_and_build_without_namespace(contacts: Folder) -> None:
    root = re.search(r"<D:multistatus[^>]*>", _raw(contacts))

    assert root
    assert 'xmlns:D="DAV:"' in root[0]
    assert re.search(r'\sversion="[^"]+"', root[0])
    assert re.search(r'\sbuildname="[^"]+"', root[0])
    assert "xmlns:ox" not in root[0]


def test_prefixes_are_the_ones_that_old_clients_look_for(contacts: Folder) -> None:
    contacts.create(last_name="Prefixed")

    text = _raw(contacts)

    assert '<D:response xmlns:ox="http://www.open-xchange.org">' in text
    assert "<ox:last_name>Prefixed</ox:last_name>" in text
    assert set(re.findall(r"</?(\w+):", text)) == {"D", "ox"}
    assert not re.findall(r"<(?![?/!]|D:|ox:)", text)


def test_the_inner_status_is_the_bare_number(contacts: Folder) -> None:
    contacts.create(last_name="Fine")
    contacts.delete(contacts.create(last_name="Doomed"))

    text = _raw(contacts)

    assert set(re.findall(r"<D:status>([^<]*)</D:status>", text)) == {"200"}
    assert set(re.findall(r"<D:responsedescription>([^<]*)<", text)) == {"OK"}
    assert text.count("<D:status>") == 3


def test_the_parts_of_a_response_come_in_order(contacts: Folder) -> None:
    contacts.create(last_name="Ordered")
    (answer, _) = contacts.changes(mode="MODIFIED,LIST")

    assert [child.tag.removeprefix("{DAV:}") for child in answer.element] == ["href", "propstat"]
    propstat = answer.element[1]
    assert [child.tag.removeprefix("{DAV:}") for child in propstat] == ["prop", "status", "responsedescription"]


def test_the_href_is_the_number_of_the_object(contacts: Folder) -> None:
    person = contacts.create(last_name="Numbered")

    (answer,) = contacts.changes()

    assert (answer.href, answer["object_id"]) == (str(person.id), str(person.id))
    assert answer["folder_id"] == str(contacts.id)
    assert answer["last_modified"] == str(person.last_modified)


def test_a_deletion_says_number_time_and_status_and_no_more(contacts: Folder) -> None:
    person = contacts.create(last_name="Doomed")
    contacts.delete(person)

    (answer,) = contacts.changes()

    assert answer.names == ["object_id", "last_modified", "object_status"]
    assert answer["object_status"] == "DELETE"
    assert answer.href == str(person.id)
    assert answer.last_modified > person.last_modified


def test_a_list_is_one_response_with_all_numbers(contacts: Folder) -> None:
    people = [contacts.create(last_name=f"Person {n}") for n in range(3)]

    (answer,) = contacts.changes(mode="LIST")

    assert (answer.href, answer["object_status"]) == ("0", "LIST")
    assert sorted(answer.ids) == sorted(person.id for person in people)


def test_the_list_of_an_empty_folder_has_no_numbers(contacts: Folder) -> None:
    (answer,) = contacts.changes(mode="LIST")

    assert answer.ids == []


def test_the_list_ignores_lastsync(contacts: Folder) -> None:
    person = contacts.create(last_name="Old")

    (answer,) = contacts.changes(since=person.last_modified + 1_000_000, mode="LIST")

    assert answer.ids == [person.id]


def test_deletions_come_before_changes_and_the_list_comes_last(contacts: Folder) -> None:
    first, doomed = contacts.create(last_name="First"), contacts.create(last_name="Doomed")
    contacts.delete(doomed)
    contacts.create(last_name="Last")

    statuses = [one["object_status"] for one in contacts.changes(mode="LIST,MODIFIED,DELETED")]

    assert statuses == ["DELETE", "CREATE", "CREATE", "LIST"]
    assert first.id in contacts.live()


def test_a_new_and_a_changed_object_are_both_called_create(contacts: Folder) -> None:
    person = contacts.create(last_name="New")
    contacts.update(person, last_name="Changed")

    assert [one["object_status"] for one in contacts.changes()] == ["CREATE"]


def test_an_object_can_be_loaded_by_its_number_alone(contacts: Folder, calendar: Folder, tasks: Folder) -> None:
    times = {"start_date": ox.ms("2033-01-03 09:00"), "end_date": ox.ms("2033-01-03 10:00"), "ignore_conflicts": True}
    for folder, fields in ((contacts, {"last_name": "x"}), (tasks, {"title": "x"}), (calendar, {"title": "x"} | times)):
        thing = folder.create(**fields)

        answer = folder.user.load(folder.servlet, thing.id)

        assert answer.id == thing.id
        assert answer["folder_id"] == str(folder.id)


def test_a_folder_can_be_loaded_by_its_number_alone(contacts: Folder, title: str) -> None:
    assert contacts.user.load("folders", contacts.id)["title"] == title


@pytest.mark.parametrize("servlet", ["calendar", "contacts", "tasks", "folders"])
@pytest.mark.parametrize("object_id", [99_999_999, -1, 2**31, 2**63 - 1])
def test_an_unknown_object_is_not_found_inside_a_successful_answer(anna: OxUser, servlet: str, object_id: int) -> None:
    (answer,) = anna.read(servlet, object_id=object_id)

    assert answer.href == "0"
    assert answer.outcome == ("404", "1001")
    assert answer.names == []


def test_an_object_of_another_folder_is_not_found(contacts: Folder, anna: OxUser) -> None:
    person = contacts.create(last_name="Elsewhere")

    assert anna.default("contact").try_load(person).outcome == ("404", "1001")


def test_an_object_of_another_module_is_not_found(contacts: Folder, tasks: Folder, anna: OxUser) -> None:
    person = contacts.create(last_name="No task")

    (answer,) = anna.read("tasks", object_id=person.id)

    assert answer.outcome == ("404", "1001")


def test_a_deleted_object_is_not_found(contacts: Folder) -> None:
    person = contacts.create(last_name="Doomed")
    contacts.delete(person)

    assert contacts.try_load(person).outcome == ("404", "1001")


def test_a_foreign_object_is_not_found_exactly_like_an_unknown_one(contacts: Folder, ben: OxUser) -> None:
    person = contacts.create(last_name="Hidden")

    (hidden,) = ben.read("contacts", object_id=person.id)
    (unknown,) = ben.read("contacts", object_id=99_999_999)

    assert repr(hidden) == repr(unknown)
    assert hidden.outcome == ("404", "1001")


@pytest.mark.parametrize("folder_id", [1, 2, 3, 4])
def test_a_structural_folder_is_answered_by_no_response_at_all(anna: OxUser, folder_id: int) -> None:
    assert anna.read("folders", object_id=folder_id) == []


def test_an_answer_of_hundreds_of_objects_is_complete(contacts: Folder) -> None:
    blocks = [ox.block(folder_id=contacts.id, last_name=f"Person {n}") for n in range(300)]

    made = contacts.user.write("contacts", *blocks)

    assert len(made) == 300
    assert sorted(contacts.live()) == sorted(contacts.listed()) == sorted(one.id for one in made)


def _list(folder: Folder, accepted: str) -> Reply:
    body = ox.propfind(folder_id=folder.id, lastsync=0, objectmode="MODIFIED")
    headers = {**basic(folder.user.account.login, folder.user.account.password), "Accept-Encoding": accepted}
    return folder.user.http.send("PROPFIND", f"/servlet/webdav.{folder.servlet}", body, headers)


def test_a_long_answer_is_compressed_for_who_takes_that_and_a_short_one_for_nobody(contacts: Folder) -> None:
    contacts.create(last_name="Short")
    assert "content-encoding" not in _list(contacts, "gzip").headers
    for number in range(3):
        contacts.create(last_name=f"Long {number}", note="All work and no play. " * 2000)
    plain, packed = (_list(contacts, accepted) for accepted in ("identity", "gzip, deflate"))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 10
    assert gzip.decompress(packed.body) == plain.body
