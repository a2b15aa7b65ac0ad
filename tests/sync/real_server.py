"""The real server, in this process, on a socket of its own; and connectors of its users."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import uvicorn

from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.folders import Folder, Module
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.server.app import create_app
from passerelle.server.metrics import Metrics
from passerelle.server.push.hub import Hub
from passerelle.store import Store
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult

PASSWORD = "a secret"


@dataclass
class Device:
    """One user's replica and the way to the server."""

    replica: Replica
    peer: OxWebDav

    def cycle(self) -> CycleResult:
        return self.replica.cycle(self.peer)

    @property
    def session(self) -> Session:
        return self.replica.session()

    def folder(self, module: Module = Module.CALENDAR) -> Folder:
        """The user's default folder."""
        return default_folder(self.session, module)

    def records(self, folder: Folder | None = None) -> list[ItemRecord]:
        return records(self.session, folder or self.folder())


def default_folder(session: Session, module: Module = Module.CALENDAR) -> Folder:
    """A user's default folder of a module."""
    mine = (view.folder for view in session.folders().changed if view.folder.owner == session.user_id)
    return next(one for one in mine if one.is_default and one.module is module)


def records(session: Session, folder: Folder) -> list[ItemRecord]:
    """All items that show in a folder."""
    return sorted(session.changes(folder.id, folder.module).items, key=lambda record: record.id)


@dataclass
class RealServer:
    """The server's store and address, and the devices made for it."""

    store: Store
    url: str
    directory: Path
    metrics: Metrics = field(default_factory=Metrics)
    users: dict[str, User] = field(default_factory=dict)
    devices: list[Device] = field(default_factory=list)

    def add_user(self, login: str) -> User:
        name = login.title()
        address = f"{login}@example.org"
        user = add_user(self.store, login, PASSWORD, first_name=name, email=address, zone="Europe/Berlin")
        self.users[login] = user
        return user

    def session(self, login: str) -> Session:
        return Session(self.store, self.users[login].id)

    def connect(self, login: str, password: str = PASSWORD) -> OxWebDav:
        return OxWebDav(Connection(self.url, login, password))

    def device(self, login: str) -> Device:
        peer = self.connect(login)
        replica = Replica.create(self.directory / f"device{len(self.devices)}", login, peer.identify())
        self.devices.append(Device(replica, peer))
        return self.devices[-1]

    def requests(self, verb: str) -> int:
        """How many requests of a verb were answered so far."""
        samples = [one for metric in self.metrics.registry.collect() for one in metric.samples]
        counted = [one for one in samples if one.name == "passerelle_requests_total" and one.labels["verb"] == verb]
        return round(sum(one.value for one in counted))

    def close(self) -> None:
        for device in self.devices:
            device.peer.close()
            device.replica.close()
        self.store.close()


@contextmanager
def real_server(directory: Path, *, pushes: bool = False) -> Iterator[RealServer]:
    """Run the server in a thread while the block lasts; with the store that is in the directory, if there is one.

    Where it ``pushes``, it tells of changes in a stream of events, to those who have hung up when the block ends.
    """
    if (directory / "server").exists():
        store = Store.open(directory / "server")
    else:
        store = Store.create(directory / "server")
        initialise(store)
    listener = socket.create_server(("127.0.0.1", 0))
    running = RealServer(store, f"http://127.0.0.1:{listener.getsockname()[1]}", directory)
    hub = Hub(store) if pushes else None
    app = create_app(store, running.metrics, hub=hub)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with nullcontext() if hub is None else hub.running():
            yield running
    finally:
        for device in running.devices:
            device.peer.close()
        server.should_exit = True
        thread.join()
        listener.close()
        running.close()
