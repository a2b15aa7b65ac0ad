"""Keeps links true while the engine itself stamps items anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from passerelle.model.ids import ItemId, UserId
from passerelle.store import Writing


@contextmanager
def keeping_agreement(tx: Writing, me: UserId, items: Iterable[ItemId]) -> Iterator[None]:
    """Carry the agreement about items over to the stamps that they have when the block ends.

    A series gets a new stamp when its change exceptions come or go, an item when it shows in another folder; nothing
    of it changed that could be sent. Items with changes of the user's do not become agreed on by that.
    """
    ids = list(items)
    before = {record.id: record.stamp for record in tx.items.several(ids, me)} if ids else {}
    yield
    if not before:
        return
    after = {record.id: record.stamp for record in tx.items.several(before, me)}
    moved = [
        msgspec.structs.replace(link, agreed=after[link.local])
        for link in tx.sync.links_of_locals(after)
        if link.agreed == before[link.local] != after[link.local]
    ]
    tx.sync.put_item_links(moved)
