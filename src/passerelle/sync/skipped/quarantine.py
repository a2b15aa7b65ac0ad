"""Skipped objects: what one side refused, what the guard holds, and what must not be forgotten.

One item cannot stop a folder: it is set aside here with its reason and tried again, ever more rarely, when it changes,
or when the user says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from passerelle.model.errors import NotFound, PasserelleError, Refused, Stale
from passerelle.model.ids import FolderId, ItemId
from passerelle.peers.base import RemoteId
from passerelle.store import Reading, Skipped, Writing
from passerelle.sync.context import Context
from passerelle.sync.report import Subject

UP = "up"
DOWN = "down"
FILES = "files"
"""Files of an item, in either direction; of one that could not be had, the entry names the item at the peer."""
PENDING = "pending"
"""Not refused at all: a local change that the journal alone would not bring up again."""
RESENT = "resent"
"""The same of an item that the peer lost: nobody is to be told of it again."""
HELD = "held"
"""A deletion that the mass-deletion guard holds."""
APPROVED = "approved"
"""A held deletion that the user wants."""
KEPT = "kept"
"""A held deletion that the user does not want: what the server deleted is to be sent there again."""
LOOP = "loop"
"""A change that the peer undid again and again: it waits for another change, or for the user."""
DECIDED = frozenset({APPROVED, KEPT})

_PASSING = frozenset({Refused.__name__, NotFound.__name__, Stale.__name__, "APP-0059", "APP-0060"})
"""Refusals that may pass by themselves: the peer failed, or has something else than we knew, or has it elsewhere."""
_LONGEST_WAIT = timedelta(days=1)


def is_shown(entry: Skipped) -> bool:
    """Whether the user has something to decide: marks of the engine's own are none."""
    return entry.code not in {PENDING, RESENT, *DECIDED}


def is_wanted(entry: Skipped) -> bool:
    """Whether to try with the next cycle, whenever that is; others wait for their time, or for the user."""
    return entry.code != HELD and (not is_shown(entry) or entry.attempts == 0)


def is_due(context: Context, entry: Skipped) -> bool:
    """Whether to try again by itself: after one minute, three, seven … and at least once a day.

    What the peer refused for a reason of its own, such as a right that lacks, is tried once a day: a change here, or
    the user, has it tried at once. Held deletions wait, and so does what the peer undid again and again.
    """
    if is_wanted(entry):
        return True
    waited = context.now() - entry.since
    has_been_set_back = waited < timedelta(0)  # the clock: how long it was is not known
    return entry.code not in {HELD, LOOP} and (has_been_set_back or waited >= _wait(entry))


def _wait(entry: Skipped) -> timedelta:
    is_ours = entry.direction == UP or (entry.direction == FILES and entry.remote is None)
    if is_ours and entry.code not in _PASSING:
        return _LONGEST_WAIT
    return min(timedelta(minutes=2 ** min(entry.attempts, 20) - 1), _LONGEST_WAIT)


def of_folder(tx: Reading, folder: FolderId, direction: str) -> list[Skipped]:
    """The objects of a folder that are set aside, in one direction."""
    return [one for one in tx.sync.skipped() if one.folder == folder and one.direction == direction]


def held_of(tx: Reading, folder: FolderId) -> list[Skipped]:
    """The deletions of single items at the peer that are, or were until the user decided, held in a folder."""
    return [one for one in of_folder(tx, folder, DOWN) if one.code in {HELD, *DECIDED} and one.local is not None]


def have_sent(tx: Writing, folder: FolderId, locals_: Iterable[ItemId | None], now: datetime) -> None:
    """Make sure that local items are looked at when changes are sent, whatever the journal says; None: the folder."""
    known = _index(tx)
    for local in locals_:
        entry = Skipped(folder=folder, direction=UP, local=local, code=PENDING, since=now)
        _put(tx, known.get(_about(entry)), entry)


def remind(context: Context, tx: Writing, folder: FolderId, local: ItemId) -> None:
    """Make sure of one item that it is looked at when changes are sent."""
    have_sent(tx, folder, [local], context.now())


def resend(context: Context, tx: Writing, folder: FolderId, locals_: Iterable[ItemId]) -> None:
    """Make sure that items which the peer lost are sent to it again, silently."""
    known = _index(tx)
    for local in locals_:
        entry = Skipped(folder=folder, direction=UP, local=local, code=RESENT, since=context.now())
        _put(tx, known.get(_about(entry)), entry)


def remind_of_folder(context: Context, tx: Writing, folder: FolderId) -> None:
    """Make sure of a folder itself that it is looked at when changes are sent."""
    have_sent(tx, folder, [None], context.now())


def have_read(tx: Writing, folder: FolderId, remotes: Iterable[RemoteId], now: datetime) -> None:
    """Have items of the peer's read with the next pull of their folder, whatever the change list says."""
    known = _index(tx)
    for remote in remotes:
        entry = Skipped(folder=folder, direction=DOWN, remote=remote, code=PENDING, since=now)
        _put(tx, known.get(_about(entry)), entry)


def fetch_later(context: Context, tx: Writing, folder: FolderId, remote: RemoteId) -> None:
    """The same of one item, by the engine."""
    have_read(tx, folder, [remote], context.now())


def fetch_all_later(context: Context, tx: Writing, folder: FolderId, remotes: Iterable[RemoteId]) -> None:
    """The same of several items, by the engine."""
    have_read(tx, folder, remotes, context.now())


def remind_all(context: Context, tx: Writing, folder: FolderId, locals_: Iterable[ItemId]) -> None:
    """Make sure of several local items that they are looked at when changes are sent."""
    known = _index(tx)
    for local in locals_:
        entry = Skipped(folder=folder, direction=UP, local=local, code=PENDING, since=context.now())
        before = known.get(_about(entry))
        if before is None:
            _put(tx, None, entry)


def set_aside(context: Context, tx: Writing, entry: Skipped, title: str = "") -> None:
    """Keep a refused change, and report it the first time, and when the reason is another.

    Attempts are counted as long as the same is tried, whatever the reasons.
    """
    known = _index(tx).get(_about(entry))
    again = known is not None and known.code == entry.code
    is_same = known is not None and is_shown(known) and known.fingerprint == entry.fingerprint
    attempts = known.attempts + 1 if known is not None and is_same else 1
    _put(tx, known, msgspec.structs.replace(entry, attempts=attempts, since=context.now()))
    if not again:
        context.recorder.report(Subject.SKIPPED, entry.message, folder=entry.folder, item=entry.local, title=title)


def hold(context: Context, tx: Writing, entries: Iterable[Skipped]) -> None:
    """Keep deletions that the guard stopped."""
    known = _index(tx)
    for entry in entries:
        before = known.get(_about(entry))
        if before is None or before.code != HELD:
            _put(tx, before, msgspec.structs.replace(entry, code=HELD, since=context.now()))


def settle(tx: Writing, entries: Iterable[Skipped]) -> None:
    """Forget what is done."""
    for entry in entries:
        tx.sync.remove_skipped(entry.id)


def code_of(error: PasserelleError) -> str:
    """A short word for an error: the OX code where there is one, else its kind."""
    return (error.code if isinstance(error, Refused) else "") or type(error).__name__


_About = tuple[FolderId, str, ItemId | None, str | None]


def _about(entry: Skipped) -> _About:
    """What an entry is about: of one thing there is one entry in each direction."""
    return (entry.folder, entry.direction, entry.local, entry.remote if entry.local is None else None)


def _index(tx: Reading) -> dict[_About, Skipped]:
    return {_about(one): one for one in tx.sync.skipped()}


def _put(tx: Writing, known: Skipped | None, entry: Skipped) -> None:
    tx.sync.put_skipped(msgspec.structs.replace(entry, id=0 if known is None else known.id))
