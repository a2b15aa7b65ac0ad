"""A folder's items as files need them: series with their exceptions, people with their addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from passerelle.groupware.session import Session
from passerelle.groupware.thumbnails import with_small_picture
from passerelle.model.folders import Folder
from passerelle.model.ids import GroupId, ItemId, ResourceId, UserId
from passerelle.model.items import Appointment, Contact, Task
from passerelle.model.moments import from_milliseconds
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.records import ItemRecord
from passerelle.store import Reading
from passerelle.wire.icalendar import Series

Invitation = TypeVar("Invitation", Appointment, Task)
_STAMPS = ("DTSTAMP", "LAST-MODIFIED")


def cards(session: Session, folder: Folder, *, small_pictures: bool = False) -> Iterator[Contact]:
    """The readable contacts of a folder, their pictures as they are kept or as small copies."""
    for record in session.changes(folder.id, folder.module).items:
        if isinstance(record.item, Contact):
            yield with_small_picture(record.item) if small_pictures else record.item


def series(session: Session, folder: Folder) -> Iterator[Series]:
    """The readable appointments or tasks of a folder; change exceptions come with their series, if that is there."""
    visible = frozenset(session.ids(folder.id, folder.module))
    for record in session.changes(folder.id, folder.module).items:
        if record.master is None or record.master not in visible:
            with session.store.reading() as tx:
                yield _series(tx, record, folder, visible)


def whole(session: Session, record: ItemRecord) -> Series:
    """One appointment or task, with those changed occurrences that its reader sees."""
    folder = session.folder(record.folder).folder
    visible = frozenset(session.ids(folder.id, folder.module)) if record.changed else frozenset()
    with session.store.reading() as tx:
        return _series(tx, record, folder, visible)


def _series(tx: Reading, record: ItemRecord, folder: Folder, visible: frozenset[ItemId]) -> Series:
    item = record.item
    modified = None if _is_stamped(item) else from_milliseconds(record.stamp)
    if isinstance(item, Task):
        return Series(master=_with_people(tx, item), modified=modified)
    assert isinstance(item, Appointment)  # noqa: S101 - calendars hold nothing else
    shown = _shown(tx, item, folder)
    if record.master is not None:
        return Series(exceptions=(shown,), modified=modified)
    found = tx.items.exceptions(record.id) if record.changed else ()
    exceptions = tuple(
        _shown(tx, one.item, folder) for one in found if isinstance(one.item, Appointment) and one.id in visible
    )
    return Series(master=shown, exceptions=exceptions, modified=modified)


def _is_stamped(item: object) -> bool:
    return any(kept.name in _STAMPS for kept in getattr(item, "foreign", ()))


def _shown(tx: Reading, item: Appointment, folder: Folder) -> Appointment:
    """An appointment of people with addresses; one that its owner has alone is no invitation."""
    alone = len(item.participants) == 1 and item.participants[0].id == folder.owner and item.organizer is None
    if alone and item.participants[0].kind is ParticipantKind.USER:
        return msgspec.structs.replace(item, participants=())
    return _with_people(tx, item)


def _with_people(tx: Reading, item: Invitation) -> Invitation:
    if not item.participants:
        return item
    return msgspec.structs.replace(item, participants=tuple(_addressed(tx, one) for one in item.participants))


def _addressed(tx: Reading, participant: Participant) -> Participant:
    """An internal participant with the name and the address that the directory has."""
    if participant.mail or participant.id is None:
        return participant
    name, mail = "", ""
    if participant.kind is ParticipantKind.USER:
        user = tx.principals.user(UserId(participant.id))
        name, mail = (user.display_name, user.email) if user is not None else ("", "")
    elif participant.kind is ParticipantKind.RESOURCE:
        resource = tx.principals.resource(ResourceId(participant.id))
        name, mail = (resource.display_name, resource.email) if resource is not None else ("", "")
    elif participant.kind is ParticipantKind.GROUP:
        group = tx.principals.group(GroupId(participant.id))
        name = group.display_name if group is not None else ""
    return msgspec.structs.replace(participant, name=participant.name or name, mail=mail)
