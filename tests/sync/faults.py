"""A peer that fails at a chosen step: before a request has an effect, or after it, when the answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module
from passerelle.model.items import Item
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.peers.base import (
    Anchor,
    Change,
    Directory,
    FileId,
    FolderChanges,
    FolderDraft,
    FolderEdit,
    Identity,
    Known,
    Peer,
    Place,
    RemoteFile,
    RemoteId,
    RemoteItem,
    Traffic,
    Version,
    Write,
    WriteResult,
    nothing_known,
)

T = TypeVar("T")


@dataclass
class FaultyPeer:
    """``peer``, but the request or streamed change number ``step`` (from 0) fails, once."""

    peer: Peer
    step: int
    after: bool

    @property
    def traffic(self) -> Traffic:
        return self.peer.traffic

    def _try(self, request: Callable[[], T]) -> T:
        failing = self.step == 0
        self.step -= 1
        if failing and not self.after:
            raise Unreachable("The request never arrived.")
        answer = request()
        if failing:
            raise Unreachable("The answer was lost.")
        return answer

    def identify(self) -> Identity:
        return self._try(self.peer.identify)

    def directory(self, anchor: Anchor | None) -> Directory:
        return self._try(lambda: self.peer.directory(anchor))

    def folders(self, anchor: Anchor | None) -> FolderChanges:
        return self._try(lambda: self.peer.folders(anchor))

    def is_current(self, position: str, anchor: Anchor) -> bool:
        return self.peer.is_current(position, anchor)

    @property
    def is_authority(self) -> bool:
        return self.peer.is_authority

    @property
    def where(self) -> Text:
        return self.peer.where

    @property
    def lineage(self) -> str | None:
        return self.peer.lineage

    def is_behind(self, position: str, anchor: Anchor) -> bool:
        return self.peer.is_behind(position, anchor)

    def is_older(self, one: Version, other: Version) -> bool:
        return self.peer.is_older(one, other)

    def changes(
        self, place: Place, anchor: Anchor | None, position: str | None = None, *, known: Known = nothing_known
    ) -> Iterator[Change]:
        for change in self.peer.changes(place, anchor, position, known=known):
            yield self._try(lambda change=change: change)  # type: ignore[misc]

    def ids(self, place: Place) -> frozenset[RemoteId]:
        return self._try(lambda: self.peer.ids(place))

    def versions(self, place: Place) -> Mapping[RemoteId, Version] | None:
        return self._try(lambda: self.peer.versions(place))

    def read(self, place: Place, id_: RemoteId) -> RemoteItem:
        return self._try(lambda: self.peer.read(place, id_))

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        if self.step == 0 and self.after and len(batch) > 1:  # only a part of it is carried out
            batch = batch[: len(batch) // 2]
        return self._try(lambda: self.peer.write(place, batch))

    def name_of_file(self, item: Item, file: Attachment) -> str | None:
        return self.peer.name_of_file(item, file)

    def read_file(self, place: Place, id_: RemoteId, file: RemoteFile, into: BinaryIO) -> None:
        self._try(lambda: self.peer.read_file(place, id_, file, into))

    def add_file(
        self, place: Place, id_: RemoteId, version: Version, file: Attachment, content: BinaryIO
    ) -> tuple[RemoteFile, Version]:
        return self._try(lambda: self.peer.add_file(place, id_, version, file, content))

    def remove_file(self, place: Place, id_: RemoteId, version: Version, file: FileId) -> Version:
        return self._try(lambda: self.peer.remove_file(place, id_, version, file))

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        return self._try(lambda: self.peer.create_folder(draft))

    def update_folder(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        return self._try(lambda: self.peer.update_folder(id_, version, edit))

    def delete_folder(self, id_: RemoteId, version: Version) -> None:
        return self._try(lambda: self.peer.delete_folder(id_, version))

    def carries(self, item: Item) -> frozenset[str]:
        return self.peer.carries(item)

    def item_id(self, module: Module, number: int) -> RemoteId:
        return self.peer.item_id(module, number)

    def folder_id(self, number: int) -> RemoteId:
        return self.peer.folder_id(number)

    def number(self, id_: RemoteId) -> int:
        return self.peer.number(id_)

    def project(self, item: Item) -> Item:
        return self.peer.project(item)

    def close(self) -> None:
        self.peer.close()
