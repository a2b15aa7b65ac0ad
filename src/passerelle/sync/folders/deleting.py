"""Deletes folders at the peer that were deleted here, unless that takes more than the user can have meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from hashlib import sha256

from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.ids import FolderId
from passerelle.model.text import Text
from passerelle.peers.base import Place, RemoteId, Version
from passerelle.store import FolderLink, Reading, Skipped
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import Loss, judge, note_passed
from passerelle.sync.folders.emptying import keep_news
from passerelle.sync.folders.leaving import have_left_sent
from passerelle.sync.folders.lifting import deleted_below, lift_out
from passerelle.sync.folders.moving_out import move_out
from passerelle.sync.folders.removal import forget_folder
from passerelle.sync.folders.state import FolderBase, base_of
from passerelle.sync.report import Subject
from passerelle.sync.skipped.quarantine import APPROVED, HELD, PENDING, UP, hold


def delete_folder(
    context: Context, link: FolderLink, base: FolderBase | None, guarded: Collection[FolderId]
) -> bool | None:
    """Delete a folder at the peer with all below it; return whether that is worth reading again.

    It waits for the user's word, which returns False, if it is ``guarded`` or has items that this replica does not know
    as they are. It waits for folders below it of which that is true; then None is returned.
    """
    with context.store.reading() as tx:
        below = deleted_below(tx, link.local)
        if _has_code(tx, link.local, PENDING) and any(_has_code(tx, one.local, HELD) for one in below):
            return None  # as when it was looked at
        known = _known(tx, link.local)
        is_approved = _has_code(tx, link.local, APPROVED)
    with suppress(NotFound):  # gone already, as wanted
        if base is not None:
            move_out(context, link, base)
    if not context.peer.is_authority:
        with suppress(NotFound):  # a folder that is gone has no news
            if keep_news(context, (*below, link)):
                return True
    held = {one.local for one in (link, *below) if context.peer.is_authority and _is_held(context, one, guarded)}
    if link.local in held:
        return False
    if held or not lift_out(context, link.local):
        return None
    with suppress(NotFound):
        context.peer.delete_folder(RemoteId(link.remote), Version("0") if base is None else base.version)
    with context.writing() as tx:
        have_left_sent(context, tx, link)
        forget_folder(tx, link)
        note_passed(context, tx, UP, link.local, 0 if is_approved else len(known))
    context.recorder.folder_changes += 1
    return True


def guarded_folders(context: Context, tx: Reading, ids: Iterable[FolderId]) -> frozenset[FolderId]:
    """The folders among those deleted here that hold, together, more than the guard lets go unasked."""
    gone = [id_ for id_ in ids if tx.folders.get(id_) is None and not _has_code(tx, id_, APPROVED)]
    counts = {id_: len(_known(tx, id_)) for id_ in gone}
    return judge(context, tx, UP, {id_: Loss(deletions=count, items=count) for id_, count in counts.items()})


def is_about_folder(entry: Skipped) -> bool:
    """Whether an entry is about a change of a folder itself."""
    return entry.direction == UP and entry.local is None


def entries_of(tx: Reading, id_: FolderId) -> list[Skipped]:
    """What is set aside of the changes of a folder itself."""
    return [one for one in tx.sync.skipped() if one.folder == id_ and is_about_folder(one)]


def _has_code(tx: Reading, id_: FolderId, code: str) -> bool:
    return any(one.code == code for one in entries_of(tx, id_))


def _known(tx: Reading, id_: FolderId) -> Mapping[RemoteId, Version]:
    """The versions of the peer's items in a folder, as known here; of those too old to be kept here, too.

    One with a file that is yet to be fetched is not known as it is.
    """
    unseen = {one.item for one in tx.file_links.waiting()}
    versions = {
        RemoteId(id_): Version("" if state.local in unseen else state.version)
        for id_, state in tx.sync.versions(id_).items()
    }
    return {**versions, **{RemoteId(one.remote): Version(one.version) for one in tx.left_out.of_folder(id_)}}


def _is_held(context: Context, link: FolderLink, guarded: Collection[FolderId]) -> bool:
    """Hold the deletion of a folder if it must be; return whether.

    Who agrees to it agrees to what there was in it when they were asked.
    """
    with context.store.reading() as tx:
        base, known, decided = base_of(tx, link.local), _known(tx, link.local), entries_of(tx, link.local)
    if any(one.code == HELD for one in decided):
        return True
    if base is None:
        return False
    listing = _listing(context, link, base, known)
    approved = next((one for one in decided if one.code == APPROVED), None)
    if approved is not None:
        is_wanted = approved.fingerprint == _mark(listing)
    else:
        is_wanted = link.local not in guarded and listing is not None and not _is_news(listing, known)
    if not is_wanted:
        _hold(context, link, base.name, _mark(listing))
    return not is_wanted


def _listing(
    context: Context, link: FolderLink, base: FolderBase, known: Mapping[RemoteId, Version]
) -> Mapping[RemoteId, Version] | None:
    """The items that the peer has in a folder; where it tells no versions, known ones are as known.

    None where it does not let us see: the refusal may be somebody's on the way there.
    """
    place = Place(RemoteId(link.remote), base.module)
    try:
        listing = context.peer.versions(place)
        if listing is None:
            return {id_: known.get(id_, Version("")) for id_ in context.peer.ids(place)}
    except NotFound:
        return {}
    except Forbidden:
        return None
    return listing


def _is_news(listing: Mapping[RemoteId, Version], known: Mapping[RemoteId, Version]) -> bool:
    """Whether there are items that were never here, or not as they are."""
    return any(known.get(id_) != version for id_, version in listing.items())


def _mark(listing: Mapping[RemoteId, Version] | None) -> str:
    """What tells one state of a folder from another."""
    return "" if listing is None else sha256(repr(sorted(listing.items())).encode()).hexdigest()


def _hold(context: Context, link: FolderLink, name: str, mark: str) -> None:
    message = Text(
        "The folder “{name}” was deleted here, but {there} it has many items, or some that were added or changed there "
        "meanwhile. It stays there until you decide: passerelle confirm",
        name=name,
        there=context.peer.where,
    )
    now = context.now()
    entry = Skipped(folder=link.local, direction=UP, code=HELD, message=message, since=now, fingerprint=mark)
    with context.writing() as tx:
        hold(context, tx, [entry])
    context.recorder.report(Subject.HELD, message, folder=link.local)
