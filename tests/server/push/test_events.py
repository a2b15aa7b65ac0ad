"""``GET /events`` of a running server: who may listen, what comes, and how soon."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from passerelle.groupware import provision
from passerelle.server.push.stream import MOST_STREAMS
from passerelle.store import Store
from tests.server.push.conftest import ANNA, BEN
from tests.support.commands import Server, User
from tests.support.events import Stream, Told
from tests.support.ox import elements as ox
from tests.support.ox.client import Http, OxUser, basic
from tests.support.waiting import eventually

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:zoe\r\nFN:Zoe\r\nN:Zoe;;;;\r\nEND:VCARD\r\n"


@pytest.fixture
def stream(server: Server) -> Iterator[Stream]:
    with Stream(server.url, ANNA) as stream:
        yield stream


# Who may listen


@pytest.mark.parametrize(
    "headers", [{}, basic("anna", "wrong"), basic("nobody", "x"), basic("", ""), {"Authorization": "Bearer x"}]
)
def test_without_the_right_password_nobody_listens(server: Server, headers: dict[str, str]) -> None:
    reply = Http(server.url).send("GET", "/events", headers=headers)
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Basic realm="OX WebDAV", encoding="UTF-8"'


def test_a_guesser_has_to_wait(server: Server) -> None:
    http = Http(server.url)
    statuses = [http.send("GET", "/events", headers=basic("guessed", f"{n}")).status for n in range(11)]
    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PROPFIND", "OPTIONS", "HEAD"])
def test_there_is_nothing_but_get(server: Server, verb: str) -> None:
    reply = Http(server.url).send(verb, "/events", headers=basic(ANNA.login, ANNA.password))
    assert (reply.status, reply.headers["allow"]) == (405, "GET")


def test_a_user_cannot_open_streams_without_end_and_can_again_once_some_are_closed(server: Server) -> None:
    with ExitStack() as streams:
        for _ in range(MOST_STREAMS):
            streams.enter_context(Stream(server.url, BEN))
        refused = Http(server.url).send("GET", "/events", headers=basic(BEN.login, BEN.password))
        assert (refused.status, refused.headers["retry-after"]) == (429, "3")
        assert str(MOST_STREAMS) in refused.text
        streams.enter_context(Stream(server.url, ANNA))

    def has_room() -> bool:
        with suppress(AssertionError), Stream(server.url, BEN):
            return True
        return False

    eventually(has_room, "there is room again")


def test_the_stream_is_one_that_browsers_and_proxies_understand(stream: Stream) -> None:
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.retry_ms == 3000
    assert int(stream.last_id) > 0


# What comes


def test_changes_are_told_to_who_sees_the_folder_and_to_nobody_else(server: Server, anna: OxUser, ben: OxUser) -> None:
    shared = anna.make_folder("contact", "Shared", ox.right(ben.id, "2/4/0/0"))
    own = anna.make_folder("contact", "Own")
    with Stream(server.url, ANNA) as to_anna, Stream(server.url, BEN) as to_ben:
        own.create(last_name="Secret")
        assert to_anna.taken() == [Told("items", own.id, "contact")]
        shared.create(last_name="Open")
        assert to_anna.taken() == [Told("items", shared.id, "contact")]
        assert to_ben.taken() == [Told("items", shared.id, "contact")]


def test_each_participant_hears_of_a_meeting_in_the_own_calendar(server: Server, anna: OxUser, ben: OxUser) -> None:
    start = ox.ms("2049-07-01 09:00")
    with Stream(server.url, ANNA) as to_anna, Stream(server.url, BEN) as to_ben:
        anna.default("calendar").create(
            title="Plans", start_date=start, end_date=start + ox.HOUR, participants=ox.user(ben.id)
        )
        assert to_anna.taken() == [Told("items", anna.default("calendar").id, "calendar")]
        assert to_ben.taken() == [Told("items", ben.default("calendar").id, "calendar")]


def test_folders_that_come_and_go_are_told(stream: Stream, anna: OxUser) -> None:
    folder = anna.make_folder("task", "Short-lived")
    assert stream.taken() == [Told("folder", folder.id, "task")]
    anna.write_well("folders", object_id=folder.id, last_modified=ox.ms("2100-01-01"), method="DELETE")
    assert stream.taken() == [Told("gone", folder.id, "task")]


def test_an_import_by_another_process_is_told(server: Server, stream: Stream, anna: OxUser) -> None:
    server.import_text(ANNA, "zoe.vcf", CARD)
    assert stream.taken() == [Told("items", anna.default("contact").id, "contact")]


def test_an_event_comes_within_a_quarter_of_a_second(stream: Stream, anna: OxUser) -> None:
    folder = anna.default("contact")
    took = []
    for number in range(10):
        before = time.monotonic()
        folder.create(last_name=f"Quick {number}")
        stream.taken()
        took.append(stream.heard_at[-1] - before)
    assert min(took) < 0.25  # the quickest: others may have waited for this machine's other work


# Going on


def test_who_comes_back_hears_what_was_missed(server: Server, anna: OxUser, ben: OxUser) -> None:
    contacts, tasks = anna.default("contact"), anna.default("task")
    with Stream(server.url, ANNA) as first:
        contacts.create(last_name="Heard")
        first.taken()
        place = first.last_id
    tasks.create(title="Missed")
    ben.default("task").create(title="Not Anna's")
    with Stream(server.url, ANNA, last_id=place) as again:
        assert Told("items", tasks.id, "task") in eventually(lambda: again.events, "what was missed comes")
        assert Told("items", ben.default("task").id, "task") not in again.events


@pytest.mark.parametrize("place", ["x", "0", "-1", "99999999999999999", "1e9", "9" * 1000, "' OR 1=1"])
def test_who_comes_back_with_a_place_that_nobody_knows_is_to_look_at_everything(server: Server, place: str) -> None:
    with Stream(server.url, ANNA, last_id=place) as stream:
        assert stream.taken() == [Told("everything")]


def test_a_stream_that_hears_nothing_knows_its_place_from_the_beginning(server: Server, anna: OxUser) -> None:
    with Stream(server.url, ANNA) as quiet:
        place = quiet.last_id
    anna.default("task").create(title="Missed")
    with Stream(server.url, ANNA, last_id=place) as again:
        assert Told("items", anna.default("task").id, "task") in eventually(lambda: again.events, "it comes")


# The end


def test_a_server_that_is_stopped_ends_streams_at_once_and_they_go_on_after_a_restart(tmp_path: Path) -> None:
    server = Server(tmp_path, zone="UTC")
    server.add_user(ANNA)
    with server, ExitStack() as streams:
        opened = [streams.enter_context(Stream(server.url, ANNA)) for _ in range(3)]
        place = opened[0].last_id
        contacts = OxUser(server.url, ANNA).default("contact").id
        silent = streams.enter_context(socket.create_connection((Http(server.url).host, Http(server.url).port or 0)))
        silent.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n")
        before = time.monotonic()
        server.stop()
        assert all(stream.ends() for stream in opened)
        assert time.monotonic() - before < 5  # the grace for answers under way is ten seconds
    server.import_text(ANNA, "zoe.vcf", CARD)
    with server, Stream(server.url, ANNA, last_id=place) as again:
        assert Told("items", contacts, "contact") in eventually(lambda: again.events, "what was missed comes")
    assert "Traceback" not in server.log()


def test_a_client_that_hangs_up_in_the_middle_leaves_no_trace(server: Server, anna: OxUser) -> None:
    before = server.log()
    for _ in range(5):
        connection = http.client.HTTPConnection(*server.url.removeprefix("http://").split(":"))  # type: ignore[arg-type]
        connection.request("GET", "/events", headers=basic(ANNA.login, ANNA.password))
        connection.getresponse().close()
        connection.close()
        anna.default("task").create(title="While it hangs up")
    assert server.log() == before


def test_a_new_password_ends_the_stream(server: Server) -> None:
    carl = User("carl", "Carl Clausen", "carl@example.org", "secret three")
    with Store.open(server.data) as store:
        provision.add_user(store, carl.login, carl.password)
        with Stream(server.url, carl) as stream:
            provision.set_password(store, carl.login, "another one")
            assert stream.ends()
    assert Stream(server.url, carl).status == 401
