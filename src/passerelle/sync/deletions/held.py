"""What the mass-deletion guard holds, as the user is asked about it: folder by folder, with titles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.groupware.folder_names import is_called, name_for
from passerelle.model.errors import NotFound
from passerelle.model.ids import FolderId, UserId
from passerelle.model.text import Text
from passerelle.store import Reading, Skipped, Writing
from passerelle.sync.bases import base_of
from passerelle.sync.deletions.guard import forgive
from passerelle.sync.folders.state import base_of as folder_base_of
from passerelle.sync.report import title_of
from passerelle.sync.skipped.choices import give_up
from passerelle.sync.skipped.quarantine import APPROVED, DOWN, HELD


class Decision(StrEnum):
    """What becomes of held deletions."""

    DELETE = "delete"
    """They happen on the other side, too."""
    KEEP = "keep"
    """They are undone: the items come back where they were deleted."""


class Side(StrEnum):
    """Where the items were deleted."""

    HERE = "here"
    SERVER = "server"


class HeldDeletions(Struct, frozen=True, kw_only=True):
    """What is held of one folder. ``number`` names it; ``whole`` says that the folder itself was deleted.

    ``count`` are the items that wait; their titles are as far as they are known here.
    """

    number: int
    folder: FolderId
    folder_name: str
    deleted: Side
    whole: bool
    count: int
    titles: tuple[str, ...]
    since: datetime


def held_deletions(tx: Reading, me: UserId) -> tuple[HeldDeletions, ...]:
    """All that is held."""
    return tuple(_described(tx, me, group) for group in _groups(tx))


def decide(
    tx: Writing, me: UserId, what: Collection[str], decision: Decision, now: datetime
) -> tuple[HeldDeletions, ...]:
    """Decide on what is held: on what is named by number or folder, on all if nothing is; return it.

    Raises:
        NotFound: nothing is held under one of these names.
    """
    found = [(_described(tx, me, group), group) for group in _groups(tx)]
    unknown = [name for name in what if not any(_is_named(one, group, name) for one, group in found)]
    if unknown:
        raise NotFound(Text("No deletions of “{name}” are held. “passerelle confirm” lists what is.", name=unknown[0]))
    chosen = [(one, group) for one, group in found if not what or any(_is_named(one, group, name) for name in what)]
    for one, group in chosen:
        forgive(tx, group[0].direction, one.folder)
        for entry in group:
            if decision is Decision.DELETE:
                tx.sync.put_skipped(msgspec.structs.replace(entry, code=APPROVED))
            else:
                give_up(tx, me, entry, now)
    return tuple(one for one, _ in chosen)


def _is_named(one: HeldDeletions, group: Iterable[Skipped], name: str) -> bool:
    return is_called(name, one.folder_name) or name in {str(entry.id) for entry in group}


def _groups(tx: Reading) -> list[Sequence[Skipped]]:
    found: dict[tuple[FolderId, str, bool], list[Skipped]] = defaultdict(list)
    for entry in tx.sync.skipped():
        if entry.code == HELD:
            found[(entry.folder, entry.direction, entry.local is None)].append(entry)
    return list(found.values())


def _described(tx: Reading, me: UserId, group: Sequence[Skipped]) -> HeldDeletions:
    first = group[0]
    folder, base = tx.folders.get(first.folder), folder_base_of(tx, first.folder)
    whole = first.local is None
    titles = _titles_of_folder(tx, me, first.folder) if whole else _titles(tx, me, group)
    return HeldDeletions(
        number=first.id,
        folder=first.folder,
        folder_name=name_for(tx, me, folder) if folder is not None else base.name if base is not None else "",
        deleted=Side.SERVER if first.direction == DOWN else Side.HERE,
        whole=whole,
        count=len(titles) + tx.left_out.counts().get(first.folder, 0) if whole else len(group),
        titles=titles,
        since=first.since,
    )


def _titles(tx: Reading, me: UserId, group: Iterable[Skipped]) -> tuple[str, ...]:
    """Of items that are still here, their titles; of those deleted here, the titles that they had."""
    ids = [one.local for one in group if one.local is not None]
    known = {record.id: title_of(record.item) for record in tx.items.several(ids, me)}
    gone = [link for link in tx.sync.links_of_locals(ids) if link.local not in known]
    known.update({link.local: title_of(base_of(tx, link, None)) for link in gone})
    return tuple(known.get(id_, "") for id_ in ids)


def _titles_of_folder(tx: Reading, me: UserId, folder: FolderId) -> tuple[str, ...]:
    """The titles of all that is in a folder, or was when it was deleted here."""
    ids = tx.items.ids(folder)
    if ids:
        return tuple(title_of(record.item) for record in tx.items.several(ids, me))
    links = tx.sync.links_of_locals([one.local for one in tx.sync.versions(folder).values()])
    return tuple(title_of(base_of(tx, link, None)) for link in links if link.folder == folder)
