"""What is to be sent of one folder: reads, decides, and returns jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from passerelle.groupware.participants import find
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.store import ItemLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import missing_remotes
from passerelle.sync.merge.decide import Known, decide_send
from passerelle.sync.merge.items import held_with
from passerelle.sync.merge.plan import SendAction, SendAnswer, SendContent, SendMove, SendNew, SendRemoval, Settle, Wait
from passerelle.sync.pull.placing import participant_of
from passerelle.sync.references import waits_for_others
from passerelle.sync.send.dropped import Dropped, dropped


class Job(Struct, frozen=True, kw_only=True):
    """One step to take at the peer about a local item.

    ``link`` is the one to address it by, ``links`` all of it. ``master`` is the link of the series that a new change
    exception belongs to, ``destination`` the folder that the item is to be moved to. ``held`` are the fields that wait
    for the user's decision, and ``base`` is what both sides last agreed on. A removal is ``void``
    if the item is to come back: a change exception that has a place in its series after all.
    """

    local: ItemId
    action: SendAction
    record: ItemRecord | None
    link: ItemLink | None = None
    links: tuple[ItemLink, ...] = ()
    master: ItemLink | None = None
    destination: FolderId | None = None
    held: frozenset[str] = frozenset()
    base: Item | None = None
    void: bool = False


def is_removal(job: Job) -> bool:
    """Whether the item is gone here for good; one that only left a folder is no loss."""
    return isinstance(job.action, SendRemoval) and job.record is None


class Outgoing:
    """The items of one folder that may have to be sent, with all that deciding needs, read in a few statements."""

    def __init__(self, tx: Reading, context: Context, folder: Folder, ids: Sequence[ItemId]) -> None:
        self._tx = tx
        self._context = context
        self._folder = folder
        self._records = {record.id: record for record in tx.items.several(ids, context.me)}
        self._homes = {record.id: record.folder for record in tx.items.several(ids, None)}
        self.waiting: set[ItemId] = set()
        """Items that wait for others, their series or the contacts that they name, or that the peer may not have."""
        self.elsewhere: dict[ItemId, FolderId] = {}
        """Items that are sent through another folder, the one that they live in."""
        self._undecided = {one.item: one.open for one in tx.decisions.open()}
        self._doubtful = set(missing_remotes(tx, folder.id))
        self._links: dict[ItemId, list[ItemLink]] = defaultdict(list)
        for link in tx.sync.links_of_locals(ids):
            self._links[link.local].append(link)
        if not context.peer.is_authority:
            self._keep_to_copies(ids)

    @cached_property
    def _dropped(self) -> dict[ItemId, Dropped]:
        links = (link for id_, links in self._links.items() if id_ not in self._records for link in links)
        gone = [link for link in links if link.folder == self._folder.id]
        return dropped(self._tx, self._context, self._folder.id, gone)

    def _keep_to_copies(self, ids: Sequence[ItemId]) -> None:
        """Look at this folder's copies alone, as if the items lived here: the others are sent through their folders."""
        shown = self._tx.items.outlines_of(self._folder.id, ids)
        self._homes.update(dict.fromkeys((one.id for one in shown), self._folder.id))
        for id_, links in self._links.items():
            self._links[id_] = [link for link in links if link.folder == self._folder.id]

    def jobs(self, ids: Iterable[ItemId]) -> list[Job]:
        """What can be done now; an item may need several steps, and then comes again."""
        found = (self._job(id_) for id_ in ids)
        return [job for job in found if job is not None]

    def _job(self, id_: ItemId) -> Job | None:
        record, links = self._records.get(id_), tuple(sorted(self._links[id_], key=lambda link: link.folder))
        if record is None:
            return self._removal(id_, links)
        if waits_for_others(self._tx, record.item):
            self.waiting.add(id_)
            return None
        if not links:
            return self._creation(record)
        link = next((one for one in links if one.folder == self._homes[id_]), links[0])
        held = held_with(record.item, self._undecided.get(id_, ()))
        known = Known(base=base_of(self._tx, link, record), mine=record.item, held=held)
        gone = self._left(record, links)
        if gone is not None and not (link.folder == self._homes[id_] and self._is_taken_out(known, gone)):
            return self._departure(record, links, gone)
        if link.folder == self._folder.id and link.remote in self._doubtful:
            self.waiting.add(id_)
            return None
        action = self._decided(known)
        if link.folder != self._folder.id and not isinstance(action, Settle):
            self.elsewhere[id_] = link.folder
            return None
        return Job(local=id_, action=action, record=record, link=link, links=links, held=held, base=known.base)

    def _decided(self, known: Known) -> SendAction:
        """What to do; one who only mirrors what is here is not answered, but shown the answer."""
        action = decide_send(known, self._context.peer.project, self._context.me)
        is_shown = isinstance(action, SendAnswer) and not self._context.peer.is_authority
        return SendContent(frozenset({"participants"})) if is_shown else action

    def _removal(self, id_: ItemId, links: tuple[ItemLink, ...]) -> Job | None:
        link = next((one for one in links if one.folder == self._folder.id), None)
        if link is None:
            return None
        exception = self._dropped.get(id_)
        if exception is not None and self._is_unsent(exception.series):
            self.waiting.add(id_)
            return None
        void = exception is not None and exception.has_place
        return Job(local=id_, action=SendRemoval(), record=None, link=link, links=links, void=void)

    def _is_unsent(self, series: ItemRecord) -> bool:
        """Whether the peer has not taken all that was made of a series here: refused it, or the user is to decide."""
        link = self._tx.sync.item_link(self._folder.id, series.id)
        if link is None or link.agreed == series.stamp:
            return False
        job = self._job(series.id) if series.id in self._records else None
        return job is None or not isinstance(job.action, Settle)

    def _creation(self, record: ItemRecord) -> Job | None:
        """A new item is sent to the folder it lives in; a change exception once its series is at the peer."""
        home = self._homes[record.id]
        if home != self._folder.id:
            self.elsewhere[record.id] = home
            return None
        if record.master is None:
            return Job(local=record.id, action=SendNew(), record=record)
        master = self._tx.sync.item_link(self._folder.id, record.master)
        if master is None or self._is_to_be_sent(record.master):
            self.waiting.add(record.id)
            return None
        return Job(local=record.id, action=SendNew(), record=record, master=master)

    def _is_to_be_sent(self, series: ItemId) -> bool:
        """Whether a series has changes to be sent first: it may have called the occurrence deleted."""
        job = self._job(series) if series in self._records else None
        return job is not None and not isinstance(job.action, Settle | Wait)

    def _left(self, record: ItemRecord, links: tuple[ItemLink, ...]) -> ItemLink | None:
        """The item's link in this folder, if it shows here no more, or was moved but shows on as a participant's."""
        home = self._homes[record.id]
        if len(links) == 1 and links[0].folder == home:
            return None
        places = {place.folder for place in self._tx.items.placements(record.id)}
        left = [one for one in links if one.folder not in places]
        if record.master is None and all(one.folder != home for one in links):
            left = [self._origin(record, [*left, *links])]
        return next((one for one in left if one.folder == self._folder.id), None)

    def _origin(self, record: ItemRecord, links: Sequence[ItemLink]) -> ItemLink:
        """Where an item was moved from: of what the user has made, the own folder; else the first."""
        mine = (one for one in links if self._owner(one.folder) == self._context.me == record.created_by)
        return next(mine, links[0])

    def _owner(self, id_: FolderId) -> UserId | None:
        folder = self._tx.folders.get(id_)
        return None if folder is None else folder.owner

    def _is_taken_out(self, known: Known, gone: ItemLink) -> bool:
        """Whether an item left a folder because its owner was taken out of it: the change of that says all."""
        folder = self._tx.folders.get(gone.folder)
        owner = None if folder is None else participant_of(folder)
        before, now = (_takes_part(item, owner) for item in (known.base, known.mine))
        return before and not now

    def _departure(self, record: ItemRecord, links: tuple[ItemLink, ...], gone: ItemLink) -> Job | None:
        """An item that left this folder was moved if it lives where the peer does not have it; else only left.

        Who takes part may have moved it to another folder of the own ones. A change exception moves with its series.
        """
        destination: FolderId | None = self._homes[record.id]
        if self._tx.sync.item_link(self._homes[record.id], record.id) is not None:
            if gone.remote in missing_remotes(self._tx, gone.folder):  # it may have gone from there by the move
                self.waiting.add(record.id)
                return None
            may_be_taken = record.master is None and self._context.peer.is_authority
            destination = self._taken_to(record, links) if may_be_taken else None
            if destination is None:
                return Job(local=record.id, action=SendRemoval(), record=record, link=gone, links=(gone,))
        if record.master is not None:
            return None
        return Job(local=record.id, action=SendMove(), record=record, link=gone, links=links, destination=destination)

    def _taken_to(self, record: ItemRecord, links: tuple[ItemLink, ...]) -> FolderId | None:
        """Where an item shows because the user takes part, and the peer does not have it."""
        places = self._tx.items.placements(record.id)
        mine = (place.folder for place in places if place.user == self._context.me)
        return next((folder for folder in mine if all(link.folder != folder for link in links)), None)


def _takes_part(item: Item | None, user: UserId | None) -> bool:
    return user is not None and isinstance(item, Appointment | Task) and find(item.participants, user) is not None
