"""Keeps appointments that ended too long ago out of the replica while a folder is pulled.

A series and its change exceptions are one family: it is wanted as long as one of its members is. So an old series waits
for the end of the list, and a member that comes into the time that is kept brings those along that were left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.items import Appointment
from passerelle.peers.base import RemoteId, RemoteItem
from passerelle.store import LeftOut, Reading, Writing
from passerelle.store.schema import ENDLESS
from passerelle.store.windows import window
from passerelle.sync.deletions.notes import gone_remotes
from passerelle.sync.past.setting import limit_of
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.skipped.quarantine import fetch_all_later


def sift(tx: Writing, pull: FolderPull, page: Sequence[RemoteItem]) -> Sequence[RemoteItem]:
    """The items of a page that are wanted here; what can only be told at the end of the list is deferred."""
    limit = _limit(tx, pull)
    if limit is None:
        return page
    known = _known(tx, pull, page)
    wanted: list[RemoteItem] = []
    old: list[RemoteItem] = []
    for remote in sorted(page, key=lambda one: one.master is not None):
        if remote.id in known or remote.master in known or (remote.master is None and ends_of(remote) >= limit):
            wanted.append(remote)
            known.add(remote.id)
        elif _is_of_series(remote):
            pull.deferred.append(remote)
        else:
            old.append(remote)
    _leave_out(tx, pull, old)
    _welcome(tx, pull, wanted)
    return wanted


def sift_rest(tx: Writing, pull: FolderPull, deferred: Sequence[RemoteItem]) -> Sequence[RemoteItem]:
    """The deferred items that are wanted here, now that the whole list is known."""
    limit = _limit(tx, pull)
    if limit is None:
        return deferred
    known = _known(tx, pull, deferred)
    families: dict[str, list[RemoteItem]] = defaultdict(list)
    for remote in deferred:
        families[remote.master or remote.id].append(remote)
    wanted: list[RemoteItem] = []
    for name, members in families.items():
        if name in known or any(one.id in known or ends_of(one) >= limit for one in members):
            wanted += members
        else:
            _leave_out(tx, pull, members)
    _welcome(tx, pull, wanted)
    return wanted


def missing_relatives(pull: FolderPull, page: Iterable[object]) -> list[RemoteId]:
    """Which items were left out of series of which a page has members in the time that is kept."""
    with pull.context.store.reading() as tx:
        limit = _limit(tx, pull)
        members = [] if limit is None else [one for one in page if isinstance(one, RemoteItem) and _is_of_series(one)]
        inside = {one.master or one.id for one in members if limit is not None and ends_of(one) >= limit}
        rows = tx.left_out.of_families(inside) if inside else []
    here = {one.id for one in members}
    return [RemoteId(one.remote) for one in rows if one.folder == pull.folder.id and one.remote not in here]


def ends_of(remote: RemoteItem) -> int:
    """When an item ends, in milliseconds since 1970; never where that cannot be told."""
    try:
        ends = window(remote.item)[1]
    except Refused:  # it will be refused as a whole, and set aside
        return ENDLESS
    return ENDLESS if ends is None else ends


def _limit(tx: Reading, pull: FolderPull) -> int | None:
    return limit_of(tx) if pull.folder.module is Module.CALENDAR else None


def _is_of_series(remote: RemoteItem) -> bool:
    item = remote.item
    return remote.master is not None or (isinstance(item, Appointment) and item.recurrence is not None)


def _known(tx: Reading, pull: FolderPull, page: Iterable[RemoteItem]) -> set[str]:
    """The peer's items, and series, that are here already, in whatever folder, or will be found to be."""
    remotes = list(page)
    ids = {one.id for one in remotes} | {one.master for one in remotes if one.master is not None}
    linked = {link.remote for link in tx.sync.links_of_remotes(sorted(ids))}
    return linked | set(_expected(tx, pull, (one for one in remotes if one.id not in linked)))


def _expected(tx: Reading, pull: FolderPull, remotes: Iterable[RemoteItem]) -> Iterator[str]:
    """Items that are here without a link: the answer to their creation was lost, or they come back under new ids."""
    looks_up = pull.context.reconciling or bool(gone_remotes(tx, pull.folder.id))
    for remote in remotes:
        uid = remote.item.uid
        if pull.newcomers.expect(remote.item) or (looks_up and uid is not None and tx.items.by_uid(uid)):
            yield remote.id


def _leave_out(tx: Writing, pull: FolderPull, old: Collection[RemoteItem]) -> None:
    folder = pull.folder.id
    rows = [
        LeftOut(folder=folder, remote=one.id, version=one.version, ends=ends_of(one), master=one.master) for one in old
    ]
    tx.left_out.put(folder, rows)


def _welcome(tx: Writing, pull: FolderPull, wanted: Iterable[RemoteItem]) -> None:
    """Forget that items were left out; another folder that they show in is to show them, too."""
    for row in tx.left_out.of_remotes([one.id for one in wanted]):
        tx.left_out.remove(row.folder, [row.remote])
        if row.folder != pull.folder.id:
            fetch_all_later(pull.context, tx, row.folder, [RemoteId(row.remote)])
