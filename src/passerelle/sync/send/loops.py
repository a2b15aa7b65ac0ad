"""Notices what goes back and forth: sent, changed back by the peer, and made the same here again.

No person does so, but a program here against a server that rewrites what it gets, or against another connector. It
shows in the journal, where the engine's own change has what it replaced: as often as that is what is to be sent now,
the peer undid it. Only of what is to be sent, and changed there that often, is the journal read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from passerelle.model.errors import Refused
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Item
from passerelle.model.patch import difference
from passerelle.model.text import Text
from passerelle.store import Action, Happening, Reading
from passerelle.sync.context import Context
from passerelle.sync.folders.state import plain_rights
from passerelle.sync.merge.plan import SendContent, SendMove
from passerelle.sync.send.planning import Job
from passerelle.sync.skipped.quarantine import LOOP

_ROUNDS = 3
"""So often the same is sent although it was changed back."""
_WINDOW = timedelta(days=1)
_NO_EDIT = frozenset({"alarm", "sequence", "foreign"})
"""What the journal does not keep, and what servers and clients count for themselves."""


def loops(context: Context, tx: Reading, jobs: Iterable[Job]) -> set[ItemId]:
    """The items among those to be sent that the peer changed back to often. One statement, and one for each suspect."""
    wanted = {job.local: job for job in jobs if isinstance(job.action, SendContent | SendMove)}
    origin, since = tx.sync.origin, context.now() - _WINDOW
    suspects = tx.happenings.often_changed(wanted, origin, since, _ROUNDS)
    return {id_ for id_ in suspects if _rounds(origin, tx.happenings.of_item(id_), wanted[id_]) >= _ROUNDS}


def _rounds(origin: str, happened: Sequence[Happening], job: Job) -> int:
    """How often the peer undid what a job is to do."""
    if job.record is None:
        return 0
    if isinstance(job.action, SendMove):
        return sum(1 for one in happened if one.origin == origin and _left(one, job.destination))
    mine = job.record.item
    was = [*(one.previous for one in happened), mine]
    changes = zip(happened, pairwise(was), strict=True)
    return sum(1 for one, (before, after) in changes if one.origin == origin and _undid(mine, before, after))


def _left(one: Happening, folder: FolderId | None) -> bool:
    return folder is not None and one.actions.get(folder) is Action.LEFT


def _undid(mine: Item, before: Item | None, after: Item | None) -> bool:
    return before is not None and after is not None and _equal(before, mine) and not _equal(after, mine)


def _equal(one: Item, other: Item) -> bool:
    return difference(one, other).keys() <= _NO_EDIT


def is_loop(context: Context, tx: Reading, folder: Folder) -> bool:
    """Whether the peer changed a folder back too often."""
    replaced = tx.happenings.folders_before(folder.id, tx.sync.origin, context.now() - _WINDOW)
    return sum(1 for one in replaced if _told(one) == _told(folder)) >= _ROUNDS


def _told(folder: Folder) -> tuple[object, ...]:
    return (folder.parent, folder.name, plain_rights(folder.rights))


def back_and_forth() -> Refused:
    """Why it is not sent again."""
    message = Text(
        "It was sent {count} times within a day, and changed back each time. Another program seems to undo it.",
        count=_ROUNDS,
    )
    return Refused(message, LOOP)
