"""When what was last in step, and since when it is not. A cycle writes what changed by it, however many folders are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs

from passerelle.model.errors import PasserelleError
from passerelle.model.ids import FolderId
from passerelle.model.text import to_stored
from passerelle.store import Reading, Writing

_SETTING: Final = "successes"
_NEWS: Final = timedelta(minutes=10)
"""A program that shows what is here is looked at every few seconds; that is not written down each time."""


class Trouble(Struct, frozen=True, kw_only=True):
    """Why the last cycle did not go through, and since when none does for a reason of that kind.

    ``message`` is as :func:`passerelle.model.text.to_stored` keeps it; ``exit_code`` the kind.
    """

    since: datetime
    message: str
    exit_code: int


class Successes(Struct, frozen=True, kw_only=True):
    """``whole`` is when all was last looked at, ``folders`` those that were looked at alone since then.

    Of folders that are ``failing`` the last success before is known, if there was one. ``trouble`` is None after a
    cycle that went through.
    """

    whole: datetime | None = None
    folders: dict[FolderId, datetime] = {}
    failing: dict[FolderId, datetime | None] = {}
    trouble: Trouble | None = None

    def of_folder(self, id_: FolderId) -> datetime | None:
        """When a folder was last in step."""
        return self.failing[id_] if id_ in self.failing else self.folders.get(id_, self.whole)

    @property
    def last(self) -> datetime | None:
        """When a cycle last went through."""
        return max(filter(None, (self.whole, *self.folders.values())), default=None)

    def after_whole(self, now: datetime, failing: Collection[FolderId]) -> Successes:
        """After a cycle of all folders that went through but for some."""
        return Successes(whole=now, failing={id_: self.of_folder(id_) for id_ in failing})

    def after(self, now: datetime, looked_at: Collection[FolderId], failing: Collection[FolderId]) -> Successes:
        """After a cycle of some folders that went through but for some of them."""
        fine = set(looked_at) - set(failing)
        still = {id_: at for id_, at in self.failing.items() if id_ not in fine}
        return Successes(
            whole=self.whole,
            folders={**self.folders, **dict.fromkeys(fine, now)},
            failing={**{id_: self.of_folder(id_) for id_ in failing}, **still},
        )


def successes(tx: Reading) -> Successes:
    """What is known."""
    return tx.sync.get(_SETTING, Successes) or Successes()


def note_success(
    tx: Writing, now: datetime, looked_at: Collection[FolderId] | None, failing: Collection[FolderId]
) -> None:
    """Note that a cycle of some folders, of all for None, went through but for some."""
    before = successes(tx)
    known = before.after_whole(now, failing) if looked_at is None else before.after(now, looked_at, failing)
    tx.sync.set(_SETTING, known)


def is_news(known: Successes, now: datetime) -> bool:
    """Whether another success is worth writing down although nothing was done."""
    return known.trouble is not None or known.whole is None or now - known.whole >= _NEWS


def note_trouble(tx: Writing, now: datetime, error: PasserelleError) -> None:
    """Note that a cycle broke off. Of trouble of one kind the beginning is kept."""
    before = successes(tx)
    known = before.trouble
    since = known.since if known is not None and known.exit_code == error.exit_code else now
    trouble = Trouble(since=since, message=to_stored(error.text), exit_code=error.exit_code)
    if trouble != known:
        tx.sync.set(_SETTING, structs.replace(before, trouble=trouble))
