"""Which verbs the servlets know (OX reference, section 2.1)."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import responses
from tests.support.ox.client import Folder, Http, OxUser, basic

OBJECTS = ("calendar", "contacts", "tasks", "folders")
SERVLETS = (*OBJECTS, "groupuser")
ALL_FOLDERS = ox.propfind(lastsync=0, objectmode="LIST")


@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE", "HEAD", "MKCOL", "PATCH", "REPORT", "COPY", "LOCK", "FROB"])
@pytest.mark.parametrize("servlet", SERVLETS)
def test_a_verb_that_a_servlet_lacks_is_a_bad_request(anna: OxUser, servlet: str, verb: str) -> None:
    reply = anna.send(verb, servlet)

    assert reply.status == 400
    assert verb == "HEAD" or verb in reply.text


@pytest.mark.parametrize("verb", ["PROPPATCH", "PUT"])
def test_the_directory_cannot_be_written(anna: OxUser, verb: str) -> None:
    assert anna.send(verb, "groupuser", ox.propertyupdate(ox.block(title="x"))).status == 400


@pytest.mark.parametrize("servlet", OBJECTS)
def test_options_tells_dav_1_and_the_verbs(anna: OxUser, servlet: str) -> None:
    reply = anna.send("OPTIONS", servlet)

    assert reply.status == 200
    assert reply.headers["dav"] == "1"
    allowed = reply.headers["allow"].replace(" ", "")
    assert allowed.endswith("TRACE,OPTIONS")
    assert {"PROPFIND", "PROPPATCH", "PUT"} <= set(allowed.split(","))


@pytest.mark.parametrize(
    ("servlet", "verbs"),
    [("groupuser", {"PROPFIND"}), ("attachments", {"GET", "PUT", "DELETE"}), ("version", {"GET"})],
)
def test_the_other_servlets_tell_their_verbs_in_the_same_way(anna: OxUser, servlet: str, verbs: set[str]) -> None:
    reply = anna.send("OPTIONS", servlet)

    assert (reply.status, reply.headers["dav"]) == (200, "1")
    assert reply.headers["allow"].endswith("TRACE,OPTIONS")
    assert verbs <= set(reply.headers["allow"].split(","))


@pytest.mark.parametrize("servlet", OBJECTS)
def test_a_trailing_slash_makes_no_difference(anna: OxUser, servlet: str) -> None:
    default = anna.default({"contacts": "contact", "tasks": "task"}.get(servlet, "calendar"))
    body = ox.propfind(folder_id=default.id, lastsync=0, objectmode="LIST")

    assert anna.send("PROPFIND", servlet + "/", body).status == 207


def test_the_directory_answers_the_oldest_client_with_its_trailing_slash(anna: OxUser) -> None:
    body = ox.propfind(user="*", group="*", resource="*", resourcegroup="*")

    assert anna.send("PROPFIND", "groupuser/", body).status == 207


def test_put_writes_as_proppatch_does(contacts: Folder) -> None:
    body = ox.propertyupdate(ox.block(folder_id=contacts.id, last_name="Put"))

    (answer,) = contacts.user.ask("PUT", "contacts", body)

    assert answer.outcome == ("200", "1200")
    assert contacts.load(answer)["last_name"] == "Put"


@pytest.mark.parametrize("servlet", OBJECTS)
def test_put_is_an_alias_on_every_servlet_that_writes(anna: OxUser, servlet: str) -> None:
    assert anna.ask("PUT", servlet, ox.propertyupdate()) == []


@pytest.mark.parametrize("kind", ["text/xml", "text/javascript", 'application/xml; charset="utf-8"', "", "nonsense"])
def test_the_content_type_of_a_request_is_ignored(anna: OxUser, kind: str) -> None:
    headers = basic(anna.account.login, anna.account.password) | ({"Content-Type": kind} if kind else {})

    reply = anna.http.send("PROPFIND", "/servlet/webdav.folders", ALL_FOLDERS, headers)

    assert reply.status == 207
    assert len(responses(reply.body)) == 1


@pytest.mark.parametrize("depth", ["0", "1", "infinity", "many"])
def test_depth_is_ignored(anna: OxUser, depth: str) -> None:
    headers = basic(anna.account.login, anna.account.password) | {"Depth": depth}

    assert anna.http.send("PROPFIND", "/servlet/webdav.folders", ALL_FOLDERS, headers).status == 207


def test_an_answer_is_xml_in_utf_8(anna: OxUser) -> None:
    reply = anna.send("PROPFIND", "folders", ALL_FOLDERS)

    assert reply.headers["content-type"].replace(" ", "").lower() == "text/xml;charset=utf-8"


def test_a_path_that_is_no_servlet_is_not_found(http: Http) -> None:
    assert http.send("PROPFIND", "/servlet/webdav.nothing").status == 404


@pytest.mark.parametrize("path", ["/servlet/webdav.version", "/servlet/webdav.version/"])
def test_the_version_is_one_line_of_plain_text_without_login(http: Http, path: str) -> None:
    reply = http.send("GET", path)

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; charset=UTF-8"
    assert reply.text.count("\n") <= 1
    assert reply.text.strip()[0].isdigit()


@pytest.mark.parametrize("verb", ["PROPFIND", "POST", "PUT"])
def test_the_version_can_only_be_fetched(http: Http, verb: str) -> None:
    reply = http.send(verb, "/servlet/webdav.version")

    assert reply.status == 400
    assert verb in reply.text


def test_a_conversation_can_go_on_over_one_connection(anna: OxUser) -> None:
    connection = HTTPConnection(anna.http.host, anna.http.port, timeout=10)
    headers = basic(anna.account.login, anna.account.password)
    for body in (ALL_FOLDERS, "no XML", ALL_FOLDERS):
        connection.request("PROPFIND", "/servlet/webdav.folders", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == (400 if body == "no XML" else 207)
    connection.close()
