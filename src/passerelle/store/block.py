"""What the areas of one transaction share: its connection, its clock, and whose transaction it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from passerelle.model.ids import UserId
from passerelle.store.blobs import NotedShelf, Shelf
from passerelle.store.clock import Positions


@dataclass(frozen=True, slots=True)
class Block:
    """A transaction that reads."""

    connection: Connection
    blobs: Shelf
    positions: Positions


@dataclass(frozen=True, slots=True)
class WritingBlock(Block):
    """A transaction that writes, for ``actor`` and at one instant ``at`` (microseconds since 1970).

    ``dropped`` gathers the digests that rows no longer name; files nothing else refers to go after the
    commit. ``tally`` counts the versions of items that were written.
    """

    blobs: NotedShelf
    actor: UserId
    origin: str
    at: int
    dropped: set[str] = field(default_factory=set)
    tally: list[int] = field(default_factory=lambda: [0])
