"""Reads the server's outbox as a mail server would, and complains when somebody is told something twice.

Whoever was told that a meeting is called off may be invited again: somebody edited it meanwhile, and it is held after
all. Two invitations without a cancellation between are one too many; that of a series is one of its occurrences, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from passerelle.groupware.letters import Kind, Notice, read_notice
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.items import Appointment
from passerelle.store import Store

About = tuple[str, str, datetime | None]
"""A recipient, and the item or occurrence."""


@dataclass
class Post:
    """What went out so far."""

    complaints: list[str] = field(default_factory=list)
    mails: int = 0
    _invited: dict[About, bool] = field(default_factory=dict)
    _last: dict[About, Notice] = field(default_factory=dict)

    def collect(self, store: Store) -> None:
        """Send all that is due."""
        with store.reading() as tx:
            if tx.outbox.next_due() is None:
                return
        with store.writing(SYSTEM_USER) as tx:
            for mail in tx.outbox.claim(1000, timedelta(minutes=1)):
                if mail.kind == Kind.NOTICE:
                    self._read(read_notice(mail.content))
                tx.outbox.mark_sent(mail.id)

    def _read(self, notice: Notice) -> None:
        self.mails += 1
        version = notice.after or notice.before
        if version is None or notice.answering is not None:
            return
        item = version.item
        about = (notice.recipient.mail, item.title or "", item.recurrence_id if isinstance(item, Appointment) else None)
        last = self._last.get(about)
        if last is not None and (last.before, last.after) == (notice.before, notice.after):
            self.complaints.append(f"{about} is told twice: {notice.before} -> {notice.after}")
        if notice.before is None and self._invited.get(about):
            self.complaints.append(f"{about} is invited twice")
        if notice.after is None:
            over = [one for one in self._invited if one[:2] == about[:2] and about[2] in {None, one[2]}]
            self._invited.update(dict.fromkeys(over, False))
            for one in over:
                self._last.pop(one, None)
        self._invited[about] = notice.after is not None
        self._last[about] = notice
