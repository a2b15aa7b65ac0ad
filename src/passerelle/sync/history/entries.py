"""What happened to items: the user's own changes, those received, and what the engine decided by itself.

Read from the replica's journal, which keeps earlier versions, and from the decisions noted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from passerelle.groupware.folder_names import name_for
from passerelle.model.errors import NotFound
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.patch import difference
from passerelle.model.text import Text
from passerelle.store import Decision, Happening, Reading
from passerelle.store.left_out import LEFT_OUT
from passerelle.store.sync import UPSTREAM, peer_of
from passerelle.sync.report import title_of


class What(StrEnum):
    """Who made a change."""

    OWN = "own"
    RECEIVED = "received"
    DECIDED = "decided"


class Done(StrEnum):
    """What a change did to an item."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    DELETED = "deleted"
    LEFT_OUT = "left out"
    """It ended before the time that is kept here, and is on the server only."""
    DECIDED = "decided"


class Event(Struct, frozen=True, kw_only=True):
    """One line of the history.

    ``number`` is that of an automatic decision, for ``passerelle undo``; ``version`` counts the known changes of an
    item from 1, for ``passerelle restore``. ``peer`` is where it was done: on the server, in Outlook; None: here, or by
    nobody. ``before`` and ``after`` are the item on either side of the change, of a
    decision the version that gave way and the one that stayed; None: it is not there. ``message`` tells a decision.
    """

    at: datetime
    what: What
    done: Done
    item: ItemId
    folder: FolderId
    folder_name: str
    title: str
    fields: tuple[str, ...] = ()
    message: Text = Text("")
    before: Item | None = None
    after: Item | None = None
    number: int | None = None
    version: int | None = None
    peer: str | None = None


def states(tx: Reading, item: ItemId) -> tuple[list[Happening], list[Item | None]]:
    """All that is known to have happened to an item, and how it was before the first and after each.

    The last is the item as it is, without alarm. Empty if nothing is known of such an item.
    """
    happened = tx.happenings.of_item(item)
    now = tx.items.get(item, None)
    if not happened:
        return [], [] if now is None else [now.item]
    return happened, [*(one.previous for one in happened), None if now is None else now.item]


def history_of_item(tx: Reading, me: UserId, item: ItemId) -> list[Event]:
    """What happened to one item, oldest first.

    Raises:
        NotFound: nothing is known of such an item.
    """
    happened, was = states(tx, item)
    if not was:
        raise NotFound(Text("Nothing is known of an item {id}. “history” shows what happened lately.", id=item))
    decisions = tx.decisions.of_items([item])
    left = {one.stamp for one in decisions if one.kind == LEFT_OUT}
    events = [
        _event(tx, me, one, before, after, version, is_left_out=one.position in left)
        for version, (one, (before, after)) in enumerate(zip(happened, pairwise(was), strict=True), 1)
    ]
    decided = [_decided(tx, me, one) for one in decisions if one.kind != LEFT_OUT]
    return sorted((*_telling(events), *decided), key=lambda event: event.at)


def latest_history(tx: Reading, me: UserId, limit: int, folder: FolderId | None, since: datetime) -> list[Event]:
    """What happened lately in a folder or anywhere, newest first; decisions since an instant.

    That many items left the replica is one line, with no item.
    """
    events = [
        event for one in tx.happenings.latest(limit * 2, folder) for event in _telling([_in_context(tx, me, one)])
    ]
    decided = [
        _decided(tx, me, one)
        for one in tx.decisions.since(since)
        if folder in {None, one.folder} and not (one.kind == LEFT_OUT and one.item)
    ]
    return sorted((*events, *decided), key=lambda event: event.at, reverse=True)[:limit]


def _in_context(tx: Reading, me: UserId, one: Happening) -> Event:
    happened, was = states(tx, one.item)
    index = next(number for number, other in enumerate(happened) if other.position == one.position)
    return _event(tx, me, one, was[index], was[index + 1], index + 1)


def _telling(events: Iterable[Event]) -> list[Event]:
    """Without those that only gave an item a new stamp."""
    return [event for event in events if event.done is not Done.CHANGED or event.fields]


def _event(
    tx: Reading,
    me: UserId,
    one: Happening,
    before: Item | None,
    after: Item | None,
    version: int,
    *,
    is_left_out: bool = False,
) -> Event:
    fields: Sequence[str] = () if before is None or after is None else tuple(difference(before, after))
    peer = peer_of(one.origin)
    return Event(
        at=one.at,
        what=What.RECEIVED if peer == UPSTREAM else What.OWN,
        done=Done.LEFT_OUT if is_left_out else _done(one),
        item=one.item,
        folder=one.folder,
        folder_name=_name(tx, me, one.folder),
        title=title_of(after if after is not None else before),
        fields=tuple(field for field in fields if field not in {"sequence", "foreign"}),
        before=before,
        after=after,
        version=version,
        peer=peer,
    )


def _done(one: Happening) -> Done:
    if one.is_creation:
        return Done.ADDED
    if one.is_removal:
        return Done.DELETED
    return Done.CHANGED if one.came_from is None else Done.MOVED


def _decided(tx: Reading, me: UserId, one: Decision) -> Event:
    return Event(
        at=one.at,
        what=What.DECIDED,
        done=Done.DECIDED,
        item=one.item,
        folder=one.folder,
        folder_name=_name(tx, me, one.folder),
        title=one.title,
        message=one.message,
        before=lost_version(tx, one),
        after=one.kept,
        number=one.id if one.item else None,
    )


def lost_version(tx: Reading, one: Decision) -> Item | None:
    """The version that gave way; of a deletion, from the journal. None if none did, or it is no longer known."""
    return one.lost if not one.stamp else tx.journal.version_at(one.item, Stamp(one.stamp - 1))


def _name(tx: Reading, me: UserId, id_: FolderId) -> str:
    folder = tx.folders.get(id_)
    return "" if folder is None else name_for(tx, me, folder)
