"""Invitations in the dialogs: who asks, what was answered, and another answer at any time (manual, 7.8.5)."""

from __future__ import annotations

from msgspec import Struct

from passerelle.desk.visit import Visit
from passerelle.groupware.invitations import asked
from passerelle.model.ids import UserId
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord


class Invitation(Struct, frozen=True, kw_only=True):
    """What a person is asked. ``owner`` is whose folder it is, if somebody answers for that person; else empty."""

    organizer: str
    owner: str
    answer: Answer
    message: str


def invitation_of(visit: Visit, record: ItemRecord | None) -> Invitation | None:
    """The invitation that a dialog can answer, in words; None where there is none."""
    found = None if record is None else asked(visit.session, record)
    if found is None:
        return None
    return Invitation(
        organizer=_name(visit, found.organizer),
        owner=visit.directory.name_of(_user(found.who)) if found.for_owner else "",
        answer=found.entry.answer,
        message=found.entry.message,
    )


def _name(visit: Visit, organizer: Organizer) -> str:
    known = visit.directory.name_of(_user(UserId(organizer.id))) if organizer.id is not None else ""
    return known or organizer.name or organizer.mail


def _user(id_: UserId) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=id_)
