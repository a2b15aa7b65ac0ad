"""What the engine keeps of an item in Outlook to know it unchanged: its content, its time of change, and where it is.

Outlook tells times of change too coarsely for two edits in one moment: what was read that soon after a change is read
once more later. The digest of the content then shows whether anything happened; it also tells our own writes, which
change the time, from a person's edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from passerelle.model.items import Item
from passerelle.peers.base import RemoteId, Version
from passerelle.peers.outlook.rows import Row

_COARSE = timedelta(seconds=2)
"""Changes closer together than this may bear one time."""


class Known(Struct, frozen=True, kw_only=True):
    """A version taken apart. ``is_settled`` says that a later change has another time."""

    content: str
    changed: datetime
    entry: str
    is_settled: bool

    def is_of(self, row: Row) -> bool:
        """Whether a row tells of this very version."""
        return self.is_settled and (row.entry, row.changed) == (self.entry, self.changed)


def version(item: Item, entry: str, changed: datetime, now: datetime) -> Version:
    """The version of an item that was read, or saved, at ``now``."""
    mark = "" if is_settled(changed, now) else "~"
    return Version(f"{content_of(item)}{mark} {changed.isoformat()} {entry}")


def again(version_: Version, entry: str, changed: datetime) -> Version:
    """The version of an item that was saved with nothing changed in it but what hangs on it; it is looked at again."""
    before = known(version_)
    return version_ if before is None else Version(f"{before.content}~ {changed.isoformat()} {entry}")


def known(text: str) -> Known | None:
    """What a version says; None if it is none of an item, such as an empty one."""
    parts = text.split(" ")
    if len(parts) != 3:  # noqa: PLR2004 - content, time and place
        return None
    content, changed, entry = parts
    return Known(
        content=content.removesuffix("~"),
        changed=datetime.fromisoformat(changed),
        entry=entry,
        is_settled=not content.endswith("~"),
    )


def is_settled(changed: datetime, now: datetime) -> bool:
    """Whether the next change will bear another time."""
    return now - changed > _COARSE


def of_occurrence(item: Item) -> Version:
    """The version of a changed occurrence: its series has the time."""
    return Version(content_of(item))


def content_of(item: Item) -> str:
    """A digest of all that Outlook says of an item."""
    return sha256(msgspec.json.encode(item)).hexdigest()[:16]


def occurrence_id(series: RemoteId, key: datetime) -> RemoteId:
    """What a changed occurrence is called."""
    return RemoteId(f"{series}#{key:%Y%m%dT%H%M%S}")


def series_of(id_: RemoteId) -> RemoteId | None:
    """The series that a changed occurrence is of; None for anything else."""
    series, hash_, _ = id_.partition("#")
    return RemoteId(series) if hash_ else None


def by_series(ids: Iterable[RemoteId]) -> Mapping[RemoteId, Sequence[RemoteId]]:
    """The ids of items, each with those of its changed occurrences that are among them."""
    found: dict[RemoteId, list[RemoteId]] = {}
    for id_ in ids:
        found.setdefault(series_of(id_) or id_, []).append(id_)
    return found
