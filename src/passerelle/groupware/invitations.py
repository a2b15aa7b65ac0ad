"""Who is asked to take part in something, and may answer (semantics reference, sections 4 and 7)."""

from __future__ import annotations

from msgspec import Struct

from passerelle.groupware.session import Session
from passerelle.model.ids import EVERYBODY, UserId
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Organizer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord


class Asked(Struct, frozen=True):
    """Somebody who is asked by ``organizer``; in a shared folder its owner. ``entry`` holds the answer so far."""

    who: UserId
    organizer: Organizer
    entry: Participant
    for_owner: bool


def asked(session: Session, record: ItemRecord) -> Asked | None:
    """Whom the user can answer for, through the folder that a record was read in.

    None for what that person organises, or has no part in.
    """
    item = record.item
    if not isinstance(item, Appointment | Task) or not item.participants:
        return None
    view = session.folder(record.folder)
    who = view.folder.owner if view.shared else session.user_id
    entry = _entry(session, item, who)
    organizer = item.organizer or Organizer(id=record.created_by)
    if entry is None or organizer.id == who:
        return None
    return Asked(who, organizer, entry, view.shared)


def _entry(session: Session, item: Appointment | Task, who: UserId) -> Participant | None:
    """The entry of a user, or an unanswered one for who takes part through a group."""
    user = Participant(kind=ParticipantKind.USER, id=who)
    own = next((one for one in item.participants if one.identity == user.identity), None)
    if own is not None:
        return own
    invited = {one.id for one in item.participants if one.kind is ParticipantKind.GROUP}
    groups = {group.id for group in session.groups() if who in group.members} | {EVERYBODY} if invited else set()
    return user if invited & groups else None
