"""Random edits on server, replica and Outlook, with faults at any call; then all are equal and complete."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment, Item
from passerelle.peers.base import Place, RemoteId, RemoteItem
from passerelle.peers.outlook.constants import ComCode, DefaultFolder, ItemType, StoreType
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.sync.people import KnownPeople
from tests.outlook_double import failures
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.user import User
from tests.sync.invariants import assert_in_step
from tests.sync.test_state_machine import ME, START, InStep, _pick, fields, modules, picks, values

pytestmark = pytest.mark.long

DATA_FILE = r"C:\Passerelle.pst"
_TYPES = {
    Module.CALENDAR: ItemType.AppointmentItem,
    Module.CONTACTS: ItemType.ContactItem,
    Module.TASKS: ItemType.TaskItem,
}
_MEMBERS = {"note": "Body", "location": "Location"}
_CALLS = st.sampled_from(
    [
        "AppointmentItem.Save",
        "ContactItem.Save",
        "TaskItem.Save",
        "NameSpace.GetItemFromID",
        "Folder.GetTable",
        "Items.Add",
        "AppointmentItem.ClearRecurrencePattern",
        "AppointmentItem.Delete",
        "RecurrencePattern.GetOccurrence",
        "PropertyAccessor.SetProperty",
        "PropertyAccessor.SetProperties",
        "PropertyAccessor.GetProperties",
        "Attachments.Add",
        "Attachments.Remove",
        "Attachment.SaveAsFile",
    ]
)


class InStepWithOutlook(InStep):
    """One device has Outlook beside its replica; another device, and others, work on the server."""

    @initialize(plain=st.booleans())
    def begin(self, plain: bool) -> None:
        super().begin(plain=plain)
        self.machine = Machine(now=START)
        self.machine.start()
        self.user = User(self.machine)
        self.machine.session.namespace.AddStoreEx(DATA_FILE, StoreType.Unicode)
        self.directory = self.home / "files"
        self.directory.mkdir()
        self._attach()

    def _attach(self) -> None:
        context = Context(
            user=ME,
            mail="anton@example.org",
            name="Anton",
            people=KnownPeople(self.replicas[0].store),
            directory=Path(self.directory),
            today=START.date(),
            zone="Europe/Berlin",
            separator=";",
        )
        application = self.machine.get_active_object("Outlook.Application")
        self.outlook = Outlook(application, DATA_FILE, context, lambda: self.machine.now)

    # What the person at Outlook does

    @rule(module=modules, pick=picks)
    def create_in_outlook(self, module: Module, pick: int) -> None:
        folder = _pick([one for one in self._folders_there() if one.type == _TYPES[module]], pick)
        if folder is not None:
            name = self._name("item")
            member = "LastName" if module is Module.CONTACTS else "Subject"
            self.user.create(folder, None, **{member: name})

    @rule(pick=picks, name=fields, value=values)
    def edit_in_outlook(self, pick: int, name: str, value: str | None) -> None:
        record = _pick(self._records_there(), pick)
        if record is None or name not in _MEMBERS or (name == "location" and record.type != ItemType.AppointmentItem):
            return
        self.user.edit(record.entry_id, **{_MEMBERS[name]: value or ""})

    @rule(pick=picks)
    def delete_in_outlook(self, pick: int) -> None:
        record = _pick(self._records_there(), pick)
        if record is not None:
            self.alive.discard(self._subject(record))
            self.user.delete(record.entry_id)

    @rule(pick=picks, to=picks)
    def drag_in_outlook(self, pick: int, to: int) -> None:
        record = _pick(self._records_there(), pick)
        if record is None:
            return
        folder = _pick([one for one in self._folders_there() if one.type == record.folder.type], to)
        if folder is not None and folder is not record.folder:
            self.user.drag(record.entry_id, folder)

    @rule(pick=picks, week=st.integers(0, 3))
    def change_occurrence_in_outlook(self, pick: int, week: int) -> None:
        record = _pick(self._series_there(), pick)
        if record is None:
            return
        title = self._name("occurrence")
        with self.user.open(record.entry_id) as item, suppress(ComError):
            day = (START + timedelta(weeks=week)).replace(hour=10)  # Berlin's clock
            occurrence = item.GetRecurrencePattern().GetOccurrence(day)
            occurrence.Subject = title
            occurrence.Save()

    @rule(pick=picks, week=st.integers(0, 3))
    def delete_occurrence_in_outlook(self, pick: int, week: int) -> None:
        record = _pick(self._series_there(), pick)
        if record is not None:
            with self.user.open(record.entry_id) as item, suppress(ComError):
                item.GetRecurrencePattern().GetOccurrence((START + timedelta(weeks=week)).replace(hour=10)).Delete()

    @rule(pick=picks)
    def hang_file_in_outlook(self, pick: int) -> None:
        record = _pick(self._records_there(), pick)
        if record is not None:
            self.made += 1
            path = self.home / f"file {self.made}"
            path.write_text(path.name)
            self.files[path.name] = self._subject(record)
            with self.user.open(record.entry_id) as item:
                item.Attachments.Add(str(path))

    @rule(pick=picks, which=picks)
    def take_file_off_in_outlook(self, pick: int, which: int) -> None:
        record = _pick([one for one in self._records_there() if one.content.files], pick)
        if record is not None:
            file = record.content.files[which % len(record.content.files)]
            self.files.pop(file.name, None)
            with self.user.open(record.entry_id) as item:
                item.Attachments.Item(file.name).Delete()

    @rule(name=st.sampled_from(["Projects", "Bricks"]))
    def make_folder_in_outlook(self, name: str) -> None:
        root = self.machine.profile.data_files[DATA_FILE].root
        if all(one.name != name for one in self._folders_there()):
            self.user.create_folder(root, name, ItemType.AppointmentItem)

    @rule(pick=picks)
    def rename_folder_in_outlook(self, pick: int) -> None:
        folder = _pick([one for one in self._folders_there() if self._is_ordinary(one)], pick)
        if folder is not None:
            self.made += 1
            self.user.rename_folder(folder, f"Renamed {self.made}")

    # What happens to synchronisation

    @rule()
    def show(self) -> None:
        self._show()

    @rule(call=_CALLS, nth=st.integers(0, 3))
    def show_while_outlook_refuses(self, call: str, nth: int) -> None:
        for _ in range(nth):
            self.machine.fail(call, failures.com_error(ComCode.FAILED, "It failed."))
        with suppress(Unreachable):
            self._show()
        self._heal()

    @rule(call=_CALLS, done=st.booleans())
    def outlook_ends_while_it_is_shown(self, call: str, done: bool) -> None:
        self.machine.end_in(call, done=done)
        with suppress(Unreachable):
            self._show()
        self._heal()
        self.machine.start()
        self._attach()

    @rule(number=st.integers(1, 5))
    def show_while_outlook_is_busy(self, number: int) -> None:
        self.machine.reject_calls(number)
        with suppress(Unreachable):
            self._show()
        self.machine.reject_calls(0)

    def _show(self) -> int:
        self.machine.pass_time(timedelta(seconds=10))
        total = self.replicas[0].show(self.outlook, NAME).total
        self.machine.pass_time(timedelta(seconds=10))
        self.machine.pump()
        return total

    def _check(self) -> None:
        self.later += timedelta(days=2)
        for _ in range(14):
            totals = [
                self._show(),
                *(one.cycle(peer).total for one, peer in zip(self.replicas, self.peers, strict=True)),
            ]
            if not any(totals):
                break
        super()._check()
        for _ in range(14):
            if not self._show() + self.replicas[0].cycle(self.peers[0]).total:
                break
            self.replicas[1].cycle(self.peers[1])
        else:
            raise AssertionError("Outlook and the replica never come to rest.")
        here, there = self._in_replica(), self._in_outlook()
        assert (here - there, there - here) == (Counter(), Counter()), "only in the replica, only in Outlook"
        assert_in_step({self.replicas[0]: self.peers[0]}, self.server)

    def _in_replica(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        with self.replicas[0].store.reading() as tx:
            for folder in tx.folders.all():
                for id_ in tx.items.ids(folder.id):
                    record = tx.items.in_folder(FolderId(folder.id), id_, ME)
                    assert record is not None
                    names = [self.outlook.name_of_file(record.item, file) for file in record.attachments]
                    files = sorted(filter(None, names))
                    found[folder.name, f"{_text(self.outlook.project(record.item))} {files}"] += 1
        return found

    def _in_outlook(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for folder in self.outlook.folders(None).changed:
            for change in self.outlook.changes(Place(RemoteId(folder.id), folder.module), None):
                if isinstance(change, RemoteItem):
                    names = [file.name for file in change.files] if isinstance(change.files, tuple) else []
                    found[folder.name, f"{_text(change.item)} {sorted(names)}"] += 1
        return found

    # Helpers

    def _heal(self) -> None:
        """Whatever was to fail and did not fails no more."""
        self.machine._faults.clear()
        self.machine._end_in = None

    def _folders_there(self) -> list[FolderRecord]:
        root = self.machine.profile.data_files[DATA_FILE].root
        bin_ = self.machine.profile.data_files[DATA_FILE].folders[DefaultFolder.DeletedItems]
        return [one for one in root.children if one is not bin_ and one.type in _TYPES.values()]

    def _is_ordinary(self, folder: FolderRecord) -> bool:
        return folder.name not in {"Calendar", "Contact", "Task", "Second calendar"}

    def _records_there(self) -> list[Record]:
        return [record for folder in self._folders_there() for record in folder.records.values()]

    def _series_there(self) -> list[Record]:
        return [one for one in self._records_there() if one.type == ItemType.AppointmentItem and self._repeats(one)]

    def _repeats(self, record: Record) -> bool:
        with self.user.open(record.entry_id) as item:
            return bool(item.IsRecurring)

    def _subject(self, record: Record) -> str:
        with self.user.open(record.entry_id) as item:
            return cast(str, item.LastName if record.type == ItemType.ContactItem else item.Subject)


def _text(item: Item) -> str:
    if isinstance(item, Appointment):  # counts revisions, and each side may count for itself
        item = msgspec.structs.replace(item, sequence=0)
    return msgspec.json.encode(item).decode()


TestInStepWithOutlook = InStepWithOutlook.TestCase
TestInStepWithOutlook.settings = settings(
    max_examples=15, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow], deadline=None
)
