"""Change exceptions that went here because their series was given another pattern, not because they were deleted.

That deletes nothing at the peer before it has taken the pattern; and if another one stays in the end, they come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from passerelle.groupware.occurrence_rules import occurrence_at
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment
from passerelle.model.records import ItemRecord
from passerelle.store import ItemLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.merge.occurrences import deleted_of, key_of
from passerelle.sync.pull.act import reopen


def dropped_from(tx: Reading, me: UserId, link: ItemLink) -> ItemRecord | None:
    """The series as it is, if ``link`` is of a change exception that its pattern has no place for any more."""
    found = _series(tx, me, link)
    return None if found is None or _has(*found) else found[0]


def have_back_dropped(context: Context, removals: Mapping[ItemId, ItemLink]) -> set[ItemId]:
    """Have those change exceptions read again that have a place in their series once more; return which."""
    with context.store.reading() as tx:
        found = {id_: _series(tx, context.me, link) for id_, link in removals.items()}
    returning = {id_ for id_, place in found.items() if place is not None and _has(*place)}
    if returning:
        with context.writing() as tx:
            reopen(context, tx, [removals[id_] for id_ in returning])
    return returning


def _series(tx: Reading, me: UserId, link: ItemLink) -> tuple[ItemRecord, datetime] | None:
    """The series here of a change exception that is gone, and what that replaced; None if the user deleted it."""
    base = base_of(tx, link, None)
    key = None if base is None else key_of(base)
    if key is None:
        return None
    stones = tx.journal.tombstones(link.folder, link.agreed, tx.journal.clock(link.folder))
    master = next((stone.master for stone in stones if stone.id == link.local), None)
    series = None if master is None else tx.items.get(master, me)
    return None if series is None or key in deleted_of(series.item) else (series, key)


def _has(series: ItemRecord, key: datetime) -> bool:
    item = series.item
    if not isinstance(item, Appointment) or item.recurrence is None:
        return False
    return occurrence_at(item.when, item.recurrence, key) is not None
