"""The same random walk with the real server and its rules in the middle: three places, one user, and faults."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from passerelle.groupware.session import Session
from passerelle.model.errors import Refused, Unreachable
from passerelle.model.folders import PRIVATE, Folder, Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.replica import Replica
from tests.sync.faults import FaultyPeer
from tests.sync.real_server import RealServer, real_server

pytestmark = pytest.mark.long

T = TypeVar("T")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
THERE = 2
places = st.integers(0, 2)
devices = st.integers(0, 1)
picks = st.integers(0, 10_000)
modules = st.sampled_from([Module.CALENDAR, Module.CONTACTS, Module.TASKS])


class InStepWithServer(RuleBasedStateMachine):
    """Two devices and the web interface of one user, on a server that is shared with other examples."""

    server: RealServer

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.made = 0
        self.alive: set[str] = set()
        self.later = datetime(2026, 1, 1, tzinfo=UTC)

    @initialize()
    def begin(self) -> None:
        login = f"user{len(self.server.users)}"
        self.server.add_user(login)
        self.home = Path(tempfile.mkdtemp(dir=self.server.directory))
        self.stack.callback(shutil.rmtree, self.home)
        self.peers = [self.server.connect(login) for _ in range(2)]
        identity = self.peers[0].identify()
        self.replicas = [
            Replica.create(self.home / str(number), login, identity, now=lambda: self.later) for number in range(2)
        ]
        for peer, replica in zip(self.peers, self.replicas, strict=True):
            self.stack.callback(peer.close)
            self.stack.callback(replica.close)
        self.sessions: list[Session] = [*(one.session() for one in self.replicas), self.server.session(login)]
        for replica, peer in zip(self.replicas, self.peers, strict=True):
            replica.cycle(peer)

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "sessions"):
                self._check()

    @rule(place=places, module=modules, pick=picks, series=st.booleans())
    def create(self, place: int, module: Module, pick: int, series: bool) -> None:
        folder = _pick([one for one in self._folders(place) if one.module is module], pick)
        if folder is not None:
            item = self._new(module, series)
            self.sessions[place].create(folder.id, item, ignore_conflicts=True)

    @rule(place=places, pick=picks, name=st.sampled_from(["note", "location", "note_html", "alarm"]), value=picks)
    def edit(self, place: int, pick: int, name: str, value: int) -> None:
        record = _pick(self._records(place), pick)
        if record is None or not hasattr(record.item, name) or (name == "alarm" and isinstance(record.item, Task)):
            return
        new: object = value % 3 * 5 or None if name == "alarm" else f"<b>{value % 3}</b>"
        change = {name: new}
        self._try(
            lambda: self.sessions[place].update(
                record.id, record.folder, lambda _: change, module=_module(record.item), ignore_conflicts=True
            )
        )

    @rule(place=places, pick=picks)
    def delete(self, place: int, pick: int) -> None:
        record = _pick(self._records(place), pick)
        if record is not None:
            self.alive.discard(_title(record.item))
            self.sessions[place].delete(record.id, record.folder)

    @rule(place=places, pick=picks, to=picks)
    def move(self, place: int, pick: int, to: int) -> None:
        record = _pick([one for one in self._records(place) if one.master is None], pick)
        if record is None:
            return
        module = _module(record.item)
        folder = _pick([one for one in self._folders(place) if one.module is module], to)
        if folder is not None and folder.id != record.folder:
            self._try(
                lambda: self.sessions[place].update(
                    record.id, record.folder, lambda _: {}, destination=folder.id, ignore_conflicts=True
                )
            )

    @rule(place=places, pick=picks, week=st.integers(0, 3), delete=st.booleans())
    def touch_occurrence(self, place: int, pick: int, week: int, delete: bool) -> None:
        series = [one for one in self._records(place) if getattr(one.item, "recurrence", None) is not None]
        record = _pick(series, pick)
        if record is None:
            return
        day = (START + timedelta(weeks=week)).date()
        title = self._name("occurrence")
        session = self.sessions[place]
        if delete:
            self._try(lambda: session.delete_occurrence(record.id, record.folder, day))
        else:
            self._try(
                lambda: session.change_occurrence(
                    record.id, record.folder, day, lambda _: {"title": title}, ignore_conflicts=True
                )
            )

    @rule(place=places, name=st.sampled_from(["Projects", "Bridges"]))
    def make_folder(self, place: int, name: str) -> None:
        self._try(lambda: self.sessions[place].create_folder(PRIVATE, name, module=Module.CALENDAR))

    @rule(place=places, pick=picks)
    def rename_folder(self, place: int, pick: int) -> None:
        folder = _pick([one for one in self._folders(place) if not one.is_default], pick)
        if folder is not None:
            self.made += 1
            name = f"Renamed {self.made}"
            self._try(lambda: self.sessions[place].update_folder(folder.id, name=name))

    @rule(place=places, pick=picks)
    def remove_folder(self, place: int, pick: int) -> None:
        folder = _pick([one for one in self._folders(place) if not one.is_default], pick)
        if folder is not None:
            for one in range(3):  # what others put there meanwhile may go with it
                self.alive -= {_title(record.item) for record in self._records(one)}
            self._try(lambda: self.sessions[place].delete_folder(folder.id))

    @rule(device=devices)
    def synchronise(self, device: int) -> None:
        self.replicas[device].cycle(self.peers[device])

    @rule(device=devices, step=st.integers(0, 20), after=st.booleans())
    def synchronise_with_a_fault(self, device: int, step: int, after: bool) -> None:
        with suppress(Unreachable):
            self.replicas[device].cycle(FaultyPeer(self.peers[device], step, after))

    @rule()
    def time_passes(self) -> None:
        self.later += timedelta(days=2)

    def _check(self) -> None:
        self.later += timedelta(days=2)
        self._quiet()
        for replica in self.replicas:
            for skipped in replica.waiting.skipped():
                replica.waiting.discard(skipped.id)
        self._quiet()
        there = self._content(THERE)
        for device in range(2):
            here = self._content(device)
            assert (here - there, there - here) == (Counter(), Counter()), "only here, only there"
            assert self.replicas[device].cycle(self.peers[device]).total == 0
            result = self.replicas[device].cycle(self.peers[device])
            assert (result.total, result.traffic.requests, result.reports) == (0, 2, ())
        present = Counter(_title(record.item) for record in self._records(THERE))
        assert max(present.values(), default=1) == 1, "nothing twice"
        assert self.alive <= set(present), "nothing lost"

    def _quiet(self) -> None:
        for _ in range(12):
            if not sum(one.cycle(peer).total for one, peer in zip(self.replicas, self.peers, strict=True)):
                return
        raise AssertionError("The replicas and the server never come to rest.")

    def _content(self, place: int) -> Counter[tuple[str, str]]:
        names = {folder.id: folder.name for folder in self._folders(place)}
        found = Counter((names[record.folder], _text(record.item)) for record in self._records(place))
        found.update((name, "") for name in names.values())
        return found

    def _new(self, module: Module, series: bool) -> Item:
        name = self._name("item")
        if module is Module.CONTACTS:
            return Contact(last_name=name, display_name=name)
        if module is Module.TASKS:
            return Task(title=name)
        when = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
        recurrence = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),)) if series else None
        return Appointment(when=when, title=name, recurrence=recurrence)

    def _name(self, word: str) -> str:
        self.made += 1
        name = f"{word} {self.made}"
        if word == "item":
            self.alive.add(name)
        return name

    @staticmethod
    def _try(attempt: Callable[[], object]) -> None:
        """The rules may refuse what a person tries."""
        with suppress(Refused):
            attempt()

    def _folders(self, place: int) -> list[Folder]:
        session = self.sessions[place]
        found = [view.folder for view in session.folders().changed if view.folder.owner == session.user_id]
        return sorted(found, key=lambda one: one.id)

    def _records(self, place: int) -> list[ItemRecord]:
        session = self.sessions[place]
        found = [one for folder in self._folders(place) for one in session.changes(folder.id, folder.module).items]
        return sorted(found, key=lambda one: one.id)


def _pick(found: list[T], pick: int) -> T | None:
    return found[pick % len(found)] if found else None


def _title(item: Item) -> str:
    return item.display_name or "" if isinstance(item, Contact) else item.title or ""


def _text(item: Item) -> str:
    if isinstance(item, Appointment):  # counts revisions, and each side may count for itself
        item = msgspec.structs.replace(item, sequence=0)
    return msgspec.json.encode(item).decode()


def _module(item: Item) -> Module:
    if isinstance(item, Contact):
        return Module.CONTACTS
    return Module.TASKS if isinstance(item, Task) else Module.CALENDAR


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.timeout(600)
def test_two_devices_and_the_real_server_end_equal_and_complete(server: RealServer) -> None:
    InStepWithServer.server = server
    run_state_machine_as_test(
        InStepWithServer,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            deadline=None,
        ),
    )
