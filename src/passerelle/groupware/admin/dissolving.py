"""What a group that is removed was invited to: its members are invited in its place, so that nobody loses a meeting.

Without that the next change of a meeting would take it out of the calendars of all who took part through the group.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from passerelle.groupware.conflicts import each_once
from passerelle.groupware.participants import Participants, find, user_participant
from passerelle.model.folders import Module
from passerelle.model.ids import Stamp
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import Group
from passerelle.model.records import ItemRecord
from passerelle.store import Reading, Writing

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def dissolve(tx: Writing, group: Group, now: datetime) -> None:
    """Put a group's members in its place in all appointments that are not over and all tasks that are not done."""
    for record in list(_coming(tx, now)):
        item = record.item
        if isinstance(item, Appointment | Task) and any(_is(each, group) for each in item.participants):
            participants = _with_members(item.participants, group)
            tx.items.replace(record.id, msgspec.structs.replace(item, participants=participants))


def _with_members(participants: Participants, group: Group) -> Participants:
    kept = tuple(each for each in participants if not _is(each, group))
    return (*kept, *(user_participant(member) for member in group.members if find(kept, member) is None))


def _is(participant: Participant, group: Group) -> bool:
    return participant.kind is ParticipantKind.GROUP and participant.id == group.id


def _coming(tx: Reading, now: datetime) -> Iterator[ItemRecord]:
    folders = tx.folders.all()
    yield from each_once(tx.items.extents([one.id for one in folders if one.module is Module.CALENDAR], now, _FAR))
    for folder in folders:
        if folder.module is Module.TASKS:
            found = tx.items.page(folder.id, None, Stamp(0), tx.journal.clock(folder.id), Stamp(0), 2**31)
            yield from (one for one in found if isinstance(one.item, Task) and one.item.status is not TaskStatus.DONE)
