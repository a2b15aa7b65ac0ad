"""A server in this process, with things that the one who attacks it must never hear of; and what every answer must be.

Each title, note, name and file of anna's that carl may not see bears the mark :data:`SECRET`. After each request it is
looked whether the answer shows it, whether a refusal has left anything behind, and how much work was done: counted in
calls of functions, because a test that measures time fails on a busy machine.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Self

from passerelle.groupware import provision
from passerelle.server.app import create_app
from passerelle.store import Store
from tests.support.commands import User
from tests.support.ox import elements as ox
from tests.support.ox.answers import responses
from tests.support.ox.client import OxUser, Reply, basic
from tests.support.ox.files import Files
from tests.support.ox.inside import Inside

SECRET = "Geheimnis"
ANNA = User(login="anna", name="Anna", email="anna@example.org", password="anna's own")
CARL = User(login="carl", name="Carl", email="carl@example.org", password="carl's own")
MOST_CALLS = 400_000
"""What a small request may cost: the longest series that can be written, looked at from all sides, is far below."""
CALLS_PER_OCTET = 40
_TABLES = ("folders", "items", "placements", "bookings", "alarms", "attachments", "tombstones", "settings", "users")


class Place(NamedTuple):
    """A folder of a servlet, and an item in it."""

    servlet: str
    folder: int
    item: int


class Work:
    """Counts calls of functions in all threads that begin while it counts."""

    def __init__(self) -> None:
        self.calls = 0

    @contextmanager
    def counted(self) -> Iterator[Self]:
        """Counts here and in new threads."""

        def count(_frame: FrameType, _event: str, _argument: object) -> None:
            self.calls += 1

        threading.setprofile(count)
        sys.setprofile(count)
        try:
            yield self
        finally:
            sys.setprofile(None)
            threading.setprofile(None)


def furnish(path: Path) -> list[Place]:
    """Makes the server's directory with the two and all that is secret; returns what can be named."""
    with Store.create(path) as store, Inside(create_app(store)) as wire:
        provision.initialise(store)
        for user in (ANNA, CARL):
            provision.add_user(store, user.login, user.password, display_name=user.name, email=user.email)
        anna, carl = (OxUser(wire, user) for user in (ANNA, CARL))
        return list(_secrets(anna, carl))


def _secrets(anna: OxUser, carl: OxUser) -> Iterator[Place]:
    """Anna's secrets in her own folders and behind private flags in one that carl reads; a public folder."""
    carls = ox.right(carl.id, "4/4/4/4")
    for module, servlet in (("calendar", "calendar"), ("contact", "contacts"), ("task", "tasks")):
        shared = anna.make_folder(module, f"Shared {module}", carls)
        public = anna.make_folder(module, f"Public {module}", carls, parent=2)
        hidden = anna.make_folder(module, f"{SECRET} {module}")
        for folder, private in ((anna.default(module), False), (shared, True), (hidden, False)):
            made = folder.create(**_secret(servlet), private_flag=private)
            Files(folder, made).put(f"{SECRET}.txt", SECRET.encode())
            yield Place(servlet, folder.id, made.id)
        for folder in (shared.seen_by(carl), public.seen_by(carl), carl.default(module)):
            yield Place(servlet, folder.id, folder.create(**_open(servlet)).id)


class Scene:
    """The server in a directory that was furnished, and what can be named in it."""

    def __init__(self, directory: Path, places: list[Place], work: Work) -> None:
        self.places = places
        self.ids = sorted({number for place in places for number in (place.folder, place.item)})
        self.store = Store.open(directory)
        self.wire = Inside(create_app(self.store))
        self._database = directory / "passerelle.db"
        self._work = work
        self._anna = OxUser(self.wire, ANNA)

    def close(self) -> None:
        """Stops everything."""
        self.wire.close()
        self.store.close()

    # One request, and what its answer must be

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, pieces: int = 1
    ) -> Reply:
        """Sends a request as carl, unless the headers say otherwise, and looks at the answer and what it cost."""
        login = basic(CARL.login, CARL.password)
        said = {"Content-Length": str(len(body))} if pieces == 1 else {"Transfer-Encoding": "chunked"}
        before, calls = self.state(), self._work.calls
        reply = self.wire.send_pieces(method, path, _cut(body, pieces), {**login, **said, **(headers or {})})
        calls = self._work.calls - calls
        assert calls < MOST_CALLS + CALLS_PER_OCTET * (len(body) + len(reply.body)), (calls, reply)
        assert SECRET not in reply.body.decode("utf-8", "replace"), reply
        assert SECRET not in str(reply.headers), reply
        _check_form(method, path, reply)
        if not _did_something(method, reply):
            assert self.state() == before, reply
        return reply

    def state(self) -> str:
        """A digest of everything that is stored."""
        digest = hashlib.sha256()
        with closing(sqlite3.connect(self._database)) as database:
            for table in _TABLES:
                digest.update(repr(database.execute(f"SELECT * FROM {table}").fetchall()).encode())
        return digest.hexdigest()

    def secrets_are_whole(self) -> None:
        """Anna still has what she had: nobody else has changed or removed it."""
        for servlet in ("calendar", "contacts", "tasks"):
            mine = [one for one in self._anna.read(servlet, lastsync=0, objectmode="MODIFIED") if SECRET in repr(one)]
            assert len(mine) == 3, servlet
            assert all("attachments" in one for one in mine)


def _secret(servlet: str) -> dict[str, ox.Value]:
    return _named(servlet, SECRET) | {"note": f"{SECRET} note"}


def _open(servlet: str) -> dict[str, ox.Value]:
    return _named(servlet, "Known to all")


def _named(servlet: str, name: str) -> dict[str, ox.Value]:
    if servlet == "contacts":
        return {"last_name": name}
    start = ox.ms("2033-03-07 09:00")
    return {"title": name, "start_date": start, "end_date": start + ox.HOUR, "ignore_conflicts": True}


def _cut(body: bytes, pieces: int) -> list[bytes]:
    size = len(body) // pieces + 1
    return [body[at : at + size] for at in range(0, len(body), size)] or [b""]


def _check_form(method: str, path: str, reply: Reply) -> None:
    """A proper answer: XML where it says so, else words for people; 500 only where the reference asks for it."""
    if reply.status == 207:
        ET.fromstring(reply.body)
        return
    assert b"<ox:" not in reply.body, reply
    assert b"Traceback" not in reply.body, reply
    if "/servlet/webdav.attachments" in path and method in {"GET", "PUT", "DELETE"}:
        assert reply.status < 500 or (reply.status, reply.body) == (500, b""), reply  # section 15
    else:
        assert reply.status < 500, reply


def _did_something(method: str, reply: Reply) -> bool:
    """Whether an answer says that something was written."""
    if method == "DELETE":
        return reply.status == 200
    if reply.status != 207 or method not in {"PUT", "PROPPATCH"}:
        return False
    return any(one.outcome == ("200", "1200") for one in responses(reply.body))
