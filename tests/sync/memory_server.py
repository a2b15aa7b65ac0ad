"""A server of the engine's tests: honest, in memory, without the store or any codec.

It has rights, versions, tombstones, series with exceptions, and two characters: one that carries everything and orders
its history strictly, and a plain one that knows no zones and no formatted notes, and answers the newest item again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective, is_visible, may_create_items, reaches
from passerelle.model.errors import Contradiction, Forbidden, Invalid, NotFound
from passerelle.model.folders import FULL, Module, Right, Rights
from passerelle.model.ids import EVERYBODY, UserId
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Timed
from passerelle.model.occurrences import key_on
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import PrincipalKind, User
from passerelle.peers.base import (
    RemoteId,
    Root,
    Spot,
)

FORBIDDEN_WORD = "forbidden"
"""The server takes no item with this title."""


class StoredFile(NamedTuple):
    id: int
    name: str
    data: bytes
    rtf: bool = False

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass
class StoredItem:
    id: int
    module: Module
    folder: int
    item: Item
    stamp: int
    created_by: UserId
    master: int | None = None
    modified: datetime | None = None
    """When it changed, if the server says so."""
    files: list[StoredFile] = field(default_factory=list)


@dataclass
class StoredFolder:
    id: int
    spot: Spot
    name: str
    module: Module
    owner: UserId
    rights: tuple[Right, ...]
    stamp: int
    is_default: bool = False


@dataclass
class MemoryServer:
    """What all users of the server share."""

    plain: bool = False
    largest_batch: int = 1000
    largest_file: int = 1000
    closed: set[int] = field(default_factory=set)
    """Folders whose items it lets nobody change, whatever the rights say."""
    knows: dict[str, UserId] = field(default_factory=dict)
    """Whose addresses it recognises when somebody invites them by mail."""
    invited_to: list[str] = field(default_factory=list)
    """The titles of meetings to which it invited people, as often as it did."""
    clock: int = 1_000_000
    users: dict[UserId, User] = field(default_factory=dict)
    folders: dict[int, StoredFolder] = field(default_factory=dict)
    items: dict[int, StoredItem] = field(default_factory=dict)
    gone_folders: dict[int, int] = field(default_factory=dict)
    tombstones: dict[tuple[int, int], int] = field(default_factory=dict)
    _last_id: int = 100

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add_user(self, id_: int, login: str) -> UserId:
        user = UserId(id_)
        self.users[user] = User(id=user, login=login, display_name=login.title(), stamp=self.tick())  # type: ignore[arg-type]
        for module in (Module.CALENDAR, Module.CONTACTS, Module.TASKS):
            self.add_folder(user, module.value.title(), module, is_default=True)
        return user

    def add_folder(
        self,
        owner: UserId,
        name: str,
        module: Module,
        *,
        spot: Spot | None = None,
        rights: tuple[Right, ...] = (),
        is_default: bool = False,
    ) -> int:
        id_ = self.next_id()
        own = Right(kind=PrincipalKind.USER, principal=owner, rights=FULL)
        self.folders[id_] = StoredFolder(
            id=id_,
            spot=spot or Spot(root=Root.PRIVATE),
            name=name,
            module=module,
            owner=owner,
            rights=(own, *(right for right in rights if right.principal != owner)),
            stamp=self.tick(),
            is_default=is_default,
        )
        return id_

    def default_folder(self, user: UserId, module: Module) -> int:
        return next(
            one.id for one in self.folders.values() if one.owner == user and one.module is module and one.is_default
        )

    def share(self, folder: int, user: UserId, rights: Rights) -> None:
        one = self.folders[folder]
        kept = tuple(right for right in one.rights if right.principal != user)
        one.rights = (*kept, Right(kind=PrincipalKind.USER, principal=user, rights=rights))
        one.stamp = self.tick()
        if not is_visible(rights):
            self.gone_folders[folder] = one.stamp

    def rights(self, user: UserId, folder: int) -> Rights:
        one = self.folders.get(folder)
        actor = Actor(user, frozenset({EVERYBODY}))
        rights = effective(one.rights, actor) if one is not None else Rights()
        if one is None or not is_visible(rights):
            raise NotFound("There is no such folder.")
        return rights

    # What people do on the server directly

    def create(self, user: UserId, folder: int, item: Item, master: int | None = None) -> StoredItem:
        self._open(folder)
        if not may_create_items(self.rights(user, folder)):
            raise Forbidden("You may not create here.")
        self._check(item)
        stored = StoredItem(
            self.next_id(), self.folders[folder].module, folder, self._kept(item), self.tick(), user, master
        )
        self.items[stored.id] = stored
        return stored

    def update(self, user: UserId, id_: int, item: Item) -> StoredItem:
        stored = self._writable(user, id_)
        self._check(item)
        if stored.item != self._kept(item):
            stored.item = self._kept(item)
        stored.stamp = self.tick()
        self._drop_deleted_exceptions(stored)
        return stored

    def attach(self, user: UserId, id_: int, name: str, data: bytes = b"some bytes", *, rtf: bool = False) -> int:
        stored = self._writable(user, id_)
        if len(data) > self.largest_file:
            raise Contradiction(f"“{name}” is too large.")
        stored.files.append(StoredFile(self.next_id(), name, data, rtf))
        stored.stamp = self.tick()
        return stored.files[-1].id

    def detach(self, user: UserId, id_: int, file: int) -> None:
        stored = self._writable(user, id_)
        stored.files = [one for one in stored.files if one.id != file]
        stored.stamp = self.tick()

    def _writable(self, user: UserId, id_: int) -> StoredItem:
        if id_ not in self.items:
            raise NotFound("There is no such item.")
        stored = self.items[id_]
        self._open(stored.folder)
        write = self.rights(user, stored.folder).write
        if stored.folder in self.closed or not reaches(write, stored.created_by, Actor(user, frozenset())):
            raise Forbidden("You may not write here.")
        return stored

    def delete(self, user: UserId, id_: int) -> None:
        stored = self.items[id_]
        self._open(stored.folder)
        if stored.folder in self.closed or not reaches(
            self.rights(user, stored.folder).delete, stored.created_by, Actor(user, frozenset())
        ):
            raise Forbidden("You may not delete here.")
        for one in [one for one in self.items.values() if one.master == id_]:
            self._bury(one)
        self._bury(stored)
        self._note_deleted_occurrence(stored)

    def move(self, user: UserId, id_: int, folder: int) -> StoredItem:
        self._open(folder)
        if not may_create_items(self.rights(user, folder)):
            raise Forbidden("You may not create there.")
        stored = self.items[id_]
        if not reaches(self.rights(user, stored.folder).delete, stored.created_by, Actor(user, frozenset())):
            raise Forbidden("You may not take it from there.")
        if stored.master is not None:
            raise Contradiction("An exception cannot be moved.")
        for one in [stored, *(one for one in self.items.values() if one.master == id_)]:
            now = self.tick()
            self.tombstones[one.folder, one.id] = now
            self.tombstones.pop((folder, one.id), None)
            one.folder, one.stamp = folder, now
        return stored

    def change_occurrence(self, user: UserId, master: int, day: date, item: Appointment) -> StoredItem:
        series = self.items[master]
        assert isinstance(series.item, Appointment)
        recurrence = series.item.recurrence
        key = None if recurrence is None else key_on(series.item.when, recurrence, day)
        if key is None or recurrence is None or key in recurrence.deleted:
            raise Invalid("No occurrence on that day.", "day")
        if any(one.master == master and exception_key(one) == key for one in self.items.values()):
            raise Contradiction("It is changed already.")
        exception = self.create(
            user, series.folder, msgspec.structs.replace(item, recurrence=None, recurrence_id=key), master
        )
        series.stamp = self.tick()
        return exception

    def delete_folder(self, id_: int) -> None:
        for below in [one.id for one in self.folders.values() if one.spot.parent == RemoteId(str(id_))]:
            self.delete_folder(below)
        for stored in [one for one in self.items.values() if one.folder == id_]:
            del self.items[stored.id]
        del self.folders[id_]
        self.gone_folders[id_] = self.tick()

    def rename_folder(self, id_: int, name: str) -> None:
        self.folders[id_].name = name
        self.folders[id_].stamp = self.tick()

    def move_folder(self, id_: int, *, below: int) -> None:
        spot = self.folders[id_].spot
        self.folders[id_].spot = msgspec.structs.replace(spot, parent=remote_name(self.folders[below]))
        self.folders[id_].stamp = self.tick()

    def in_folder(self, folder: int) -> list[StoredItem]:
        return sorted((one for one in self.items.values() if one.folder == folder), key=lambda one: one.stamp)

    def project(self, item: Item) -> Item:
        """What is left of an item on this server."""
        if not self.plain:
            return item
        item = msgspec.structs.replace(item, note_html=None)
        if isinstance(item, Appointment) and isinstance(item.when, Timed):
            return msgspec.structs.replace(item, when=msgspec.structs.replace(item.when, zone="UTC"))
        return item

    def _open(self, folder: int) -> None:
        if folder in self.closed:
            raise Forbidden("Nobody may change anything here now.")

    def _kept(self, item: Item) -> Item:
        item = self.project(item)
        if not isinstance(item, Appointment):
            return item
        parties = {one.identity: one for one in map(self._recognised, reversed(item.participants))}
        return msgspec.structs.replace(item, participants=tuple(reversed(parties.values())))

    def _recognised(self, party: Participant) -> Participant:
        known = self.knows.get(party.mail)
        return party if known is None else Participant(kind=ParticipantKind.USER, id=known)

    def _check(self, item: Item) -> None:
        if getattr(item, "title", None) == FORBIDDEN_WORD:
            raise Invalid("Such titles are not allowed.", "title", "APP-0071")

    def _bury(self, stored: StoredItem) -> None:
        del self.items[stored.id]
        self.tombstones[stored.folder, stored.id] = self.tick()

    def _note_deleted_occurrence(self, stored: StoredItem) -> None:
        """A deleted exception is a deleted occurrence of its series."""
        series = self.items.get(stored.master or 0)
        if series is None or not isinstance(series.item, Appointment) or series.item.recurrence is None:
            return
        deleted = tuple(sorted({*series.item.recurrence.deleted, *filter(None, [exception_key(stored)])}))
        recurrence = msgspec.structs.replace(series.item.recurrence, deleted=deleted)
        series.item = msgspec.structs.replace(series.item, recurrence=recurrence)
        series.stamp = self.tick()

    def _drop_deleted_exceptions(self, series: StoredItem) -> None:
        if not isinstance(series.item, Appointment):
            return
        recurrence = series.item.recurrence
        deleted = recurrence.deleted if recurrence is not None else ()
        for one in [one for one in self.items.values() if one.master == series.id]:
            if recurrence is None or exception_key(one) in deleted:
                self._bury(one)


def exception_key(stored: StoredItem) -> datetime | None:
    return stored.item.recurrence_id if isinstance(stored.item, Appointment) else None


def remote_name(folder: StoredFolder) -> RemoteId:
    return RemoteId(str(folder.id))
