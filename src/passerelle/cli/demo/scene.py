"""What happens in the demo: edits on one side, on the other, and on both at once; and whether all sides agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import msgspec
from msgspec import Struct

from passerelle.groupware.session import Session
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import Stamp
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Task, TaskStatus
from passerelle.model.moments import Timed
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

MODULES = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)


Patcher = Callable[[Item], Patch]


class Edit(Struct, frozen=True):
    """One thing that somebody did, in words."""

    who: str
    what: Text


def items_of(session: Session) -> Iterator[tuple[Folder, ItemRecord]]:
    """Every item that the user may read."""
    for view in session.folders().changed:
        if view.folder.module in MODULES and view.effective.read:
            for record in session.changes(view.folder.id, view.folder.module, Stamp(0)).items:
                yield view.folder, record


def content(session: Session) -> dict[tuple[str, str, str], Item]:
    """All that a user has, by folder, uid and occurrence: what must be the same on every side.

    Members of distribution lists refer to contacts by the numbers of their own side, so only their words count.
    """
    return {
        (folder.name, record.item.uid or "", _occurrence(record)): _comparable(record.item)
        for folder, record in items_of(session)
    }


def _occurrence(record: ItemRecord) -> str:
    item = record.item
    return str(item.recurrence_id) if isinstance(item, Appointment) and item.recurrence_id else ""


def _comparable(item: Item) -> Item:
    if not isinstance(item, DistributionList):
        return item
    return msgspec.structs.replace(item, members=tuple(Member(mail=one.mail, name=one.name) for one in item.members))


class Person:
    """Somebody at one of the two machines, and what they do there."""

    def __init__(self, who: str, session: Session) -> None:
        self._who = who
        self._session = session

    def move_appointment(self, uid: str, hours: int) -> Edit:
        """Move an appointment by some hours."""
        record = self._find(uid)

        def later(item: Item) -> Patch:
            assert isinstance(item, Appointment) and isinstance(item.when, Timed)  # noqa: S101, PT018 - chosen so
            shift = timedelta(hours=hours)
            when = msgspec.structs.replace(item.when, start=item.when.start + shift, end=item.when.end + shift)
            return {"when": when}

        return self._change(record, later, Text("moves it by {hours} hours", hours=hours))

    def set(self, uid: str, field: str, value: object) -> Edit:
        """Give a field of an item another value."""
        return self._change(
            self._find(uid), lambda _: {field: value}, Text("sets {field} to “{value}”", field=field, value=str(value))
        )

    def finish_task(self, uid: str) -> Edit:
        """Tick a task off."""
        patch = {"status": TaskStatus.DONE, "percent": 100}
        return self._change(self._find(uid), lambda _: patch, Text("is done with it"))

    def add(self, folder: Folder, item: Item) -> Edit:
        """Add an item."""
        self._session.create(folder.id, item, ignore_conflicts=True)
        return Edit(self._who, Text("adds “{title}”", title=_title(item)))

    def delete(self, uid: str) -> Edit:
        """Delete an item."""
        record = self._find(uid)
        self._session.delete(record.id, record.folder)
        return Edit(self._who, Text("deletes “{title}”", title=_title(record.item)))

    def folder(self, module: Module) -> Folder:
        """The user's own default folder."""
        views = self._session.folders().changed
        own = (v.folder for v in views if v.folder.is_default and v.folder.module is module and not v.shared)
        return next(own)

    def first(self, kind: type[Item], number: int) -> str:
        """The uid of the n-th plain item of a kind in the own default folder, in an order that all sides share."""
        module = {Appointment: Module.CALENDAR, Contact: Module.CONTACTS, Task: Module.TASKS}[kind]
        records = self._session.changes(self.folder(module).id, module, Stamp(0)).items
        return sorted(r.item.uid or "" for r in records if type(r.item) is kind and _is_plain(r.item))[number]

    def _find(self, uid: str) -> ItemRecord:
        return next(record for _, record in items_of(self._session) if record.item.uid == uid)

    def _change(self, record: ItemRecord, change: Patcher, words: Text) -> Edit:
        self._session.update(record.id, record.folder, change, ignore_conflicts=True)
        return Edit(self._who, Text("“{title}”: {words}", title=_title(record.item), words=words))


def _is_plain(item: Item) -> bool:
    """Not a series, not of whole days, not private, nobody else invited: what the demo can edit without asking."""
    if isinstance(item, Appointment):
        return isinstance(item.when, Timed) and item.recurrence is None and len(item.participants) < 2  # noqa: PLR2004
    return True


def _title(item: Item) -> str:
    return (item.display_name if isinstance(item, Contact) else item.title) or ""
