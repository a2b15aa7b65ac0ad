"""What the areas of one transaction share: its connection, its clock, and whose transaction it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from passerelle.model.ids import UserId
from passerelle.store.blobs import NotedShelf, Shelf
from passerelle.store.clock import Positions

T = TypeVar("T")

_CHUNK = 5000  # values in one IN list; SQLite takes 32,766 parameters, PostgreSQL 65,535


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


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut values into pieces that fit one statement."""
    everything = list(values)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]
