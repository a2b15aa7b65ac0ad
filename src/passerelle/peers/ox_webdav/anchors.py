"""How far a change list brings us in the server's history (OX reference, section 7). Pure."""

from __future__ import annotations

from msgspec import Struct

from passerelle.peers.base import Anchor

_CAUTION_MS = 60_000
_CORRECTION_MS = 24 * 3600 * 1000
"""A clock that was wrong by a time zone, or by summer time, is no sign of other data."""


class Progress(Struct, kw_only=True):
    """The latest stamps seen in one answer."""

    changed: int = 0
    gone: int = 0


def lower_bound(anchor: Anchor | None) -> int:
    """The ``lastsync`` to ask with."""
    return int(anchor) if anchor else 0


def advance(anchor: Anchor | None, progress: Progress, *, is_ordered: bool, now_ms: int | None) -> Anchor:
    """The anchor after an answer; it never goes back.

    Our own server hands out each position of a folder once, in the order of commits (``is_ordered``): the next list
    begins right after the latest stamp seen, be it of a change or of a deletion.

    Others stamp with the time at which a change began. One millisecond may hold several changes, so the latest is
    asked for again (section 7, advice 4). Deletions may bring us forward too, or a folder that was emptied would list
    them for ever; but only to a minute before the server's present, for a change that is being written
    while a deletion is listed may still come out with a stamp before it.
    """
    if is_ordered:
        latest = max(progress.changed, progress.gone)
        return Anchor(str(max(lower_bound(anchor), latest + 1)))
    settled = 0 if now_ms is None else min(progress.gone, now_ms - _CAUTION_MS)
    return Anchor(str(max(lower_bound(anchor), progress.changed - 1, settled - 1, 0)))


def is_covered(position: str, anchor: Anchor) -> bool:
    """Whether a position lies before the anchor."""
    return int(position) < lower_bound(anchor)


def is_behind(position: str, anchor: Anchor) -> bool:
    """Whether an anchor lies further on than right behind the latest change: that was another history."""
    return int(position) + 1 < lower_bound(anchor)


def is_before(now_ms: int | None, anchor: Anchor | None) -> bool:
    """Whether a server's clock stands before an anchor, by more than clocks are corrected by."""
    return now_ms is not None and anchor is not None and now_ms + _CORRECTION_MS < lower_bound(anchor)
