"""One folder while its changes are pulled."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime

from msgspec import Struct, field

from passerelle.model.folders import Folder
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.items import Appointment, Item
from passerelle.peers.base import Place, RemoteId, RemoteItem
from passerelle.store import FolderLink, Reading
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import all_gone
from passerelle.sync.merge.fingerprint import fingerprint
from passerelle.sync.merge.plan import SendAnswer, SendContent
from passerelle.sync.pull.unfinished import unfinished
from passerelle.sync.report import FolderCounts
from passerelle.sync.send.unsent import unsent

_CHANGES = frozenset({SendContent.__name__, SendAnswer.__name__})

Named = tuple[str, datetime | None, ItemId | None]


class Newcomers(Struct):
    """Items made here that the peer is not known to have. Their like may arrive: then they are one.

    A uid tells so; or, where a creation was begun and its answer never came, the content.
    """

    by_uid: dict[Named, ItemId] = field(default_factory=dict)
    by_content: dict[str, list[ItemId]] = field(default_factory=dict)

    def take(self, theirs: Item, master: ItemId | None) -> ItemId | None:
        """The local item that an item of the peer's is, if any; it is not found a second time.

        ``master`` is the series here that the peer's item belongs to.
        """
        named = name_of(theirs, master)
        found = self.by_uid.pop(named, None) if named else None
        alike = self.by_content.get(fingerprint(theirs), []) if self.by_content and master is None else []
        if found is None and alike:
            found = alike.pop(0)
        if found is not None:
            self._drop(found)
        return found

    def expect(self, theirs: Item) -> bool:
        """Whether an item of the peer's, of no series, may be one of these."""
        return name_of(theirs, None) in self.by_uid or bool(self.by_content and fingerprint(theirs) in self.by_content)

    def _drop(self, id_: ItemId) -> None:
        self.by_uid = {name: one for name, one in self.by_uid.items() if one != id_}
        for alike in self.by_content.values():
            if id_ in alike:
                alike.remove(id_)


def name_of(item: Item, master: ItemId | None) -> Named | None:
    """What names an item: its uid; for a change exception the series here and what it replaces."""
    replaced = item.recurrence_id if isinstance(item, Appointment) else None
    if replaced is not None and master is not None:
        return ("", replaced, master)
    return None if item.uid is None else (item.uid, replaced, None)


class FolderPull(Struct):
    """What the pages of one folder share.

    ``seen`` gathers ids where absence may mean something; ``unfinished`` are the items that the peer may have half
    written. ``sent`` are those whose change was sent without an answer that came, each as it was at a stamp.
    """

    context: Context
    link: FolderLink
    folder: Folder
    newcomers: Newcomers
    seen: set[RemoteId] | None
    unfinished: frozenset[ItemId] = frozenset()
    sent: Mapping[ItemId, Stamp] = field(default_factory=dict)
    deferred: list[RemoteItem] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """The folder at the peer."""
        return Place(RemoteId(self.link.remote), self.folder.module)

    @property
    def counts(self) -> FolderCounts:
        """The folder's part of the cycle's result."""
        return self.context.recorder.counts(self.folder.id, self.context.name_of(self.folder), self.folder.module)

    def snapshot(self) -> tuple[Newcomers, list[RemoteItem], FolderCounts]:
        """What a page changes, to be put back if its transaction fails."""
        return deepcopy(self.newcomers), list(self.deferred), deepcopy(self.counts)

    def restore(self, before: tuple[Newcomers, list[RemoteItem], FolderCounts]) -> None:
        """Forget what a page did whose transaction failed."""
        self.newcomers, self.deferred, counts = before
        self.context.recorder.folders[self.folder.id] = counts


def begin_pull(context: Context, tx: Reading, link: FolderLink, folder: Folder, *, whole: bool) -> FolderPull:
    """The state before the first page. ``whole`` says that every item is asked for, not the changes since."""
    linked = whole and bool(tx.sync.versions(folder.id) or tx.left_out.of_folder(folder.id))
    seen = set[RemoteId]() if linked else None
    newcomers = _newcomers(context, tx, link)
    return FolderPull(context, link, folder, newcomers, seen, unfinished(context, tx, link), _sent(tx))


def _sent(tx: Reading) -> Mapping[ItemId, Stamp]:
    """The items whose creation, change or answer was begun and has no known end, each with the stamp it was sent at.

    Of all folders: an item may show in several, and was sent through one of them.
    """
    begun = (one for one in tx.sync.intents() if one.fingerprint and (one.action in _CHANGES or " " in one.fingerprint))
    return {one.local: Stamp(int(one.fingerprint.split()[-1])) for one in begun if one.local is not None}


def _newcomers(context: Context, tx: Reading, link: FolderLink) -> Newcomers:
    ids = unsent(tx, link).ids
    newcomers = Newcomers()
    if not ids:
        return newcomers
    links = tx.sync.links_of_locals(ids)
    gone = all_gone(tx) if links else {}  # moved here from where the peer has it no more, it is none either
    linked = {one.local for one in links if one.remote not in gone.get(one.folder, ())}
    begun = [one for one in tx.sync.intents() if one.folder == link.local and one.fingerprint]
    sent = {one.local: one.fingerprint.split()[0] for one in begun}
    for record in tx.items.several([one for one in ids if one not in linked], context.me):
        named = name_of(record.item, record.master)
        if named is not None:
            newcomers.by_uid[named] = record.id
        if record.id in sent and record.master is None:
            newcomers.by_content.setdefault(sent[record.id], []).append(record.id)
    return newcomers
