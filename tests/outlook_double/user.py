"""The user at Outlook's windows, whose doings count no calls and are never rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from passerelle.peers.outlook.constants import DefaultFolder, InspectorClose, ItemType, MeetingResponse, MeetingStatus
from tests.outlook_double import meetings, saving, tree
from tests.outlook_double.keys import REMINDER_SET, SUBJECT
from tests.outlook_double.machine import Machine
from tests.outlook_double.opening import new_item, open_item
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.session import Session


class User:
    """Acts on a running Outlook. Items are named by their ids, folders by their records (``folder``)."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def _session(self) -> Session:
        return self._machine.session

    def folder(self, path: str | DefaultFolder) -> FolderRecord:
        """A folder of the default store, or of any store by its whole path with slashes."""
        if isinstance(path, DefaultFolder):
            return self._machine.profile.stores[0].folders[path]
        wanted = "\\\\" + path.replace("/", "\\")
        return next(each for each in self._machine.profile.folders() if tree.path_of(each) == wanted)

    def record(self, entry_id: str) -> Record:
        """An item as it is kept."""
        record = self._session.find_record(entry_id)
        assert record is not None, entry_id
        return record

    @contextmanager
    def open(self, entry_id: str) -> Iterator[Any]:
        """Open an item in a window; what is done to it there is saved with it."""
        with self._session.quiet():
            item = open_item(self._session, self.record(entry_id))
            yield item
            item.Save()

    def edit(self, entry_id: str, **values: object) -> None:
        """Change properties of an item."""
        with self.open(entry_id) as item:
            _set(item, values)

    def create(self, folder: FolderRecord, kind: ItemType | None = None, **values: object) -> str:
        """Make an item. Its id."""
        with self._session.quiet():
            item: Any = new_item(self._session, folder, folder.type if kind is None else kind)
            _set(item, values)
            item.Save()
            return str(item.EntryID)

    def delete(self, *entry_ids: str) -> None:
        """Delete items. Who listens for that is asked first, and Outlook waits until the events are pumped."""
        for entry_id in entry_ids:
            record = self.record(entry_id)
            self._when_heard(record, lambda record=record: saving.delete(self._session, record))

    def drag(self, entry_id: str, folder: FolderRecord) -> None:
        """Move an item to another folder; who listens is asked first, as for ``delete``."""
        record = self.record(entry_id)
        self._when_heard(record, lambda: saving.move(self._session, record, folder))

    def paste(self, entry_ids: Sequence[str], folder: FolderRecord) -> list[str]:
        """Paste copies of items. Their events come one after the other, each a while after the last (section 8)."""
        habits = self._machine.habits
        is_loud = habits.paste_events_limit is None or len(entry_ids) <= habits.paste_events_limit
        pasted = []
        for number, entry_id in enumerate(entry_ids):
            source = self.record(entry_id)
            content = source.content.copy()
            record = Record(source.type, source.message_class, folder, content)
            saving.keep_silently(self._session, record, content)
            if is_loud:
                saving.tell(self._session, record, "ItemAdd", number * habits.paste_delay)
            pasted.append(record.entry_id)
        return pasted

    def meet(self, folder: FolderRecord, *addresses: str, send: bool, **values: object) -> str:
        """Invite people to a meeting in a window, and send that or only save it. Its id; none while it is unsaved."""
        with self._session.quiet():
            item: Any = new_item(self._session, folder, ItemType.AppointmentItem)
            self._session.windows.append(item)
            _set(item, {**values, "MeetingStatus": MeetingStatus.Meeting})
            for address in addresses:
                item.Recipients.Add(address).Resolve()
            if send:
                item.Send()
            else:
                item.Close(InspectorClose.Save)
            return str(item.EntryID)

    def send_again(self, entry_id: str, **values: object) -> None:
        """Change a meeting in its window, and send that to the participants."""
        with self._session.quiet():
            item: Any = self._window(entry_id)
            _set(item, values)
            item.Send()

    def call_off(self, entry_id: str) -> None:
        """Cancel a meeting. Outlook tells the participants, and then takes it out of the calendar."""
        with self._session.quiet():
            item: Any = self._window(entry_id)
            item.MeetingStatus = MeetingStatus.MeetingCanceled
            item.Send()
            if item not in self._session.windows:
                item.Delete()

    def windows(self) -> int:
        """How many items are open in a window."""
        return len(self._session.windows)

    def _window(self, entry_id: str) -> Any:
        item: Any = open_item(self._session, self.record(entry_id))
        self._session.windows.append(item)
        return item

    def respond(self, entry_id: str, response: MeetingResponse, text: str = "") -> None:
        """Answer an invitation in the calendar, perhaps with some words, and send that."""
        with self._session.quiet():
            answer = meetings.respond(self._session, self.record(entry_id), response)
            if answer is not None:
                answer.Body = text
                answer.Send()

    def pass_on(self, entry_id: str, address: str) -> None:
        """Forward an invitation to somebody else."""
        with self._session.quiet():
            meetings.pass_on(self._session, self.record(entry_id), address).Send()

    def create_folder(self, parent: FolderRecord, name: str, kind: ItemType) -> FolderRecord:
        """Make a folder."""
        return tree.add(self._session, parent, name, kind)

    def rename_folder(self, folder: FolderRecord, name: str) -> None:
        """Give a folder another name."""
        tree.rename(self._session, folder, name)

    def move_folder(self, folder: FolderRecord, target: FolderRecord) -> None:
        """Hang a folder elsewhere."""
        tree.move(self._session, folder, target)

    def delete_folder(self, folder: FolderRecord) -> None:
        """Delete a folder."""
        tree.delete(self._session, folder)

    def reminded_of(self) -> list[str]:
        """The subjects of what has a reminder that fires: only what is in the default store (section 4)."""
        folders = self._machine.profile.stores[0].root.walk()
        records = (record for folder in folders for record in folder.records.values())
        return [str(each.content.values.get(SUBJECT, "")) for each in records if _reminds(each)]

    def _when_heard(self, record: Record, action: Any) -> None:
        def act() -> None:
            with self._session.quiet():
                action()

        if self._session.listeners(("Folder", record.folder), "BeforeItemMove"):
            self._machine.post(timedelta(), act)
        else:
            act()


def _reminds(record: Record) -> bool:
    is_default = record.type == ItemType.AppointmentItem  # whose reminder is on unless one says otherwise
    return bool(record.content.values.get(REMINDER_SET, is_default))


def _set(item: Any, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(item, name, value)
