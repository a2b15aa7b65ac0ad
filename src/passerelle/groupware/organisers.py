"""Who organises an appointment, and what others may do with it (semantics reference, section 5.4).

What somebody outside organises is changed by that person's messages only. Everybody who takes part may still answer,
set a reminder, a colour or categories, and take it out of the own calendar. One loophole is the reference's: whoever
sends the same organiser and uid along is taken to carry such a message, as the connector for Outlook does.
"""

from __future__ import annotations

from collections.abc import Mapping

from passerelle.model.errors import Forbidden
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment
from passerelle.model.participants import Organizer, Role
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Reading

_ORGANISERS_OWN = ("when", "title", "location", "recurrence_id", "organizer", "sequence", "cancelled", "uid")
"""The attributes that, with pattern and participants, only the organiser changes; others are everybody's own matter."""


def is_outside(tx: Reading, organizer: Organizer | None) -> bool:
    """Whether somebody organises who has no account here."""
    if organizer is None or organizer.id is not None or not organizer.mail:
        return False
    return not isinstance(tx.principals.by_mail(organizer.mail), User)


def is_organised_by(tx: Reading, organizer: Organizer | None, user: UserId) -> bool:
    """Whether a user organises; what names no organiser is organised by whose calendar it is in."""
    if organizer is None or (organizer.id is None and not organizer.mail):
        return True
    if organizer.id is not None:
        return organizer.id == user
    found = tx.principals.by_mail(organizer.mail)
    return isinstance(found, User) and found.id == user


def check_change(tx: Reading, before: Appointment, after: Appointment, sent: Mapping[str, object]) -> None:
    """Refuse a change of what an outside organiser alone may change. ``sent`` is what the client said.

    Raises:
        Forbidden: naming the organiser.
    """
    organizer = before.organizer
    if organizer is None or not is_outside(tx, organizer) or _is_message(before, sent):
        return
    same = all(getattr(before, name) == getattr(after, name) for name in _ORGANISERS_OWN)
    if not same or _parties(before) != _parties(after) or _pattern(before) != _pattern(after):
        raise Forbidden(
            Text(
                "{organizer} organises this appointment, and only that person can change it. "
                "Answer it, or ask for another time.",
                organizer=organizer.name or organizer.mail,
            ),
            "APP-0058",
        )


def _is_message(before: Appointment, sent: Mapping[str, object]) -> bool:
    return sent.get("organizer") == before.organizer and before.uid is not None and sent.get("uid") == before.uid


def _parties(item: Appointment) -> frozenset[tuple[tuple[str, str], Role]]:
    """Who is invited, whatever they answered."""
    return frozenset((each.identity, each.role) for each in item.participants)


def _pattern(item: Appointment) -> object:
    """The rules of a series, without the days that are left out: those one takes out of the own calendar."""
    return None if item.recurrence is None else (item.recurrence.rules, item.recurrence.dates)
