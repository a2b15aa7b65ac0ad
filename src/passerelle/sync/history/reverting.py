"""Puts earlier versions of items back as ordinary edits of the user's, which the next cycle sends.

Everything goes by the rules that hold for any edit: rights, values, series. An item that is made anew gets its old
number, so that its history goes on, and a deletion that was not sent yet leaves no trace on the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

import msgspec
from msgspec import Struct

from passerelle.groupware import items
from passerelle.groupware.access import creatable_folder
from passerelle.groupware.actor import Actor
from passerelle.groupware.appointments import require_free_uid
from passerelle.groupware.calendars import placements
from passerelle.groupware.occurrence_rules import as_exception
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.patch import difference
from passerelle.model.records import Tombstone
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.sync.files.undoing import fetch_again
from passerelle.sync.merge.items import merge
from passerelle.sync.merge.occurrences import key_of
from passerelle.sync.merge.own import as_own, with_people_of
from passerelle.sync.merge.sides import Sides
from passerelle.sync.policy import Winner
from passerelle.sync.pull.placing import is_by_invitation
from passerelle.sync.report import title_of

_OF_IDENTITY = frozenset({"uid", "sequence", "recurrence_id"})
"""What an item keeps: revisions are counted on, and an occurrence stays in its place."""


class Reversal(Struct, frozen=True, kw_only=True):
    """An item that is to go from ``after`` back to ``before``; None: it is not there.

    ``folder`` is where it lived before, ``stone`` what remains there of what was removed. ``unmade`` says that it was
    made by the change: a change exception becomes again what the series says then, and is not deleted.
    """

    item: ItemId
    folder: FolderId
    before: Item | None
    after: Item | None
    stone: Tombstone | None = None
    unmade: bool = False

    @property
    def master(self) -> ItemId | None:
        """The series of a change exception that was removed."""
        return None if self.stone is None else self.stone.master

    @property
    def maker(self) -> UserId | None:
        """Who had made what was removed, as far as that is known."""
        return None if self.stone is None else self.stone.created_by


def revert(tx: Writing, actor: Actor, reversals: Iterable[Reversal]) -> list[ItemId]:
    """Take changes back, series before their exceptions; return the items that are different now.

    Of a field that was changed again meanwhile, the later value stays.

    Raises:
        Contradiction: there is nothing left to take back, or an item cannot be what it was.
        NotFound: an item or its folder is gone.
        Forbidden: a right is missing.
    """
    return [one.item for one in sorted(reversals, key=_turn) if _revert(tx, actor, one)]


def _turn(one: Reversal) -> tuple[int, int]:
    """Series come back and change before their exceptions do; what goes, goes last."""
    item = one.before if one.before is not None else one.after
    is_exception = isinstance(item, Appointment) and item.recurrence_id is not None
    return (2 if one.before is None else int(is_exception), one.item)


def _revert(tx: Writing, actor: Actor, one: Reversal) -> bool:
    present = tx.items.get(one.item, actor.user)
    if one.before is None:
        return present is not None and _take_away(tx, actor, one)
    if present is None:
        if one.after is not None:
            raise NotFound(Text("“{title}” is gone. Bring it back with: passerelle restore {id}",
                                title=title_of(one.after), id=one.item))  # fmt: skip
        return _make_anew(tx, actor, one, one.before)
    if one.after is None:
        return False  # it is there again already
    return _change_back(tx, actor, one, one.before, one.after)


def _take_away(tx: Writing, actor: Actor, one: Reversal) -> bool:
    """Delete an item; a change exception that was made becomes again what the series says, where it still differs."""
    id_, record = one.item, tx.items.get(one.item, actor.user)
    if record is None or record.master is None or not one.unmade:
        items.delete(tx, actor, id_, None, module=None, expected=None)
        return True
    if not tx.sync.links_of(id_):  # nobody else knows of it
        tx.items.remove(id_)
        return True
    series = tx.items.get(record.master, actor.user)
    key = record.item.recurrence_id if isinstance(record.item, Appointment) else None
    if series is None or key is None or not isinstance(series.item, Appointment):
        raise NotFound("The series of this occurrence is gone.")
    plain = as_exception(series.item, key)
    after = one.after if isinstance(one.after, Appointment) else record.item
    return _update(tx, actor, id_, merge(Sides(after, record.item, after, plain), Winner.MINE).item)


def _change_back(tx: Writing, actor: Actor, one: Reversal, before: Item, after: Item) -> bool:
    record = tx.items.get(one.item, actor.user)
    assert record is not None  # noqa: S101 - the caller has looked
    if type(record.item) is not type(before):
        raise Contradiction("It has become another kind of thing since then, and cannot be changed back.")
    moved = record.folder != one.folder and any(
        place.folder == record.folder and place.user is None for place in tx.items.placements(one.item)
    )
    before = with_people_of(record.item, before)
    target = merge(Sides(after, record.item, after, before), Winner.MINE).item
    return _update(tx, actor, one.item, target, one.folder if moved else None)


def _update(tx: Writing, actor: Actor, id_: ItemId, target: Item, destination: FolderId | None = None) -> bool:
    before = tx.items.get(id_, actor.user)

    def change(seen: Item) -> dict[str, object]:
        patch = {name: value for name, value in difference(seen, target).items() if name not in _OF_IDENTITY}
        if not patch.get("participants", True):  # once there are some, somebody must take part (semantics, 5.3)
            del patch["participants"]
        return patch

    items.update(
        tx, actor, id_, None, change, module=None, expected=None, destination=destination, ignore_conflicts=True
    )
    after = tx.items.get(id_, actor.user)
    return before is None or after is None or before.stamp != after.stamp


def _make_anew(tx: Writing, actor: Actor, one: Reversal, item: Item) -> bool:
    """Put a deleted item back under its number, as it was: answers of others included.

    What somebody else had invited the user to, and the server knows to be deleted, is an entry of the user's own from
    now on: only who made it can invite to it, and nobody else is to be invited twice.
    """
    folder = creatable_folder(tx, actor, one.folder, item)
    if _is_back(tx, one, folder, item):
        return False
    if _was_left(tx, actor, one, folder, item):
        item = as_own(item, str(uuid4()))
    master = None
    if isinstance(item, Appointment) and item.recurrence_id is not None:
        master, item = _series_for(tx, actor, one, item)
    elif isinstance(item, Appointment):
        require_free_uid(tx, item.uid)
    shown = placements(tx, folder, item.participants) if isinstance(item, Appointment | Task) else ()
    maker = one.maker if tx.sync.links_of(one.item) else None  # the server knows of no deletion: it is the same item
    tx.items.add(
        folder.id, _ringing(tx, one.item, item), id_=one.item, placements=shown, master=master, created_by=maker
    )
    fetch_again(tx, one.item)
    return True


def _is_back(tx: Reading, one: Reversal, folder: Folder, item: Item) -> bool:
    """Whether it is there again under another number: another device has put it back, or the server has kept it."""
    alike = [] if item.uid is None else tx.items.several(tx.items.by_uid(item.uid), None)
    if not isinstance(item, Appointment):  # of others there may be several under one uid, in several folders
        since = Stamp(0) if one.stone is None else one.stone.stamp
        return any(other.folder == folder.id and other.stamp > since for other in alike)
    has_other_series = one.master is not None and all(other.id != one.master for other in alike)
    return (has_other_series and bool(alike)) or any(key_of(other.item) == key_of(item) for other in alike)


def _was_left(tx: Reading, actor: Actor, one: Reversal, folder: Folder, item: Item) -> bool:
    """Whether the user had an item by somebody else's invitation only, and a server knows that it was deleted."""
    if one.maker is None or not is_by_invitation(item, folder, one.maker, actor.user):
        return False
    return bool(tx.sync.folder_links()) and not tx.sync.links_of(one.item)


def _series_for(tx: Writing, actor: Actor, one: Reversal, item: Appointment) -> tuple[ItemId, Appointment]:
    """The series of a change exception that comes back, which no longer calls the occurrence deleted; and that.

    It is of the series as that is now, should it be the user's own by now.
    """
    series = None if one.master is None else tx.items.get(one.master, actor.user)
    if series is None or not isinstance(series.item, Appointment) or series.item.recurrence is None:
        raise NotFound("The series of this occurrence is gone. Bring the series back first.")
    recurrence, key = series.item.recurrence, item.recurrence_id
    assert key is not None  # noqa: S101 - the caller has looked
    if key in recurrence.deleted:
        kept = tuple(other for other in recurrence.deleted if other != key)
        recurrence = msgspec.structs.replace(recurrence, deleted=kept)
        _update(tx, actor, series.id, msgspec.structs.replace(series.item, recurrence=recurrence))
    as_exception(series.item, key)  # refuses an occurrence that the series no longer has
    if series.item.uid in {None, item.uid}:
        return series.id, item
    return series.id, msgspec.structs.replace(item, uid=series.item.uid, sequence=0, participants=(), organizer=None)


def _ringing(tx: Reading, id_: ItemId, item: Item) -> Item:
    """The item with the alarm that it had, where the agreement with the server still tells."""
    if not isinstance(item, Appointment | Task) or item.alarm is not None:
        return item
    bases = [link.base for link in tx.sync.links_of(id_)]
    alarms = [base.alarm for base in bases if isinstance(base, Appointment | Task) and base.alarm is not None]
    return msgspec.structs.replace(item, alarm=alarms[0]) if alarms else item
