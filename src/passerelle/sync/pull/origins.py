"""What change exceptions that were made on both sides replace: so they are merged as changes of one occurrence."""

from __future__ import annotations

import msgspec

from passerelle.groupware.occurrence_rules import as_exception
from passerelle.model.errors import Contradiction
from passerelle.model.ids import Stamp
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.store import Reading
from passerelle.sync.bases import base_of
from passerelle.sync.pull.state import FolderPull


def replaced_by_both(tx: Reading, pull: FolderPull, exception: ItemRecord) -> tuple[Item, Item] | None:
    """The occurrence as it was here when the user changed it, and as the peer has it; None if that is not known.

    The alarm is the present one, for the journal keeps none.
    """
    item = exception.item
    if exception.master is None or not isinstance(item, Appointment) or item.recurrence_id is None:
        return None
    series, made = tx.items.get(exception.master, pull.context.me), tx.happenings.of_item(exception.id)
    link = tx.sync.item_link(pull.folder.id, exception.master)
    if series is None or link is None or not made:
        return None
    here, there = tx.journal.version_at(series.id, Stamp(made[0].position - 1)), base_of(tx, link, series)
    if not isinstance(here, Appointment) or not isinstance(there, Appointment):
        return None
    try:
        occurrence, seen = as_exception(here, item.recurrence_id), as_exception(there, item.recurrence_id)
    except Contradiction:  # one of the two series has no such occurrence any more
        return None
    return msgspec.structs.replace(occurrence, alarm=item.alarm), seen
