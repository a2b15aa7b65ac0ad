"""Change exceptions that were here before their series, as entries of their own, become exceptions of it.

Who is invited to one occurrence only has that alone in the own calendar. Its series may come later: its calendar is
shared, or its deletion here gives way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from passerelle.model.ids import Stamp
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.peers.base import Change, RemoteId, RemoteItem, Version
from passerelle.store import Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import agreed_link, base_of
from passerelle.sync.deletions.notes import all_gone
from passerelle.sync.files.comparing import copies_in, new_here
from passerelle.sync.merge.occurrences import bring_back, key_of, tell_of_return
from passerelle.sync.pull.returning import let_go
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.skipped.quarantine import UP, of_folder, remind, settle


def adopt(tx: Writing, pull: FolderPull, page: Sequence[RemoteItem]) -> None:
    """Let the change exceptions of a page be exceptions of their series here, if that is here."""
    masters = {remote.id: remote.master for remote in page if remote.master is not None}
    if not masters:
        return
    links = tx.sync.links_of_remotes(sorted({*masters, *masters.values()}))
    here = {RemoteId(link.remote): link for link in links if link.folder == pull.folder.id}
    records = {record.id: record for record in tx.items.several({one.local for one in here.values()}, pull.context.me)}
    for id_, master in masters.items():
        own = records.get(here[id_].local) if id_ in here else None
        series = records.get(here[master].local) if master in here else None
        if own is None or own.master is not None or series is None:
            continue
        if key_of(own.item) in series.changed:
            _give_way(tx, pull, own, series)
            continue
        with keeping_agreement(tx, pull.context.me, [series.id]):
            _adopt(tx, pull, own, series)


def separated(pull: FolderPull, page: Iterable[Change]) -> list[RemoteId]:
    """Which change exceptions show here by themselves, of series that come to the folder with a page.

    They did not change by that, so the peer does not list them. A whole list has them anyway.
    """
    if pull.link.anchor is None:
        return []
    series = {one.id: one.item.uid for one in page if isinstance(one, RemoteItem) and _recurs(one.item)}
    if not series:
        return []
    with pull.context.store.reading() as tx:
        known = {link.remote for link in tx.sync.links_of_remotes(series) if link.folder == pull.folder.id}
        uids = {uid for id_, uid in series.items() if id_ not in known and uid is not None}
        ids = [id_ for uid in sorted(uids) for id_ in tx.items.by_uid(uid)]
        alone = [one.id for one in tx.items.several(ids, None) if key_of(one.item) is not None and one.master is None]
        return [RemoteId(one.remote) for one in tx.sync.links_of_locals(alone) if one.folder == pull.folder.id]


def _recurs(item: Item) -> bool:
    return isinstance(item, Appointment) and item.recurrence is not None


def _give_way(tx: Writing, pull: FolderPull, own: ItemRecord, series: ItemRecord) -> None:
    """Let an entry without changes go where the same occurrence was changed here, too: the peer's meets that one.

    That may be an earlier one which the peer no longer has: somebody put the series back there.
    """
    gone = all_gone(tx)
    alike = [one.id for one in tx.items.exceptions(series.id) if key_of(one.item) == key_of(own.item)]
    is_there = any(one.remote not in gone.get(one.folder, ()) for one in tx.sync.links_of_locals(alike))
    if not is_there:
        let_go(tx, pull, own)


def _adopt(tx: Writing, pull: FolderPull, own: ItemRecord, series: ItemRecord) -> None:
    """Put an exception of a series in the place of an entry, in all folders that this shows in."""
    at_home = tx.items.get(series.id, None)
    home = series.folder if at_home is None else at_home.folder
    shown = [place for place in tx.items.placements(own.id) if place.folder != home]
    links = tx.sync.links_of(own.id)
    bases = {link.folder: base_of(tx, link, own) for link in links}
    made = tx.items.add(
        home, own.item, placements=shown, master=series.id, created_by=own.created_by, alarm_of=pull.context.me
    )
    if bring_back(tx, pull, own.item, series.id):
        tell_of_return(tx, pull, made)
    stamp = _hand_files_over(tx, pull, own, made) if own.attachments else made.stamp
    for link in links:
        tx.sync.remove_item_links(link.folder, [own.id])
        settle(tx, [one for one in of_folder(tx, link.folder, UP) if one.local == own.id])
        if link.agreed == own.stamp:
            at = (stamp, made.item)
            tx.sync.put_item_links(
                [agreed_link(link.folder, made.id, RemoteId(link.remote), Version(link.version), at)]
            )
        else:
            base = bases[link.folder]
            tx.sync.put_item_links([msgspec.structs.replace(link, local=made.id, agreed=Stamp(0), base=base)])
            remind(pull.context, tx, link.folder, made.id)
    tx.items.remove(own.id)


def _hand_files_over(tx: Writing, pull: FolderPull, own: ItemRecord, made: ItemRecord) -> Stamp:
    """Let the files of an entry hang on what takes its place, also those that were not sent yet; return its stamp."""
    stamp = tx.attachments.hand_over(own.id, made.id)
    known = tx.file_links.of_items([own.id], copies_in(pull.context, pull.folder.id))
    tx.file_links.remove(known)
    tx.file_links.put(msgspec.structs.replace(one, item=made.id) for one in known)
    if new_here(own.attachments, known):
        remind(pull.context, tx, made.folder, made.id)
    return stamp
