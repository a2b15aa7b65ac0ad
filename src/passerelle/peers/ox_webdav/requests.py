"""Operations of the engine as blocks of a write (OX reference, sections 5.1, 10, 11.4). Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

import msgspec

from passerelle.model.folders import PRIVATE, PUBLIC, FolderType
from passerelle.model.ids import Stamp
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.moments import Instant, Moment, Timed, midnight, milliseconds
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    FolderDraft,
    FolderEdit,
    Move,
    Place,
    RemoteId,
    Root,
    Spot,
    Update,
    Version,
    Write,
)
from passerelle.peers.ox_webdav import ids
from passerelle.wire.oxxml import appointment, contact, folder, task
from passerelle.wire.oxxml.markup import element
from passerelle.wire.oxxml.requests import Method, Operation

_PLAIN_HORIZON = Stamp(1_893_456_000_000)
"""2030: where a rule without end that OX cannot say is written out to, ten years on. It is the same for all
versions, so that what comes back can be compared with what was sent."""


def operation(write: Write, place: Place, zone: str | None) -> Operation:
    """One block of a write; ``zone`` as for :func:`elements`."""
    folder_id = ids.number_of(place.folder)
    match write:
        case Create():
            return Operation(
                folder_id=folder_id,
                client_id=write.token,
                properties=elements(write.item, None, zone, notify=False if write.quiet else None),
            )
        case ChangeOccurrence():
            return Operation(
                object_id=ids.number_of(write.master),
                folder_id=folder_id,
                last_modified=int(write.version),
                client_id=write.token,
                recurrence_date_position=milliseconds(midnight(write.day)),
                properties=elements(write.item, write.fields, zone),
            )
        case Update():
            return Operation(
                object_id=ids.number_of(write.id),
                folder_id=folder_id,
                last_modified=int(write.version),
                client_id=write.token,
                properties=elements(write.item, write.fields, zone),
            )
        case Confirm():
            answer = element("confirm", write.answer.value) + element("confirm_message", write.message)
            return Operation(
                method=Method.CONFIRM,
                object_id=ids.number_of(write.id),
                folder_id=folder_id,
                client_id=write.token,
                properties=answer.encode(),
            )
        case Move():
            return Operation(
                object_id=ids.number_of(write.id),
                folder_id=folder_id,
                destination=ids.number_of(write.destination),
                last_modified=int(write.version),
                client_id=write.token,
            )
        case Delete():
            return Operation(
                method=Method.DELETE,
                object_id=ids.number_of(write.id),
                folder_id=folder_id,
                last_modified=int(write.version),
                client_id=write.token,
            )
    assert_never(write)


def elements(item: Item, changed: Collection[str] | None, zone: str | None, *, notify: bool | None = None) -> bytes:
    """The content of a write. The user decided about collisions here; a resource still cannot be booked twice.

    ``notify`` None leaves it to the server whether participants are told.

    ``zone`` is None for a server that knows our extension. Any other counts days and repeats on the wall clock of the
    account's zone, whatever an item says, and is spoken to in its terms.
    """
    extended = zone is None
    if zone is not None:
        item = _on_clock(item, zone)
    if isinstance(item, Appointment):
        return appointment.properties(
            item, changed, stamp=_PLAIN_HORIZON, extended=extended, ignore_conflicts=True, notify=notify
        )
    if isinstance(item, Task):
        return task.properties(item, changed, stamp=_PLAIN_HORIZON, extended=extended, notify=notify)
    return contact.properties(item, changed, extended=extended)


def _on_clock(item: Item, zone: str) -> Item:
    """The item with its times on the wall clock of a zone; the instants stay."""
    if isinstance(item, Appointment) and isinstance(item.when, Timed):
        when = msgspec.structs.replace(item.when, zone=zone, end_zone=None, floating=False)
        return msgspec.structs.replace(item, when=when)
    if isinstance(item, Task):
        return msgspec.structs.replace(item, start=_moment(item.start, zone), due=_moment(item.due, zone))
    return item


def _moment(moment: Moment | None, zone: str) -> Moment | None:
    if isinstance(moment, Instant):
        return msgspec.structs.replace(moment, zone=zone, floating=False)
    return moment


def create_folder(draft: FolderDraft) -> Operation:
    """The block that makes a folder. Its type follows from where it hangs."""
    type_ = FolderType.PUBLIC if draft.spot.root is Root.PUBLIC else FolderType.PRIVATE
    properties = folder.properties(name=draft.name, module=draft.module, type_=type_, rights=draft.rights)
    return Operation(folder_id=_parent(draft.spot), properties=properties)


def update_folder(id_: RemoteId, version: Version, edit: FolderEdit) -> Operation:
    """The block that changes a folder."""
    return Operation(
        object_id=ids.number_of(id_),
        destination=None if edit.spot is None else _parent(edit.spot),
        last_modified=int(version),
        properties=folder.properties(name=edit.name, rights=edit.rights),
    )


def delete_folder(id_: RemoteId, version: Version) -> Operation:
    """The block that deletes a folder."""
    return Operation(method=Method.DELETE, object_id=ids.number_of(id_), last_modified=int(version))


def _parent(spot: Spot) -> int:
    if spot.parent is not None:
        return ids.number_of(spot.parent)
    return PUBLIC if spot.root is Root.PUBLIC else PRIVATE
