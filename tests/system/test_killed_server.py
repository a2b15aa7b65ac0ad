"""A server that is killed in the middle of many writes, again and again, loses no accepted write and doubles none.

Clients write side by side over the OX interface: new appointments, changes, deletions, files. What was answered with
success is accepted; what was under way when the server died may have happened or not, but as a whole.
"""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from passerelle.cli.server.opening import open_store
from passerelle.groupware import provision
from passerelle.groupware.session import Session
from passerelle.groupware.soundness import check
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment
from passerelle.store import Store
from tests import postgresql
from tests.support.commands import Server, User
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import MINUTE, ms
from tests.support.ox.files import Files

pytestmark = pytest.mark.long

KILLS = 5
"""On each of the two databases."""
CLIENTS = 4
USERS = [User(f"user{number}", f"User {number}", f"user{number}@example.org", "secret") for number in range(2)]
FILE = b"a file of some size " * 5000


class Client:
    """Writes until the server dies, and remembers what was accepted and what it does not know."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.user = USERS[number % len(USERS)]
        self.accepted: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.files: Counter[int] = Counter()
        self.unsure: set[str] = set()
        """Titles of writes that were not answered; of deletions the title before."""
        self.unsure_files: Counter[int] = Counter()
        self._made = 0
        self._mine: list[Response] = []

    def write_until_the_end(self, url: str, accepted: Event, enough: int) -> None:
        """Write; set ``accepted`` once so many writes were."""
        self._mine = []  # their versions may be outdated
        count = 0
        try:
            folder = OxUser(url, self.user).default("calendar")
            while True:
                self._write(folder)
                count += 1
                if count == enough:
                    accepted.set()
        except (OSError, http.client.HTTPException):
            return
        finally:
            accepted.set()

    def _write(self, folder: Folder) -> None:
        self._made += 1
        title = f"{self.number}-{self._made}"
        match self._made % 8, self._mine:
            case 3, [*_, item]:
                with self._unsure_of(title):
                    self._accept(folder.update(item, title=title), title)
                self._mine.remove(item)
            case 5, [*_, item]:
                with self._unsure_of(self.accepted[item.id]):
                    folder.delete(item)
                del self.accepted[item.id]
                self.deleted.add(item.id)
                self._mine.remove(item)
            case 7, [*_, item]:
                self.unsure_files[item.id] += 1
                Files(folder, item).put("file.txt", FILE)
                self.files[item.id] += 1
                self._mine.remove(item)  # it has a new version
            case _:
                start = ms("2030-01-01 00:00") + (self.number * 1000 + self._made) * MINUTE
                with self._unsure_of(title):
                    self._accept(folder.create(title=title, start_date=start, end_date=start + MINUTE), title)

    @contextmanager
    def _unsure_of(self, title: str) -> Iterator[None]:
        """Until the answer comes, whether there is something of that title is not known."""
        self.unsure.add(title)
        yield
        self.unsure.discard(title)

    def _accept(self, answer: Response, title: str) -> None:
        self.accepted[answer.id] = title
        self._mine.append(answer)


def assert_nothing_is_lost_or_doubled(store: Store, clients: list[Client]) -> None:
    for user in USERS:
        mine = [client for client in clients if client.user is user]
        titles, files = _there(store, user)
        accepted = {id_: title for client in mine for id_, title in client.accepted.items()}
        unsure = set().union(*(client.unsure for client in mine))
        assert max(Counter(titles.values()).values()) == 1, "nothing twice"
        for id_, title in accepted.items():
            assert id_ in titles or title in unsure, f"{title} was accepted and is gone"
            assert titles.get(id_, title) == title or titles[id_] in unsure, f"{title} was accepted and is not there"
        assert not {id_ for client in mine for id_ in client.deleted} & titles.keys(), "what was deleted is gone"
        assert {titles[id_] for id_ in titles.keys() - accepted.keys()} <= unsure, "nothing that nobody wrote"
        for client in mine:
            for id_ in titles.keys() & client.files.keys():
                assert client.files[id_] <= files[id_] <= client.unsure_files[id_]


def _there(store: Store, user: User) -> tuple[dict[int, str], Counter[int]]:
    """The titles in a user's calendar, and the number of files, by item."""
    with store.reading() as tx:
        known = tx.principals.user_by_login(user.login)
    assert known is not None
    session = Session(store, known.id)
    (calendar,) = (
        view.folder.id
        for view in session.folders().changed
        if view.folder.is_default and view.folder.owner == known.id and view.folder.module is Module.CALENDAR
    )
    records = list(session.changes(FolderId(calendar), Module.CALENDAR).items)
    files = Counter({int(record.id): len(record.attachments) for record in records})
    return {int(ItemId(one.id)): one.item.title or "" for one in records if isinstance(one.item, Appointment)}, files


@contextmanager
def a_database(kind: str) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    with postgresql.running(binaries) as server:
        yield server.url(server.new_database())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_server_that_is_killed_loses_no_accepted_write_and_doubles_none(tmp_path: Path, kind: str) -> None:
    clients = [Client(number) for number in range(CLIENTS)]
    with a_database(kind) as database:
        server = Server(tmp_path, zone="UTC", database=database)
        with open_store(tmp_path / "server") as store, ThreadPoolExecutor(CLIENTS) as pool:
            for user in USERS:
                provision.add_user(store, user.login, user.password, display_name=user.name, email=user.email)
            for kill in range(KILLS):
                server.__enter__()
                accepted = [Event() for _ in clients]  # each, for the one who writes last may wait for long
                work = [
                    pool.submit(client.write_until_the_end, server.url, enough, 3 + kill * 2)
                    for client, enough in zip(clients, accepted, strict=True)
                ]
                assert all(enough.wait(60) for enough in accepted)
                server.kill()
                for one in work:
                    one.result(60)
            with server:  # what a start sweeps up is no finding
                assert check(store) == []
                assert_nothing_is_lost_or_doubled(store, clients)
    assert all(client.accepted for client in clients)
    assert sum(len(client.unsure) + (client.unsure_files - client.files).total() for client in clients) > KILLS
