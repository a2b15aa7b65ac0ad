"""A folder's items as files need them: series with their exceptions, people with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Struct

from passerelle.groupware.access import as_seen, is_readable
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.changes import BEGINNING, PAGE
from passerelle.groupware.rights import allowed, is_own_private, reaches
from passerelle.groupware.session import Session
from passerelle.groupware.thumbnails import with_small_picture
from passerelle.model.folders import Folder, Rights
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
    records = session.changes(folder.id, folder.module).items
    with session.store.reading() as tx:
        reader = _reader(tx, session, folder)
    for record in records:
        with session.store.reading() as tx:
            if not reader.has_series_of(tx, record):
                yield reader.series(tx, record)


def whole(session: Session, record: ItemRecord) -> Series:
    """One appointment or task, with those changed occurrences that its reader sees."""
    folder = session.folder(record.folder).folder
    with session.store.reading() as tx:
        return _reader(tx, session, folder).series(tx, record)


def _reader(tx: Reading, session: Session, folder: Folder) -> FolderReader:
    actor = actor_of(tx, session.user_id)
    return FolderReader(folder, allowed(folder, actor), actor)


class FolderReader(Struct, frozen=True):
    """Somebody who reads a folder, with certain rights there. What is asked costs what it returns."""

    folder: Folder
    rights: Rights
    actor: Actor

    def snapshot(self, tx: Reading) -> Iterator[tuple[ItemRecord, Series]]:
        """All that is readable, as one transaction sees it; change exceptions come with their series."""
        clock, after = tx.journal.clock(self.folder.id), BEGINNING
        while page := tx.items.page(self.folder.id, self.actor.user, BEGINNING, clock, after, PAGE):
            for record in page:
                is_readable_here = is_readable(record, self.folder, self.rights, self.actor)
                if is_readable_here and not self.has_series_of(tx, record):
                    shown = as_seen(tx, record)
                    yield shown, self.series(tx, shown)
            after = page[-1].stamp

    def has_series_of(self, tx: Reading, record: ItemRecord) -> bool:
        """Whether an item is a change exception of a series that is readable in the folder, too."""
        return record.master is not None and record.master in self._readable(tx, (record.master,))

    def series(self, tx: Reading, record: ItemRecord) -> Series:
        """A readable item, with those of its change exceptions that are readable in the folder, too."""
        item = record.item
        modified = None if _is_stamped(item) else from_milliseconds(record.stamp)
        if isinstance(item, Task):
            return Series(master=_with_people(tx, item), modified=modified)
        assert isinstance(item, Appointment)  # noqa: S101 - calendars hold nothing else
        shown = _shown(tx, item, self.folder)
        if record.master is not None:
            return Series(exceptions=(shown,), modified=modified)
        found = tx.items.exceptions(record.id) if record.changed else []
        readable = self._readable(tx, (one.id for one in found))
        exceptions = tuple(
            _shown(tx, one.item, self.folder)
            for one in found
            if isinstance(one.item, Appointment) and one.id in readable
        )
        return Series(master=shown, exceptions=exceptions, modified=modified)

    def _readable(self, tx: Reading, ids: Iterable[ItemId]) -> frozenset[ItemId]:
        """Those of some items that show in the folder, and may be read there."""
        some = tuple(ids)
        shows_private = is_own_private(self.folder, self.actor)
        return frozenset(
            one.id
            for one in (tx.items.outlines_of(self.folder.id, some) if some else ())
            if reaches(self.rights.read, one.created_by, self.actor) and (shows_private or not one.private)
        )


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
