"""Keeps what the engine decides by itself in the replica's history, with both versions, and tells the user.

What the journal knows of an item's earlier versions is not kept twice: of a deletion only where to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.moments import from_milliseconds
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Decision, Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.report import Subject, title_of
from passerelle.sync.send.unsent import unsent

KEPT = timedelta(days=90)
"""How long the history reaches back."""
_DAY = timedelta(days=1)
_FORGOTTEN = "old history forgotten"


def decided(  # noqa: PLR0913 - what a decision says
    context: Context,
    tx: Writing,
    subject: Subject,
    message: Text,
    *,
    folder: FolderId,
    item: ItemId,
    kept: Item | None,
    lost: Item | None,
) -> None:
    """Note a decision about an item and report it: ``kept`` is what came of it, ``lost`` the version that gave way.

    None stands for an item that is not there. ``passerelle undo`` puts the lost version in the place of the kept one.
    """
    title = title_of(kept if kept is not None else lost)
    tx.decisions.add(
        [
            Decision(
                at=context.now(), kind=subject, folder=folder, item=item, title=title,
                message=message, kept=kept, lost=lost,
            )
        ]
    )  # fmt: skip
    context.recorder.report(subject, message, folder=folder, item=item, title=title)


def removed(
    context: Context,
    tx: Writing,
    records: Iterable[ItemRecord],
    stamps: Mapping[ItemId, Stamp],
    why: tuple[Subject, Callable[[str], Text]] | None = None,
) -> None:
    """Note items that were removed here, and why, thousands in a few statements; nobody is told in the report.

    ``why`` None: the peer deleted them.
    """

    def deleted_there(title: str) -> Text:
        return Text("“{title}” was deleted {there}, and so here.", title=title, there=context.peer.where)

    kind, said = why or (Subject.REMOVED, deleted_there)
    tx.decisions.add(
        [
            Decision(
                at=context.now(),
                kind=kind,
                folder=record.folder,
                item=record.id,
                title=title_of(record.item),
                message=said(title_of(record.item)),
                stamp=stamps[record.id],
            )
            for record in records
            if record.id in stamps
        ]
    )


def ask(context: Context, tx: Writing, known: Decision | None, asked: Decision) -> None:
    """Let a conflict wait for the user; one that waits already is brought up to date, and reported if it grew."""
    if known is None:
        tx.decisions.add([asked])
    elif msgspec.structs.replace(asked, id=known.id, at=known.at) != known:
        tx.decisions.replace(msgspec.structs.replace(asked, id=known.id))
    if known is None or set(asked.open) - set(known.open):
        subject = Subject.UNDECIDED
        context.recorder.report(subject, asked.message, folder=asked.folder, item=asked.item, title=asked.title)


def close(tx: Writing, known: Decision, kept: Item | None) -> None:
    """A conflict waits no longer: both sides came to agree, or the item is gone or not what it was."""
    tx.decisions.replace(msgspec.structs.replace(known, open=(), kept=kept))


def close_orphans(tx: Writing) -> None:
    """Close conflicts about items that are no longer on both sides: there is nothing left to decide."""
    for known in tx.decisions.open():
        if tx.items.get(known.item, None) is None or not tx.sync.links_of(known.item):
            close(tx, known, None)


def forget_old(tx: Writing, now: datetime) -> None:
    """Forget what happened longer ago than the history reaches back; looked at once a day.

    What the journal alone knows of changes that are yet to be sent stays, however old they are.
    """
    last = tx.sync.get(_FORGOTTEN, datetime)
    if last is not None and now - last < _DAY:
        return
    tx.sync.set(_FORGOTTEN, now)
    tx.decisions.prune(now - KEPT)
    tx.attachments.forget_former(now - KEPT)
    tx.journal.prune(min([now - KEPT, *_needed(tx)]))


def _needed(tx: Reading) -> Iterator[datetime]:
    """From when on the journal is needed: to know what is to be sent, and what it is based on."""
    for peer in tx.sync.peers():
        yield from _needed_for(tx.of_peer(peer))


def _needed_for(tx: Reading) -> Iterator[datetime]:
    for folder in tx.sync.folder_links():
        waiting = unsent(tx, folder)
        if waiting.edited:
            yield from_milliseconds(folder.sent) - _DAY
        for link in tx.sync.links_of_locals(waiting.ids) if waiting.ids else ():
            if link.base is None:
                yield from_milliseconds(link.agreed) - _DAY
