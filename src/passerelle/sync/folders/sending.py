"""Sends what the user did to folders here: made, renamed, moved, shared or removed them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from passerelle.model.errors import Forbidden, NotFound, Refused, Stale
from passerelle.model.folders import FIRST_ORDINARY, Folder
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.text import Text
from passerelle.peers.base import FolderDraft, FolderEdit, Place, RemoteId, Spot, Version
from passerelle.store import FolderLink, Kind, Reading, Skipped
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import Loss, judge, note_passed
from passerelle.sync.folders.leaving import have_left_sent
from passerelle.sync.folders.lifting import lift_out
from passerelle.sync.folders.moving_out import move_out
from passerelle.sync.folders.removal import forget_folder
from passerelle.sync.folders.state import (
    FOLDERS_SENT,
    TREE,
    FolderBase,
    agreed,
    base_of,
    keep_base,
    plain_rights,
    remote_spot,
)
from passerelle.sync.report import Subject
from passerelle.sync.send.loops import back_and_forth, is_loop
from passerelle.sync.skipped.quarantine import (
    APPROVED,
    HELD,
    LOOP,
    UP,
    code_of,
    hold,
    is_due,
    is_wanted,
    remind_of_folder,
    set_aside,
    settle,
)


def send_folders(context: Context, *, is_last_round: bool) -> bool:
    """Send all changes of folders; return whether to read the peer's folders again, and then to send again.

    That is so when any change went through, and when one was based on an old version: a change of ours to another
    folder may have moved it. One request per changed folder, written down before (creations) and recorded after it.
    """
    with context.store.reading() as tx:
        sent, clock = Stamp(tx.sync.get(FOLDERS_SENT, int) or 0), tx.folders.clock()
        ids = _changed(context, tx, sent, clock) if sent else _all(tx)
        guarded = _guarded(context, tx, ids)
    done, waiting = False, list[FolderId]()
    while ids:
        outcomes = {id_: _send(context, id_, is_guarded=id_ in guarded, is_last_round=is_last_round) for id_ in ids}
        done = done or any(outcome is True for outcome in outcomes.values())
        waiting = [id_ for id_, outcome in outcomes.items() if outcome is None]
        ids = waiting if len(waiting) < len(ids) else []  # the parents of the others have a place now
    if clock > sent or waiting:
        with context.writing() as tx:
            for id_ in waiting:
                remind_of_folder(context, tx, id_)
            tx.sync.set(FOLDERS_SENT, clock)
    return done


def _changed(context: Context, tx: Reading, sent: Stamp, clock: Stamp) -> Sequence[FolderId]:
    entries = tx.journal.entries(TREE, sent, clock) if clock > sent else []
    edited = [FolderId(one.object) for one in entries if one.origin != tx.sync.origin and one.kind is Kind.FOLDER]
    aside = [one.folder for one in tx.sync.skipped() if _is_about_folder(one) and is_due(context, one)]
    return [id_ for id_ in dict.fromkeys((*aside, *edited)) if id_ >= FIRST_ORDINARY]


def _all(tx: Reading) -> Sequence[FolderId]:
    """All folders: nothing was ever sent."""
    return [one.id for one in tx.folders.all() if one.id >= FIRST_ORDINARY]


def _is_about_folder(entry: Skipped) -> bool:
    return entry.direction == UP and entry.local is None


def _send(context: Context, id_: FolderId, *, is_guarded: bool, is_last_round: bool) -> bool | None:
    """Send one folder's change; None if it must wait for a parent, else whether the peer is worth reading again."""
    with context.store.reading() as tx:
        folder, link, base = tx.folders.get(id_), tx.sync.folder_link(id_), base_of(tx, id_)
        spot = None if folder is None else remote_spot(tx, folder)
    try:
        if folder is None:
            return False if link is None else _delete(context, link, base, is_guarded=is_guarded)
        if spot is None:
            return None
        if link is None:
            return _create(context, folder, spot)
        return _update(context, folder, link, base, spot)
    except Refused as error:
        if isinstance(error, Stale) and not is_last_round:
            with context.writing() as tx:
                remind_of_folder(context, tx, id_)
            return True
        _refuse(context, id_, folder, error)
        return False


def _create(context: Context, folder: Folder, spot: Spot) -> bool:
    """Make a folder at the peer. If the answer is lost, the folder list shows it, and it is met by its name."""
    rights = plain_rights(folder.rights)
    owner = context.owner_of(folder)
    draft = FolderDraft(spot=spot, name=folder.name, module=folder.module, rights=rights, owner=owner)
    with context.writing() as tx:
        intent = tx.sync.open_intent("create folder", folder=folder.id)
    remote = context.peer.create_folder(draft)
    with context.writing() as tx:
        tx.sync.put_folder_link(FolderLink(local=folder.id, remote=remote))
        keep_base(tx, folder.id, agreed(folder, Version("0")))
        tx.sync.close_intent(intent.id)
        settle(tx, _entries(tx, folder.id))
    context.recorder.folder_changes += 1
    return True


def _update(context: Context, folder: Folder, link: FolderLink, base: FolderBase | None, spot: Spot) -> bool:
    edit = _edit(folder, base, spot)
    version = Version("0") if base is None else base.version
    if edit is not None:
        _check_loop(context, folder)
        context.peer.update_folder(RemoteId(link.remote), version, edit)
        context.recorder.folder_changes += 1
    with context.writing() as tx:
        keep_base(tx, folder.id, agreed(folder, version))
        settle(tx, _entries(tx, folder.id))
    return edit is not None


def _check_loop(context: Context, folder: Folder) -> None:
    """Make sure that the peer does not undo the change again and again, as the user may have tried. Raises Refused."""
    with context.store.reading() as tx:
        is_wanted_now = any(one.code == LOOP and is_wanted(one) for one in _entries(tx, folder.id))
        if not is_wanted_now and is_loop(context, tx, folder):
            raise back_and_forth()


def _edit(folder: Folder, base: FolderBase | None, spot: Spot) -> FolderEdit | None:
    """What differs from what was agreed on."""
    rights = plain_rights(folder.rights)
    if base is None:
        return FolderEdit(spot=spot, name=folder.name, rights=rights)
    if (base.parent, base.name, base.rights) == (folder.parent, folder.name, rights):
        return None
    return FolderEdit(
        spot=None if base.parent == folder.parent else spot,
        name=None if base.name == folder.name else folder.name,
        rights=None if base.rights == rights else rights,
    )


def _delete(context: Context, link: FolderLink, base: FolderBase | None, *, is_guarded: bool) -> bool | None:
    """Delete a folder at the peer; one with many items, or with items never seen here, waits for the user's word."""
    with context.store.reading() as tx:
        known = _known(tx, link.local)
        approved = _is_approved(tx, link.local)
    if not approved and base is not None and (is_guarded or _holds_strangers(context, link, base, known)):
        _hold(context, link, base.name)
        return False
    if not lift_out(context, link.local):
        return None
    with suppress(NotFound):  # gone already, as wanted
        if base is not None:
            move_out(context, link, base)
        context.peer.delete_folder(RemoteId(link.remote), Version("0") if base is None else base.version)
    with context.writing() as tx:
        have_left_sent(context, tx, link)
        forget_folder(tx, link)
        note_passed(context, tx, UP, link.local, 0 if approved else len(known))
    context.recorder.folder_changes += 1
    return True


def _guarded(context: Context, tx: Reading, ids: Iterable[FolderId]) -> frozenset[FolderId]:
    """The folders among those deleted here that hold, together, more than the guard lets go unasked."""
    gone = [id_ for id_ in ids if tx.folders.get(id_) is None and not _is_approved(tx, id_)]
    counts = {id_: len(_known(tx, id_)) for id_ in gone}
    return judge(context, tx, UP, {id_: Loss(deletions=count, items=count) for id_, count in counts.items()})


def _known(tx: Reading, id_: FolderId) -> Collection[RemoteId]:
    """The peer's items in a folder that are known here, those too old to be kept here included."""
    left_out = (one.remote for one in tx.left_out.of_folder(id_))
    return frozenset(map(RemoteId, (*tx.sync.versions(id_), *left_out)))


def _is_approved(tx: Reading, id_: FolderId) -> bool:
    return any(one.code == APPROVED for one in _entries(tx, id_))


def _holds_strangers(context: Context, link: FolderLink, base: FolderBase, known: Collection[RemoteId]) -> bool:
    """Whether the peer has items in the folder that were never here."""
    try:
        there = context.peer.ids(Place(RemoteId(link.remote), base.module))
    except (NotFound, Forbidden):
        return False
    return not there <= set(known)


def _hold(context: Context, link: FolderLink, name: str) -> None:
    message = Text(
        "The folder “{name}” was deleted here, but the server has many items in it, or some that were never here. It "
        "stays there until you decide: passerelle confirm",
        name=name,
    )
    entry = Skipped(folder=link.local, direction=UP, code=HELD, message=message, since=context.now())
    with context.writing() as tx:
        hold(context, tx, [entry])
    context.recorder.report(Subject.HELD, message, folder=link.local)


def _refuse(context: Context, id_: FolderId, folder: Folder | None, error: Refused) -> None:
    """Set a change aside that the peer does not take; one based on an old version is tried again after a pull."""
    reason = Text("It has changed there meanwhile.") if isinstance(error, Stale) else error.text
    if folder is None:
        message = Text("A folder that was deleted here could not be deleted on the server: {reason}", reason=reason)
    else:
        message = Text(
            "The folder “{folder}” could not be changed on the server: {reason}",
            folder=context.name_of(folder),
            reason=reason,
        )
    entry = Skipped(
        folder=id_,
        direction=UP,
        code=code_of(error),
        message=message,
        since=context.now(),
    )
    with context.writing() as tx:
        set_aside(context, tx, entry, "" if folder is None else context.name_of(folder))


def _entries(tx: Reading, id_: FolderId) -> list[Skipped]:
    return [one for one in tx.sync.skipped() if one.folder == id_ and _is_about_folder(one)]
