"""Brings folders from the peer: new, renamed, moved, shared and vanished ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import effective
from passerelle.model.errors import Unsafe
from passerelle.model.folders import FULL, GLOBAL_ADDRESS_BOOK, Folder, Right
from passerelle.model.ids import Stamp
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text, sentences
from passerelle.peers.base import Anchor, FolderChanges, RemoteFolder, RemoteId
from passerelle.store import FolderLink, Writing
from passerelle.sync.context import Context
from passerelle.sync.folders.removal import remove_vanished, vanished_and_decided, welcome_back
from passerelle.sync.folders.rings import make_way
from passerelle.sync.folders.state import (
    FOLDERS_ANCHOR,
    FolderBase,
    agreed,
    base_of,
    deleted_parent,
    keep_base,
    local_parent,
    plain_rights,
    type_of,
)
from passerelle.sync.policy import Winner
from passerelle.sync.replaced.lost import keep_lost_folders, part_foreign_folders
from passerelle.sync.replaced.noticing import Sign, stop
from passerelle.sync.report import Subject

T = TypeVar("T")


def pull_folders(context: Context) -> Mapping[RemoteId, str]:
    """Bring the folder tree up to date; return the positions that the peer announced for folders' items.

    One request; one transaction, which moves the anchor too.
    """
    with context.store.reading() as tx:
        anchor = tx.sync.get(FOLDERS_ANCHOR, str)
        decided = vanished_and_decided(tx)
    found = context.peer.folders(None if anchor is None else Anchor(anchor))
    positions = _positions(found)
    _check_positions(context, positions)
    if anchor != found.anchor or found.changed or found.gone or decided:
        with context.writing() as tx:
            _apply(context, tx, found, decided)
            tx.sync.set(FOLDERS_ANCHOR, found.anchor)
    return positions


def _positions(found: FolderChanges) -> Mapping[RemoteId, str]:
    changed = {remote.id: remote.position for remote in found.changed if remote.position is not None}
    return {**dict(found.positions), **changed}


def _check_positions(context: Context, positions: Mapping[RemoteId, str]) -> None:
    """A folder's items cannot have been read further than there were changes, unless these are lost.

    Raises:
        ServerReplaced: the server says less than before.
    """
    with context.store.reading() as tx:
        anchors = {RemoteId(one.remote): one.anchor for one in tx.sync.folder_links() if one.anchor is not None}
    if any(id_ in anchors and context.peer.is_behind(at, Anchor(anchors[id_])) for id_, at in positions.items()):
        stop(context, Sign.BEHIND)


def _apply(context: Context, tx: Writing, found: FolderChanges, decided: Iterable[FolderLink]) -> None:
    if context.reconciling:
        part_foreign_folders(context, tx, found.changed)
    for remote in _parents_first(found.changed):
        _apply_one(context, tx, remote)
    welcome_back(tx, _ids(found))
    gone = set(found.gone) | {RemoteId(link.remote) for link in decided if link.remote not in _ids(found)}
    if found.complete:
        present = _ids(found)
        _check_plausible(context, tx, found)
        gone.update(RemoteId(link.remote) for link in tx.sync.folder_links() if link.remote not in present)
    found_links = (tx.sync.folder_link_by_remote(id_) for id_ in sorted(gone))
    links = [link for link in found_links if link is not None]
    remove_vanished(context, tx, keep_lost_folders(context, tx, links) if context.reconciling else links)


def _ids(found: FolderChanges) -> set[RemoteId]:
    return {remote.id for remote in found.changed}


def _check_plausible(context: Context, tx: Writing, found: FolderChanges) -> None:
    """A user always has folders of their own: a list without any is no list, whatever went wrong there.

    Raises:
        Unsafe: nothing of such a list is believed.
    """
    own = [one for one in found.changed if one.is_default and one.owner == context.me]
    if not tx.sync.folder_links() or (own if context.peer.is_authority else found.changed):
        return
    if not context.peer.is_authority:
        raise Unsafe(
            Text("None of the folders is {there} any more. Nothing was changed here.", there=context.peer.where)
        )
    raise Unsafe(
        "The server shows none of your own folders. Nothing was changed here. If this lasts, ask its administrator."
    )


def _parents_first(folders: Iterable[RemoteFolder]) -> Iterator[RemoteFolder]:
    """Each folder after its parent, if that is among them."""
    waiting = {folder.id: folder for folder in folders}
    while waiting:
        ready = [folder for folder in waiting.values() if folder.spot.parent not in waiting]
        for folder in ready or list(waiting.values()):
            yield waiting.pop(folder.id)


def _apply_one(context: Context, tx: Writing, remote: RemoteFolder) -> None:
    link = tx.sync.folder_link_by_remote(remote.id)
    met = _meet(context, tx, remote) if link is None else tx.folders.get(link.local)
    if not context.peer.is_authority:
        remote = _as_here(context, remote, met)
    if link is None:
        local = _insert(context, tx, remote) if met is None else met
        # What a folder that was made here holds is still to be sent.
        sent = tx.journal.clock(local.id) if met is None else Stamp(0)
        link = FolderLink(local=local.id, remote=remote.id, sent=sent)
        tx.sync.put_folder_link(link)
        keep_base(tx, local.id, agreed(local, remote.version))
    if context.peer.is_authority or not remote.everybody:  # it is where it is
        _update(context, tx, link, remote)


def _base(tx: Writing, remote: RemoteFolder) -> FolderBase:
    return FolderBase(
        parent=local_parent(tx, remote.spot),
        name=remote.name,
        module=remote.module,
        rights=plain_rights(remote.rights),
        version=remote.version,
        below=deleted_parent(tx, remote.spot),
    )


def _as_here(context: Context, remote: RemoteFolder, here: Folder | None) -> RemoteFolder:
    """A folder of a peer that knows of no owners and rights, with those that it has here; a new one is the user's."""
    owner = context.me if here is None else here.owner
    rights = (Right(kind=PrincipalKind.USER, principal=context.me, rights=FULL),) if here is None else here.rights
    is_default = here is not None and here.is_default
    return msgspec.structs.replace(remote, owner=owner, rights=rights, is_default=is_default)


def _meet(context: Context, tx: Writing, remote: RemoteFolder) -> Folder | None:
    """The folder here that is the peer's, though not yet linked.

    That is the global address book, which every store has; or one that was made here and whose creation went
    through although its answer was lost, or that was made on both sides under one name in one place.
    """
    if remote.everybody:
        return tx.folders.get(GLOBAL_ADDRESS_BOOK)
    parent = local_parent(tx, remote.spot)
    for folder in tx.folders.children(parent):
        same = folder.name == remote.name and folder.module is remote.module
        is_owners = not context.peer.is_authority or folder.owner == remote.owner
        if same and is_owners and tx.sync.folder_link(folder.id) is None:
            return folder
    return None


def _insert(context: Context, tx: Writing, remote: RemoteFolder) -> Folder:
    context.recorder.folder_changes += 1
    return tx.folders.add(
        local_parent(tx, remote.spot),
        remote.name,
        remote.module,
        type_of(remote),
        remote.owner,
        rights=remote.rights,
        is_default=remote.is_default,
        created_by=remote.owner,
    )


def _update(context: Context, tx: Writing, link: FolderLink, remote: RemoteFolder) -> None:
    """Give a folder what the peer changed about it; what both changed goes by the account's policy."""
    local, base = tx.folders.get(link.local), base_of(tx, link.local)
    theirs = _base(tx, remote)
    keep_base(tx, link.local, theirs)
    if local is None or base is None:
        return
    mine = agreed(local, remote.version)
    wanted = msgspec.structs.replace(
        local,
        parent=_pick(
            context,
            local,
            Text("The folder “{folder}” was moved on both sides.", folder=context.name_of(local)),
            base.parent,
            mine.parent,
            theirs.parent if theirs.below is None else base.parent,
        ),
        name=_pick(
            context,
            local,
            Text("The folder “{folder}” was renamed on both sides.", folder=context.name_of(local)),
            base.name,
            mine.name,
            theirs.name,
        ),
        rights=_rights(context, local, base, mine, remote),
        is_default=remote.is_default,
        owner=remote.owner,
    )
    if wanted != local:
        if wanted.parent != local.parent:
            make_way(context, tx, local.id, wanted.parent)
        tx.folders.replace(wanted)
        context.recorder.folder_changes += 1
        if _reads_otherwise(context, tx, local, wanted):
            tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=None))


def _pick(context: Context, local: Folder, what: Text, base: T, mine: T, theirs: T) -> T:
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    context.recorder.report(
        Subject.CONFLICT,
        sentences(
            what,
            Text("What is {there} stays.", there=context.peer.where)
            if context.policy.winner is Winner.SERVER
            else "What you have here stays.",
        ),
        folder=local.id,
    )
    return theirs if context.policy.winner is Winner.SERVER else mine


def _rights(
    context: Context, local: Folder, base: FolderBase, mine: FolderBase, remote: RemoteFolder
) -> tuple[Right, ...]:
    """The list of rights that stays: whole as the peer has it, or as it is here."""
    theirs = plain_rights(remote.rights)
    what = Text("The rights in the folder “{folder}” were changed on both sides.", folder=context.name_of(local))
    picked = _pick(context, local, what, base.rights, mine.rights, theirs)
    return remote.rights if picked == theirs else local.rights


def _reads_otherwise(context: Context, tx: Writing, before: Folder, after: Folder) -> bool:
    """Whether other items are readable than before, which no list of changes tells."""
    actor = Actor(context.me, tx.principals.groups_of(context.me))
    return effective(before.rights, actor).read != effective(after.rights, actor).read
