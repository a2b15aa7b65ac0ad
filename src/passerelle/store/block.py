"""What the areas of one transaction share: its connection, its clock, and whose transaction it is."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.store.blobs import NotedShelf, Shelf
from passerelle.store.clock import Positions


class Block(msgspec.Struct, frozen=True):
    """A transaction that reads."""

    connection: Connection
    blobs: Shelf
    positions: Positions


class WritingBlock(Block, frozen=True):
    """A transaction that writes, for ``actor`` and at one instant ``at`` (microseconds since 1970).

    ``dropped`` gathers the digests that rows no longer name; files nothing else refers to go after the
    commit. ``tally`` counts the versions of items that were written. ``unlinked`` gathers the items that lost a link,
    for each peer and folder.
    """

    blobs: NotedShelf
    actor: UserId
    origin: str
    at: int
    dropped: set[str] = msgspec.field(default_factory=set)
    tally: list[int] = msgspec.field(default_factory=lambda: [0])
    unlinked: dict[tuple[str, FolderId], set[ItemId]] = msgspec.field(default_factory=dict)
