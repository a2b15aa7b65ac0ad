"""What servers say of files, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import httpx2
import pytest

from passerelle.model.errors import Forbidden, NotFound, PasserelleError, Refused, Unreachable
from passerelle.model.folders import Module
from passerelle.model.ids import AttachmentId
from passerelle.model.records import Attachment
from passerelle.peers.base import FileId, Place, RemoteId, Version
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


def peer(*answers: httpx2.Response, asked: list[httpx2.Request] | None = None) -> OxWebDav:
    left = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        if asked is not None:
            asked.append(request)
        return next(left)

    return OxWebDav(Connection("https://ox.example.org", "anton", "x", transport=httpx2.MockTransport(answer)))


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (httpx2.Response(404), NotFound, "gone"),
        (httpx2.Response(500), Refused, "does not say why"),
        (httpx2.Response(500, headers={"X-Reason": "The%20disk is full."}), Refused, "The disk is full."),
        (httpx2.Response(403), Forbidden, "403"),
        (httpx2.Response(413), Refused, "413"),
        (httpx2.Response(503), Unreachable, "503"),
    ],
)
def test_a_refusal_is_no_failure_of_the_server(
    answer: httpx2.Response, error: type[PasserelleError], said: str
) -> None:
    with pytest.raises(error, match=said):
        peer(answer).read_file(TASKS, TASK, FileId("15/1300000300000"), BytesIO())


def test_what_is_gone_already_need_not_be_taken_off() -> None:
    assert peer(httpx2.Response(404)).remove_file(TASKS, TASK, Version("7"), FileId("15/1")) == Version("7")


def test_a_file_is_sent_as_it_is_and_known_as_the_server_lists_it() -> None:
    asked: list[httpx2.Request] = []
    head = '<D:multistatus xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"><D:response><D:href>%s</D:href><D:propstat><D:prop>'
    tail = "</D:prop></D:propstat><D:status>HTTP/1.1 200 OK</D:status></D:response></D:multistatus>"
    took = f"{head % 15}<ox:object_id>15</ox:object_id><ox:last_modified>1300000300000</ox:last_modified>{tail}"
    listed = (
        f"{head % 801}<ox:object_id>801</ox:object_id><ox:title>x</ox:title><ox:attachments>"
        '<ox:attachment ox:id="15" ox:last_modified="1300000300000" ox:mimetype="text/plain" ox:rtf_flag="true">'
        f"%C3%9Cber+%26+%2B.txt</ox:attachment></ox:attachments>{tail}"
    )
    answers = [httpx2.Response(207, text=took), httpx2.Response(207, text=listed)]
    file, _ = peer(*answers, asked=asked).add_file(TASKS, TASK, Version("7"), FILE, BytesIO(b"hello"))
    sent = asked[0]
    assert (sent.method, sent.content, sent.headers["Content-Length"]) == ("PUT", b"hello", "5")
    names = ("module", "target_id", "target_folder_id", "filename", "rtf_flag", "content-type")
    said = [sent.headers[name] for name in names]
    assert said == ["4", "801", "33", "%C3%9Cber+%26+%2B.txt", "true", "text/plain"]
    assert (file.id, file.name, file.rtf) == ("15/1300000300000", "Über & +.txt", True)
