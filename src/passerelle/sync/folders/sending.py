"""Sends what the user did to folders here: made, renamed, moved, shared or removed them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from passerelle.model.errors import Refused, Stale
from passerelle.model.folders import FIRST_ORDINARY, Folder
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.text import Text
from passerelle.peers.base import FolderDraft, FolderEdit, RemoteId, Spot, Version
from passerelle.store import FolderLink, Kind, Reading, Skipped
from passerelle.sync.context import Context
from passerelle.sync.folders.deleting import delete_folder, entries_of, guarded_folders, is_about_folder
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
from passerelle.sync.send.loops import back_and_forth, is_loop
from passerelle.sync.skipped.quarantine import (
    LOOP,
    UP,
    code_of,
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
        guarded = guarded_folders(context, tx, ids)
    done, waiting = False, list[FolderId]()
    while ids:
        outcomes = {id_: _send(context, id_, guarded, is_last_round=is_last_round) for id_ in ids}
        done = done or any(outcome is True for outcome in outcomes.values())
        waiting = [id_ for id_, outcome in outcomes.items() if outcome is None]
        ids = waiting if len(waiting) < len(ids) else []  # the parents of the others have a place now
    if clock > sent or waiting:
        with context.writing() as tx:
            for id_ in (one for one in waiting if not entries_of(tx, one)):
                remind_of_folder(context, tx, id_)
            tx.sync.set(FOLDERS_SENT, clock)
    return done


def _changed(context: Context, tx: Reading, sent: Stamp, clock: Stamp) -> Sequence[FolderId]:
    entries = tx.journal.entries(TREE, sent, clock) if clock > sent else []
    edited = [FolderId(one.object) for one in entries if one.origin != tx.sync.origin and one.kind is Kind.FOLDER]
    aside = [one.folder for one in tx.sync.skipped() if is_about_folder(one) and is_due(context, one)]
    return [id_ for id_ in dict.fromkeys((*aside, *edited)) if id_ >= FIRST_ORDINARY]


def _all(tx: Reading) -> Sequence[FolderId]:
    """All folders: nothing was ever sent."""
    return [one.id for one in tx.folders.all() if one.id >= FIRST_ORDINARY]


def _send(context: Context, id_: FolderId, guarded: Collection[FolderId], *, is_last_round: bool) -> bool | None:
    """Send one folder's change; None if it must wait for a parent, else whether the peer is worth reading again."""
    with context.store.reading() as tx:
        folder, link, base = tx.folders.get(id_), tx.sync.folder_link(id_), base_of(tx, id_)
        spot = None if folder is None else remote_spot(tx, folder)
    try:
        if folder is None:
            return False if link is None else delete_folder(context, link, base, guarded)
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
    is_default = folder.is_default and folder.owner == context.me
    draft = FolderDraft(
        spot=spot, name=folder.name, module=folder.module, rights=rights, owner=owner, is_default=is_default
    )
    with context.writing() as tx:
        intent = tx.sync.open_intent("create folder", folder=folder.id)
    remote = context.peer.create_folder(draft)
    with context.writing() as tx:
        tx.sync.put_folder_link(FolderLink(local=folder.id, remote=remote))
        keep_base(tx, folder.id, agreed(folder, Version("0")))
        tx.sync.close_intent(intent.id)
        settle(tx, entries_of(tx, folder.id))
    context.recorder.folder_changes += 1
    return True


def _update(context: Context, folder: Folder, link: FolderLink, base: FolderBase | None, spot: Spot) -> bool:
    edit = _edit(folder, base, spot)
    version = Version("0") if base is None else base.version
    if edit is not None:
        _check_loop(context, folder)
        context.peer.update_folder(RemoteId(link.remote), version, edit)
        context.recorder.folder_changes += 1
    below = base.below if base is not None and (edit is None or edit.spot is None) else None
    with context.writing() as tx:
        keep_base(tx, folder.id, msgspec.structs.replace(agreed(folder, version), below=below))
        settle(tx, entries_of(tx, folder.id))
    return edit is not None


def _check_loop(context: Context, folder: Folder) -> None:
    """Make sure that the peer does not undo the change again and again, as the user may have tried. Raises Refused."""
    with context.store.reading() as tx:
        is_wanted_now = any(one.code == LOOP and is_wanted(one) for one in entries_of(tx, folder.id))
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


def _refuse(context: Context, id_: FolderId, folder: Folder | None, error: Refused) -> None:
    """Set a change aside that the peer does not take; one based on an old version is tried again after a pull."""
    reason = Text("It has changed there meanwhile.") if isinstance(error, Stale) else error.text
    there = context.peer.where
    if folder is None:
        message = Text(
            "A folder that was deleted here could not be deleted {there}: {reason}", there=there, reason=reason
        )
    else:
        message = Text(
            "The folder “{folder}” could not be changed {there}: {reason}",
            folder=context.name_of(folder),
            there=there,
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
