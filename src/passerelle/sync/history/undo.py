"""What is to be put back when the user undoes a decision or the last change, or restores a version of an item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import actor_of
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.text import Text
from passerelle.store import Decision, Happening, Reading, Writing
from passerelle.store.left_out import LEFT_OUT
from passerelle.sync.history.entries import lost_version, states
from passerelle.sync.history.reverting import Reversal, revert
from passerelle.sync.merge.own import with_people_of
from passerelle.sync.report import title_of
from passerelle.sync.skipped.keeping import copy_of


def undo_last(tx: Writing, me: UserId, origin: str) -> list[ItemId]:
    """Take back the last change that the user made here, an undo included; return the items concerned.

    Raises:
        NotFound: there is none.
        Refused: it cannot be taken back; see :func:`passerelle.sync.history.reverting.revert`.
    """
    turn = tx.happenings.last_turn(origin)
    if not turn:
        raise NotFound("There is no change of yours to undo.")
    return put_back(tx, me, _reversals(tx, turn))


class Change(Struct, frozen=True):
    """A change of an item, as the journal has it."""

    item: ItemId
    position: Stamp


def own_reversals(
    tx: Reading, me: UserId, origin: str, changes: Sequence[Change], since: datetime
) -> tuple[Reversal, ...]:
    """What takes back changes that a user made in one transaction, at an instant or later.

    Raises:
        NotFound: they are none of the user's.
        Contradiction: they were made earlier.
    """
    turn = [one for change in changes for one in tx.happenings.of_item(change.item) if one.position == change.position]
    if not turn or any(one.actor != me or one.origin != origin or one.at != turn[0].at for one in turn):
        raise NotFound("There is no change of yours to undo.")
    if turn[0].at < since:
        raise Contradiction("It is too late to undo this.")
    return tuple(_reversals(tx, turn))


def undo_decision(tx: Writing, me: UserId, number: int) -> list[ItemId]:
    """Put the version that gave way in the place of the one that stayed; return the items concerned.

    Raises:
        NotFound: there is no such decision, or what was lost is no longer known.
        Refused: it cannot be undone; see :func:`passerelle.sync.history.reverting.revert`.
    """
    one = tx.decisions.get(number)
    if one is None:
        raise NotFound(_unknown(number))
    if one.open:
        raise Contradiction(Text("It waits for you. Decide with: passerelle conflicts decide {number} mine|server",
                                 number=number))  # fmt: skip
    return put_back(tx, me, _removal(tx, one) if one.stamp else [_opposite(one)])


def copy_decision(tx: Writing, me: UserId, number: int, into: FolderId | None) -> ItemId:
    """Make an item of the user's own of the version that gave way, in a folder of the user's; return it.

    Raises:
        NotFound: there is no such decision or folder, or what was lost is no longer known.
        Contradiction: nothing gave way.
        Forbidden: the user may not create items in the folder.
    """
    one = tx.decisions.get(number)
    if one is None:
        raise NotFound(_unknown(number))
    lost = lost_version(tx, one)
    if lost is None:
        raise Contradiction("Nothing gave way to this decision, so there is nothing to copy.")
    return copy_of(tx, me, lost, into)


def _unknown(number: int) -> Text:
    return Text("There is no decision {number}. “history” shows their numbers.", number=number)


def _opposite(one: Decision) -> Reversal:
    if one.kept is None and one.lost is None:
        raise Contradiction("Nothing gave way to this decision, so there is nothing to put back.")
    return Reversal(item=one.item, folder=one.folder, before=one.lost, after=one.kept)


def _removal(tx: Reading, one: Decision) -> list[Reversal]:
    """A deletion that was carried out, and of a series the exceptions that went along."""
    return _brought_back(tx, one.item, one.folder, lost_version(tx, one), one.stamp)


def _brought_back(
    tx: Reading, item: ItemId, folder: FolderId, before: Item | None, stamp: Stamp, into: FolderId | None = None
) -> list[Reversal]:
    if any(one.kind == LEFT_OUT and one.stamp == stamp for one in tx.decisions.of_items([item])):
        raise Contradiction(
            Text("“{title}” was not deleted: it ended long ago, and is on the server only. “passerelle account set "
                 "NAME --past” chooses how far back appointments are kept here.", title=title_of(before))
        )  # fmt: skip
    if before is None:
        raise NotFound("What it was is no longer known: the history does not reach back so far.")
    before = _as_it_became(tx, item, before)
    removal = next((one for one in tx.happenings.of_item(item) if one.position == stamp), None)
    stones = {one.id: one for one in tx.journal.tombstones(folder, Stamp(0), tx.journal.clock(folder))}
    first = Reversal(item=item, folder=into or folder, before=before, after=None, stone=stones.get(item))
    with_it = {id_ for id_, stone in stones.items() if stone.master == item}
    turn = [] if removal is None else tx.happenings.turn_of(removal)
    below = [
        Reversal(item=other.item, folder=into or folder, before=other.previous, after=None, stone=stones[other.item])
        for other in turn
        if other.is_removal and other.item in with_it and not _is_deleted_in(before, other.previous)
    ]
    return [first, *below]


def _as_it_became(tx: Reading, item: ItemId, before: Item) -> Item:
    """An earlier version of what is gone, as the user's own if it has become that before it went for the last time.

    Under the uid that it had last: the server knows it by that one.
    """
    _, was = states(tx, item)
    last = next((one for one in reversed(was) if one is not None), before)
    return msgspec.structs.replace(with_people_of(last, before), uid=last.uid)


def _is_deleted_in(series: Item, exception: Item | None) -> bool:
    recurrence = series.recurrence if isinstance(series, Appointment) else None
    return (
        recurrence is not None and isinstance(exception, Appointment) and exception.recurrence_id in recurrence.deleted
    )


def restore(tx: Writing, me: UserId, item: ItemId, version: int | None, into: FolderId | None) -> list[ItemId]:
    """Make an item what it was after its ``version``-th known change, or as it was last before it was deleted.

    Version 0 is what it was before the first. ``into`` is where a deleted item is to come back, if not in its folder.

    Raises:
        NotFound: there is no such item or version.
        Refused: see :func:`passerelle.sync.history.reverting.revert`.
    """
    happened, was = states(tx, item)
    if not was:
        raise NotFound(Text("Nothing is known of an item {id}. “history” shows what happened lately.", id=item))
    wanted = _wanted(item, was, version)
    present = tx.items.get(item, me)
    if present is None:
        gone = next(one for one in reversed(happened) if one.is_removal)
        return put_back(tx, me, _brought_back(tx, item, gone.folder, wanted, gone.position, into))
    if isinstance(wanted, Appointment | Task) and isinstance(present.item, Appointment | Task):
        wanted = msgspec.structs.replace(wanted, alarm=present.item.alarm)  # the journal knows of none
    return put_back(tx, me, [Reversal(item=item, folder=into or present.folder, before=wanted, after=present.item)])


def _wanted(item: ItemId, was: Sequence[Item | None], version: int | None) -> Item:
    known = {number: state for number, state in enumerate(was) if state is not None}
    if version is None and was[-1] is not None:
        raise Contradiction(Text("{id} is there. Say which version: “history {id}” lists them.", id=item))
    number = max(known, default=0) if version is None else version
    if number not in known:
        raise NotFound(
            Text("There is no version {number} of {id}. “history {id}” lists what there is.", number=number, id=item)
        )
    return known[number]


def _reversals(tx: Reading, turn: Sequence[Happening]) -> list[Reversal]:
    """What one transaction changed, each item once: from how it was before to how it was afterwards."""
    first: dict[ItemId, Happening] = {}
    last: dict[ItemId, Happening] = {}
    for one in turn:
        first.setdefault(one.item, one)
        last[one.item] = one
    return [_reversal(tx, first[item], last[item]) for item in first]


def _reversal(tx: Reading, first: Happening, last: Happening) -> Reversal:
    happened, was = states(tx, first.item)
    after = was[[one.position for one in happened].index(last.position) + 1]
    folder = first.came_from or first.folder
    stones = tx.journal.tombstones(last.folder, last.position, last.position) if last.is_removal else []
    return Reversal(
        item=first.item,
        folder=folder,
        before=first.previous,
        after=after,
        stone=next((stone for stone in stones if stone.id == first.item), None),
        unmade=first.is_creation,
    )


def put_back(tx: Writing, me: UserId, reversals: Sequence[Reversal]) -> list[ItemId]:
    """Take changes back; return the items that are different now. Raises Refused; see :func:`revert`."""
    changed = revert(tx, actor_of(tx, me), reversals)
    if not changed:
        titles = [title_of(one.before if one.before is not None else one.after) for one in reversals[:1]]
        raise Contradiction(
            Text("There is nothing to put back: “{title}” is so already, or was changed since.", title="".join(titles))
        )
    return changed
