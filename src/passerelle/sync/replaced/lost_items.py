"""Which item here one of the peer's is, when numbers tell no longer: the peer's data were replaced."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from passerelle.model.ids import ItemId
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteItem
from passerelle.store import ItemLink, Reading
from passerelle.sync.merge.fingerprint import fingerprint
from passerelle.sync.pull.state import FolderPull, name_of

Found = tuple[ItemLink | None, ItemRecord]


class LostItems:
    """Items of a folder that the peer lost, to be found again under other numbers: another device has sent them anew.

    They are found by uid, else by content. The list of the peer's items must have been read to its end.
    """

    def __init__(self, tx: Reading, pull: FolderPull) -> None:
        self._tx = tx
        self._pull = pull

    def take(self, remote: RemoteItem, master: ItemId | None) -> Found | None:
        """The item here that one of the peer's is, which no link names; it is not found a second time."""
        for id_ in () if remote.item.uid is None else self._tx.items.by_uid(remote.item.uid):
            record = self._lost(id_)
            if record is not None and name_of(record.item, record.master) == name_of(remote.item, master):
                return self._found(record)
        alike = self._by_content.get(fingerprint(remote.item), []) if master is None else []
        return self._found(alike.pop()) if alike else None

    def _lost(self, id_: ItemId) -> ItemRecord | None:
        link = self._tx.sync.item_link(self._pull.folder.id, id_)
        if link is not None and link.remote in (self._pull.seen or ()):
            return None
        return self._tx.items.in_folder(self._pull.folder.id, id_, self._pull.context.me)

    def _found(self, record: ItemRecord) -> Found:
        return self._tx.sync.item_link(self._pull.folder.id, record.id), record

    @cached_property
    def _by_content(self) -> dict[str, list[ItemRecord]]:
        """By what the peer would say of them; those that it can name by a uid are found by it."""
        seen = self._pull.seen or set()
        states = self._tx.sync.versions(self._pull.folder.id)
        ids = [state.local for remote, state in states.items() if remote not in seen]
        project = self._pull.context.peer.project
        found: dict[str, list[ItemRecord]] = defaultdict(list)
        for record in self._tx.items.several(ids, self._pull.context.me):
            said = project(record.item)
            if record.master is None and said.uid is None:
                found[fingerprint(said)].append(record)
        return found
