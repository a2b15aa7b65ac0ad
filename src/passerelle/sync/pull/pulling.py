"""Pulls what changed in a folder at the peer, streamed, in pages: each a transaction; the last moves the anchor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from passerelle.model.errors import NotFound, Refused, Unreadable
from passerelle.model.folders import Folder
from passerelle.model.items import DistributionList
from passerelle.model.text import Text, sentences
from passerelle.peers.base import Anchor, Change, Gone, Reached, RemoteId, RemoteItem, Unread, Version
from passerelle.store import FolderLink, Skipped, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import note_gone, note_missing
from passerelle.sync.files.noting import note_files
from passerelle.sync.past.sifting import missing_relatives, sift, sift_rest
from passerelle.sync.pull.act import act
from passerelle.sync.pull.adopting import adopt, separated
from passerelle.sync.pull.late_references import note_late_references
from passerelle.sync.pull.placing import admit
from passerelle.sync.pull.planning import Page, is_simple
from passerelle.sync.pull.returning import meet_what_came_elsewhere
from passerelle.sync.pull.state import FolderPull, begin_pull
from passerelle.sync.pull.strangers import part_strangers
from passerelle.sync.pull.unfinished import forget_written, without_unfinished
from passerelle.sync.report import Progress, called, title_of
from passerelle.sync.skipped.quarantine import DECIDED, DOWN, HELD, code_of, is_due, of_folder, set_aside, settle

PAGE = 2000
"""Changes in one transaction, which takes a tenth of a second: the disk waits seldom, and others need not for long."""


def pull_folder(context: Context, link: FolderLink, folder: Folder, position: str | None, progress: Progress) -> None:
    """Bring a folder up to date with the peer. One request, and one for each item that could not be read before.

    ``position`` is what the peer announced of the folder beforehand, if it did.

    Raises:
        NotFound, Forbidden: the folder is gone, or its items may no longer be read.
        Unreachable: the answer broke off; what came is kept, and the anchor is where it was.
    """
    with context.store.reading() as tx:
        link = tx.sync.folder_link(folder.id) or link
        pull = begin_pull(context, tx, link, folder, whole=link.anchor is None)
        aside = [one for one in of_folder(tx, folder.id, DOWN) if one.remote is not None and one.local is None]
    retried = _read_again(pull, [one for one in aside if is_due(context, one)])
    anchor = None if link.anchor is None else Anchor(link.anchor)
    items = 0
    for page in _pages(retried, context.peer.changes(pull.place, anchor, position, known=partial(_known, pull))):
        missing = dict.fromkeys((*missing_relatives(pull, page), *separated(pull, page)))
        _apply(pull, [*_read_all(pull, missing), *page])
        items += len(page)
        context.recorder.progress(msgspec.structs.replace(progress, items=items))


def _known(pull: FolderPull) -> Mapping[RemoteId, Version]:
    with pull.context.store.reading() as tx:
        return {RemoteId(id_): Version(state.version) for id_, state in tx.sync.versions(pull.folder.id).items()}


def _read_again(pull: FolderPull, aside: Sequence[Skipped]) -> Iterator[Change]:
    """Items that could not be read earlier."""
    waiting = (one.remote for one in aside if one.code not in {HELD, *DECIDED} and one.remote is not None)
    return _read_all(pull, map(RemoteId, waiting))


def _read_all(pull: FolderPull, ids: Iterable[RemoteId]) -> Iterator[Change]:
    """Items one by one, a request for each."""
    for id_ in ids:
        try:
            yield pull.context.peer.read(pull.place, id_)
        except NotFound:
            yield Gone(id_)
        except (Refused, Unreadable) as error:
            yield Unread(id_, error)


def _pages(first: Iterable[Change], changes: Iterable[Change]) -> Iterator[Sequence[Change]]:
    """The changes in portions; of several about one item in a portion the last counts."""
    page: dict[RemoteId | None, Change] = {}
    rest: list[Change] = []
    for source in (first, changes):
        for change in source:
            id_ = None if isinstance(change, Reached) else change.id
            if id_ is None:
                rest.append(change)
            else:
                page.pop(id_, None)
                page[id_] = change
            if len(page) + len(rest) >= PAGE:
                yield [*page.values(), *rest]
                page, rest = {}, []
    if page or rest:
        yield [*page.values(), *rest]


def _apply(pull: FolderPull, page: Sequence[Change]) -> None:
    """Apply a page in one transaction; if one of its items cannot be stored, each in its own, without that one."""
    before = pull.snapshot()
    try:
        with pull.context.writing() as tx:
            _apply_in(tx, pull, page)
    except Refused:
        pull.restore(before)
        for change in page:
            _apply_alone(pull, change)


def _apply_alone(pull: FolderPull, change: Change) -> None:
    before = pull.snapshot()
    try:
        with pull.context.writing() as tx:
            _apply_in(tx, pull, [change])
    except Refused as error:
        if not isinstance(change, RemoteItem):
            raise
        pull.restore(before)
        with pull.context.writing() as tx:
            _set_aside(tx, pull, Unread(change.id, error), title_of(change.item))


def _apply_in(tx: Writing, pull: FolderPull, page: Sequence[Change]) -> None:
    items = [change for change in page if isinstance(change, RemoteItem)]
    if pull.seen is not None:
        pull.seen.update(item.id for item in items)
    gone = [change.id for change in page if isinstance(change, Gone)]
    gone = without_unfinished(pull.context, tx, pull.folder.id, pull.unfinished, gone)
    note_gone(tx, pull.folder.id, gone, {item.id for item in items})
    _settle_read(tx, pull, {item.id for item in items}, set(gone))  # first: what follows may want some read again
    part_strangers(pull.context, tx, items)
    tx.left_out.remove(pull.folder.id, gone)
    wanted = sift(tx, pull, items)
    meet_what_came_elsewhere(tx, pull, wanted)
    admit(tx, pull, wanted)
    _apply_items(tx, pull, [item for item in wanted if is_simple(item)], last=False)
    _apply_items(tx, pull, [item for item in wanted if not is_simple(item)], last=False)
    note_files(tx, pull, items)
    for change in page:
        if isinstance(change, Unread):
            _set_aside(tx, pull, change)
    for change in page:
        if isinstance(change, Reached):
            _reach(tx, pull, change)


def _apply_items(tx: Writing, pull: FolderPull, items: Sequence[RemoteItem], *, last: bool) -> None:
    if not items:
        return
    adopt(tx, pull, items)
    steps, waiting = Page(tx, pull, items).plan(items, last=last)
    act(tx, pull, steps)
    pull.deferred += waiting


def _set_aside(tx: Writing, pull: FolderPull, unread: Unread, title: str = "") -> None:
    """Keep in mind an item that could not be had."""
    entry = Skipped(
        folder=pull.folder.id,
        direction=DOWN,
        remote=unread.id,
        code=code_of(unread.error),
        message=sentences(
            Text(
                "{item} could not be read {there}: {reason}",
                item=called(title, pull.context.name_of(pull.folder)),
                there=pull.context.peer.where,
                reason=unread.error.text,
            ),
            "It will be tried again.",
        ),
        since=pull.context.now(),
    )
    set_aside(pull.context, tx, entry, title)


def _settle_read(tx: Writing, pull: FolderPull, live: set[RemoteId], gone: set[RemoteId]) -> None:
    """Forget earlier trouble with items that came, also deletions that were held: they are there again."""
    entries = of_folder(tx, pull.folder.id, DOWN)
    settle(tx, [one for one in entries if one.remote in live or (one.remote in gone and one.local is None)])


def _reach(tx: Writing, pull: FolderPull, reached: Reached) -> None:
    """The end of the list: what waited for others of the folder need not wait any longer, and the anchor moves."""
    deferred, pull.deferred = sift_rest(tx, pull, pull.deferred), []
    for simple in (True, False):  # a series before its exceptions
        _apply_items(tx, pull, [item for item in deferred if is_simple(item) is simple], last=True)
    note_files(tx, pull, deferred)
    note_late_references(tx, pull.folder.id, [item.id for item in deferred if isinstance(item.item, DistributionList)])
    if reached.complete and pull.seen is not None:
        note_missing(tx, pull.folder.id, pull.seen)
        lacking = [one.remote for one in tx.left_out.of_folder(pull.folder.id) if one.remote not in pull.seen]
        tx.left_out.remove(pull.folder.id, lacking)
    forget_written(tx, pull.folder.id)
    # What was begun and is not in the list did not happen.
    tx.sync.close_intents([one.id for one in tx.sync.intents() if one.folder == pull.folder.id])
    link = tx.sync.folder_link(pull.folder.id)
    if link is not None and link.anchor != reached.anchor:
        tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=reached.anchor))
