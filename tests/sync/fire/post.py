"""Reads the server's outbox as a mail server would, and complains when somebody is told something twice.

Whoever was told that a meeting is called off, or called it off, or left it, may be invited again: somebody edited it
meanwhile, and it is held after all. Two invitations without that between are one too many; that of a series is one of
its occurrences, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from passerelle.groupware.letters import Kind, Notice, Party, Version, read_notice
from passerelle.groupware.participants import find
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Item, Task
from passerelle.store import Reading, Store
from passerelle.sync.merge.occurrences import deleted_of
from tests.sync.fire.guest import GuestCalendar, key_in

About = tuple[str, str, datetime | None]
"""A recipient, and the item or occurrence."""


@dataclass
class Post:
    """What went out so far."""

    complaints: list[str] = field(default_factory=list)
    mails: int = 0
    guest: GuestCalendar = field(default_factory=GuestCalendar)
    parted: set[str] = field(default_factory=set)
    """Titles of series that became two: if two people did that, both have what follows, with who takes part in it."""
    _invited: dict[About, str] = field(default_factory=dict)
    """To what they are invited at present: the item's number on the server."""
    _last: dict[About, Notice] = field(default_factory=dict)

    def collect(self, store: Store) -> None:
        """Send all that is due; within the same minute it does not matter what is called off first."""
        with store.reading() as tx:
            if tx.outbox.next_due() is None:
                return
        with store.writing(SYSTEM_USER) as tx:
            notices: list[Notice] = []
            for mail in tx.outbox.claim(1000, timedelta(minutes=1)):
                if mail.kind == Kind.NOTICE:
                    notices.append(read_notice(mail.content))
                    self.guest.read(notices[-1])
                tx.outbox.mark_sent(mail.id)
            for notice in sorted(notices, key=lambda one: one.after is not None):
                self._read(tx, notice)

    def _read(self, tx: Reading, notice: Notice) -> None:
        self.mails += 1
        version = notice.after or notice.before
        if version is None or notice.answering is not None:
            return
        item = version.item
        about = (notice.recipient.mail, item.title or "", item.recurrence_id if isinstance(item, Appointment) else None)
        if notice.before is None:
            self._invite(tx, about, notice)
        last = self._last.get(about)
        is_same = last is not None and _told(last) == _told(notice)
        if is_same and not _is_about_files(notice):
            self.complaints.append(f"{about} is told twice: {notice.before} -> {notice.after}")
        if notice.after is None:
            self._forget(about)
        else:
            self._invited[about] = notice.subject
        self._last[about] = notice

    def _invite(self, tx: Reading, about: About, notice: Notice) -> None:
        known = self._invited.get(about)
        is_of_two = known != notice.subject and about[1] in self.parted
        if known is not None and not is_of_two and not _called_off(tx, known, notice.recipient):
            self.complaints.append(f"{about} is invited twice")
        self._forget(about)

    def _forget(self, about: About) -> None:
        """What was told of an item, and of its occurrences, is over."""
        for one in [one for one in self._last if one[:2] == about[:2] and about[2] in {None, one[2]}]:
            self._last.pop(one)
            self._invited.pop(one, None)


def _told(notice: Notice) -> tuple[str, Version | None, Version | None]:
    """What a mail says: of what is made again after it was called off, it may say the same again."""
    return notice.subject, notice.before, notice.after


def _is_about_files(notice: Notice) -> bool:
    """Whether nothing but files came or went: another one of the same name may come in the place of one that went."""
    return notice.before is not None and notice.after is not None and notice.before.item == notice.after.item


def _called_off(tx: Reading, subject: str, by: Party) -> bool:
    """Whether somebody removed an item or occurrence, or took themselves out of it; who does that is not told of it."""
    number, _, occurrence = subject.partition("@")
    id_, key = ItemId(int(number)), key_in(occurrence) if occurrence else None
    happened, present = tx.happenings.of_item(id_), tx.items.get(id_, None)
    was = [*(one.previous for one in happened), None if present is None else present.item]
    return any(
        one.actor == by.user and _takes_part(before, key, by) and not _takes_part(after, key, by)
        for one, (before, after) in zip(happened, pairwise(was), strict=True)
    )


def _takes_part(item: Item | None, occurrence: datetime | None, who: Party) -> bool:
    if who.user is None or not isinstance(item, Appointment | Task):
        return False
    is_off = occurrence is not None and isinstance(item, Appointment) and occurrence in deleted_of(item)
    return not is_off and find(item.participants, who.user) is not None
