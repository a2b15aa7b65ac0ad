"""The copy of an outside organiser's appointment in the calendar of one who is invited (semantics, section 5.4).

Each guest here has a copy of the own: docs/decisions/0016. The organiser decides on what the appointment is, the guest
on the own answer, reminder, colour and categories, and on how the time is shown.
"""

from __future__ import annotations

from typing import Final

import msgspec

from passerelle.groupware import participants
from passerelle.groupware.actor import Actor
from passerelle.groupware.appointments import carry_exceptions
from passerelle.groupware.incoming.letters import Letter, speaks_for
from passerelle.groupware.occurrence_rules import carry
from passerelle.model import notes
from passerelle.model.errors import Forbidden, Missing
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.patch import apply
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Reading, Writing
from passerelle.wire.icalendar.scheduling import Message, Party

_ORGANISERS: Final = (
    "title", "location", "note", "note_html", "when", "recurrence", "recurrence_id", "participants", "organizer",
    "contacts", "url", "sequence", "cancelled", "foreign",
)  # fmt: skip
"""The attributes that follow the organiser; the others are the guest's."""


def organizer_of(letter: Letter, message: Message) -> Party:
    """The organiser whose message it is.

    Raises:
        Missing: none is named.
        Forbidden: it comes from somebody else, or names several.
    """
    named = {part.organizer.mail.casefold(): part.organizer for part in message.parts if part.organizer is not None}
    if not named:
        raise Missing("The message names no organiser.", "organizer")
    organizer, *others = named.values()
    if others or not all(part.organizer and speaks_for(letter.authors, part.organizer) for part in message.parts):
        raise Forbidden("The message does not come from the organiser of the appointment.")
    return organizer


def is_local(tx: Reading, organizer: Party) -> bool:
    """Whether the organiser works here, so that this server has the appointment itself."""
    return isinstance(tx.principals.by_mail(organizer.mail), User)


def find(tx: Reading, user: User, uid: str, organizer: Party) -> ItemRecord | None:
    """The user's copy: a single appointment, or a series.

    Raises:
        Forbidden: the user has an appointment of that uid, but of another organiser.
    """
    for id_ in tx.items.by_uid(uid):
        record = tx.items.get(id_, user.id)
        if record is None or record.master is not None or not _has(tx, user.id, record):
            continue
        item = record.item
        named = item.organizer.mail if isinstance(item, Appointment) and item.organizer is not None else ""
        if named.casefold() != organizer.mail.casefold():
            raise Forbidden("The appointment has another organiser, who alone can change it.")
        return record
    return None


def _has(tx: Reading, user: UserId, record: ItemRecord) -> bool:
    """Whether an item shows in a folder of the user."""
    folder = tx.folders.get(record.folder)
    return folder is not None and folder.owner == user


def as_guest(item: Appointment, user: User) -> Appointment:
    """What an organiser sent, as the user's copy of it: not answered, and with no reminder of the organiser's.

    Of those invited only the user is one of us here: nobody else's calendar shows this copy, and no room is booked.
    """
    mail = user.email.casefold()
    own = Participant(kind=ParticipantKind.USER, id=user.id, mail=user.email, name=user.display_name)
    invited = tuple(
        msgspec.structs.replace(own, role=each.role) if each.mail.casefold() == mail else each
        for each in item.participants
    )
    if participants.find(invited, user.id) is None:  # invited by way of a list, or as an alias
        invited = (*invited, own)
    guest = notes.paired(None, msgspec.structs.replace(item, participants=invited, alarm=None), ())
    participants.check(guest)
    return guest


def add(tx: Writing, folder: FolderId, copy: Appointment, exceptions: tuple[Appointment, ...]) -> None:
    """Put a new copy into the guest's calendar, with what is different about single occurrences."""
    record = tx.items.add(folder, copy)
    for exception in exceptions:
        tx.items.add(folder, exception, master=record.id)


def revise(tx: Writing, user: User, record: ItemRecord, sent: Appointment) -> ItemRecord:
    """Bring a copy – a single appointment, a series, or a changed occurrence – up to what the organiser sent.

    The guest's answer stays unless the time is another one.
    """
    before = record.item
    assert isinstance(before, Appointment)  # noqa: S101 - copies are appointments
    after = apply(before, {name: getattr(sent, name) for name in _ORGANISERS})
    if _time(before) == _time(after):
        after = _with_answer_of(before, after, user.id)
    carried = carry(before, after, record.changed)
    if carried.item == before:
        return record
    actor = Actor(user.id, frozenset())
    carry_exceptions(tx, actor, record, carried.kept, private=before.private)
    tx.items.replace(record.id, carried.item)
    return tx.items.get(record.id, user.id) or record


def _time(item: Appointment) -> object:
    recurrence = item.recurrence
    return item.when if recurrence is None else (item.when, recurrence.rules, recurrence.dates)


def _with_answer_of(before: Appointment, after: Appointment, user: UserId) -> Appointment:
    own = participants.find(before.participants, user)
    if own is None or (own.answer is Answer.NONE and not own.message):
        return after
    answered = participants.with_answer(after.participants, user, own.answer, own.message)
    return msgspec.structs.replace(after, participants=answered)
