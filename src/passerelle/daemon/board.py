"""How all accounts of a daemon fare: workers write it down, whoever wants to know reads it. No database is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Condition
from typing import TypedDict, Unpack, final

from msgspec import structs

from passerelle.daemon.control.messages import OutlookStanding, Standing, State
from passerelle.model.clock import utc_now
from passerelle.model.text import Text
from passerelle.peers.base import PushKind


class Changes(TypedDict, total=False):
    """What may become another value of a :class:`Standing`."""

    state: State
    since: datetime
    is_working: bool
    message: Text
    last_success: datetime | None
    next_try: datetime | None
    push: PushKind | None
    pending: int
    skipped: int
    conflicts: int
    held: int
    outlook: OutlookStanding | None
    to_show: int
    not_shown: int
    warn_after_s: float | None


@final
class Board:
    """May be used by any thread. ``revision`` rises with each change."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._standings: dict[str, Standing] = {}
        self.revision = 0

    def arrange(self, names: Sequence[str]) -> None:
        """Keep the accounts of these names, in this order; new ones begin with nothing known of them."""
        with self._changed:
            known, now = self._standings, utc_now()
            self._standings = {name: known.get(name) or Standing(account=name, since=now) for name in names}
            self._tell()

    def update(self, name: str, **changes: Unpack[Changes]) -> None:
        """Write down what changed for an account. ``since`` moves with the state, unless it is given."""
        with self._changed:
            before = self._standings.get(name)
            if before is None:  # removed meanwhile
                return
            if changes.get("state", before.state) is not before.state:
                changes.setdefault("since", utc_now())
            after = structs.replace(before, **changes)
            if after != before:
                self._standings[name] = after
                self._tell()

    def standings(self) -> tuple[Standing, ...]:
        """How all accounts fare at present."""
        with self._changed:
            return tuple(self._standings.values())

    def await_change(self, seen: int, patience_s: float) -> int:
        """Wait until the revision is another than the one ``seen``, but not for longer than that; return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.revision != seen, patience_s)
            return self.revision

    def _tell(self) -> None:
        self.revision += 1
        self._changed.notify_all()
