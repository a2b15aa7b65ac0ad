"""Files hang on appointments, contacts and tasks, and come back as they were (OX reference, section 15)."""

from __future__ import annotations

import os
from urllib.parse import quote

import pytest

from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, Http, OxUser
from tests.support.ox.files import URL, Files, Listed, send

APPOINTMENT = {"title": "Review", "start_date": 1_800_000_000_000, "end_date": 1_800_003_600_000}


@pytest.fixture
def contact(contacts: Folder) -> Response:
    return contacts.create(last_name="Meyer")


@pytest.fixture
def files(contacts: Folder, contact: Response) -> Files:
    return Files(contacts, contact)


@pytest.mark.parametrize("name", ["notes ä.txt", "会議.txt", "ملف.txt", "a+b & c=d%20.txt", "x" * 251 + ".txt"])
def test_a_file_comes_back_with_its_bytes_its_type_and_its_name_in_any_script(files: Files, name: str) -> None:
    made = files.put(name, b"hello", "text/plain; charset=utf-8")

    fetched = files.get(made.id)
    assert (fetched.status, fetched.body) == (200, b"hello")
    assert fetched.headers["content-type"] == "text/plain; charset=utf-8"
    assert files.listed() == [Listed(made.id, name, "text/plain; charset=utf-8", rtf=False)]


@pytest.mark.rule("8.kinds")
@pytest.mark.parametrize("kind", ["calendar", "contacts", "tasks"])
def test_each_kind_of_item_takes_files(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Folder = request.getfixturevalue(kind)
    item = folder.create(**(APPOINTMENT if kind == "calendar" else {"title" if kind == "tasks" else "last_name": "x"}))
    files = Files(folder, item)

    made = files.put("a.bin", bytes(range(256)), "application/octet-stream")

    assert files.get(made.id).body == bytes(range(256))


def test_the_address_of_the_folder_may_be_left_out_where_a_file_is_fetched(files: Files) -> None:
    made = files.put("a.txt", b"x")
    assert files.send("GET", object_id=str(made.id), target_folder_id=None).body == b"x"
    assert files.send("GET", object_id=str(made.id), target_folder_id="0").body == b"x"


def test_a_file_without_a_type_is_plain_bytes(files: Files) -> None:
    reply = files.send("PUT", b"x", filename="a")
    assert reply.status == 207
    assert files.listed()[0].media_type == "application/octet-stream"


def test_an_empty_file_is_a_file(files: Files) -> None:
    made = files.put("empty", b"")
    assert (files.get(made.id).status, files.get(made.id).body) == (200, b"")


def test_several_megabytes_come_back_byte_for_byte(files: Files) -> None:
    content = os.urandom(5_000_000)
    made = files.put("big", content)
    assert files.get(made.id).body == content


@pytest.mark.rule("8.kinds")
def test_the_formatted_note_of_an_outlook_item_is_marked(files: Files) -> None:
    files.put("note.rtf", b"{\\rtf1}", "text/rtf", rtf_flag="true")
    assert files.listed()[0].rtf


def test_the_answer_repeats_the_clients_own_id(files: Files) -> None:
    assert files.put("a", b"x", client_id="c-1")["client_id"] == "c-1"


@pytest.mark.rule("8.stamp")
def test_the_item_is_in_the_change_list_after_each_change_of_its_files(
    contacts: Folder, contact: Response, files: Files
) -> None:
    made = files.put("a", b"x")
    assert made.last_modified > contact.last_modified
    assert contacts.live(contact.last_modified + 1) == [contact.id]

    files.delete(made.id)
    (again,) = contacts.changes(made.last_modified + 1, "MODIFIED")
    assert again.id == contact.id
    assert "attachments" not in again


@pytest.mark.rule("8.stamp")
def test_an_update_from_before_the_file_is_stale_and_one_with_the_answered_time_stamp_is_not(
    contacts: Folder, contact: Response, files: Files
) -> None:
    attached = files.put("a", b"x")

    assert contacts.try_update(contact, first_name="Ida").outcome == ("409", "1000")
    current = contacts.load(contact)
    assert current.last_modified == attached.last_modified
    contacts.update(current, first_name="Ida")
    assert [one.name for one in files.listed()] == ["a"]


def test_a_replaced_file_keeps_its_id(files: Files) -> None:
    first = files.put("a.txt", b"old")
    second = files.put("b.png", b"new", "image/png", object_id=str(first.id))

    assert second.id == first.id
    assert second.last_modified > first.last_modified
    assert files.listed() == [Listed(first.id, "b.png", "image/png", rtf=False)]
    assert files.get(first.id).body == b"new"


def test_a_deleted_file_is_gone(files: Files) -> None:
    kept, made = files.put("kept", b"same"), files.put("a", b"same")

    deleted = files.delete(made.id)
    assert (deleted.status, deleted.body) == (200, b"")
    assert files.get(made.id).status == 404
    assert files.delete(made.id).status == 404
    assert [one.id for one in files.listed()] == [kept.id]
    assert files.get(kept.id).body == b"same"


def test_the_files_of_a_deleted_item_are_gone(contacts: Folder, files: Files) -> None:
    made = files.put("a", b"x")
    contacts.delete(made_item := contacts.load(contacts.live()[0]))
    assert files.get(made.id).status == 404
    assert contacts.try_load(made_item).status == "404"


def test_folders_that_a_client_sends_with_the_name_are_left_out(files: Files) -> None:
    files.put("C:\\Users\\ida\\a.txt", b"x")
    files.put("../../etc/b.txt", b"x")
    assert [one.name for one in files.listed()] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("name", ["", "   ", "..", "/", "a%0D%0AX-Evil:%201", "a%00b", "x" * 256])
def test_a_name_that_is_none_is_refused(files: Files, name: str) -> None:
    reply = files.send("PUT", b"x", filename=name)
    assert (reply.status, reply.body) == (500, b"")
    assert "name" in reply.headers["x-reason"]
    assert files.listed() == []


@pytest.mark.parametrize("missing", ["module", "target_id", "target_folder_id", "filename"])
def test_a_file_that_lacks_an_argument_is_refused_with_500_and_an_empty_body(files: Files, missing: str) -> None:
    reply = files.send("PUT", b"x", **{"filename": "a", missing: None})
    assert (reply.status, reply.body) == (500, b"")
    assert files.listed() == []


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
@pytest.mark.parametrize("name", ["module", "target_id", "target_folder_id", "object_id"])
@pytest.mark.parametrize("value", ["x", "-1", "1.5", "99999999999999999999", ""])
def test_a_malformed_number_is_refused_with_500(files: Files, method: str, name: str, value: str) -> None:
    made = files.put("a", b"x")
    reply = files.send(method, b"", **{"filename": "b", "object_id": str(made.id), name: value})
    assert (reply.status, reply.body) == (500, b"")
    assert [one.name for one in files.listed()] == ["a"]


@pytest.mark.parametrize("module", ["0", "2", "137"])
def test_other_modules_have_no_attachments(files: Files, module: str) -> None:
    assert files.send("PUT", b"x", filename="a", module=module).status == 500


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_which_file_must_be_said(files: Files, method: str) -> None:
    assert files.send(method).status == 500


@pytest.mark.rule("8.limits")
def test_a_file_larger_than_the_server_takes_is_refused(files: Files) -> None:
    reply = files.send("PUT", bytes(25 * 1024 * 1024 + 1), filename="a")
    assert (reply.status, reply.body) == (500, b"")
    assert "26214400" in reply.headers["x-reason"]
    assert files.listed() == []


@pytest.mark.rule("8.limits")
def test_an_item_takes_no_more_than_its_room(files: Files) -> None:
    large = bytes(25 * 1024 * 1024)
    numbers = [files.put(str(number), large).id for number in range(4)]

    refused = files.send("PUT", b"x", filename="one too many")
    assert refused.status == 500
    assert "100 MiB" in refused.headers["x-reason"]
    files.put("in the place of another", b"x", object_id=str(numbers[0]))
    files.put("now there is room", b"x")


def test_other_methods_are_refused_and_options_names_those_that_there_are(anna: OxUser) -> None:
    assert send(anna, "POST", {}).status == 400
    assert send(anna, "OPTIONS", {}).headers["allow"] == "GET,PUT,DELETE,TRACE,OPTIONS"


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_nobody_comes_in_without_a_password(http: Http, files: Files, method: str) -> None:
    made = files.put("a", b"x")
    headers = {"module": "7", "target_id": "1", "object_id": str(made.id)}
    assert http.send(method, URL, b"", headers).status == 401


def test_a_page_that_somebody_attached_does_not_run_under_our_address(files: Files) -> None:
    made = files.put("ä.html", b"<script>alert(1)</script>", "text/html")
    headers = files.get(made.id).headers
    assert headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote('ä.html')}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox"
