"""The calendar of somebody from elsewhere, who knows no more than the mails say; in the end it has what the server has.

It is kept as programs keep it (RFC 5546): a mail about a series replaces it with all its occurrences, one about an
occurrence that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from passerelle.groupware.letters import Audience, Invitation, Notice, Version
from passerelle.groupware.notices.deltas import facts
from passerelle.groupware.occurrence_rules import as_exception, occurrence_at
from passerelle.model.items import Appointment, Task
from passerelle.model.records import ItemRecord
from tests.sync.fire.edits import GUEST

_TIME: Final = "%Y%m%dT%H%M%SZ"


@dataclass
class GuestCalendar:
    """What a guest knows: items by number, and single occurrences of them by number and time; None is cancelled."""

    items: dict[str, Invitation] = field(default_factory=dict)
    occurrences: dict[str, Invitation | None] = field(default_factory=dict)

    def read(self, notice: Notice) -> None:
        """Do what a mail asks for."""
        if notice.audience is not Audience.EXTERNAL or notice.recipient.mail != GUEST.mail:
            return
        item = None if notice.after is None else notice.after.item
        if "@" in notice.subject:
            self.occurrences[notice.subject] = item
            return
        self.items.pop(notice.subject, None)
        for name in [one for one in self.occurrences if one.startswith(f"{notice.subject}@")]:
            del self.occurrences[name]
        if item is not None:
            self.items[notice.subject] = item
            for one in notice.exceptions:
                self.occurrences[_name(notice.subject, one.recurrence_id)] = one

    def complaints(self, records: Iterable[ItemRecord]) -> list[str]:
        """Where the guest knows something else than the server has.

        Of a task that recurs, they were told the first time, and hear no more of those that take its place.
        """
        there, told = GuestCalendar(), {item.title for item in self.items.values()}
        for record in records:
            item = record.item
            is_next = isinstance(item, Task) and item.recurrence is not None and item.title in told
            if not is_next or str(record.id) in self.items:
                there._add(record)
        names = sorted({*self._names(), *there._names()})
        return [
            f"{name}: the guest has {self._facts(name)}, the server {there._facts(name)}"
            for name in names
            if self._facts(name) != there._facts(name)
        ]

    def _add(self, record: ItemRecord) -> None:
        """Add an item as the server has it."""
        item = record.item
        if not isinstance(item, Invitation):
            return
        is_invited = any(one.mail == GUEST.mail for one in item.participants)
        if record.master is not None:
            self.occurrences[_name(str(record.master), _key_of(item))] = item if is_invited else None
        elif is_invited:
            self.items[str(record.id)] = item

    def _names(self) -> Iterator[str]:
        yield from self.items
        yield from self.occurrences
        for name, item in self.items.items():
            if isinstance(item, Appointment) and item.recurrence is not None:
                yield from (_name(name, key) for key in item.recurrence.deleted)

    def _facts(self, name: str) -> dict[str, object] | None:
        """What is known of an item or occurrence; None if it does not take place, or not with the guest."""
        if name in self.items or name in self.occurrences:
            item = self.items.get(name) or self.occurrences.get(name)
        else:
            item = _occurrence(self.items.get(name.partition("@")[0]), name)
        return None if item is None else facts(Version(item=item))


def _occurrence(series: Invitation | None, name: str) -> Appointment | None:
    """An occurrence as its series has it."""
    if not isinstance(series, Appointment) or series.recurrence is None:
        return None
    key = key_in(name.partition("@")[2])
    if key in series.recurrence.deleted or occurrence_at(series.when, series.recurrence, key) is None:
        return None
    return as_exception(series, key)


def key_in(text: str) -> datetime:
    """The occurrence that is meant in the name of a notice's subject."""
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _name(series: str, key: datetime | None) -> str:
    return f"{series}@{key:{_TIME}}"


def _key_of(item: Invitation) -> datetime | None:
    return item.recurrence_id if isinstance(item, Appointment) else None
