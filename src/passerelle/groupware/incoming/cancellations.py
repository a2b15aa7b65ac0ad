"""Cancellations by people outside (RFC 5546, section 3.2.5).

What is called off leaves the calendar, and so does what the guest was taken off: both look the same from here, and
nobody should go to either. The mail itself and the journal still tell of it.
"""

from __future__ import annotations

from datetime import datetime

from passerelle.groupware import appointments
from passerelle.groupware.actor import Actor
from passerelle.groupware.import_entries import uid_alone
from passerelle.groupware.incoming import copies
from passerelle.groupware.incoming.letters import Letter, Report, revision_of
from passerelle.groupware.incoming.requests import moment_of, subject
from passerelle.groupware.occurrence_rules import occurrence_at
from passerelle.model.errors import Contradiction
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.wire.icalendar.scheduling import Message, Part, Party, key_in


def take(tx: Writing, user: User, letter: Letter, message: Message) -> Report:
    """Take what is cancelled out of the user's calendar.

    Raises:
        Forbidden: it does not come from the organiser, or the user has the uid from somebody else.
        Contradiction: it is about an occurrence and all later ones.
    """
    organizer = copies.organizer_of(letter, message)
    if copies.is_local(tx, organizer):
        return Report(Text("Nothing to do: {mail} organises here, and this server has the appointment.",
                           mail=organizer.mail))  # fmt: skip
    results = [_take_part(tx, user, organizer, message, part) for part in message.parts]
    if any(results):
        return Report(Text("What was called off left the calendar of {login}.", login=user.login), is_news=True)
    return Report(Text("Nothing to do: {login} does not have what was called off.", login=user.login))


def _take_part(tx: Writing, user: User, organizer: Party, message: Message, part: Part) -> bool:
    if part.onwards:
        raise Contradiction("A cancellation of an occurrence and all later ones needs a change of the series instead.")
    copy = copies.find(tx, user, part.uid, organizer) or _occurrence_alone(tx, user, part, organizer)
    about, new = subject(user.id, organizer, part), revision_of(part)
    last = tx.correspondence.last(about)
    if last is not None and new < last:
        return False
    tx.correspondence.note(about, new)
    if copy is None:
        return False
    item = copy.item
    if part.moved is not None and isinstance(item, Appointment) and item.uid == part.uid:
        return _remove_occurrence(tx, user, copy, part, message.zone)
    _remove(tx, user, copy)
    return True


def _occurrence_alone(tx: Reading, user: User, part: Part, organizer: Party) -> ItemRecord | None:
    """The copy of an occurrence of a series to which the user was not invited as a whole."""
    key = moment_of(part)
    return None if key is None else copies.find(tx, user, uid_alone(part.uid, key), organizer)


def _remove(tx: Writing, user: User, record: ItemRecord) -> None:
    """Take out an item that lives in the user's calendar, or that it only shows."""
    if any(place.user == user.id for place in tx.items.placements(record.id)):
        appointments.leave(tx, Actor(user.id, frozenset()), record, user.id)
    else:
        tx.items.remove(record.id)


def _remove_occurrence(tx: Writing, user: User, copy: ItemRecord, part: Part, zone: str) -> bool:
    item = copy.item
    if not isinstance(item, Appointment) or item.recurrence is None or part.moved is None:
        return False
    key = key_in(item, part.moved, zone)
    exception = _exception(tx, copy.id, user, key)
    if exception is not None:
        appointments.remove_exception(tx, Actor(user.id, frozenset()), exception)
        return True
    if key in item.recurrence.deleted or occurrence_at(item.when, item.recurrence, key) is None:
        return False
    appointments.without_occurrences(tx, copy, key)
    return True


def _exception(tx: Reading, master: ItemId, user: User, key: datetime) -> ItemRecord | None:
    for record in tx.items.exceptions(master, user.id):
        if isinstance(record.item, Appointment) and record.item.recurrence_id == key:
            return record
    return None
