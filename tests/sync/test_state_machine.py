"""Random edits on two replicas and the server, with faults at any step; then all come to rest, equal and complete."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.errors import Refused, Unreachable
from passerelle.model.folders import PRIVATE, Module
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.occurrences import day_of
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.base import Identity, Peer
from passerelle.sync.replica import Replica
from tests.sync.faults import FaultyPeer
from tests.sync.invariants import assert_in_step, quiet
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import MemoryServer, StoredItem

pytestmark = pytest.mark.long

T = TypeVar("T")

ME = UserId(3)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
devices = st.sampled_from([0, 1])
picks = st.integers(0, 10_000)
values = st.sampled_from([None, "red", "green", "blue"])
fields = st.sampled_from(["note", "location", "note_html"])
modules = st.sampled_from([Module.CALENDAR, Module.CONTACTS, Module.TASKS])
_directory = Path(tempfile.mkdtemp())


def _template() -> Path:
    """A new replica, made once."""
    directory = _directory / "template"
    if not directory.exists():
        Replica.create(directory, "anton", Identity(user=ME, display_name="Anton", server="memory")).close()
    return directory


class InStep(RuleBasedStateMachine):
    """Two devices of one user and whoever works on the server directly."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(dir=_directory))
        self.replicas: list[Replica] = []
        self.made = 0
        self.alive: set[str] = set()
        """Names of the items that nobody has deleted: each must be there in the end, once."""
        self.files: dict[str, str] = {}
        """The files that nobody took off, and the name of the item that each was hung on."""
        self.later = datetime(2026, 1, 1, tzinfo=UTC)

    @initialize(plain=st.booleans())
    def begin(self, plain: bool) -> None:
        self.server = MemoryServer(plain=plain)
        self.server.add_user(ME, "anton")
        self.server.add_folder(ME, "Second calendar", Module.CALENDAR)
        for number in range(2):
            shutil.copytree(_template(), self.home / str(number))
            self.replicas.append(Replica.open(self.home / str(number), now=lambda: self.later))
        self.peers = [MemoryPeer(self.server, ME) for _ in self.replicas]

    def teardown(self) -> None:
        try:
            if self.replicas:
                self._check()
        finally:
            for replica in self.replicas:
                replica.close()
            shutil.rmtree(self.home)

    # What people do

    @rule(device=devices, module=modules, pick=picks, series=st.booleans())
    def create_here(self, device: int, module: Module, pick: int, series: bool) -> None:
        folder = _pick(self._folders(device, module), pick)
        if folder is not None:
            self.replicas[device].session().create(folder, self._new(module, series), ignore_conflicts=True)

    @rule(module=modules, pick=picks, series=st.booleans())
    def create_there(self, module: Module, pick: int, series: bool) -> None:
        folders = sorted(one.id for one in self.server.folders.values() if one.module is module)
        folder = _pick(folders, pick)
        if folder is not None:
            self.server.create(ME, folder, self._new(module, series))

    @rule(device=devices, pick=picks, name=fields, value=values)
    def edit_here(self, device: int, pick: int, name: str, value: str | None) -> None:
        record = _pick(self._records(device), pick)
        if record is not None and hasattr(record.item, name):
            self.replicas[device].session().update(
                record.id, record.folder, lambda _: {name: value}, ignore_conflicts=True
            )

    @rule(pick=picks, name=fields, value=values)
    def edit_there(self, pick: int, name: str, value: str | None) -> None:
        stored = _pick(self._stored(), pick)
        if stored is not None and hasattr(stored.item, name):
            self.server.update(ME, stored.id, msgspec.structs.replace(stored.item, **{name: value}))

    @rule(device=devices, pick=picks)
    def delete_here(self, device: int, pick: int) -> None:
        record = _pick(self._records(device), pick)
        if record is not None:
            self._forget(record.item)
            self.replicas[device].session().delete(record.id, record.folder)

    @rule(pick=picks)
    def delete_there(self, pick: int) -> None:
        stored = _pick(self._stored(), pick)
        if stored is not None:
            self._forget(stored.item)
            self.server.delete(ME, stored.id)

    @rule(device=devices, pick=picks, to=picks)
    def move_here(self, device: int, pick: int, to: int) -> None:
        record = _pick([one for one in self._records(device) if one.master is None], pick)
        if record is None:
            return
        folder = _pick(self._folders(device, _module(record.item)), to)
        if folder is not None and folder != record.folder:
            self._try(
                lambda: (
                    self.replicas[device]
                    .session()
                    .update(record.id, record.folder, lambda _: {}, destination=folder, ignore_conflicts=True)
                )
            )

    @rule(pick=picks, to=picks)
    def move_there(self, pick: int, to: int) -> None:
        stored = _pick([one for one in self._stored() if one.master is None], pick)
        if stored is None:
            return
        folders = sorted(one.id for one in self.server.folders.values() if one.module is stored.module)
        folder = _pick(folders, to)
        if folder is not None and folder != stored.folder:
            self.server.move(ME, stored.id, folder)

    @rule(device=devices, pick=picks, week=st.integers(0, 3))
    def change_occurrence_here(self, device: int, pick: int, week: int) -> None:
        record = _pick([one for one in self._records(device) if _is_series(one.item)], pick)
        if record is not None:
            day = (START + timedelta(weeks=week)).date()
            session = self.replicas[device].session()
            title = self._name("occurrence")
            self._try(
                lambda: session.change_occurrence(
                    record.id, record.folder, day, lambda _: {"title": title}, ignore_conflicts=True
                )
            )

    @rule(pick=picks, week=st.integers(0, 3))
    def change_occurrence_there(self, pick: int, week: int) -> None:
        stored = _pick([one for one in self._stored() if _is_series(one.item)], pick)
        if stored is None:
            return
        assert isinstance(stored.item, Appointment)
        key = START + timedelta(weeks=week)
        when = Timed(start=key, end=key + timedelta(hours=1))
        title = self._name("occurrence")
        item = Appointment(when=when, title=title, uid=stored.item.uid)
        day = day_of(stored.item.when, key)
        self._try(lambda: self.server.change_occurrence(ME, stored.id, day, item))

    @rule(device=devices, pick=picks, week=st.integers(0, 3))
    def delete_occurrence_here(self, device: int, pick: int, week: int) -> None:
        record = _pick([one for one in self._records(device) if _is_series(one.item)], pick)
        if record is not None:
            session = self.replicas[device].session()
            day = (START + timedelta(weeks=week)).date()
            self._try(lambda: session.delete_occurrence(record.id, record.folder, day))

    @rule(device=devices, pick=picks)
    def hang_file_here(self, device: int, pick: int) -> None:
        record = _pick(self._records(device), pick)
        if record is not None:
            name, data = self._file(record.item)
            file = NewFile(name=name, media_type="text/plain", size=len(data), stream=BytesIO(data))
            session, target = self.replicas[device].session(), Target(record.id, _module(record.item), record.folder)
            if not self._try(lambda: session.attach(target, file)):
                self.files.pop(name)

    @rule(pick=picks)
    def hang_file_there(self, pick: int) -> None:
        stored = _pick(self._stored(), pick)
        if stored is not None:
            self.server.attach(ME, stored.id, *self._file(stored.item))

    @rule(device=devices, pick=picks, which=picks)
    def take_file_off_here(self, device: int, pick: int, which: int) -> None:
        record = _pick([one for one in self._records(device) if one.attachments], pick)
        if record is not None:
            file = record.attachments[which % len(record.attachments)]
            self.files.pop(file.name, None)
            target = Target(record.id, _module(record.item), record.folder)
            self._try(lambda: self.replicas[device].session().detach(target, file.id))

    @rule(pick=picks, which=picks)
    def take_file_off_there(self, pick: int, which: int) -> None:
        stored = _pick([one for one in self._stored() if one.files], pick)
        if stored is not None:
            file = stored.files[which % len(stored.files)]
            self.files.pop(file.name, None)
            self.server.detach(ME, stored.id, file.id)

    @rule(device=devices, name=st.sampled_from(["Projects", "Bridges"]))
    def make_folder_here(self, device: int, name: str) -> None:
        session = self.replicas[device].session()
        self._try(lambda: session.create_folder(PRIVATE, name, module=Module.CALENDAR))

    @rule(name=st.sampled_from(["Projects", "Plans"]))
    def make_folder_there(self, name: str) -> None:
        if all(one.name != name for one in self.server.folders.values()):
            self.server.add_folder(ME, name, Module.CALENDAR)

    @rule(device=devices, pick=picks)
    def rename_folder_here(self, device: int, pick: int) -> None:
        folder = _pick(self._own_folders(device), pick)
        if folder is not None:
            self.made += 1
            name = f"Renamed {self.made}"
            self._try(lambda: self.replicas[device].session().update_folder(folder, name=name))

    @rule(pick=picks)
    def rename_folder_there(self, pick: int) -> None:
        folder = _pick([one for one in self.server.folders.values() if not one.is_default], pick)
        if folder is not None:
            self.made += 1
            self.server.rename_folder(folder.id, f"Renamed {self.made}")

    @rule(pick=picks)
    def remove_folder_there(self, pick: int) -> None:
        folder = _pick([one for one in self.server.folders.values() if not one.is_default], pick)
        if folder is not None:
            for stored in self.server.in_folder(folder.id):
                self._forget(stored.item)
            self.server.delete_folder(folder.id)

    @rule(device=devices, pick=picks)
    def remove_folder_here(self, device: int, pick: int) -> None:
        folder = _pick(self._own_folders(device), pick)
        if folder is not None:
            for record in self._records(device):
                if record.folder == folder:
                    self._forget(record.item)
            for replica in range(2):  # what the other device put there is not known here, and goes with the folder
                self.alive -= {_title(one.item) for one in self._records(replica)}
            self._try(lambda: self.replicas[device].session().delete_folder(folder))

    # What happens to synchronisation

    @rule(device=devices)
    def synchronise(self, device: int) -> None:
        self.replicas[device].cycle(self.peers[device])

    @rule(device=devices, step=st.integers(0, 30), after=st.booleans())
    def synchronise_with_a_fault(self, device: int, step: int, after: bool) -> None:
        with suppress(Unreachable):
            self.replicas[device].cycle(FaultyPeer(self.peers[device], step, after))

    @rule()
    def time_passes(self) -> None:
        self.later += timedelta(days=2)

    def _check(self) -> None:
        self.later += timedelta(days=2)
        both: dict[Replica, Peer] = dict(zip(self.replicas, self.peers, strict=True))
        quiet(both, rounds=12)
        for replica in self.replicas:
            for skipped in replica.waiting.skipped():
                replica.waiting.discard(skipped.id)
        quiet(both, rounds=12)
        assert_in_step(both, self.server)
        present = Counter(_title(stored.item) for stored in self.server.items.values())
        assert max(present.values(), default=1) == 1, "nothing twice"
        assert self.alive <= set(present), "nothing lost"
        hanging = Counter(file.name for stored in self.server.items.values() for file in stored.files)
        assert max(hanging.values(), default=1) == 1, "no file twice"
        assert {name for name, item in self.files.items() if item in self.alive} <= set(hanging), "no file lost"

    # Helpers

    def _new(self, module: Module, series: bool) -> Item:
        name = self._name("item")
        if module is Module.CONTACTS:
            return Contact(last_name=name, display_name=name, uid=name)
        if module is Module.TASKS:
            return Task(title=name, uid=name)
        when = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
        recurrence = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),)) if series else None
        return Appointment(when=when, title=name, uid=name, recurrence=recurrence)

    def _name(self, word: str) -> str:
        """A name of its own. Of two changes of one occurrence only one can be; they do not count as lost."""
        self.made += 1
        name = f"{word} {self.made}"
        if word == "item":
            self.alive.add(name)
        return name

    def _file(self, item: Item) -> tuple[str, bytes]:
        """A file of its own, to be hung on an item."""
        self.made += 1
        name = f"file {self.made}"
        self.files[name] = _title(item)
        return name, name.encode()

    def _forget(self, item: Item) -> None:
        """An item that somebody deletes need not be there in the end."""
        self.alive.discard(_title(item))

    def _try(self, attempt: Callable[[], object]) -> bool:
        """The rules may refuse what a person tries."""
        try:
            attempt()
        except Refused:
            return False
        return True

    def _folders(self, device: int, module: Module) -> list[FolderId]:
        with self.replicas[device].store.reading() as tx:
            return sorted(one.id for one in tx.folders.all() if one.module is module and one.owner == ME)

    def _own_folders(self, device: int) -> list[FolderId]:
        with self.replicas[device].store.reading() as tx:
            return sorted(one.id for one in tx.folders.all() if one.owner == ME and not one.is_default)

    def _records(self, device: int) -> list[ItemRecord]:
        with self.replicas[device].store.reading() as tx:
            ids: list[ItemId] = [id_ for one in tx.folders.all() if one.owner == ME for id_ in tx.items.ids(one.id)]
            return sorted(tx.items.several(ids, ME), key=lambda record: record.id)

    def _stored(self) -> list[StoredItem]:
        return sorted(self.server.items.values(), key=lambda one: one.id)


def _pick(found: list[T], pick: int) -> T | None:
    return found[pick % len(found)] if found else None


def _title(item: Item) -> str:
    return item.display_name or "" if isinstance(item, Contact) else item.title or ""


def _is_series(item: Item) -> bool:
    return isinstance(item, Appointment) and item.recurrence is not None


def _module(item: Item) -> Module:
    if isinstance(item, Contact):
        return Module.CONTACTS
    return Module.TASKS if isinstance(item, Task) else Module.CALENDAR


TestInStep = InStep.TestCase
TestInStep.settings = settings(
    max_examples=30, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow], deadline=None
)
