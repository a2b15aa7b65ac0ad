"""One cycle of an account: directory, folders, then for each folder pull, believe deletions, send."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic

from passerelle.model.clock import utc_now
from passerelle.model.errors import PasserelleError, Refused, Unreadable
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import FolderId, UserId
from passerelle.model.text import Text
from passerelle.peers.base import HistoryLost, Peer, RemoteId, Traffic
from passerelle.store import FolderLink, Store
from passerelle.sync.context import Context
from passerelle.sync.deletions.believing import lack_any, settle_deletions
from passerelle.sync.directory import pull_directory
from passerelle.sync.files.fetching import fetch_files
from passerelle.sync.folders.pulling import pull_folders
from passerelle.sync.folders.removal import held_folders, withdraw
from passerelle.sync.folders.sending import send_folders
from passerelle.sync.past.setting import keep_pace
from passerelle.sync.past.sweeping import is_sweep_due, sweep
from passerelle.sync.policy import Policy
from passerelle.sync.pull.late_references import resolve_late_references
from passerelle.sync.pull.needs import Needs, needs
from passerelle.sync.pull.pulling import pull_folder
from passerelle.sync.pull.strangers import AnotherItem
from passerelle.sync.replaced.noticing import Sign, is_reconciling, reconciled, stop
from passerelle.sync.report import CycleResult, OnProgress, Progress, Recorder, Subject, silent
from passerelle.sync.scope import selected_modules
from passerelle.sync.send.guarding import guarded_removals
from passerelle.sync.send.sending import Sending
from passerelle.sync.send.unsent import unsent_folders
from passerelle.sync.slow import compare
from passerelle.sync.untold import keep_untold, untold

_ROUNDS = 3
"""How often changes that were based on an old version are pulled and sent again before they are set aside."""

_ORDER = {Module.CONTACTS: 0, Module.CALENDAR: 1, Module.TASKS: 2}
"""Contacts first: distribution lists refer to them."""

Linked = tuple[FolderLink, Folder]
Positions = dict[RemoteId, str]
"""Up to where the peer's history of folders goes, as far as it said so."""


def run_cycle(
    store: Store,
    peer: Peer,
    me: UserId,
    *,
    policy: Policy | None = None,
    on_progress: OnProgress = silent,
    now: Callable[[], datetime] = utc_now,
    only: Mapping[RemoteId, str | None] | None = None,
) -> CycleResult:
    """Bring a replica and a peer in step.

    ``only`` names folders, each with a position by which it had changed if the peer told one: people, folders and the
    other folders' items are left to a later cycle. A folder that is known up to there already costs no request.
    The whole cycle is run all the same where the peer was not spoken with before, a folder is unknown, or items are
    gone from one: they may have been moved.

    A cycle that is broken off is gone on with by the next one; nothing is lost or done twice by that, and what it had
    to tell is told by the next one that comes to its end.

    Raises:
        Unreachable: the peer does not answer, or broke off.
        Unauthenticated: it no longer accepts the login.
        Misconfigured: it is not the server that it was.
        Unreadable: it answers something else than the interface, such as a page to log in on.
        Unsafe: what it lists is implausible.
        ServerReplaced: its data were replaced, by those of a backup or by others; the user is to decide.
    """
    started, before = monotonic(), peer.traffic
    with store.reading() as tx:
        reconciling, late = is_reconciling(tx), untold(tx)
    recorder = Recorder(on_progress, late)
    context = Context(store, peer, me, policy or Policy(), recorder, now, reconciling)
    keep_pace(context)
    try:
        _run_or_stop(context, None if reconciling else only)
    except PasserelleError:
        if recorder.reports != late:
            with context.writing() as tx:
                keep_untold(tx, recorder.reports)
        raise
    if late:
        with context.writing() as tx:
            keep_untold(tx, ())
    if is_sweep_due(context):
        sweep(context, _linked_folders(context))
    if reconciling and all(one.subject is not Subject.FOLDER for one in recorder.reports):
        reconciled(context)
    return CycleResult(
        folders={id_: counts for id_, counts in recorder.folders.items() if counts.total},
        reports=tuple(recorder.reports),
        folder_changes=recorder.folder_changes,
        traffic=_difference(before, peer.traffic),
        seconds=monotonic() - started,
    )


def _run_or_stop(context: Context, only: Mapping[RemoteId, str | None] | None) -> None:
    try:
        _run(context, only)
    except HistoryLost:
        stop(context, Sign.CLOCK)
    except AnotherItem:
        stop(context, Sign.ITEM)


def _run(context: Context, only: Mapping[RemoteId, str | None] | None) -> None:
    linked = [] if only is None else [one for one in _linked_folders(context) if one[0].remote in only]
    if only is None or len(linked) < len(only) or not context.peer.traffic.requests:
        linked, announced, told = *_all_folders(context), Positions()
    else:
        announced, told = Positions(), {id_: position for id_, position in only.items() if position is not None}
    for number in range(1, _ROUNDS + 1):
        pulled = _pull(context, linked, announced, told)
        if only is not None and number == 1 and lack_any(context, linked):  # the other folders tell what was moved
            linked, announced, told = *_all_folders(context), Positions()
            pulled = _pull(context, linked, announced, told)
        settle_deletions(context, linked)
        resolve_late_references(context)
        fetch_files(context, linked)
        again = _send(context, pulled, is_last_round=number == _ROUNDS)
        if not again:
            return
        linked = [one for one in _linked_folders(context) if one[1].id in again]
        announced = told = Positions()  # our own writes have moved them


def _all_folders(context: Context) -> tuple[list[Linked], Positions]:
    """Bring people and folders in step; return all folders, and what the peer announced of their items."""
    announced = _people_and_folders(context)
    return _linked_folders(context), announced


def _people_and_folders(context: Context) -> Positions:
    """Bring people and the folder tree in step; return what the peer announced of the folders' items."""
    context.recorder.progress(Progress(phase="directory"))
    pull_directory(context)
    context.recorder.progress(Progress(phase="folders"))
    positions = dict(pull_folders(context))
    for number in range(1, _ROUNDS + 1):
        if not send_folders(context, is_last_round=number == _ROUNDS):
            break
        positions.update(pull_folders(context))
    return positions


def _linked_folders(context: Context) -> list[Linked]:
    """The folders that are on both sides; contacts first."""
    with context.store.reading() as tx:
        held, selected = held_folders(tx), selected_modules(tx)
        here = {folder.id: folder for folder in tx.folders.all() if folder.module in selected}
        linked = [
            (link, here[link.local]) for link in tx.sync.folder_links() if link.local in here and link.local not in held
        ]
    return sorted(linked, key=lambda one: (_ORDER[one[1].module], one[1].id))


def _pull(context: Context, linked: Iterable[Linked], announced: Positions, told: Positions) -> list[Linked]:
    """Pull the folders where something may have changed; return those whose changes may be sent after that.

    What was ``told`` in news lies in the history of the whole server, further on than any change of the folder: it may
    spare a request, but is nowhere to go on from.
    """
    folders = list(linked)
    ready: list[Linked] = []
    found: Needs | None = None
    for number, (link, folder) in enumerate(folders, 1):
        found = found or needs(context)
        position = announced.get(RemoteId(link.remote))
        if found.may_read(folder) and found.is_idle(context, link, told.get(RemoteId(link.remote), position)):
            ready.append((link, folder))
            continue
        progress = Progress(phase="pull", folder=context.name_of(folder), number=number, folders=len(folders))
        context.recorder.progress(progress)
        try:
            if _pull_one(context, found, link, folder, position, progress):
                ready.append((link, folder))
        except (Refused, Unreadable) as error:
            context.recorder.report(
                Subject.FOLDER,
                Text("“{folder}” could not be synchronised: {error}", folder=context.name_of(folder), error=error.text),
                folder=folder.id,
            )
        found = None
    return ready


def _pull_one(
    context: Context, found: Needs, link: FolderLink, folder: Folder, position: str | None, progress: Progress
) -> bool:
    """Pull one folder; return whether its changes may be sent."""
    if not found.may_read(folder):
        _leave(context, link, folder)
        return False
    if folder.id in found.compared:
        compare(context, link, folder)
    pull_folder(context, link, folder, position, progress)
    return True


def _leave(context: Context, link: FolderLink, folder: Folder) -> None:
    """Take the items out of a folder that may no longer be read."""
    with context.store.reading() as tx:
        is_left = bool(tx.sync.versions(folder.id) or tx.left_out.of_folder(folder.id))
    if is_left:
        with context.writing() as tx:
            withdraw(context, tx, link, folder)


def _send(context: Context, linked: Iterable[Linked], *, is_last_round: bool) -> set[FolderId]:
    """Send what changed here; return the folders to be pulled and sent again."""
    folders = list(linked)
    links = [link for link, _ in folders]
    with context.store.reading() as tx:
        busy = unsent_folders(tx, links)
        guarded = guarded_removals(context, tx, (link for link in links if link.local in busy))
    again: set[FolderId] = set()
    for number, (link, folder) in enumerate(folders, 1):
        if folder.id not in busy:
            continue
        progress = Progress(phase="send", folder=context.name_of(folder), number=number, folders=len(folders))
        if Sending(context, link, folder, progress, is_guarded=folder.id in guarded).run(is_last_round=is_last_round):
            again.add(folder.id)
        with context.store.reading() as tx:  # what was moved is now another folder's to send
            busy = unsent_folders(tx, links)
    return again


def _difference(before: Traffic, after: Traffic) -> Traffic:
    return Traffic(after.requests - before.requests, after.sent - before.sent, after.received - before.received)
