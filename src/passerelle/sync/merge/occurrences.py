"""An occurrence that one side deleted and the other changed: the change wins, and its series has it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from passerelle.groupware.occurrence_rules import carry
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import base_of
from passerelle.sync.deletions.withdrawn import is_answer_only, is_of_others, make_own_occurrence
from passerelle.sync.history.chronicle import decided
from passerelle.sync.merge.decide import Known
from passerelle.sync.merge.plan import Replace
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.report import Subject, title_of
from passerelle.sync.skipped.quarantine import remind


def keep_edited(tx: Writing, pull: FolderPull, series: ItemRecord, action: Replace) -> Replace:
    """The new content of a series, less deletions by the peer of occurrences that were changed here and not sent.

    Of somebody else's series these become appointments of the user's own.
    """
    edited = [one for one in _edited(tx, pull, series) if key_of(one.item) in deleted_of(action.item)]
    if edited and is_of_others(pull.context, pull.folder, series):
        for one in edited:
            if not _is_answered_only(tx, pull, one):  # the answer goes with the occurrence
                make_own_occurrence(pull.context, tx, pull.folder, one)
        return action
    for one in edited:
        message = Text(
            "“{title}” was deleted {there}, but changed here meanwhile. It is kept and sent there again.",
            title=title_of(one.item),
            there=pull.context.peer.where,
        )
        _edit_won(tx, pull, one, message)
        remind(pull.context, tx, pull.folder.id, one.id)
    if not edited:
        return action
    kept = without_deletions(action.item, {key_of(one.item) for one in edited})
    return msgspec.structs.replace(action, item=kept)


def _edited(tx: Reading, pull: FolderPull, series: ItemRecord) -> list[ItemRecord]:
    """The changed occurrences of a series with changes that the peer does not have yet."""
    if not deleted_of(series.item) and not series.changed:
        return []
    below = {one.id: one for one in tx.items.exceptions(series.id, pull.context.me)}
    agreed = {link.local: link.agreed for link in tx.sync.links_of_locals(below) if link.folder == pull.folder.id}
    return [one for one in below.values() if agreed.get(one.id) != one.stamp]


def _is_answered_only(tx: Reading, pull: FolderPull, exception: ItemRecord) -> bool:
    link = tx.sync.item_link(pull.folder.id, exception.id)
    base = None if link is None else base_of(tx, link, exception)
    return is_answer_only(pull.context, Known(base=base, mine=exception.item))


def move_exceptions(tx: Writing, me: UserId, series: ItemRecord, after: Item) -> None:
    """Give the change exceptions of a series the keys that their occurrences have in what it is now.

    Not every peer tells of them again when the series is moved to another hour, and of those made here none can.
    """
    before = series.item
    if not series.changed or not isinstance(before, Appointment) or not isinstance(after, Appointment):
        return
    if before.when == after.when:
        return
    kept = carry(before, after, series.changed).kept
    moved = [one for one in tx.items.exceptions(series.id, me) if _moved(one.item, kept) is not None]
    with keeping_agreement(tx, me, [one.id for one in moved]):
        for one in moved:
            item = msgspec.structs.replace(one.item, recurrence_id=_moved(one.item, kept))
            tx.items.replace(one.id, item, alarm_of=me)


def _moved(exception: Item, kept: Mapping[datetime, datetime]) -> datetime | None:
    """The other key of a change exception; None if it keeps the one that it has."""
    key = key_of(exception)
    new = None if key is None else kept.get(key)
    return None if new == key else new


def bring_back(tx: Writing, pull: FolderPull, exception: Item, master: ItemId) -> bool:
    """Take a deletion that was made here, and not sent, out of a series: the peer has changed that occurrence.

    Returns whether there was one.
    """
    series = tx.items.get(master, pull.context.me)
    link = tx.sync.item_link(pull.folder.id, master)
    if (
        series is None
        or link is None
        or link.agreed == series.stamp
        or key_of(exception) not in deleted_of(series.item)
    ):
        return False
    tx.items.replace(master, without_deletions(series.item, {key_of(exception)}), alarm_of=pull.context.me)
    remind(pull.context, tx, pull.folder.id, master)
    return True


def tell_of_return(tx: Writing, pull: FolderPull, record: ItemRecord) -> None:
    """Tell the user that something is back which was deleted here."""
    message = Text(
        "“{title}” was deleted here, but changed {there} meanwhile. It is back; delete it again if you want.",
        title=title_of(record.item),
        there=pull.context.peer.where,
    )
    _edit_won(tx, pull, record, message)


def tell_of_place(tx: Writing, pull: FolderPull, record: ItemRecord) -> None:
    """Tell the user that a change exception is back which had no place in its series here, but has one again."""
    message = Text(
        "An occurrence of “{title}” went here with another rule of its series. It is back, for that rule did not stay.",
        title=title_of(record.item),
    )
    _edit_won(tx, pull, record, message)


def _edit_won(tx: Writing, pull: FolderPull, record: ItemRecord, message: Text) -> None:
    decided(
        pull.context, tx, Subject.EDIT_WON, message,
        folder=pull.folder.id, item=record.id, kept=record.item, lost=None,
    )  # fmt: skip


def key_of(item: Item) -> datetime | None:
    """What a change exception replaces; None for anything else."""
    return item.recurrence_id if isinstance(item, Appointment) else None


def deleted_of(item: Item | None) -> tuple[datetime, ...]:
    """What a series calls deleted; nothing for anything else."""
    return item.recurrence.deleted if isinstance(item, Appointment) and item.recurrence is not None else ()


def with_deletions(item: Item, keys: Collection[datetime | None]) -> Item:
    """The series with more deleted occurrences."""
    if not isinstance(item, Appointment) or item.recurrence is None:
        return item
    deleted = tuple(sorted({*item.recurrence.deleted, *(key for key in keys if key is not None)}))
    return msgspec.structs.replace(item, recurrence=msgspec.structs.replace(item.recurrence, deleted=deleted))


def without_deletions(item: Item, keys: Collection[datetime | None]) -> Item:
    """The series with fewer deleted occurrences."""
    if not isinstance(item, Appointment) or item.recurrence is None:
        return item
    deleted = tuple(key for key in item.recurrence.deleted if key not in keys)
    return msgspec.structs.replace(item, recurrence=msgspec.structs.replace(item.recurrence, deleted=deleted))
