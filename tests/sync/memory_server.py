"""A server of the engine's tests: honest, in memory, without the store or any codec.

It has rights, versions, tombstones, series with exceptions, and two characters: one that carries everything and orders
its history strictly, and a plain one that knows no zones and no formatted notes, and answers the newest item again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective, is_visible, may_create_items, reaches
from passerelle.model.errors import Contradiction, Forbidden, Invalid, NotFound, Refused, Stale
from passerelle.model.folders import FULL, Module, Right, Rights
from passerelle.model.ids import EVERYBODY, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.occurrences import day_of, key_on
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import PrincipalKind, User
from passerelle.peers.base import (
    Anchor,
    Change,
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    Directory,
    FolderChanges,
    FolderDraft,
    FolderEdit,
    Gone,
    Identity,
    Move,
    Place,
    Reached,
    RemoteFolder,
    RemoteId,
    RemoteItem,
    Root,
    Spot,
    TooLarge,
    Traffic,
    Update,
    Version,
    Write,
    WriteResult,
)

FORBIDDEN_WORD = "forbidden"
"""The server takes no item with this title."""


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
    knows: dict[str, UserId] = field(default_factory=dict)
    """Whose addresses it recognises when somebody invites them by mail."""
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
        if not may_create_items(self.rights(user, folder)):
            raise Forbidden("You may not create here.")
        self._check(item)
        stored = StoredItem(
            self.next_id(), self.folders[folder].module, folder, self._kept(item), self.tick(), user, master
        )
        self.items[stored.id] = stored
        return stored

    def update(self, user: UserId, id_: int, item: Item) -> StoredItem:
        stored = self.items[id_]
        if not reaches(self.rights(user, stored.folder).write, stored.created_by, Actor(user, frozenset())):
            raise Forbidden("You may not write here.")
        self._check(item)
        if stored.item != self._kept(item):
            stored.item = self._kept(item)
        stored.stamp = self.tick()
        self._drop_deleted_exceptions(stored)
        return stored

    def delete(self, user: UserId, id_: int) -> None:
        stored = self.items[id_]
        if not reaches(self.rights(user, stored.folder).delete, stored.created_by, Actor(user, frozenset())):
            raise Forbidden("You may not delete here.")
        for one in [one for one in self.items.values() if one.master == id_]:
            self._bury(one)
        self._bury(stored)
        self._note_deleted_occurrence(stored)

    def move(self, user: UserId, id_: int, folder: int) -> StoredItem:
        if not may_create_items(self.rights(user, folder)):
            raise Forbidden("You may not create there.")
        stored = self.items[id_]
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
        if any(one.master == master and _key(one) == key for one in self.items.values()):
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
        self.folders[id_].spot = msgspec.structs.replace(spot, parent=_name(self.folders[below]))
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
        deleted = tuple(sorted({*series.item.recurrence.deleted, *filter(None, [_key(stored)])}))
        recurrence = msgspec.structs.replace(series.item.recurrence, deleted=deleted)
        series.item = msgspec.structs.replace(series.item, recurrence=recurrence)
        series.stamp = self.tick()

    def _drop_deleted_exceptions(self, series: StoredItem) -> None:
        if not isinstance(series.item, Appointment):
            return
        recurrence = series.item.recurrence
        deleted = recurrence.deleted if recurrence is not None else ()
        for one in [one for one in self.items.values() if one.master == series.id]:
            if recurrence is None or _key(one) in deleted:
                self._bury(one)


def _key(stored: StoredItem) -> datetime | None:
    return stored.item.recurrence_id if isinstance(stored.item, Appointment) else None


class MemoryPeer:
    """The server as one account meets it. ``requests`` counts what would be requests."""

    def __init__(self, server: MemoryServer, user: UserId) -> None:
        self.server = server
        self.user = user
        self.requests = 0

    @property
    def traffic(self) -> Traffic:
        return Traffic(requests=self.requests)

    def identify(self) -> Identity:
        return Identity(user=self.user, display_name=self.server.users[self.user].display_name, server="memory")

    def directory(self, anchor: Anchor | None) -> Directory:
        self.requests += 1
        since = int(anchor or 0)
        users = tuple(one for one in self.server.users.values() if one.stamp >= since)
        latest = max((one.stamp for one in users), default=since - 1)
        return Directory(users=users, groups=(), resources=(), me=self.user, anchor=Anchor(str(latest + 1)))

    def folders(self, anchor: Anchor | None) -> FolderChanges:
        self.requests += 1
        since = int(anchor or 0)
        visible = [one for one in self.server.folders.values() if self._sees(one)]
        gone = [id_ for id_, at in self.server.gone_folders.items() if at >= since and not self._sees_id(id_)]
        return FolderChanges(
            changed=tuple(self._folder(one) for one in visible if one.stamp >= since),
            gone=tuple(RemoteId(str(id_)) for id_ in gone) if anchor else (),
            positions=() if self.server.plain else tuple((_name(one), str(self._position(one))) for one in visible),
            anchor=Anchor(str(self.server.clock)),
            complete=anchor is None,
        )

    def is_current(self, position: str, anchor: Anchor) -> bool:
        return int(position) < int(anchor)

    @property
    def lineage(self) -> str | None:
        return None if self.server.plain else "one"

    def is_behind(self, position: str, anchor: Anchor) -> bool:
        return int(position) + 1 < int(anchor)

    def is_older(self, one: Version, other: Version) -> bool:
        return int(one) < int(other or 0)

    def changes(self, place: Place, anchor: Anchor | None, position: str | None = None) -> Iterator[Change]:
        self.requests += 1
        folder, since = int(place.folder), int(anchor or 0)
        if not self.server.rights(self.user, folder).read:
            raise Forbidden("You may not read here.")
        changed = [one for one in self.server.in_folder(folder) if one.stamp >= since and self._reads(one)]
        gone = [(id_, at) for (where, id_), at in self.server.tombstones.items() if where == folder and at >= since]
        latest = max([one.stamp for one in changed] + [at for _, at in gone], default=since - 1)
        if anchor is not None:
            yield from (Gone(self._id(place.module, id_)) for id_, _ in gone)
        for one in changed:
            yield self._item(one)
        if self.server.plain:
            live = max((one.stamp for one in changed), default=since)
            yield Reached(Anchor(str(live)), complete=anchor is None)
        else:
            reached = max(latest + 1, int(position or 0) + 1)
            yield Reached(Anchor(str(reached)), complete=anchor is None)

    def ids(self, place: Place) -> frozenset[RemoteId]:
        self.requests += 1
        return frozenset(self._id(one.module, one.id) for one in self.server.in_folder(int(place.folder)))

    def versions(self, place: Place) -> Mapping[RemoteId, Version] | None:
        if self.server.plain:
            return None
        self.requests += 1
        return {
            self._id(one.module, one.id): Version(str(one.stamp))
            for one in self.server.in_folder(int(place.folder))
            if self._reads(one)
        }

    def read(self, place: Place, id_: RemoteId) -> RemoteItem:
        self.requests += 1
        stored = self.server.items.get(self.number(id_))
        if stored is None or stored.folder != int(place.folder) or not self._reads(stored):
            raise NotFound("There is no such item.")
        return self._item(stored)

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        self.requests += 1
        if len(batch) > self.server.largest_batch:
            raise TooLarge("Too many.")
        return [self._write(place, one) for one in batch]

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        self.requests += 1
        if draft.spot.root is Root.SHARED:
            raise Forbidden("Not there.")
        for one in self.server.folders.values():
            if (one.name, one.spot, one.module, one.owner) == (draft.name, draft.spot, draft.module, self.user):
                raise Contradiction("There is such a folder already.", "FLD-0012")
        id_ = self.server.add_folder(self.user, draft.name, draft.module, spot=draft.spot, rights=draft.rights or ())
        return RemoteId(str(id_))

    def update_folder(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        self.requests += 1
        one = self._administered(id_)
        one.name = edit.name or one.name
        one.spot = edit.spot or one.spot
        one.rights = edit.rights or one.rights
        one.stamp = self.server.tick()

    def delete_folder(self, id_: RemoteId, version: Version) -> None:
        self.requests += 1
        self.server.delete_folder(self._administered(id_).id)

    def carries(self, item: Item) -> frozenset[str]:
        return frozenset(item.__struct_fields__) - ({"note_html"} if self.server.plain else set())

    def item_id(self, module: Module, number: int) -> RemoteId:
        return self._id(module, number)

    def folder_id(self, number: int) -> RemoteId:
        return RemoteId(str(number))

    def number(self, id_: RemoteId) -> int:
        return int(id_.rpartition("/")[2])

    def project(self, item: Item) -> Item:
        return self.server.project(item)

    def close(self) -> None:
        """Nothing is open."""

    def _administered(self, id_: RemoteId) -> StoredFolder:
        if not self.server.rights(self.user, int(id_)).admin:
            raise Forbidden("You do not administer this folder.")
        one = self.server.folders[int(id_)]
        if one.is_default:
            raise Contradiction("A default folder stays as it is.", "FLD-0011")
        return one

    def _write(self, place: Place, write: Write) -> WriteResult:
        try:
            stored = self._carry_out(place, write)
        except Refused as error:
            return WriteResult(token=write.token, error=error)
        if stored is None:
            return WriteResult(token=write.token)
        return WriteResult(token=write.token, id=self._id(stored.module, stored.id), version=Version(str(stored.stamp)))

    def _carry_out(self, place: Place, write: Write) -> StoredItem | None:
        match write:
            case Create():
                return self.server.create(self.user, int(place.folder), write.item)
            case ChangeOccurrence():
                self._current(place, write.master, write.version)
                return self._change_occurrence(write)
            case Update():
                stored = self._current(place, write.id, write.version)
                changes = {name: getattr(write.item, name) for name in write.fields}
                return self.server.update(self.user, stored.id, msgspec.structs.replace(stored.item, **changes))
            case Confirm():
                return self._confirm(write)
            case Move():
                return self.server.move(
                    self.user, self._current(place, write.id, write.version).id, int(write.destination)
                )
            case Delete():
                self.server.delete(self.user, self._current(place, write.id, write.version).id)
        return None

    def _change_occurrence(self, write: ChangeOccurrence) -> StoredItem:
        number = self.number(write.master)
        changes = {name: getattr(write.item, name) for name in write.fields}
        item = msgspec.structs.replace(self.server.items[number].item, **changes)
        assert isinstance(item, Appointment)
        return self.server.change_occurrence(self.user, number, write.day, item)

    def _confirm(self, write: Confirm) -> StoredItem:
        stored = self.server.items.get(self.number(write.id))
        if stored is None or not isinstance(stored.item, Appointment | Task):
            raise NotFound("There is no such item.")
        answered = tuple(
            msgspec.structs.replace(one, answer=write.answer, message=write.message)
            if one.kind is ParticipantKind.USER and one.id == self.user
            else one
            for one in stored.item.participants
        )
        stored.item = msgspec.structs.replace(stored.item, participants=answered)
        stored.stamp = self.server.tick()
        return stored

    def _current(self, place: Place, id_: RemoteId, version: Version) -> StoredItem:
        stored = self.server.items.get(self.number(id_))
        if stored is None or stored.folder != int(place.folder):
            raise NotFound("There is no such item.")
        if stored.stamp > int(version):
            raise Stale("It was changed meanwhile.")
        return stored

    def _sees(self, folder: StoredFolder) -> bool:
        return is_visible(effective(folder.rights, Actor(self.user, frozenset({EVERYBODY}))))

    def _sees_id(self, id_: int) -> bool:
        return id_ in self.server.folders and self._sees(self.server.folders[id_])

    def _position(self, folder: StoredFolder) -> int:
        changed = [one.stamp for one in self.server.items.values() if one.folder == folder.id]
        return max(changed + [at for (where, _), at in self.server.tombstones.items() if where == folder.id], default=0)

    def _reads(self, stored: StoredItem) -> bool:
        rights = self.server.rights(self.user, stored.folder)
        return reaches(rights.read, stored.created_by, Actor(self.user, frozenset({EVERYBODY})))

    def _folder(self, one: StoredFolder) -> RemoteFolder:
        shared = one.spot.root is Root.PRIVATE and one.owner != self.user
        return RemoteFolder(
            id=_name(one),
            spot=Spot(root=Root.SHARED) if shared else one.spot,
            name=one.name,
            module=one.module,
            owner=one.owner,
            version=Version(str(one.stamp)),
            rights=one.rights,
            is_default=one.is_default,
            position=None,
        )

    def _item(self, one: StoredItem) -> RemoteItem:
        item, day = one.item, None
        if self.server.plain and one.master is not None and isinstance(item, Appointment):
            series = self.server.items[one.master].item
            assert isinstance(series, Appointment)
            assert item.recurrence_id is not None
            day = day_of(series.when, item.recurrence_id)
        return RemoteItem(
            id=self._id(one.module, one.id),
            item=item,
            version=Version(str(one.stamp)),
            master=None if one.master is None else self._id(one.module, one.master),
            day=day,
            created_by=one.created_by,
            modified=one.modified,
        )

    def _id(self, module: Module, number: int) -> RemoteId:
        return RemoteId(f"{module.value}/{number}")


def _name(folder: StoredFolder) -> RemoteId:
    return RemoteId(str(folder.id))
