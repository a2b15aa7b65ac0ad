"""Change exceptions that went here because their series was given another pattern, not because they were deleted.

That deletes nothing at the peer before it has taken the pattern; and if another one stays in the end, they come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from passerelle.groupware.occurrence_rules import occurrence_at
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment, Item
from passerelle.model.occurrences import day_of, key_on
from passerelle.model.records import ItemRecord
from passerelle.store import ItemLink, Reading
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.merge.occurrences import deleted_of, key_of
from passerelle.sync.pull.act import reopen


def series_of_dropped(tx: Reading, me: UserId, link: ItemLink) -> ItemRecord | None:
    """The series that the change exception of a link went from without being deleted; None for anything else."""
    key = _key(tx, link)
    if key is None:
        return None
    stones = tx.journal.tombstones(link.folder, link.agreed, tx.journal.clock(link.folder))
    master = next((stone.master for stone in stones if stone.id == link.local), None)
    series = None if master is None else tx.items.get(master, me)
    return None if series is None or key in deleted_of(series.item) else series


def have_back_dropped(context: Context, removals: Mapping[ItemId, ItemLink]) -> set[ItemId]:
    """Have those change exceptions read again that have a place in their series after all; return which."""
    with context.store.reading() as tx:
        returning = [link for link in removals.values() if _has_place(tx, context.me, link)]
    if returning:
        with context.writing() as tx:
            reopen(context, tx, returning)
    return {link.local for link in returning}


def _key(tx: Reading, link: ItemLink) -> datetime | None:
    base = base_of(tx, link, None)
    return None if base is None else key_of(base)


def _has_place(tx: Reading, me: UserId, link: ItemLink) -> bool:
    series, key = series_of_dropped(tx, me, link), _key(tx, link)
    return series is not None and key is not None and _has_occurrence(series.item, key)


def _has_occurrence(series: Item, key: datetime) -> bool:
    """Whether a series has an occurrence of a key, or of its day: the peer may have moved it to another hour."""
    if not isinstance(series, Appointment) or series.recurrence is None:
        return False
    when, recurrence = series.when, series.recurrence
    return occurrence_at(when, recurrence, key) is not None or key_on(when, recurrence, day_of(when, key)) is not None
