"""What a cycle that broke off had to tell its user: the next one that comes to its end tells it, or nobody would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from passerelle.model.ids import FolderId, ItemId
from passerelle.model.text import from_stored, to_stored
from passerelle.store import Reading, Writing
from passerelle.sync.report import Report, Subject

_UNTOLD: Final = "untold reports"
_OF_ONE_CYCLE: Final = frozenset({Subject.FOLDER, Subject.NOT_SHOWN})
"""How one cycle fared: the next one fares as it does."""


class _Kept(Struct, frozen=True):
    subject: Subject
    message: str
    folder: FolderId | None
    item: ItemId | None
    title: str


def untold(tx: Reading) -> list[Report]:
    """The reports that are still to be told."""
    return [
        Report(subject=one.subject, message=from_stored(one.message), folder=one.folder, item=one.item, title=one.title)
        for one in tx.sync.get(_UNTOLD, list[_Kept]) or []
    ]


def keep_untold(tx: Writing, reports: Iterable[Report]) -> None:
    """Keep what is to be told; nothing more once all was."""
    kept = [
        _Kept(one.subject, to_stored(one.message), one.folder, one.item, one.title)
        for one in reports
        if one.subject not in _OF_ONE_CYCLE
    ]
    tx.sync.set(_UNTOLD, kept or None)
