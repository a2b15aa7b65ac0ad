"""Servers that lost their memory, or answer nonsense: nothing here is taken for deleted by that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest

from passerelle.model.errors import PasserelleError, Unreachable
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.sync.folders.state import FOLDERS_ANCHOR
from passerelle.sync.replica import Replica
from tests.sync.real_server import PASSWORD, Device, RealServer, default_folder, real_server, records

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNT = 6


def appointment(title: str, number: int = 0) -> Appointment:
    start = START + timedelta(days=number)
    return Appointment(when=Timed(start=start, end=start + timedelta(hours=1)), title=title)


def titles(found: list[ItemRecord]) -> list[str]:
    return sorted(one.item.title or "" for one in found if isinstance(one.item, Appointment))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path / "first") as running:
        running.add_user("anton")
        yield running


@pytest.fixture
def device(server: RealServer) -> Device:
    """A device in step with a server that has a few appointments."""
    session = server.session("anton")
    for number in range(COUNT):
        session.create(default_folder(session).id, appointment(f"number {number}", number))
    device = server.device("anton")
    device.cycle()
    assert len(device.records()) == COUNT
    return device


# --- answers that are none ---

Spoil = Callable[[httpx2.Response, bytes], httpx2.Response]
LOGIN_PAGE = b"<!DOCTYPE html><html><body><form>Please log in<br></form></body></html>"
NOTHING = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"></D:multistatus>'


def login_page(_answer: httpx2.Response, _body: bytes) -> httpx2.Response:
    return httpx2.Response(200, content=LOGIN_PAGE, headers={"Content-Type": "text/html"})


def well_formed_page(_answer: httpx2.Response, _body: bytes) -> httpx2.Response:
    return httpx2.Response(200, content=b"<html><body>Please log in</body></html>")


def empty_list(answer: httpx2.Response, _body: bytes) -> httpx2.Response:
    return httpx2.Response(answer.status_code, content=NOTHING)


def empty_body(answer: httpx2.Response, _body: bytes) -> httpx2.Response:
    return httpx2.Response(answer.status_code, content=b"")


def cut(answer: httpx2.Response, body: bytes) -> httpx2.Response:
    return httpx2.Response(answer.status_code, content=body[: len(body) * 2 // 3])


def not_deployed(_answer: httpx2.Response, _body: bytes) -> httpx2.Response:
    return httpx2.Response(404, content=b"Not Found")


class Spoiled(httpx2.BaseTransport):
    """The way to the server, with the answers of some addresses spoiled."""

    def __init__(self, spoil: Spoil, path: str) -> None:
        self._way = httpx2.HTTPTransport()
        self._spoil = spoil
        self._path = path

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._way.handle_request(request)
        if not request.url.path.endswith(self._path):
            return answer
        body = answer.read()
        answer.close()
        return self._spoil(answer, body)

    def close(self) -> None:
        self._way.close()


def spoiled(server: RealServer, spoil: Spoil, path: str) -> OxWebDav:
    return OxWebDav(Connection(server.url, "anton", PASSWORD, transport=Spoiled(spoil, path)))


SPOILS = (login_page, well_formed_page, empty_list, empty_body, cut, not_deployed)


@pytest.mark.parametrize("path", ["groupuser", "folders", "calendar"])
@pytest.mark.parametrize("anew", [False, True], ids=["changes", "everything"])
def test_an_answer_that_is_none_deletes_nothing_and_loses_no_change(
    server: RealServer, device: Device, path: str, anew: bool
) -> None:
    edited, deleted = device.records()[:2]
    device.session.update(edited.id, edited.folder, lambda _: {"location": "Room 1"})
    device.session.delete(deleted.id, deleted.folder)
    for spoil in SPOILS:
        if anew:
            forget_anchors(device.replica)
        peer = spoiled(server, spoil, path)
        for _ in range(2):
            with suppress(PasserelleError):
                device.replica.cycle(peer)
            assert len(device.records()) >= COUNT - 1, spoil.__name__
        peer.close()
    for _ in range(3):
        device.cycle()
    there = records(server.session("anton"), default_folder(server.session("anton")))
    assert titles(device.records()) == titles(there)
    assert len(there) == COUNT - 1
    assert "Room 1" in {one.item.location for one in there if isinstance(one.item, Appointment)}


def forget_anchors(replica: Replica) -> None:
    """Have everything read again, as after the memory of the server was too short."""
    with replica.store.writing(replica.membership.user, "test") as tx:
        for link in tx.sync.folder_links():
            tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=None))
        tx.sync.set(FOLDERS_ANCHOR, None)


def test_a_server_that_is_gone_altogether_is_unreachable(server: RealServer, device: Device) -> None:
    peer = spoiled(server, not_deployed, "")
    with pytest.raises(Unreachable):
        device.replica.cycle(peer)
    peer.close()
