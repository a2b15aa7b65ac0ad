"""Files over HTTP, between a replica and the real server, which speaks our extension or the plain interface."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import httpx2
import pytest

from passerelle.groupware.attachments import AttachmentLimits, NewFile, Target, set_limits
from passerelle.groupware.session import Session
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.sync.replica import Replica
from passerelle.wire.oxxml.requests import EXTENDED
from tests.sync.devices import WHEN
from tests.sync.real_server import PASSWORD, Device, RealServer, default_folder, records

NAME = "Bilanz & Plan „2026“ +1.pdf"
ITEMS: dict[Module, Item] = {
    Module.CALENDAR: Appointment(when=WHEN, title="Jour fixe"),
    Module.CONTACTS: Contact(last_name="Meyer"),
    Module.TASKS: Task(title="Buy paper"),
}


class Plain(httpx2.BaseTransport):
    """Carries requests of a client that does not know our extension."""

    def __init__(self) -> None:
        self._transport = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PROPFIND":
            content = request.read().replace(EXTENDED.encode(), b"")
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            request = httpx2.Request(request.method, request.url, headers=headers, content=content)
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


@pytest.fixture(params=[False, True], ids=["extension", "plain"])
def device(request: pytest.FixtureRequest, server: RealServer, tmp_path: Path) -> Device:
    return plain_device(server, tmp_path) if request.param else server.device("anton")


def plain_device(server: RealServer, directory: Path) -> Device:
    """A device that takes the server for an Open-Xchange."""
    peer = OxWebDav(Connection(server.url, "anton", PASSWORD, transport=Plain()), "Europe/Berlin")
    server.devices.append(Device(Replica.create(directory / "plain", "anton", peer.identify()), peer))
    return server.devices[-1]


def attach(session: Session, record: ItemRecord, module: Module, data: bytes, *, name: str = NAME) -> None:
    file = NewFile(name=name, media_type="application/pdf", size=len(data), stream=BytesIO(data))
    session.attach(Target(record.id, module, record.folder), file)


def files(session: Session, module: Module) -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of all that hangs on the items of a default folder."""
    found = []
    for record in records(session, default_folder(session, module)):
        for one in record.attachments:
            with session.open_attachment(Target(record.id, module), one.id)[1] as content:
                found.append((one.name, one.media_type, content.read()))
    return sorted(found)


def test_files_of_all_kinds_of_items_come_and_go(server: RealServer, device: Device) -> None:
    there, here = server.session("anton"), device.session
    for module, item in ITEMS.items():
        record = there.create(default_folder(there, module).id, item)
        attach(there, record, module, b"theirs")
    device.cycle()
    for module in ITEMS:
        (record,) = device.records(device.folder(module))
        attach(here, record, module, b"x" * 100_000)
    device.cycle()
    both = [(NAME, "application/pdf", b"theirs"), (NAME, "application/pdf", b"x" * 100_000)]
    assert [files(there, module) for module in ITEMS] == [files(here, module) for module in ITEMS] == [both] * 3
    for module in ITEMS:
        (record,) = device.records(device.folder(module))
        here.detach(Target(record.id, module), record.attachments[0].id)
        (record,) = records(there, default_folder(there, module))
        there.detach(Target(record.id, module), record.attachments[1].id)
    device.cycle()
    assert [files(there, module) for module in ITEMS] == [files(here, module) for module in ITEMS] == [[]] * 3
    device.cycle()
    assert device.cycle().total == 0


def test_the_servers_reason_is_told(server: RealServer, device: Device) -> None:
    with server.store.writing(server.users["anton"].id) as tx:
        set_limits(tx, AttachmentLimits(file=1000))
    device.cycle()
    record = device.session.create(device.folder().id, ITEMS[Module.CALENDAR])
    attach(device.session, record, Module.CALENDAR, b"x" * 2000, name="film.mp4")
    (report,) = device.cycle().reports
    assert (
        "“film.mp4” of “Jour fixe” could not be brought up to date on the server: The file has 2000 bytes."
        in report.message
    )
