"""Takes out of the replica what ended too long ago, once a day: only what is in step. The server is not told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from passerelle.model.folders import Folder, Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.moments import from_milliseconds, milliseconds
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text, plural
from passerelle.store import Decision, FolderLink, ItemLink, LeftOut, Reading, Writing
from passerelle.store.windows import window
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import gone_remotes, missing_remotes
from passerelle.sync.history.chronicle import removed
from passerelle.sync.past.setting import limit_of
from passerelle.sync.report import Subject
from passerelle.sync.send.unsent import unsent

_SWEPT = "past swept"
_PAGE = 500
_FRESH = timedelta(days=7)
"""What the user touched here stays so long, however old it is: nobody's work vanishes before their eyes."""

Linked = Sequence[tuple[FolderLink, Folder]]


def is_sweep_due(context: Context) -> bool:
    """Whether the limit has moved since the last sweep."""
    with context.store.reading() as tx:
        limit = limit_of(tx)
        return limit is not None and not context.reconciling and limit != tx.sync.get(_SWEPT, int)


def sweep(context: Context, linked: Linked) -> None:
    """Take old appointments out of the linked folders, some hundreds in a transaction."""
    calendars = [one for one in linked if one[1].module is Module.CALENDAR]
    with context.store.reading() as tx:
        limit = limit_of(tx)
        found = {} if limit is None else {folder.id: tx.items.ended(folder.id, limit) for _, folder in calendars}
    for folder, ids in found.items():
        count = 0
        for start in range(0, len(ids), _PAGE):
            with context.writing() as tx:
                count += _sweep(context, tx, calendars, ids[start : start + _PAGE])
        _note(context, folder, count, limit or 0)
    with context.writing() as tx:
        tx.sync.set(_SWEPT, limit)


def _sweep(context: Context, tx: Writing, linked: Linked, ids: Sequence[ItemId]) -> int:
    limit = limit_of(tx)
    if limit is None:  # the user has just widened it
        return 0
    busy, doubtful = _busy(context, tx, linked)
    families = [
        [record, *tx.items.exceptions(record.id, context.me)] if record.changed else [record]
        for record in tx.items.several(ids, context.me)
        if record.master is None
    ]
    links: dict[ItemId, list[ItemLink]] = defaultdict(list)
    for link in tx.sync.links_of_locals([one.id for family in families for one in family]):
        links[link.local].append(link)

    def may_go(one: ItemRecord) -> bool:
        ends, known = window(one.item)[1], links[one.id]
        is_agreed = bool(known) and all(link.agreed == one.stamp and link.remote not in doubtful for link in known)
        return ends is not None and ends < limit and is_agreed and one.id not in busy

    going = [one for family in families if all(map(may_go, family)) for one in family]
    _leave_out(tx, going, links)
    _remove(context, tx, going)
    return len(going)


def _busy(context: Context, tx: Reading, linked: Linked) -> tuple[Collection[ItemId], Collection[str]]:
    """Items here of which something waits or that the user touched lately; and the peer's that are in doubt."""
    aside, intents = tx.sync.skipped(), tx.sync.intents()
    since = Stamp(milliseconds(context.now() - _FRESH))
    busy = {one.item for one in tx.decisions.open()}
    busy.update(one.local for some in (aside, intents) for one in some if one.local is not None)
    doubtful = {one.remote for some in (aside, intents) for one in some if one.remote is not None}
    for link, folder in linked:
        busy.update(unsent(tx, link).ids)
        touched = tx.journal.touched(folder.id, since, tx.journal.clock(folder.id), besides=tx.sync.origin)
        busy.update(ItemId(id_) for id_ in touched)
        doubtful.update((*gone_remotes(tx, folder.id), *missing_remotes(tx, folder.id)))
    return busy, doubtful


def _leave_out(tx: Writing, going: Iterable[ItemRecord], links: dict[ItemId, list[ItemLink]]) -> None:
    rows: dict[FolderId, list[LeftOut]] = defaultdict(list)
    for record in going:
        series = {} if record.master is None else {link.folder: link.remote for link in links[record.master]}
        for link in links[record.id]:
            row = LeftOut(
                folder=link.folder,
                remote=link.remote,
                version=link.version,
                ends=window(record.item)[1] or 0,
                master=series.get(link.folder),
            )
            rows[link.folder].append(row)
            tx.sync.remove_item_links(link.folder, [link.local])
    for folder, some in rows.items():
        tx.left_out.put(folder, some)


def _remove(context: Context, tx: Writing, going: Sequence[ItemRecord]) -> None:
    """Remove items, with a note for each that they were not deleted."""
    removed(context, tx, going, tx.items.remove_many([one.id for one in going]), (Subject.LEFT_OUT, _left_out))


def _left_out(title: str) -> Text:
    return Text("“{title}” ended long ago. It is on the server only.", title=title)


def _note(context: Context, folder: FolderId, count: int, limit: int) -> None:
    """Tell in the history, in one line, that items left."""
    if not count:
        return
    message = plural(
        "{count} appointment that ended before {day} is on the server only.",
        "{count} appointments that ended before {day} are on the server only.",
        count=count,
        day=f"{from_milliseconds(limit):%Y-%m-%d}",
    )
    with context.writing() as tx:
        tx.decisions.add(
            [
                Decision(
                    at=context.now(), kind=Subject.LEFT_OUT, folder=folder, item=ItemId(0), title="", message=message
                )
            ]
        )
