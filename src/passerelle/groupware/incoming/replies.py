"""Answers of participants (RFC 5546, sections 3.2.3 and 3.4.3; semantics reference, section 5.3).

An answer is matched by its UID, and by its RECURRENCE-ID where it is one to a single occurrence. Whoever is not
invited learns nothing: an unknown UID and somebody else's are refused alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from passerelle.groupware import participants, series
from passerelle.groupware.access import Located
from passerelle.groupware.actor import Actor
from passerelle.groupware.appointments import home_of
from passerelle.groupware.calendars import members_in
from passerelle.groupware.import_entries import without_control_characters
from passerelle.groupware.incoming.letters import Letter, Report, revision_of, speaks_for
from passerelle.groupware.notices import tell_again
from passerelle.groupware.occurrence_rules import as_exception, occurrence_at
from passerelle.groupware.organisers import is_outside
from passerelle.groupware.participants import Participants
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.errors import Contradiction, Forbidden, NotFound
from passerelle.model.folders import Rights
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Subject, Writing
from passerelle.wire.icalendar.scheduling import Attendee, Message, Part, is_start, key_in

MAX_MESSAGE: Final = 2000
"""Characters of what participants may write beside their answer; more is cut off."""

_OUTSIDE = (ParticipantKind.EXTERNAL, ParticipantKind.EXTERNAL_GROUP)
_SYSTEM = Actor(SYSTEM_USER, frozenset())


class Place(Struct, frozen=True):
    """What an answer is to: an item, or with ``key`` an occurrence of one that nobody changed yet."""

    record: ItemRecord
    item: Appointment | Task
    occurrence: datetime | None = None
    key: datetime | None = None


Saying = Callable[[Writing, Place, Part, Attendee], tuple[Answer, str]]
"""Makes an answer and its message of what a component says."""


def take(tx: Writing, letter: Letter, message: Message) -> Report:
    """Keep the answers of a REPLY."""
    return take_answers(tx, letter, message, _said)


def take_answers(tx: Writing, letter: Letter, message: Message, saying: Saying) -> Report:
    """Keep what each component of a message says.

    Raises:
        Forbidden: it does not come from a participant that it names.
        NotFound: that one was not invited to such a thing.
        Contradiction: it is about an occurrence and all later ones.
    """
    reports = [_take_part(tx, letter, message, part, saying) for part in message.parts]
    return next((report for report in reports if report.is_news), reports[0])


def take_refresh(tx: Writing, letter: Letter, message: Message) -> Report:
    """Send the invitation again to a participant who asks for it.

    Raises:
        Forbidden, NotFound, Contradiction: as for answers.
    """
    part = message.parts[0]
    attendee = author(letter, part)
    place = find(tx, part, attendee, message.zone)
    if place is None or not tell_again(tx, place.record.id, attendee.mail):
        return Report(Text("Nothing to do: {mail} has the invitation, or will get it.", mail=attendee.mail))
    return Report(Text("{mail} gets the invitation again.", mail=attendee.mail), is_news=True)


def _take_part(tx: Writing, letter: Letter, message: Message, part: Part, saying: Saying) -> Report:
    attendee = author(letter, part)
    place = find(tx, part, attendee, message.zone)
    if place is None:
        return Report(Text("Nothing to do: what {mail} answers to does not take place any more.", mail=attendee.mail))
    if _is_outdated(tx, place, part, attendee, message.zone):
        return Report(Text("The answer of {mail} is older than what is known: it was left aside.", mail=attendee.mail))
    tx.correspondence.note(_subject(place, part, attendee), revision_of(part))
    answer, words = saying(tx, place, part, attendee)
    answered = _answered(tx, place.item.participants, attendee.mail, answer, words)
    if answered == place.item.participants:
        return Report(Text("The answer of {mail} was known already.", mail=attendee.mail))
    _store(tx, place, msgspec.structs.replace(place.item, participants=answered))
    return Report(Text("The answer of {mail} was taken.", mail=attendee.mail), is_news=True)


def author(letter: Letter, part: Part) -> Attendee:
    """The participant that a component is from.

    Raises:
        Forbidden: the message's author is none of those that it names.
    """
    for attendee in part.attendees:
        if speaks_for(letter.authors, attendee):
            return attendee
    raise Forbidden("The message does not come from the participant whose answer it holds.")


def find(tx: Reading, part: Part, attendee: Attendee, zone: str) -> Place | None:
    """What a component is about; None for an occurrence that does not take place (any more).

    Raises:
        NotFound: the participant was not invited to such a thing.
        Contradiction: it is about an occurrence and all later ones.
    """
    for record in _organised_here(tx, part):
        place = _place(tx, record, part, zone)
        if place is not None and _is_invited(tx, place.item, attendee.mail):
            return _living(place)
    raise NotFound(Text("{mail} has no invitation with such a UID.", mail=attendee.mail))


def _organised_here(tx: Reading, part: Part) -> Iterator[ItemRecord]:
    """The items and series of a uid whose organiser is here."""
    for id_ in tx.items.by_uid(part.uid):
        record = tx.items.get(id_, None)
        if record is None or record.master is not None or not isinstance(record.item, Appointment | Task):
            continue
        if isinstance(record.item, Task) is part.is_task and not is_outside(tx, record.item.organizer):
            yield record


def _place(tx: Reading, record: ItemRecord, part: Part, zone: str) -> Place | None:
    item = record.item
    if part.moved is None:
        return Place(record, item) if isinstance(item, Appointment | Task) else None
    if not isinstance(item, Appointment) or item.recurrence is None:
        return None
    if part.onwards:
        raise Contradiction("An answer is to one occurrence or to the whole series, not to all that follow.")
    key = key_in(item, part.moved, zone)
    for exception in tx.items.exceptions(record.id):
        if isinstance(exception.item, Appointment) and exception.item.recurrence_id == key:
            return Place(exception, exception.item, occurrence=key)
    return Place(record, item, occurrence=key, key=key)


def _living(place: Place) -> Place | None:
    """The place of an occurrence that takes place: with the occurrence as the item."""
    item, key = place.item, place.key
    if key is None or not isinstance(item, Appointment) or item.recurrence is None:
        return place
    if key in item.recurrence.deleted or occurrence_at(item.when, item.recurrence, key) is None:
        return None
    return msgspec.structs.replace(place, item=as_exception(item, key))


def _is_invited(tx: Reading, item: Appointment | Task, mail: str) -> bool:
    if any(_is_outsider(each, mail) for each in item.participants):
        return True
    user = tx.principals.by_mail(mail)
    return isinstance(user, User) and user.id in participants.involved(item.participants, members_in(tx))


def _is_outsider(each: Participant, mail: str) -> bool:
    return each.kind in _OUTSIDE and each.mail.casefold() == mail.casefold()


def _answered(tx: Reading, invited: Participants, mail: str, answer: Answer, words: str) -> Participants:
    user = tx.principals.by_mail(mail)
    if isinstance(user, User) and not any(_is_outsider(each, mail) for each in invited):
        return participants.with_answer(invited, user.id, answer, words)
    return tuple(
        msgspec.structs.replace(each, answer=answer, message=words) if _is_outsider(each, mail) else each
        for each in invited
    )


def _is_outdated(tx: Reading, place: Place, part: Part, attendee: Attendee, zone: str) -> bool:
    """Whether an answer is to what the item was before, or came after a newer one (RFC 5546, section 2.1.5).

    One with a lower SEQUENCE still counts if it names the time that the item has: that was what is answered.
    """
    if part.sequence < place.item.sequence and not _is_same_time(place.item, part, zone):
        return True
    last = tx.correspondence.last(_subject(place, part, attendee))
    return last is not None and revision_of(part).stamped < last.stamped


def _is_same_time(item: Appointment | Task, part: Part, zone: str) -> bool:
    return isinstance(item, Appointment) and part.start is not None and is_start(part.start, item.when, zone)


def _subject(place: Place, part: Part, attendee: Attendee) -> Subject:
    return Subject(part.uid, attendee.mail, place.occurrence)


def _store(tx: Writing, place: Place, item: Appointment | Task) -> None:
    if place.key is None or not isinstance(item, Appointment):
        tx.items.replace(place.record.id, item)
        return
    series.add_exception(tx, _SYSTEM, Located(place.record, home_of(tx, place.record.id), Rights()), item)


def _said(_tx: Writing, _place: Place, part: Part, attendee: Attendee) -> tuple[Answer, str]:
    return attendee.said.answer, words_of(part, attendee)


def words_of(part: Part, attendee: Attendee) -> str:
    """What a participant wrote beside the answer."""
    return without_control_characters(part.comment or attendee.said.message)[:MAX_MESSAGE]
