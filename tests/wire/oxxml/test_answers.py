"""Answers: the server's bytes are those of the interface, and the client understands them as they arrive."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import (
    Collision,
    Contradiction,
    Forbidden,
    Invalid,
    Missing,
    NotFound,
    Overlap,
    Refused,
    Stale,
    Unreadable,
)
from passerelle.wire.oxxml import answers
from passerelle.wire.oxxml.common import ObjectStatus, header
from passerelle.wire.oxxml.errors import refusal
from passerelle.wire.oxxml.reading import AnswerReader, Response
from passerelle.wire.oxxml.requests import WrongRoot
from tests.strategies import texts
from tests.wire.oxxml.wire import document

START = datetime(2011, 3, 7, 9, tzinfo=UTC)
END = datetime(2011, 3, 7, 10, tzinfo=UTC)


def test_the_declaration_is_followed_by_a_carriage_return_and_a_line_feed() -> None:
    assert answers.opening("6.20.0", "Example") == (
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
        b'<D:multistatus xmlns:D="DAV:" version="6.20.0" buildname="Example">\n'
    )


def test_a_live_object_has_a_bare_status() -> None:
    assert answers.live(31, b"<ox:title>x</ox:title>") == (
        b'<D:response xmlns:ox="http://www.open-xchange.org"><D:href>31</D:href><D:propstat><D:prop>'
        b"<ox:title>x</ox:title></D:prop><D:status>200</D:status>"
        b"<D:responsedescription>OK</D:responsedescription></D:propstat></D:response>\n"
    )


def test_a_folder_s_deletion_stub_has_no_time() -> None:
    assert b"<ox:object_id>40</ox:object_id><ox:object_status>DELETE</ox:object_status>" in answers.gone(40)


def test_an_appointment_s_deletion_stub_names_its_series() -> None:
    (response,) = document(answers.gone(901, 1300000200000, 900))
    stub = header(response.properties)
    assert (stub.id, stub.status, stub.stamp, stub.master) == (901, ObjectStatus.DELETE, 1300000200000, 900)


def test_a_list_names_all_ids_in_one_response() -> None:
    (response,) = document(*answers.listing(range(2500)))
    assert response.href == "0"
    assert response.properties.text("object_status") == "LIST"
    assert [int(child.text) for child in response.properties.children("object_list")] == list(range(2500))


def test_a_write_is_answered_with_id_version_and_client_id() -> None:
    (response,) = document(answers.written(900, 1300000100123, recurrence_id=0, client_id="f-1 <&>"))
    assert (response.href, response.status, response.code) == ("900", 200, 1200)
    assert dict(response.properties.texts) == {
        "object_id": "900", "last_modified": "1300000100123", "recurrence_id": "0", "client_id": "f-1 <&>",
    }  # fmt: skip


def test_a_stale_update_names_the_object_but_no_new_version() -> None:
    (response,) = document(answers.failed(Stale("Changed on the server meanwhile."), 802))
    assert (response.status, response.code) == (409, 1000)
    assert dict(response.properties.texts) == {"object_id": "802"}


def test_a_conflict_lists_what_stands_in_the_way_in_the_dav_namespace() -> None:
    collision = Collision(title="Jour fixe", start=START, end=END, whole_day=False, hard=False, who=())
    piece = answers.failed(Overlap("Appointments conflict.", [collision]), recurrence_id=0)
    assert (
        b'<D:conflictitems><D:conflictitem ox:subject="Jour fixe">1299488400000,1299492000000,false'
        b"</D:conflictitem></D:conflictitems></D:propstat>" in piece
    )
    refused = document(piece)[0].refused()
    assert isinstance(refused, Overlap)
    (read,) = refused.collisions
    assert (read.title, read.start, read.end, read.whole_day) == ("Jour fixe", START, END, False)


def test_peers_that_know_the_extension_learn_which_conflict_cannot_be_ignored() -> None:
    hard = Collision(title="", start=START, end=END, whole_day=True, hard=True, who=())
    (response,) = document(answers.failed(Overlap("The room is taken.", [hard]), extended=True))
    assert [(one.hard, one.whole_day) for one in response.collisions] == [(True, True)]


def test_an_object_that_is_not_there_is_a_404_inside() -> None:
    (response,) = document(answers.not_found())
    assert (response.href, response.status, response.code, len(response.properties)) == ("0", 404, 1001, 0)
    assert b"<D:prop/>" in answers.not_found()


def test_a_write_that_cannot_be_read_is_answered_once_with_the_next_client_id() -> None:
    body = b"<oops\n<ox:client_id>c-1</ox:client_id>"
    (response,) = document(answers.unreadable(Unreadable("No XML.", 1), body))
    assert (response.status, response.code) == (500, 1400)
    assert response.properties.text("client_id") == "c-1"
    (response,) = document(answers.unreadable(WrongRoot("Wrong root."), b"<a/>"))
    assert (response.status, response.properties.text("client_id")) == (400, "not found")


@pytest.mark.parametrize(
    "refused",
    [
        NotFound("No such thing."),
        Forbidden("No right.", "APP-0058"),
        Stale("Changed."),
        Missing("No title.", "title", "APP-0028"),
        Invalid("Too long.", "title", "APP-0072"),
        Contradiction("That does not fit.", "FLD-0012"),
        Overlap("Taken.", ()),
    ],
)
def test_a_refusal_reaches_the_client_as_the_same_refusal(refused: Refused) -> None:
    read = document(answers.failed(refused))[0].refused()
    assert (type(read), str(read), read.code if read else None) == (type(refused), str(refused), refused.code)


@pytest.mark.parametrize(
    ("status", "text", "kind", "code"),
    [
        (409, "[APP-0070] private flag", Contradiction, "APP-0070"),
        (409, "[APP-0028] title missing", Missing, "APP-0028"),
        (403, "[FLD-0003] not visible", Forbidden, "FLD-0003"),
        (403, "[1002] There is no folder 70. (FLD-0008)", NotFound, "FLD-0008"),
        (404, "[CON-0125] unknown", NotFound, "CON-0125"),
        (409, "", Contradiction, ""),
    ],
)
def test_newer_servers_put_their_own_codes_into_the_brackets(
    status: int, text: str, kind: type[Refused], code: str
) -> None:
    read = refusal(status, text)
    assert (type(read), read.code if read else None) == (kind, code)


def test_a_failure_of_the_server_is_no_refusal() -> None:
    assert refusal(500, "[1500] out of memory") is None
    assert Response(status=500, description="[1500] x").refused() is None


def test_status_and_description_may_stand_beside_propstat_in_the_words_of_http() -> None:
    (response,) = document(
        b'<D:response xmlns:ox="http://www.open-xchange.org"><D:propstat><D:prop/></D:propstat>'
        b"<D:status>HTTP/1.1 200 OK</D:status><D:responsedescription>HTTP/1.1 200 OK</D:responsedescription>"
        b"</D:response>"
    )
    assert (response.status, response.href, response.succeeded) == (200, "", True)


def test_old_servers_name_their_version_otherwise() -> None:
    reader = AnswerReader()
    reader.feed(b'<D:multistatus xmlns:D="DAV:" buildnumber="1" buildname="Old"></D:multistatus>')
    reader.close()
    assert (reader.version, reader.build) == ("1", "Old")


@pytest.mark.parametrize(
    "body", [b"", b"<D:multistatus xmlns:D='DAV:'>", b"<html/>", b"<D:multistatus xmlns:D='DAV:'><D:resp"]
)
def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(body: bytes) -> None:
    reader = AnswerReader()
    reader.feed(body)
    with pytest.raises(Unreadable):
        reader.close()


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><D:multistatus xmlns:D='DAV:'>&x;</D:multistatus>",
        b"<D:multistatus xmlns:D='DAV:'></D:oops>",
        b"<D:other xmlns:D='DAV:'><D:response/></D:other>",
        b"\x00\x00\x00\x00\x00",
    ],
)
def test_a_hostile_answer_is_refused(body: bytes) -> None:
    reader = AnswerReader()
    with pytest.raises(Unreadable):
        reader.feed(body)


@given(st.lists(texts(200), max_size=30), st.integers(1, 50))
def test_an_answer_reads_the_same_however_it_is_cut(titles: list[str], size: int) -> None:
    whole = answers.opening("1", "x") + b"".join(
        answers.written(number, number + 1, client_id=title) for number, title in enumerate(titles)
    ) + answers.CLOSE  # fmt: skip
    reader = AnswerReader()
    found = [one for at in range(0, len(whole), size) for one in reader.feed(whole[at : at + size])]
    reader.close()
    assert [(one.href, one.properties.text("client_id")) for one in found] == [
        (str(number), title) for number, title in enumerate(titles)
    ]
