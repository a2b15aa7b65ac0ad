"""What servers say of files, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import httpx2
import pytest

from passerelle.model.errors import Forbidden, NotFound, PasserelleError, Refused, Unreachable, Unreadable
from passerelle.model.folders import Module
from passerelle.model.ids import AttachmentId
from passerelle.model.records import Attachment
from passerelle.peers.base import FileId, Place, RemoteFile, RemoteId, Version
from passerelle.peers.ox_webdav import Connection, OxWebDav

TASKS = Place(RemoteId("33"), Module.TASKS)
TASK = RemoteId("tasks/801")
FILE = Attachment(
    id=AttachmentId(1),
    name="Über & +.txt",
    media_type="text/plain",
    size=5,
    created=datetime(2026, 3, 2, tzinfo=UTC),
    digest="",
    rtf=True,
)


THERE = RemoteFile(id=FileId("15/1300000300000"), name="a.txt", media_type="text/plain")


def said(href: int, properties: str) -> httpx2.Response:
    """An answer about one object."""
    head = '<D:multistatus xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"><D:response>'
    status = "<D:status>HTTP/1.1 200 OK</D:status></D:response></D:multistatus>"
    body = f"<D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop></D:propstat>"
    return httpx2.Response(207, text=head + body + status)


def listing() -> httpx2.Response:
    """The task with its one file."""
    return said(
        801,
        "<ox:object_id>801</ox:object_id><ox:title>x</ox:title><ox:attachments>"
        '<ox:attachment ox:id="15" ox:last_modified="1300000300000" ox:mimetype="text/plain" ox:rtf_flag="true">'
        "%C3%9Cber+%26+%2B.txt</ox:attachment></ox:attachments>",
    )


def peer(*answers: httpx2.Response, asked: list[httpx2.Request] | None = None) -> OxWebDav:
    left = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        if asked is not None:
            asked.append(request)
        return next(left)

    return OxWebDav(Connection("https://ox.example.org", "anton", "x", transport=httpx2.MockTransport(answer)))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx2.Response(404), NotFound, "gone"),
        (httpx2.Response(500), Refused, "does not say why"),
        (httpx2.Response(500, headers={"X-Reason": "The%20disk is full."}), Refused, "The disk is full."),
        (httpx2.Response(403), Forbidden, "403"),
        (httpx2.Response(413), Refused, "413"),
        (httpx2.Response(503), Unreachable, "503"),
        (httpx2.Response(200, html="<p>Log in</p>"), Unreadable, "a page in the place"),
    ],
)
def test_a_refusal_is_no_failure_of_the_server(
    answer: httpx2.Response, error: type[PasserelleError], words: str
) -> None:
    with pytest.raises(error, match=words):
        peer(answer).read_file(TASKS, TASK, THERE, BytesIO())


@pytest.mark.parametrize("was", ["16/1300000300000", "15/1"], ids=["gone", "replaced"])
def test_what_is_gone_or_replaced_already_is_not_taken_off(was: str) -> None:
    asked: list[httpx2.Request] = []
    there = peer(listing(), asked=asked)
    assert there.remove_file(TASKS, TASK, Version("7"), FileId(was)) == Version("7")
    assert [one.method for one in asked] == ["PROPFIND"]


def test_what_goes_just_then_need_not_be_taken_off() -> None:
    there = peer(listing(), httpx2.Response(404), said(801, "<ox:object_id>801</ox:object_id><ox:title>x</ox:title>"))
    assert there.remove_file(TASKS, TASK, Version("7"), FileId("15/1300000300000")) == Version("7")


def test_a_file_that_is_still_listed_was_not_taken_off_whatever_the_server_says() -> None:
    there = peer(listing(), httpx2.Response(200, text="<html>Log in</html>"), listing())
    with pytest.raises(Unreadable, match="still lists"):
        there.remove_file(TASKS, TASK, Version("7"), FileId("15/1300000300000"))


def test_a_file_is_sent_as_it_is_and_known_as_the_server_lists_it() -> None:
    asked: list[httpx2.Request] = []
    took = said(15, "<ox:object_id>15</ox:object_id><ox:last_modified>1300000300000</ox:last_modified>")
    answers = (took, listing())
    file, _ = peer(*answers, asked=asked).add_file(TASKS, TASK, Version("7"), FILE, BytesIO(b"hello"))
    sent = asked[0]
    assert (sent.method, sent.content, sent.headers["Content-Length"]) == ("PUT", b"hello", "5")
    names = ("module", "target_id", "target_folder_id", "filename", "rtf_flag", "content-type")
    assert [sent.headers[name] for name in names] == ["4", "801", "33", "%C3%9Cber+%26+%2B.txt", "true", "text/plain"]
    assert (file.id, file.name, file.rtf) == ("15/1300000300000", "Über & +.txt", True)
