"""The mass-deletion guard: which deletions need the user's word (design, section 7).

A folder is *emptying* when it loses more than a share of its items, and deletions wait when the emptying folders of an
account lose more than a number of items together. So a large folder is guarded alone and small ones are together; what
was deleted unasked within the last day counts too, so that a calendar does not dribble away over many cycles.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from passerelle.model.ids import FolderId
from passerelle.store import Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.policy import Policy

_WINDOW = timedelta(days=1)
_GRAIN = timedelta(hours=1)
"""Deletions of one hour are counted together: a day of them is a short list."""


class Loss(Struct, frozen=True, kw_only=True):
    """What a folder is about to lose: ``deletions`` of the ``items`` that it has."""

    deletions: int
    items: int


class _Passed(Struct, frozen=True, kw_only=True):
    """Deletions of a folder that happened unasked. ``since`` is when the first of them did."""

    folder: FolderId
    count: int
    since: datetime


def needing_word(losses: Mapping[FolderId, Loss], policy: Policy) -> frozenset[FolderId]:
    """The folders whose deletions wait for the user: those that are emptying, if together they lose many. Pure."""
    emptying = {folder: one for folder, one in losses.items() if one.deletions > one.items * policy.guard_share}
    many = sum(one.deletions for one in emptying.values()) > policy.guard_items
    return frozenset(emptying) if many else frozenset()


def judge(context: Context, tx: Reading, direction: str, planned: Mapping[FolderId, Loss]) -> frozenset[FolderId]:
    """The folders among those of ``planned`` deletions whose deletions wait for the user."""
    planned = {folder: loss for folder, loss in planned.items() if loss.deletions}
    if not planned:
        return frozenset()
    losses = dict(planned)
    for one in _recent(tx, direction, context.now()):
        before = losses.get(one.folder) or Loss(deletions=0, items=tx.items.count(one.folder))
        losses[one.folder] = Loss(deletions=before.deletions + one.count, items=before.items + one.count)
    return needing_word(losses, context.policy) & planned.keys()


def note_passed(context: Context, tx: Writing, direction: str, folder: FolderId, count: int) -> None:
    """Keep in mind, for a day, that so many items of a folder were deleted without a question."""
    if not count:
        return
    now = context.now()
    kept = _recent(tx, direction, now)
    last = next((one for one in kept if one.folder == folder and now - one.since < _GRAIN), None)
    others = [one for one in kept if one is not last]
    total = count + (0 if last is None else last.count)
    since = now if last is None else last.since
    tx.sync.set(_name(direction), [*others, _Passed(folder=folder, count=total, since=since)])


def forgive(tx: Writing, direction: str, folder: FolderId) -> None:
    """Begin to count anew: the user has said that deletions in this folder are meant."""
    kept = tx.sync.get(_name(direction), list[_Passed]) or []
    tx.sync.set(_name(direction), [one for one in kept if one.folder != folder])


def _recent(tx: Reading, direction: str, now: datetime) -> list[_Passed]:
    """What passed within a day; a clock that was set back makes nothing older."""
    return [one for one in tx.sync.get(_name(direction), list[_Passed]) or [] if now - one.since < _WINDOW]


def _name(direction: str) -> str:
    return f"deletions {direction}"
