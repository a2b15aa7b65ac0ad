"""Connections that do not behave: broken HTTP, silence, half requests, many at once (RFC 9112; design, section 8)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import pytest

from tests.support.commands import Server
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser, basic


@contextmanager
def _connected(user: OxUser) -> Iterator[socket.socket]:
    with closing(socket.create_connection((user.http.host, user.http.port or 0), timeout=30)) as connection:
        yield connection


def _talk(user: OxUser, raw: bytes) -> bytes:
    """Sends octets, then says goodbye, and reads until the server hangs up."""
    with _connected(user) as connection:
        with suppress(OSError):  # it may hang up before it has heard everything
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        return _rest(connection)


def _rest(connection: socket.socket) -> bytes:
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def _request(user: OxUser, verb: str, servlet: str, body: str) -> bytes:
    login = basic(user.account.login, user.account.password)["Authorization"]
    head = f"{verb} /servlet/webdav.{servlet} HTTP/1.1\r\nHost: x\r\nAuthorization: {login}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


FOLDERS = b"PROPFIND /servlet/webdav.folders HTTP/1.1\r\nHost: x\r\n"
BROKEN = {
    "nothing": b"",
    "empty lines": b"\r\n\r\n",
    "no text": b"\x00\x01\x02",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no target": b"GET\r\n\r\n",
    "unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "negative length": FOLDERS + b"Content-Length: -5\r\n\r\n",
    "length in letters": FOLDERS + b"Content-Length: x\r\n\r\n",
    "length of 5000 digits": FOLDERS + b"Content-Length: " + b"1" * 5000 + b"\r\n\r\n",
    "two lengths": FOLDERS + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "unknown encoding": FOLDERS + b"Transfer-Encoding: magic\r\n\r\n",
    "length and chunks": FOLDERS + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "blank in a name": FOLDERS + b"X : x\r\n\r\n",
    "header without name": FOLDERS + b": x\r\n\r\n",
    "octets in the target": FOLDERS.replace(b"folders", b"folders\xff") + b"\r\n",
    "NUL in the target": FOLDERS.replace(b"folders", b"%00folders") + b"\r\n",
    "dots in the target": FOLDERS.replace(b"webdav.folders", b"../../etc/passwd") + b"\r\n",
    "another host": FOLDERS.replace(b"/servlet", b"http://elsewhere.example/servlet") + b"\r\n",
    "proxy": b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "long header": FOLDERS + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    "long target": FOLDERS.replace(b"folders", b"x" * 200_000) + b"\r\n",
    "many headers": FOLDERS + b"X: y\r\n" * 20_000 + b"\r\n",
    "websocket": FOLDERS + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
def test_broken_http_is_refused_and_the_server_goes_on(anna: OxUser, raw: bytes) -> None:
    answer = _talk(anna, raw)

    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.1 2"))
    assert b"Traceback" not in answer
    assert anna.folders()


@pytest.mark.parametrize("verb", [b"PROPFIND", b"FROB"])
@pytest.mark.parametrize("waits", [False, True])
def test_a_broken_chunk_of_somebody_who_is_refused_anyway_leaves_no_trace_in_the_log(
    server: Server, anna: OxUser, verb: bytes, waits: bool
) -> None:
    head = FOLDERS.replace(b"PROPFIND", verb) + b"Transfer-Encoding: chunked\r\n\r\n"
    before = server.log()

    with _connected(anna) as connection:
        connection.sendall(head)
        answer = connection.recv(65536) if waits else b""
        connection.sendall(b"zz\r\n")
        answer += _rest(connection)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 4")
    assert anna.folders()
    assert server.log() == before


def test_a_broken_chunk_writes_nothing(contacts: Folder) -> None:
    body = ox.propertyupdate(ox.block(folder_id=contacts.id, last_name="Half"))
    head, _, _ = _request(contacts.user, "PROPPATCH", "contacts", "").partition(b"Content-Length")
    chunk = f"Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\nzz\r\n"

    answer = _talk(contacts.user, head + chunk.encode())

    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.1 2"))
    assert contacts.changes() == []


def test_a_request_that_breaks_off_writes_nothing(contacts: Folder) -> None:
    body = ox.propertyupdate(ox.block(folder_id=contacts.id, last_name="Half")) + "\n"

    _talk(contacts.user, _request(contacts.user, "PROPPATCH", "contacts", body)[:-1])

    assert contacts.changes() == []


def test_a_client_that_hangs_up_before_the_answer_does_no_harm(contacts: Folder) -> None:
    body = ox.propertyupdate(ox.block(folder_id=contacts.id, last_name="Gone"))
    for _ in range(5):
        with _connected(contacts.user) as connection:
            connection.sendall(_request(contacts.user, "PROPPATCH", "contacts", body))

    contacts.create(last_name="Still here")


def test_clients_that_say_nothing_keep_nobody_waiting(anna: OxUser) -> None:
    with ThreadPoolExecutor(50) as pool:
        silent = list(pool.map(lambda _: socket.create_connection((anna.http.host, anna.http.port or 0)), range(50)))
    for number, connection in enumerate(silent):
        connection.sendall(FOLDERS[: number + 1])

    assert anna.folders()

    for connection in silent:
        connection.close()


def test_clients_that_stop_sending_their_body_keep_nobody_waiting(anna: OxUser) -> None:
    half = _request(anna, "PROPFIND", "folders", "<a" * 500)[:-100]
    waiting = [socket.create_connection((anna.http.host, anna.http.port or 0)) for _ in range(60)]
    for connection in waiting:
        connection.sendall(half)

    assert anna.folders()

    for connection in waiting:
        connection.close()


def test_clients_that_stop_reading_keep_nobody_waiting(contacts: Folder) -> None:
    user = contacts.user
    user.write("contacts", *[ox.block(folder_id=contacts.id, note="x" * 20_000) for _ in range(100)])
    query = ox.propfind(folder_id=contacts.id, lastsync=0, objectmode="MODIFIED")
    lazy = []
    for _ in range(45):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((user.http.host, user.http.port or 0))
        connection.sendall(_request(user, "PROPFIND", "contacts", query))
        connection.recv(1)
        lazy.append(connection)

    contacts.create(last_name="Not kept waiting")
    assert len(contacts.listed()) == 101

    for connection in lazy:
        connection.close()


def test_requests_may_follow_one_another_without_waiting_for_answers(anna: OxUser) -> None:
    request = _request(anna, "PROPFIND", "folders", ox.propfind(lastsync=0, objectmode="LIST"))
    with _connected(anna) as connection:
        connection.sendall(request * 2 + request.replace(b"Host: x", b"Host: x\r\nConnection: close"))

        assert _rest(connection).count(b"HTTP/1.1 207") == 3


# Two and more at once


def test_of_many_changes_based_on_one_version_exactly_one_wins(contacts: Folder) -> None:
    person = contacts.create(last_name="Fought over")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: contacts.try_update(person, nickname=f"winner {n}"), range(16)))

    assert sorted(answer.outcome for answer in answers) == [("200", "1200"), *[("409", "1000")] * 15]
    winner = next(n for n, answer in enumerate(answers) if answer.status == "200")
    assert contacts.load(person)["nickname"] == f"winner {winner}"


def test_many_who_create_at_once_lose_nothing_and_get_numbers_and_times_of_their_own(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "4/4/4/4"))
    folders = (shared, shared.seen_by(ben))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: folders[n % 2].create(last_name=f"Person {n}"), range(60)))

    assert len({one.id for one in made}) == len({one.last_modified for one in made}) == 60
    assert sorted(shared.live()) == sorted(one.id for one in made)


def test_a_reader_beside_many_writers_misses_nothing(contacts: Folder) -> None:
    def write(worker: int) -> list[Response]:
        return [contacts.create(last_name=f"{worker}.{n}") for n in range(8)]

    def follow() -> set[int]:
        lastsync, seen = 0, set[int]()
        while not all(one.done() for one in writers):
            for change in contacts.changes(lastsync, "MODIFIED"):
                seen.add(change.id)
                lastsync = max(lastsync, change.last_modified - 1)
        return seen | {change.id for change in contacts.changes(lastsync, "MODIFIED")}

    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(write, worker) for worker in range(4)]
        seen = pool.submit(follow).result()

    assert seen == {one.id for writer in writers for one in writer.result()}


def test_one_who_deletes_and_one_who_changes_agree_on_what_happened(contacts: Folder) -> None:
    people = [contacts.create(last_name=f"Person {n}") for n in range(10)]

    with ThreadPoolExecutor(4) as pool:
        changed = [pool.submit(contacts.try_update, person, nickname="x") for person in people]
        deleted = [pool.submit(contacts.try_delete, person) for person in people]

    for person, change, deletion in zip(people, changed, deleted, strict=True):
        outcome = (change.result().outcome, deletion.result().outcome)
        assert outcome in {(("200", "1200"), ("409", "1000")), (("404", "1001"), ("200", "1200"))}
        assert (person.id in contacts.live()) is (outcome[0][0] == "200")


def test_a_folder_deleted_while_it_is_filled_leaves_nothing_behind(anna: OxUser, contacts: Folder) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(contacts.try_create, last_name=str(n)) for n in range(20)]
        pool.submit(
            anna.try_write, "folders", object_id=contacts.id, last_modified=ox.ms("2100-01-01"), method="DELETE"
        ).result()

    for one in made:
        answer = one.result()
        assert answer.status in {"200", "403", "404"}
        if answer.status == "200":
            (found,) = anna.read("contacts", object_id=answer.id)
            assert found.outcome == ("404", "1001")


def test_of_many_bookings_of_one_room_at_one_time_exactly_one_is_stored(
    anna: OxUser, ben: OxUser, carl: OxUser, room: int
) -> None:
    start = ox.ms("2049-07-01 09:00")
    calendars = [user.default("calendar") for user in (anna, ben, carl)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda n: calendars[n % 3].try_create(
                    title=f"Booking {n}", start_date=start, end_date=start + ox.HOUR, participants=ox.resource(room),
                    ignore_conflicts=True,
                ),
                range(9),
            )
        )  # fmt: skip

    assert sorted(answer.outcome for answer in answers) == [("200", "1200"), *[("409", "1006")] * 8]
