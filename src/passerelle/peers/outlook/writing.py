"""Carries out what the engine asks of the items in one folder: all that concerns one item at once, saved once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from passerelle.model.errors import Contradiction, NotFound, Refused
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    Move,
    RemoteId,
    Update,
    Version,
    Write,
    WriteResult,
)
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.constants import ItemType
from passerelle.peers.outlook.mapping.reading import ReadItem

ITEM_TYPES: Mapping[type[Item], ItemType] = {
    Appointment: ItemType.AppointmentItem,
    Contact: ItemType.ContactItem,
    DistributionList: ItemType.DistributionListItem,
    Task: ItemType.TaskItem,
}
"""What ``Items.Add`` makes for each kind."""


class Whole(Struct, frozen=True, kw_only=True):
    """An item with all that hangs on it: the changed occurrences of a series, by the occurrence that they replace."""

    item: Item
    changed: Mapping[datetime, Appointment]


def whole_of(read: ReadItem) -> Whole:
    """What was read, as a whole."""
    return Whole(item=read.item, changed={one.recurrence_id: one for one in read.exceptions if one.recurrence_id})


class Order(Struct, frozen=True):
    """What is asked about one item: ``id`` is that of the item or series, None for a new one."""

    id: RemoteId | None
    writes: tuple[Write, ...]


def orders(batch: Iterable[Write]) -> list[Order]:
    """The operations of a batch, item by item, in the order in which each was first asked for."""
    found: dict[object, list[Write]] = {}
    for write in batch:
        found.setdefault(_subject(write) or write.token, []).append(write)
    return [Order(_subject(writes[0]), tuple(writes)) for writes in found.values()]


def _subject(write: Write) -> RemoteId | None:
    if isinstance(write, Create):
        return None
    if isinstance(write, ChangeOccurrence):
        return write.master
    return versions.series_of(write.id) or write.id


def wanted(now: Whole, writes: Sequence[Write]) -> Whole:
    """An item after what is asked: one value, so that Outlook is told once, in an order that it can follow.

    Raises:
        Contradiction: an occurrence is to be changed of what is no series.
        NotFound: a changed occurrence is not there.
    """
    whole = now
    for write in writes:
        if isinstance(write, Update) and versions.series_of(write.id) is None:
            whole = structs.replace(whole, item=write.item)
        elif isinstance(write, Update | ChangeOccurrence):
            whole = structs.replace(whole, changed={**whole.changed, **_occurrence(write.item)})
        elif isinstance(write, Delete):
            whole = structs.replace(whole, changed=_without(whole.changed, write.id))
        elif isinstance(write, Create | Confirm | Move):
            raise Contradiction("Outlook is asked for this in another way.")
    return whole


def fields_of(writes: Sequence[Write]) -> frozenset[str] | None:
    """The attributes of an item that are to be written; None for all, where occurrences are written with it."""
    found: set[str] = set()
    for write in writes:
        if not isinstance(write, Update) or versions.series_of(write.id) is not None:
            return None
        found |= write.fields
    return frozenset(found)


def _occurrence(item: Item) -> dict[datetime, Appointment]:
    if not isinstance(item, Appointment) or item.recurrence_id is None:
        raise Contradiction("It is not known which occurrence of the series this is.")
    return {item.recurrence_id: item}


def _without(changed: Mapping[datetime, Appointment], id_: RemoteId) -> Mapping[datetime, Appointment]:
    series = versions.series_of(id_)
    kept = {key: item for key, item in changed.items() if series and versions.occurrence_id(series, key) != id_}
    if len(kept) == len(changed):
        raise NotFound("Outlook has no such occurrence.")
    return kept


def results(order: Order, id_: RemoteId, done: Whole, version: Version) -> list[WriteResult]:
    """What is answered when an item was saved."""
    return [_result(write, id_, done, version) for write in order.writes]


def _result(write: Write, id_: RemoteId, done: Whole, version: Version) -> WriteResult:
    key = _occurrence_of(write)
    if key is None:
        is_gone = isinstance(write, Delete)
        return WriteResult(token=write.token, id=None if is_gone else id_, version=None if is_gone else version)
    occurrence = done.changed.get(key)
    own = versions.of_occurrence(occurrence) if occurrence is not None else Version("")
    return WriteResult(token=write.token, id=versions.occurrence_id(id_, key), version=own)


def _occurrence_of(write: Write) -> datetime | None:
    """Which changed occurrence an operation leaves behind; None if it is about the item itself, or takes one away."""
    is_about = isinstance(write, ChangeOccurrence) or (isinstance(write, Update) and versions.series_of(write.id))
    if not is_about or not isinstance(write, ChangeOccurrence | Update):
        return None
    return write.item.recurrence_id if isinstance(write.item, Appointment) else None


def refusals(order: Order, error: Refused) -> list[WriteResult]:
    """What is answered when nothing was done."""
    return [WriteResult(token=write.token, error=error) for write in order.writes]
