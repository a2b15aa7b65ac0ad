"""What one page of a folder's changes means here: reads, decides, and returns what is to be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property

import msgspec
from msgspec import Struct

from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, DistributionList, Item, Task
from passerelle.model.moments import midnight
from passerelle.model.occurrences import key_on
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteItem, Version
from passerelle.store import ItemLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.deletions.notes import all_gone
from passerelle.sync.files.comparing import copies_in, new_there
from passerelle.sync.merge.decide import Known, decide_pull
from passerelle.sync.merge.items import rebase, with_sent
from passerelle.sync.merge.occurrences import deleted_of, key_of
from passerelle.sync.merge.plan import Note, PullAction, Reopen, Replace, Restore
from passerelle.sync.policy import Winner
from passerelle.sync.pull.origins import replaced_by_both
from passerelle.sync.pull.returning import returning_items
from passerelle.sync.pull.state import FolderPull, name_of
from passerelle.sync.references import inward
from passerelle.sync.replaced.lost_items import LostItems


class Step(Struct, frozen=True, kw_only=True):
    """One action and what it is about.

    ``link`` is the item's link in this folder, ``record`` the item here. With a record and no link, the item was made
    here and is found to be the peer's. ``master`` is the series that a change exception belongs to.
    """

    remote: RemoteItem
    action: PullAction
    link: ItemLink | None = None
    record: ItemRecord | None = None
    master: ItemId | None = None


class Page:
    """The links and items here that a page of the peer's items concerns, read in a few statements."""

    def __init__(self, tx: Reading, pull: FolderPull, page: Sequence[RemoteItem]) -> None:
        self._tx = tx
        self._pull = pull
        wanted = {remote.id for remote in page} | {remote.master for remote in page if remote.master is not None}
        links = tx.sync.links_of_remotes(sorted(wanted))
        self._links = {link.remote: link for link in links if link.folder == pull.folder.id}
        locals_ = [link.local for link in self._links.values()]
        self._records = {record.id: record for record in tx.items.several(locals_, pull.context.me)}
        self._returning = returning_items(tx, pull)
        self._lost = LostItems(tx, pull)

    @cached_property
    def _gone(self) -> dict[int, list[str]]:
        """What the peer called gone from each folder, and that was not settled yet."""
        return all_gone(self._tx)

    def plan(self, remotes: Iterable[RemoteItem], *, last: bool) -> tuple[list[Step], list[RemoteItem]]:
        """What to do about items; second, those that must wait for others of the folder (none if ``last``)."""
        steps: list[Step] = []
        waiting: list[RemoteItem] = []
        for remote in remotes:
            step = self._step(remote, last=last)
            if step is None:
                waiting.append(remote)
            else:
                steps.append(step)
        return steps, waiting

    def _step(self, remote: RemoteItem, *, last: bool) -> Step | None:
        master = self._links.get(remote.master) if remote.master is not None else None
        item, is_whole = inward(self._tx, self._pull.context.peer, remote.item)
        if not last and (not is_whole or (remote.master is not None and master is None)):
            return None
        if not last and self._pull.context.reconciling and remote.id not in self._links:
            return None  # only at the end of the list is it known which items here the peer has lost
        if master is not None and master.local not in self._records:
            # The series was deleted here, which is yet to be sent, and goes with the exceptions that were known.
            item = self._with_key(remote, item, master)
            if not self._is_as_agreed(remote, item):
                return Step(remote=remote, action=Reopen(), link=master)
            link = self._links.get(remote.id)
            return Step(remote=remote, action=Note(), link=None if link is None else self._as_there(link, item))
        item = self._without_hidden(remote, self._with_key(remote, item, master))
        if item is not remote.item:
            remote = msgspec.structs.replace(remote, item=item)
        return self._decide(remote, None if master is None else master.local)

    def _with_key(self, remote: RemoteItem, item: Item, master: ItemLink | None) -> Item:
        """A change exception with the exact key of the occurrence that it replaces, as far as that is known.

        Where its series was given another hour here, which is yet to be sent or decided on, it has the key that it
        would have then: nobody is to be asked about that besides.
        """
        if not isinstance(item, Appointment):
            return item
        record = None if master is None else self._records.get(master.local)
        own = self._records.get(self._links[remote.id].local) if remote.id in self._links else None
        mine = None if own is None else key_of(own.item)
        if mine is not None and record is not None and self._is_moved(record, master):
            return msgspec.structs.replace(item, recurrence_id=mine)
        if remote.day is None:
            return item
        series = None if record is None else record.item
        key = None
        if isinstance(series, Appointment) and series.recurrence is not None:
            key = key_on(series.when, series.recurrence, remote.day)
        return msgspec.structs.replace(item, recurrence_id=key or midnight(remote.day))

    def _is_moved(self, series: ItemRecord, link: ItemLink | None) -> bool:
        """Whether a series was given another hour here that the peer does not have."""
        base = None if link is None or link.agreed == series.stamp else base_of(self._tx, link, series)
        return isinstance(base, Appointment) and isinstance(series.item, Appointment) and base.when != series.item.when

    def _is_as_agreed(self, remote: RemoteItem, item: Item) -> bool:
        """Whether a change exception is as it was when its series was deleted here, and it along with that."""
        link = self._links.get(remote.id)
        if link is not None and link.local in self._records:
            return False  # it came since then, through another folder
        if link is None or link.version == remote.version:
            return link is not None
        base = base_of(self._tx, link, None)
        return base is not None and self._pull.context.peer.project(base) == item

    def _as_there(self, link: ItemLink, item: Item) -> ItemLink:
        """The link of an item that was deleted here, with what the peer made of it: an undo would bring back ours."""
        base = base_of(self._tx, link, None)
        seen = None if base is None else self._pull.context.peer.project(base)
        if base is None or seen is None or seen == item:
            return link
        return msgspec.structs.replace(link, base=rebase(base, seen, item))

    def _without_hidden(self, remote: RemoteItem, item: Item) -> Item:
        """The item without deletions that exist only in this folder's view of a series (OX reference, 4.2).

        A participant who left a changed occurrence sees it as deleted; in another folder it is there.
        """
        link = self._links.get(remote.id)
        if link is None or not isinstance(item, Appointment) or item.recurrence is None or not item.recurrence.deleted:
            return item
        hidden = self._shown_elsewhere(link.local)
        kept = tuple(key for key in item.recurrence.deleted if key not in hidden)
        return msgspec.structs.replace(item, recurrence=msgspec.structs.replace(item.recurrence, deleted=kept))

    def _shown_elsewhere(self, series: ItemId) -> set[datetime | None]:
        """What those change exceptions of a series replace that show in another folder.

        The peer has them there, or may have: those that were made here meet what it has of them in that folder.
        """
        keys = {
            exception.id: exception.item.recurrence_id
            for exception in self._tx.items.exceptions(series)
            if isinstance(exception.item, Appointment)
        }
        links = self._tx.sync.links_of_locals(keys) if keys else ()
        there = (one for one in links if one.remote not in self._gone.get(one.folder, ()))
        shown = {keys[link.local] for link in there if link.folder != self._pull.folder.id}
        return shown | self._made(series, keys.keys() - {link.local for link in links})

    def _made(self, series: ItemId, exceptions: Collection[ItemId]) -> set[datetime | None]:
        """What exceptions replace that were made here in another folder, where the peer does not call it deleted.

        What it calls deleted where the series lives, it is.
        """
        record = self._tx.items.get(series, None) if exceptions else None
        if record is None or record.folder == self._pull.folder.id:
            return set()
        links = [link for link in self._tx.sync.links_of(series) if link.folder != self._pull.folder.id]
        gone = {key for link in links for key in deleted_of(base_of(self._tx, link, record))}
        others = {link.folder for link in links}
        made = [
            one
            for one in self._tx.items.several(exceptions, None)
            if any(place.folder in others for place in self._tx.items.placements(one.id))
        ]
        return {one.item.recurrence_id for one in made if isinstance(one.item, Appointment)} - gone

    def _decide(self, remote: RemoteItem, master: ItemId | None) -> Step:
        link = self._links.get(remote.id)
        if link is not None:
            record = self._records.get(link.local)
            action = self._pulled(link, record, remote)
            if record is None and isinstance(action, Note):
                link = self._as_there(link, remote.item)
            return Step(remote=remote, action=action, link=link, record=record, master=master)
        name = name_of(remote.item, master)
        if name in self._returning:
            link, record = self._returning.pop(name)
            link = msgspec.structs.replace(link, remote=remote.id, version="")
            return Step(
                remote=remote, action=self._pulled(link, record, remote), link=link, record=record, master=master
            )
        lost = self._lost.take(remote, master) if self._pull.context.reconciling else None
        if lost is not None and lost[0] is not None:
            link = msgspec.structs.replace(lost[0], remote=remote.id, version="")
            action = self._pulled(link, lost[1], remote)
            return Step(remote=remote, action=action, link=link, record=lost[1], master=master)
        record = self._newcomer(remote.item, master) if lost is None else lost[1]
        return Step(remote=remote, action=self._met(record, remote), record=record, master=master)

    def _met(self, record: ItemRecord | None, remote: RemoteItem) -> PullAction:
        """What to do about an item that the peer was not known to have, and the one made here that it is, if any."""
        if record is None:
            return self._decided(None, remote)
        sent = self._as_sent(record.id, remote.item)
        if sent is not None and self._pull.context.peer.project(sent) == remote.item:  # our own creation came back
            return Replace(record.item, sent)
        origin = replaced_by_both(self._tx, self._pull, record)
        return self._decided(Known(base=None, mine=record.item, changed=self._changed(record), origin=origin), remote)

    def _newcomer(self, theirs: Item, master: ItemId | None) -> ItemRecord | None:
        """The item made here that an unknown item of the peer's turns out to be."""
        met = self._pull.newcomers.take(theirs, master)
        return None if met is None else self._tx.items.in_folder(self._pull.folder.id, met, self._pull.context.me)

    def _pulled(self, link: ItemLink, record: ItemRecord | None, remote: RemoteItem) -> PullAction:
        if record is None and link.version == remote.version:
            return Note()
        if record is not None and record.id in self._pull.unfinished:
            return Replace(record.item, remote.item)
        base = base_of(self._tx, link, record)
        if record is not None and self._pull.context.reconciling:
            return self._compared(link, record, base, remote)
        if record is None and self._has_new_files(link, remote):
            return Restore(remote.item)
        sent = self._as_sent(link.local, None if record is None else record.item)
        if sent is not None:
            said = self._pull.context.peer.project(sent)
            if said == remote.item:  # our own change came back
                return Note() if record is None else Replace(record.item, sent)
            if base is not None:
                base = with_sent(base, sent, said, remote.item)
        if record is None:
            return self._decided(Known(base=base, mine=None), remote)
        changed = None if record.stamp == link.agreed else self._changed(record)
        action = self._decided(Known(base=base, mine=record.item, changed=changed), remote)
        if isinstance(action, Note) and base is not None and remote.created_by not in {None, record.created_by}:
            return Replace(record.item, base)  # the same, made anew by somebody else
        return action

    def _as_sent(self, local: ItemId, present: Item | None) -> Item | None:
        """What was sent of an item, if its answer never came; with the present alarm, for the journal keeps none."""
        stamp = self._pull.sent.get(local)
        item = None if stamp is None else self._tx.journal.version_at(local, stamp)
        if not isinstance(present, Appointment | Task) or not isinstance(item, Appointment | Task):
            return item
        return msgspec.structs.replace(item, alarm=present.alarm)

    def _has_new_files(self, link: ItemLink, remote: RemoteItem) -> bool:
        """Whether a file was hung on an item at the peer that was deleted here: that is an edit, which wins."""
        if not isinstance(remote.files, tuple) or not remote.files:
            return False
        known = self._tx.file_links.of_items([link.local], copies_in(self._pull.context, self._pull.folder.id))
        return bool(new_there(remote.files, [one for one in known if one.holder == remote.id]))

    def _compared(self, link: ItemLink, record: ItemRecord, base: Item | None, remote: RemoteItem) -> PullAction:
        """What to do about an item of a peer whose data were replaced. What it forgot since is sent to it again.

        Where it has something newer, what was agreed on counts for nothing: both sides are compared as they are.
        """
        peer = self._pull.context.peer
        if base is None:
            return self._decided(Known(base=None, mine=record.item), remote)
        seen = peer.project(base)
        if seen != remote.item and link.version:
            if peer.is_older(remote.version, Version(link.version)):
                return Replace(record.item, rebase(base, seen, remote.item))
            base = None
        return self._decided(Known(base=base, mine=record.item), remote)

    def _decided(self, known: Known | None, remote: RemoteItem) -> PullAction:
        context = self._pull.context
        return decide_pull(known, remote.item, context.peer.project, context.policy, remote.modified)

    def _changed(self, record: ItemRecord) -> datetime | None:
        """When the user changed an item, where that decides who wins."""
        if self._pull.context.policy.winner is not Winner.NEWER:
            return None
        return self._tx.journal.last_change(record.id, besides=self._tx.sync.origin)


def is_simple(remote: RemoteItem) -> bool:
    """Whether an item can be understood on its own: neither part of a series nor a list of other items."""
    return remote.master is None and not _has_references(remote.item)


def _has_references(item: Item) -> bool:
    return isinstance(item, DistributionList) and any(member.contact for member in item.members)
