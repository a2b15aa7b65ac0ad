"""Deletions at the peer: noted while folders are pulled, believed and carried out when all of them are.

Waiting until then tells a move from a deletion: an item that left one folder may have come to another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import actor_of
from passerelle.groupware.rights import allowed
from passerelle.model.errors import NotFound, Refused, Unreadable
from passerelle.model.folders import Folder, Level
from passerelle.model.ids import FolderId
from passerelle.model.text import Text
from passerelle.peers.base import Place, RemoteId
from passerelle.store import FolderLink, Reading, Skipped, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.carrying_out import carry_out, leave_unlinked
from passerelle.sync.deletions.dooming import Doomed, doom, is_loss, with_series
from passerelle.sync.deletions.guard import Loss, judge, note_passed
from passerelle.sync.deletions.notes import all_gone, all_missing, forget_noted
from passerelle.sync.deletions.overtaken import any_touched, overtaken_there
from passerelle.sync.folders.state import base_of
from passerelle.sync.merge.plan import Revive
from passerelle.sync.report import Subject, title_of
from passerelle.sync.send.read_only import falls_short
from passerelle.sync.skipped.quarantine import APPROVED, DECIDED, DOWN, HELD, KEPT, hold, settle

_FEW = 20
"""So many items that lacked in a list are read one by one; of more, a second list is asked for."""


class _Noted(Struct, frozen=True, kw_only=True):
    """What was noted about one folder: items called ``gone`` by a change list, ``missing`` in a complete one.

    ``decided`` are held deletions that the user has decided on, ``held`` the items of those that still wait, and
    ``overtaken`` what need not wait any more; these are ``gone``, too. ``later`` is what cannot be told yet.
    """

    link: FolderLink
    folder: Folder
    gone: tuple[str, ...]
    missing: tuple[str, ...]
    decided: tuple[Skipped, ...]
    held: frozenset[str | None]
    overtaken: tuple[Skipped, ...]
    later: tuple[str, ...] = ()

    @property
    def remotes(self) -> Iterable[str]:
        """All items that it is about."""
        decided = (one.remote for one in self.decided if one.remote is not None)
        return dict.fromkeys((*self.gone, *self.missing, *decided))

    def with_code(self, code: str) -> set[str | None]:
        """The items that were decided so."""
        return {one.remote for one in self.decided if one.code == code}


def lack_any(context: Context, linked: Iterable[tuple[FolderLink, Folder]]) -> bool:
    """Whether the peer has no more, in some of these folders, what is known to be there; it may be in another one."""
    with context.store.reading() as tx:
        gone, missing = all_gone(tx), all_missing(tx)
        noted = {folder.id: {*gone.get(folder.id, ()), *missing.get(folder.id, ())} for _, folder in linked}
        links = tx.sync.links_of_remotes({id_ for ids in noted.values() for id_ in ids})
    return any(link.remote in noted.get(link.folder, ()) for link in links)


def settle_deletions(context: Context, linked: Iterable[tuple[FolderLink, Folder]]) -> None:
    """Carry out what was noted about folders, or hold it if it is too much. One transaction for each folder.

    What merely lacked in a list is believed when the peer says so once more: in one request for each item, or in one
    for all of a folder where they are many.
    """
    with context.store.reading() as tx:
        noted = _all_noted(context, tx, linked)
    if not noted:
        return
    confirmed = [_without_moved(context, _confirmed(context, one)) for one in noted]
    with context.store.reading() as tx:
        guarded = judge(context, tx, DOWN, {one.folder.id: _loss(context, tx, one) for one in confirmed})
    for one in confirmed:
        with context.writing() as tx:
            _settle(context, tx, one, is_guarded=one.folder.id in guarded)
            forget_noted(tx, one.folder.id, one.later)


def _all_noted(context: Context, tx: Reading, linked: Iterable[tuple[FolderLink, Folder]]) -> list[_Noted]:
    decided: dict[FolderId, list[Skipped]] = defaultdict(list)
    held: dict[FolderId, list[Skipped]] = defaultdict(list)
    for entry in tx.sync.skipped():
        if entry.direction == DOWN and entry.local is not None:
            if entry.code in DECIDED:
                decided[entry.folder].append(entry)
            elif entry.code == HELD:
                held[entry.folder].append(entry)
    gone, missing = all_gone(tx), all_missing(tx)
    found = []
    for link, folder in linked:
        waiting = held[folder.id]
        overtaken = overtaken_there(context, tx, folder, waiting) if waiting else []
        again = {one.remote: None for one in overtaken if one.remote is not None}
        one = _Noted(
            link=link,
            folder=folder,
            gone=tuple(dict.fromkeys((*gone.get(folder.id, ()), *again))),
            missing=tuple(missing.get(folder.id, ())),
            decided=tuple(decided[folder.id]),
            held=frozenset(one.remote for one in waiting) - again.keys(),
            overtaken=tuple(overtaken),
        )
        found.append(one)
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


def _without_moved(context: Context, noted: _Noted) -> _Noted:
    """What is gone, but for edited items that the peer has in another folder: they were moved there.

    That folder may have been looked at too early for that; or it was deleted here, and what becomes of them is told
    with it.
    """
    if context.reconciling:
        return noted
    told = {*noted.gone, *noted.missing}
    with context.store.reading() as tx:
        links = [link for link in tx.sync.links_of_remotes(told) if link.folder == noted.folder.id]
        if not any_touched(tx, links):
            return noted
        doomed = _all_doomed(context, tx, noted)
        edited = {one.link.remote for one in doomed if isinstance(one.action, Revive) and one.record and not one.others}
        others = _others_of_module(tx, noted) if edited & told else []
    moved = {id_ for place in others for id_ in _inside(context, place, edited & told)}
    if not moved:
        return noted
    return msgspec.structs.replace(
        noted,
        gone=tuple(id_ for id_ in noted.gone if id_ not in moved),
        missing=tuple(id_ for id_ in noted.missing if id_ not in moved),
        later=(*noted.later, *sorted(moved)),
    )


def _others_of_module(tx: Reading, noted: _Noted) -> list[Place]:
    """The other folders at the peer that such items may be in, also those that were deleted here."""
    here = {folder.id: folder.module for folder in tx.folders.all()}
    links = [link for link in tx.sync.folder_links() if link.local != noted.folder.id]
    hidden = {link.local: base.module for link in links if link.local not in here and (base := base_of(tx, link.local))}
    modules = here | hidden
    return [
        Place(RemoteId(link.remote), noted.folder.module)
        for link in links
        if modules.get(link.local) is noted.folder.module
    ]


def _inside(context: Context, place: Place, ids: Collection[str]) -> Collection[str]:
    """Which of some items the peer has in a folder, as far as it lets us see."""
    if len(ids) <= _FEW:
        return [id_ for id_ in ids if _is_inside(context, place, id_)]
    try:
        there: Collection[str] = context.peer.ids(place)
    except (Refused, Unreadable):
        return ()
    return [id_ for id_ in ids if id_ in there]


def _is_inside(context: Context, place: Place, id_: str) -> bool:
    with suppress(Refused, Unreadable):
        context.peer.read(place, RemoteId(id_))
        return True
    return False


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
    removals = _removals(context, tx, noted, _all_doomed(context, tx, noted))
    return Loss(deletions=len(removals), items=tx.items.count(noted.folder.id))


def _all_doomed(context: Context, tx: Reading, noted: _Noted) -> list[Doomed]:
    links = tx.sync.links_of_remotes(noted.remotes)
    found = [doom(context, tx, link) for link in links if link.folder == noted.folder.id]
    here = [one for one in found if not (one.link.remote in noted.held and is_loss(one))]  # some lists say it twice
    kept = noted.with_code(KEPT)
    if kept:
        kept -= _out_of_reach(context, tx, noted.folder, here)
    wanted = [
        msgspec.structs.replace(one, action=Revive())
        if one.link.remote in kept or (context.reconciling and is_loss(one))
        else one
        for one in here
    ]
    return with_series(context, tx, noted.folder, wanted)


def _removals(context: Context, tx: Reading, noted: _Noted, doomed: Iterable[Doomed]) -> list[Doomed]:
    """The items that would be deleted here without the user having said so."""
    approved = noted.with_code(APPROVED)
    losses = [one for one in doomed if is_loss(one) and one.link.remote not in approved]
    hidden = _out_of_reach(context, tx, noted.folder, losses) if losses else set()
    return [one for one in losses if one.link.remote not in hidden]


def _out_of_reach(context: Context, tx: Reading, folder: Folder, doomed: Iterable[Doomed]) -> set[str]:
    """What is somebody else's where only the own items may be read by now: nobody need have deleted it.

    Whether it goes is nothing to ask about; and to send it again would make it twice for those who see it. In a folder
    of the user's own, whatever a server says of rights, it is a loss.
    """
    if folder.owner == context.me:
        return set()
    actor = actor_of(tx, context.me)
    level = allowed(folder, actor).read
    if level >= Level.ALL or not context.peer.is_authority:
        return set()
    return {
        one.link.remote for one in doomed if one.record is not None and falls_short(level, one.record.created_by, actor)
    }


def _settle(context: Context, tx: Writing, noted: _Noted, *, is_guarded: bool) -> None:
    folder = noted.folder
    doomed = _all_doomed(context, tx, noted)
    removals = _removals(context, tx, noted, doomed)
    if is_guarded:
        _hold(context, tx, folder, removals)
        held = {one.link.remote for one in removals}
        doomed = [one for one in doomed if one.link.remote not in held]
    else:
        note_passed(context, tx, DOWN, folder.id, len(removals))
    carry_out(context, tx, folder, doomed, kept=noted.with_code(KEPT))
    links = tx.sync.links_of_remotes(noted.remotes)
    here = {link.remote for link in links if link.folder == folder.id} | {one.link.remote for one in doomed}
    leave_unlinked(context, tx, folder, {link.local for link in links if link.remote not in here})
    settle(tx, [*noted.decided, *noted.overtaken])


def _hold(context: Context, tx: Writing, folder: Folder, removals: Sequence[Doomed]) -> None:
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


def _title(one: Doomed) -> str:
    return "" if one.record is None else title_of(one.record.item)
