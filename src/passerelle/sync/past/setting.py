"""How far back appointments are kept here: the user's period, and the instant that it means today.

The instant moves once a day, by the first cycle. What is left out is known by id and version (``tx.left_out``), so that
nothing equal is fetched again and an edit that matters is noticed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from passerelle.model.ids import FolderId
from passerelle.model.moments import milliseconds
from passerelle.store import Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.past.period import Period
from passerelle.sync.slow import want_slow_sync

_PERIOD = "past"
_LIMIT = "past limit"


def chosen_period(tx: Reading) -> Period | None:
    """How far back appointments are kept; None: all of them."""
    return tx.sync.get(_PERIOD, Period)


def choose_period(tx: Writing, period: Period | None, now: datetime) -> None:
    """Keep appointments so far back from now on. What is wanted again comes with the next cycle."""
    tx.sync.set(_PERIOD, period)
    _move_limit(tx, None if period is None else milliseconds(period.before(now)))


def limit_of(tx: Reading) -> int | None:
    """The instant, in milliseconds since 1970: what ended before it is not wanted here. None: all is."""
    return tx.sync.get(_LIMIT, int)


def keep_pace(context: Context) -> None:
    """Let the instant move with the days."""
    with context.store.reading() as tx:
        period, limit = chosen_period(tx), limit_of(tx)
    wanted = None if period is None else milliseconds(period.before(context.now()))
    if wanted != limit:
        with context.writing() as tx:
            _move_limit(tx, wanted)


def _move_limit(tx: Writing, limit: int | None) -> None:
    before = limit_of(tx)
    tx.sync.set(_LIMIT, limit)
    if before is not None and (limit is None or limit < before):
        want_slow_sync(tx, _released(tx, limit))


def _released(tx: Writing, limit: int | None) -> Collection[FolderId]:
    """Forget that items were left out that are wanted again, series as a whole; return their folders."""
    folders: list[FolderId] = []
    for folder in tx.left_out.counts():
        rows = tx.left_out.of_folder(folder)
        families = {one.family for one in rows if limit is None or one.ends >= limit}
        tx.left_out.remove(folder, [one.remote for one in rows if one.family in families])
        if families:
            folders.append(folder)
    return folders
