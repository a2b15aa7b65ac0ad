"""The server in memory as one account meets it: a peer of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective, is_visible, reaches
from passerelle.model.errors import Contradiction, Forbidden, NotFound, Refused, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import EVERYBODY, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.occurrences import day_of
from passerelle.model.participants import ParticipantKind
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.peers.base import (
    Anchor,
    Change,
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    Directory,
    FileId,
    FolderChanges,
    FolderDraft,
    FolderEdit,
    Gone,
    Identity,
    Known,
    Move,
    Place,
    Reached,
    RemoteFile,
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
    nothing_known,
)
from tests.sync.memory_server import MemoryServer, StoredFile, StoredFolder, StoredItem, remote_name


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
            positions=()
            if self.server.plain
            else tuple((remote_name(one), str(self._position(one))) for one in visible),
            anchor=Anchor(str(self.server.clock)),
            complete=anchor is None,
        )

    def is_current(self, position: str, anchor: Anchor) -> bool:
        return int(position) < int(anchor)

    @property
    def is_authority(self) -> bool:
        return True

    @property
    def where(self) -> Text:
        return Text("on the server")

    @property
    def lineage(self) -> str | None:
        return None if self.server.plain else "one"

    def is_behind(self, position: str, anchor: Anchor) -> bool:
        return int(position) + 1 < int(anchor)

    def is_older(self, one: Version, other: Version) -> bool:
        return int(one) < int(other or 0)

    def changes(
        self, place: Place, anchor: Anchor | None, position: str | None = None, *, known: Known = nothing_known
    ) -> Iterator[Change]:
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

    def name_of_file(self, item: Item, file: Attachment) -> str | None:
        return file.name

    def read_file(self, place: Place, id_: RemoteId, file: RemoteFile, into: BinaryIO) -> None:
        self.requests += 1
        stored = self.server.items.get(self.number(id_))
        if stored is None or not self._reads(stored):
            raise NotFound("There is no such item.")
        found = next((one for one in stored.files if str(one.id) == file.id), None)
        if found is None:
            raise NotFound("There is no such file.")
        into.write(found.data)

    def add_file(
        self, place: Place, id_: RemoteId, version: Version, file: Attachment, content: BinaryIO
    ) -> tuple[RemoteFile, Version]:
        self.requests += 1
        number = self.server.attach(self.user, self.number(id_), file.name, content.read(), rtf=file.rtf)
        stored = self.server.items[self.number(id_)]
        return self._file(next(one for one in stored.files if one.id == number)), version

    def remove_file(self, place: Place, id_: RemoteId, version: Version, file: FileId) -> Version:
        self.requests += 1
        self.server.detach(self.user, self.number(id_), int(file))
        return version

    def _file(self, one: StoredFile) -> RemoteFile:
        digest = "" if self.server.plain else one.digest
        return RemoteFile(id=FileId(str(one.id)), name=one.name, media_type="text/plain", digest=digest, rtf=one.rtf)

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
                if isinstance(write.item, Appointment) and write.item.participants and not write.quiet:
                    self.server.invited_to.append(write.item.title or "")
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
            id=remote_name(one),
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
            files=tuple(map(self._file, one.files)),
        )

    def _id(self, module: Module, number: int) -> RemoteId:
        return RemoteId(f"{module.value}/{number}")
