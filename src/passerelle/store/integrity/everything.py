"""All that contradicts the invariants of a store. All of them look at one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from passerelle.store.integrity.database import references_lead_somewhere, sound_pages
from passerelle.store.integrity.directory import (
    columns_repeat_the_content,
    members_are_those_of_the_group,
    names_lead_to_those_who_have_them,
)
from passerelle.store.integrity.finding import Finding, OnProgress, silent
from passerelle.store.integrity.history import history_can_be_read
from passerelle.store.integrity.items import RULES, ItemRule
from passerelle.store.integrity.positions import (
    counters_are_above_all_that_was_handed_out,
    every_change_is_in_the_journal,
    tombstones_stand_for_what_left,
    what_was_written_is_there,
)
from passerelle.store.integrity.whole import whole_items
from passerelle.store.schema import items, journal
from passerelle.store.transaction import Reading

# Counters come first: whatever else is put right takes positions.
_SMALL = (
    sound_pages,
    references_lead_somewhere,
    counters_are_above_all_that_was_handed_out,
    columns_repeat_the_content,
    members_are_those_of_the_group,
    names_lead_to_those_who_have_them,
)
_OF_ALL_ITEMS = (every_change_is_in_the_journal, what_was_written_is_there, tombstones_stand_for_what_left)


def findings(tx: Reading, on_progress: OnProgress = silent, rules: Sequence[ItemRule] = ()) -> Iterator[Finding]:
    """All that is wrong with a store's rows; ``rules`` are more invariants of items, for the layers above."""
    counts = [
        tx.inspection.connection.scalar(select(func.count()).select_from(table)) or 0 for table in (items, journal)
    ]
    total, done = sum(counts), 0
    for check in _SMALL:
        yield from check(tx)
    for page in whole_items(tx):
        for whole in page:
            for rule in (*RULES, *rules):
                yield from rule(whole)
        done += len(page)
        on_progress(done, total)
    yield from history_can_be_read(tx, lambda seen, _of: on_progress(counts[0] + seen, total), counts[1])
    for check in _OF_ALL_ITEMS:
        yield from check(tx)
