"""What a user who is removed has agreed to take part in: future appointments and open tasks are declined.

The entry stays among the participants, with the user's name, as a record of who was invited; what is over stays as it
was. Meetings that the user organised and that are handed over get the heir as organiser.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from passerelle.groupware.admin.estate import living_in, own_folders
from passerelle.groupware.conflicts import each_once
from passerelle.groupware.participants import Participants, find, is_user, user_participant
from passerelle.groupware.privacy import has_others
from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Appointment, Task, TaskStatus
from passerelle.model.participants import Answer, Organizer
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Placement, Reading, Writing

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def leave_all(tx: Writing, user: User, now: datetime, heir: User | None) -> None:
    """Decline for the user all that others organise and that is not over; hand own meetings to the heir, if any."""
    own = {folder.id: folder for folder in own_folders(tx, user.id)}
    living = {id_ for folder in own for id_ in living_in(tx, folder)}
    for record in list(_coming(tx, user, own, now)):
        if record.id not in living:
            _leave(tx, record, user)
        elif heir is not None:
            _pass_on(tx, record, own[record.folder], user, heir)


def _coming(tx: Reading, user: User, own: dict[FolderId, Folder], now: datetime) -> Iterator[ItemRecord]:
    """The appointments that are not over and the tasks that are not done, of the user's folders and of public ones."""
    public = [folder for folder in tx.folders.all() if folder.type is FolderType.PUBLIC]
    calendars = [one.id for one in (*own.values(), *public) if one.module is Module.CALENDAR]
    yield from each_once(tx.items.extents(calendars, now, _FAR, user.id))
    for folder in (*own.values(), *public):
        if folder.module is Module.TASKS:
            for record in tx.items.page(folder.id, user.id, Stamp(0), tx.journal.clock(folder.id), Stamp(0), 2**31):
                if isinstance(record.item, Task) and record.item.status is not TaskStatus.DONE:
                    yield record


def _leave(tx: Writing, record: ItemRecord, user: User) -> None:
    """Take the user out of an item of others: declined, and gone from the user's folder."""
    item = record.item
    assert isinstance(item, Appointment | Task)  # noqa: S101 - nothing else is in these folders
    placed = tx.items.placements(record.id)
    shown = tuple(one for one in placed if one.user not in {None, user.id})
    left = _declined(item.participants, user)
    if left != item.participants or len(shown) != _guests(placed):
        tx.items.replace(record.id, msgspec.structs.replace(item, participants=left), placements=shown)


def _guests(placed: tuple[Placement, ...]) -> int:
    return sum(one.user is not None for one in placed)


def _declined(participants: Participants, user: User) -> Participants:
    return tuple(
        msgspec.structs.replace(
            each, answer=Answer.DECLINED, name=each.name or user.display_name, mail=each.mail or user.email
        )
        if is_user(each, user.id)
        else each
        for each in participants
    )


def _pass_on(tx: Writing, record: ItemRecord, home: Folder, user: User, heir: User) -> None:
    """Make the heir the organiser of a meeting with others; what the user planned alone stays a record."""
    item = record.item
    if not isinstance(item, Appointment | Task) or not has_others(item, home):
        return
    participants = _declined(item.participants, user)
    if find(participants, heir.id) is None:
        participants = (*participants, user_participant(heir.id, Answer.ACCEPTED))
    organizer = item.organizer
    if organizer is not None and _is_organised_by(organizer, user):
        organizer = Organizer(id=heir.id, mail=heir.email, name=heir.display_name)
    tx.items.replace(record.id, msgspec.structs.replace(item, participants=participants, organizer=organizer))


def _is_organised_by(organizer: Organizer, user: User) -> bool:
    return organizer.id == user.id or (bool(user.email) and organizer.mail.casefold() == user.email.casefold())
