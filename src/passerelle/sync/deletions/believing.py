"""Deletions at the peer: noted while folders are pulled, believed and carried out when all of them are.

Waiting until then tells a move from a deletion: an item that left one folder may have come to another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec
from msgspec import Struct

from passerelle.model.errors import NotFound, Refused, Unreadable
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.peers.base import Place, RemoteId, Version
from passerelle.store import FolderLink, ItemLink, Placement, Reading, Skipped, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import base_of, differing_link
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import Loss, judge, note_passed
from passerelle.sync.deletions.notes import forget_noted, gone_remotes, missing_remotes
from passerelle.sync.deletions.withdrawn import (
    is_answer_only,
    is_of_others,
    is_of_others_series,
    make_own,
    make_own_occurrence,
)
from passerelle.sync.history.chronicle import decided
from passerelle.sync.history.chronicle import removed as note_removed
from passerelle.sync.merge.decide import Known, decide_pull
from passerelle.sync.merge.plan import PullAction, Remove, Revive
from passerelle.sync.pull.placing import leave
from passerelle.sync.replaced.lost import send_again
from passerelle.sync.report import Subject, title_of
from passerelle.sync.skipped.quarantine import (
    APPROVED,
    DECIDED,
    DOWN,
    HELD,
    KEPT,
    UP,
    fetch_later,
    hold,
    of_folder,
    remind,
    settle,
)

_FEW = 20
"""So many items that lacked in a list are read one by one; of more, a second list is asked for."""


class _Doomed(Struct, frozen=True):
    """An item that is gone at the peer, as it is here. ``others`` are the other folders that it shows in."""

    link: ItemLink
    record: ItemRecord | None
    action: PullAction
    others: tuple[Placement, ...]


class _Noted(Struct, frozen=True, kw_only=True):
    """What was noted about one folder: items called ``gone`` by a change list, ``missing`` in a complete one.

    ``decided`` are held deletions that the user has decided on, ``held`` the items of those that still wait. ``later``
    is what cannot be told yet.
    """

    link: FolderLink
    folder: Folder
    gone: tuple[str, ...]
    missing: tuple[str, ...]
    decided: tuple[Skipped, ...]
    held: frozenset[str | None]
    later: tuple[str, ...] = ()

    @property
    def remotes(self) -> Iterable[str]:
        """All items that it is about."""
        decided = (one.remote for one in self.decided if one.remote is not None)
        return dict.fromkeys((*self.gone, *self.missing, *decided))

    def with_code(self, code: str) -> set[str | None]:
        """The items that were decided so."""
        return {one.remote for one in self.decided if one.code == code}


def settle_deletions(context: Context, linked: Iterable[tuple[FolderLink, Folder]]) -> None:
    """Carry out what was noted about folders, or hold it if it is too much. One transaction for each folder.

    What merely lacked in a list is believed when the peer says so once more: in one request for each item, or in one
    for all of a folder where they are many.
    """
    with context.store.reading() as tx:
        noted = _all_noted(tx, linked)
    if not noted:
        return
    confirmed = [_confirmed(context, one) for one in noted]
    with context.store.reading() as tx:
        guarded = judge(context, tx, DOWN, {one.folder.id: _loss(context, tx, one) for one in confirmed})
    for one in confirmed:
        with context.writing() as tx:
            _settle(context, tx, one, is_guarded=one.folder.id in guarded)
            forget_noted(tx, one.folder.id, one.later)


def _all_noted(tx: Reading, linked: Iterable[tuple[FolderLink, Folder]]) -> list[_Noted]:
    decided: dict[FolderId, list[Skipped]] = defaultdict(list)
    held: dict[FolderId, set[str | None]] = defaultdict(set)
    for entry in tx.sync.skipped():
        if entry.direction == DOWN and entry.code in DECIDED and entry.local is not None:
            decided[entry.folder].append(entry)
        if entry.direction == DOWN and entry.code == HELD:
            held[entry.folder].add(entry.remote)
    found = (
        _Noted(
            link=link,
            folder=folder,
            gone=tuple(gone_remotes(tx, folder.id)),
            missing=tuple(missing_remotes(tx, folder.id)),
            decided=tuple(decided[folder.id]),
            held=frozenset(held[folder.id]),
        )
        for link, folder in linked
    )
    return [one for one in found if one.gone or one.missing or one.decided]


def _confirmed(context: Context, noted: _Noted) -> _Noted:
    """What is left of it after a second look. What the user has decided on may have come back meanwhile."""
    place = Place(RemoteId(noted.link.remote), noted.folder.module)
    if not noted.decided and len(noted.missing) <= _FEW:
        gone = tuple(id_ for id_ in noted.missing if _is_gone(context, place, id_))
        return msgspec.structs.replace(noted, missing=gone)
    try:
        there: Collection[str] = context.peer.ids(place)
    except (Refused, Unreadable):
        return msgspec.structs.replace(noted, missing=(), decided=(), later=noted.missing)
    returned = [one for one in noted.decided if one.remote in there]
    if returned:
        with context.writing() as tx:
            settle(tx, returned)
    return msgspec.structs.replace(
        noted,
        missing=tuple(id_ for id_ in noted.missing if id_ not in there),
        decided=tuple(one for one in noted.decided if one.remote not in there),
    )


def _is_gone(context: Context, place: Place, id_: str) -> bool:
    """Whether the peer says so itself; any other answer than that it has no such item is none."""
    try:
        context.peer.read(place, RemoteId(id_))
    except NotFound:
        return True
    except (Refused, Unreadable):
        return False
    return False


def _loss(context: Context, tx: Reading, noted: _Noted) -> Loss:
    removals = _removals(noted, _all_doomed(context, tx, noted))
    return Loss(deletions=len(removals), items=tx.items.count(noted.folder.id))


def _all_doomed(context: Context, tx: Reading, noted: _Noted) -> list[_Doomed]:
    links = tx.sync.links_of_remotes(noted.remotes)
    found = [_doomed(context, tx, link) for link in links if link.folder == noted.folder.id]
    here = [one for one in found if not (one.link.remote in noted.held and _is_loss(one))]  # some lists say it twice
    kept = noted.with_code(KEPT)
    wanted = [
        msgspec.structs.replace(one, action=Revive())
        if one.link.remote in kept or (context.reconciling and _is_loss(one))
        else one
        for one in here
    ]
    return _with_series(context, tx, noted.folder, wanted)


def _removals(noted: _Noted, doomed: Iterable[_Doomed]) -> list[_Doomed]:
    """The items that would be deleted here without the user having said so."""
    approved = noted.with_code(APPROVED)
    return [one for one in doomed if _is_loss(one) and one.link.remote not in approved]


def _is_loss(one: _Doomed) -> bool:
    return isinstance(one.action, Remove) and not one.others


def _settle(context: Context, tx: Writing, noted: _Noted, *, is_guarded: bool) -> None:
    folder = noted.folder
    doomed = _all_doomed(context, tx, noted)
    removals = _removals(noted, doomed)
    if is_guarded:
        _hold(context, tx, folder, removals)
        held = {one.link.remote for one in removals}
        doomed = [one for one in doomed if one.link.remote not in held]
    else:
        note_passed(context, tx, DOWN, folder.id, len(removals))
    _carry_out(context, tx, folder, doomed, kept=noted.with_code(KEPT))
    links = tx.sync.links_of_remotes(noted.remotes)
    here = {link.remote for link in links if link.folder == folder.id} | {one.link.remote for one in doomed}
    _leave_unlinked(context, tx, folder, {link.local for link in links if link.remote not in here})
    settle(tx, noted.decided)


def _leave_unlinked(context: Context, tx: Writing, folder: Folder, items: Collection[ItemId]) -> None:
    """Take out items that the rules here let show in a folder, and that the peer does not, or no longer, show there."""
    with keeping_agreement(tx, context.me, items):
        for local in items:
            if tx.items.in_folder(folder.id, local, None) is not None:
                leave(tx, context.me, folder.id, local)


def _doomed(context: Context, tx: Reading, link: ItemLink) -> _Doomed:
    record = tx.items.in_folder(link.folder, link.local, context.me)
    known = Known(base=base_of(tx, link, record), mine=None if record is None else record.item)
    others = tuple(place for place in tx.items.placements(link.local) if place.folder != link.folder)
    if record is not None:  # where the peer does not show it, it is by the rules here alone, and goes with it
        linked = {one.folder for one in tx.sync.links_of(link.local)}
        others = tuple(place for place in others if place.folder in linked)
    action = decide_pull(known, None, context.peer.project, context.policy)
    if isinstance(action, Revive) and is_answer_only(context, known):
        action = Remove()
    return _Doomed(link, record, action, others)


def _with_series(context: Context, tx: Reading, folder: Folder, doomed: Sequence[_Doomed]) -> list[_Doomed]:
    """A series that is edited here stays as a whole; an edit of a change exception is one of it."""
    revived = {one.link.local for one in doomed if one.record is not None and _is_edited_series(tx, folder, one)}
    revived |= _series_of_edited(context, tx, folder, doomed)
    kept: dict[ItemId, _Doomed] = {}
    for one in doomed:
        belongs = one.link.local in revived or (one.record is not None and one.record.master in revived)
        kept[one.link.local] = _Doomed(one.link, one.record, Revive(), one.others) if belongs else one
    for link in tx.sync.links_of_locals(below for master in sorted(revived) for below in _below(tx, master)):
        if link.folder == folder.id and link.local not in kept:
            kept[link.local] = _Doomed(link, tx.items.in_folder(folder.id, link.local, None), Revive(), ())
    return list(kept.values())


def _is_edited_series(tx: Reading, folder: Folder, one: _Doomed) -> bool:
    if one.others:  # it only leaves this folder
        return False
    if isinstance(one.action, Revive):
        return True
    below = _below(tx, one.link.local) if one.record is not None and one.record.changed else []
    sent = {link.local for link in tx.sync.links_of_locals(below) if link.folder == folder.id}
    return any(id_ not in sent for id_ in below)


def _series_of_edited(context: Context, tx: Reading, folder: Folder, doomed: Sequence[_Doomed]) -> set[ItemId]:
    """The series that go with change exceptions which were edited here, unless these are kept without them."""
    going = {one.link.local for one in doomed if not one.others}
    edited = [one.record for one in doomed if isinstance(one.action, Revive) and not one.others and one.record]
    masters = {one.master for one in edited if not is_of_others_series(context, tx, folder, one)}
    return {master for master in masters if master in going}


def _below(tx: Reading, master: ItemId) -> list[ItemId]:
    """The change exceptions of a series."""
    return [exception.id for exception in tx.items.exceptions(master)]


def _hold(context: Context, tx: Writing, folder: Folder, removals: Sequence[_Doomed]) -> None:
    message = Text(
        "{number} items of “{folder}” were deleted {there}, more than usual. They are kept here until you decide: "
        "passerelle confirm",
        number=len(removals),
        folder=context.name_of(folder),
        there=context.peer.where,
    )
    entries = [
        Skipped(
            folder=folder.id,
            direction=DOWN,
            local=one.link.local,
            remote=one.link.remote,
            code=HELD,
            message=Text("“{title}” was deleted {there}.", title=_title(one), there=context.peer.where),
            since=context.now(),
        )
        for one in removals
    ]
    hold(context, tx, entries)
    context.recorder.report(Subject.HELD, message, folder=folder.id)


def _carry_out(
    context: Context, tx: Writing, folder: Folder, doomed: Sequence[_Doomed], kept: Collection[str | None]
) -> None:
    leaving = [one for one in doomed if one.others and one.record is not None]
    removed = [one for one in doomed if _is_loss(one)]
    _revive_all(context, tx, folder, doomed, kept)
    tx.sync.remove_item_links(folder.id, [one.link.local for one in doomed])
    for one in doomed:
        if one.record is None:
            _remind_of_own_change(context, tx, one)
    masters = {one.record.master for one in removed if one.record is not None and one.record.master is not None}
    with keeping_agreement(tx, context.me, {*masters, *(one.link.local for one in leaving)}):
        for one in leaving:
            home = leave(tx, context.me, folder.id, one.link.local)
            if home is not None and one.record is not None and one.record.stamp != one.link.agreed:
                remind(context, tx, home, one.link.local)
        _remove(context, tx, removed)
    context.recorder.counts(folder.id, context.name_of(folder), folder.module).removed_here += len(removed) + len(
        leaving
    )
    if context.reconciling:
        lost = [one for one in doomed if isinstance(one.action, Revive) and not one.others]
        send_again(context, tx, folder, [one.link.local for one in lost])
    gone = {one.link.local for one in removed}
    settle(tx, [entry for entry in of_folder(tx, folder.id, UP) if entry.local in gone])


def _revive_all(
    context: Context, tx: Writing, folder: Folder, doomed: Sequence[_Doomed], kept: Collection[str | None]
) -> None:
    for one in doomed:
        if not isinstance(one.action, Revive) or one.others:
            continue
        if one.record is not None and is_of_others_series(context, tx, folder, one.record):
            make_own_occurrence(context, tx, folder, one.record)
            continue
        _revive(context, tx, folder, one)
        if one.record is not None and is_of_others(context, folder, one.record):
            make_own(context, tx, folder, one.record)
        elif one.link.remote not in kept and not context.reconciling:
            _report_revived(context, tx, folder, one)


def _remind_of_own_change(context: Context, tx: Writing, one: _Doomed) -> None:
    """Have it sent that an item was moved or deleted here: through a folder that both sides still know it in.

    What was moved here, but elsewhere at the peer, is from now on where the peer has it.
    """
    links = tx.sync.links_of(one.link.local)
    agreed = {link.folder for link in links}
    only_here = [place.folder for place in tx.items.placements(one.link.local) if place.folder not in agreed]
    with keeping_agreement(tx, context.me, [one.link.local]):
        for folder in only_here if agreed else ():
            leave(tx, context.me, folder, one.link.local)
    known = [link.folder for link in links] or [place.folder for place in one.others]
    for folder in known[:1]:
        remind(context, tx, folder, one.link.local)


def _remove(context: Context, tx: Writing, removed: Sequence[_Doomed]) -> None:
    """Remove items; the change exceptions of a series go with it, and the links of both.

    Exceptions that the peer did not call gone are looked for: a participant may have left a series, but not them.
    """
    ids = [one.link.local for one in removed]
    series = [one.record.id for one in removed if one.record is not None and one.record.changed]
    below = [exception for master in series for exception in _below(tx, master) if exception not in ids]
    edited = _edited(context, tx, below)
    for link in tx.sync.links_of_locals(below):
        fetch_later(context, tx, link.folder, RemoteId(link.remote))
        tx.sync.remove_item_links(link.folder, [link.local])
    _doubt_series(context, tx, [one.record for one in removed if one.record is not None])
    # A change exception may have gone with its series already.
    present = tx.items.several(ids, None)
    note_removed(context, tx, present, tx.items.remove_many([record.id for record in present]))
    for link, record, base in edited:
        _keep_without_series(context, tx, link, record, base)


def _edited(context: Context, tx: Reading, exceptions: Sequence[ItemId]) -> list[tuple[ItemLink, ItemRecord, Item]]:
    """Change exceptions with changes that were not sent, and what both sides last agreed on."""
    links = {link.local: link for link in tx.sync.links_of_locals(exceptions)}
    found = [(links[one.id], one, base_of(tx, links[one.id], one)) for one in tx.items.several(links, context.me)]
    return [(link, one, base) for link, one, base in found if base is not None and base != one.item]


def _keep_without_series(context: Context, tx: Writing, link: ItemLink, record: ItemRecord, base: Item) -> None:
    """Keep a change exception with its changes, which are sent if the peer shows it still; its series is gone here."""
    alone = tx.items.add(link.folder, record.item, created_by=record.created_by, alarm_of=context.me)
    tx.sync.put_item_links([differing_link(link.folder, alone.id, RemoteId(link.remote), Version(link.version), base)])
    remind(context, tx, link.folder, alone.id)


def _doubt_series(context: Context, tx: Writing, removed: Iterable[ItemRecord]) -> None:
    """Have series read again that do not call deleted what a removed change exception replaced.

    While an exception shows in another folder, that its occurrence is deleted is not believed of this one (OX
    reference, 4.2); it may have gone from both at once.
    """
    keys = {record.master: record.item for record in removed if record.master is not None}
    for record in tx.items.several(keys, None):
        if isinstance(record.item, Appointment) and not _calls_deleted(record.item, keys[record.id]):
            for link in tx.sync.links_of(record.id)[:1]:
                fetch_later(context, tx, link.folder, RemoteId(link.remote))


def _calls_deleted(series: Appointment, exception: Item) -> bool:
    deleted = series.recurrence.deleted if series.recurrence is not None else ()
    return isinstance(exception, Appointment) and exception.recurrence_id in deleted


def _title(one: _Doomed) -> str:
    return "" if one.record is None else title_of(one.record.item)


def _revive(context: Context, tx: Writing, folder: Folder, one: _Doomed) -> None:
    """Have an item sent as a new one; a change exception that was not sent before goes with its series."""
    unsent = [below for below in _below(tx, one.link.local) if not tx.sync.links_of(below)]
    for id_ in (one.link.local, *unsent):
        remind(context, tx, folder.id, id_)


def _report_revived(context: Context, tx: Writing, folder: Folder, one: _Doomed) -> None:
    if one.record is None or one.record.master is not None:
        return
    message = Text(
        "“{title}” was deleted {there}, but changed here meanwhile. It is kept and sent there again.",
        title=_title(one),
        there=context.peer.where,
    )
    decided(
        context, tx, Subject.EDIT_WON, message,
        folder=folder.id, item=one.link.local, kept=one.record.item, lost=None,
    )  # fmt: skip
