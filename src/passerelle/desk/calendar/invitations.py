"""Invitations in the dialog: who asks, what was answered, and another answer at any time (manual, 7.8.5)."""

from __future__ import annotations

from msgspec import Struct

from passerelle.desk.visit import Visit
from passerelle.model.ids import EVERYBODY, UserId
from passerelle.model.items import Appointment
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord


class Invitation(Struct, frozen=True, kw_only=True):
    """What a person is asked. ``owner`` is whose calendar it is, if somebody answers for that person; else empty."""

    organizer: str
    owner: str
    answer: Answer
    message: str


def invitation_of(visit: Visit, record: ItemRecord) -> Invitation | None:
    """The invitation that can be answered through a calendar; None for what its owner organises, or has no part in."""
    item = record.item
    if not isinstance(item, Appointment):
        return None
    view = visit.session.folder(record.folder)
    who = view.folder.owner if view.shared else visit.session.user_id
    entry = _entry(visit, item, who)
    organizer = item.organizer or Organizer(id=record.created_by)
    if entry is None or organizer.id == who:
        return None
    return Invitation(
        organizer=_name(visit, organizer),
        owner=visit.directory.name_of(_user(who)) if view.shared else "",
        answer=entry.answer,
        message=entry.message,
    )


def _entry(visit: Visit, item: Appointment, who: UserId) -> Participant | None:
    """The entry of a user, or an unanswered one for who takes part through a group."""
    own = next((one for one in item.participants if one.identity == _user(who).identity), None)
    if own is not None:
        return own
    asked = {one.id for one in item.participants if one.kind is ParticipantKind.GROUP}
    groups = {group.id for group in visit.session.groups() if who in group.members} | {EVERYBODY}
    return _user(who) if asked & groups else None


def _name(visit: Visit, organizer: Organizer) -> str:
    known = visit.directory.name_of(_user(UserId(organizer.id))) if organizer.id is not None else ""
    return known or organizer.name or organizer.mail


def _user(id_: UserId) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=id_)
