"""What mails tell, as it waits in the outbox: facts that :mod:`passerelle.mail` puts into words when it sends them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Contact, Task
from passerelle.model.participants import Answer
from passerelle.store.content import encode

Invitation = Appointment | Task


class Kind(StrEnum):
    """How the content of a mail in the outbox is to be read."""

    NOTICE = "notice"
    REMINDER = "reminder"
    REPORT = "report"
    CARD = "card"
    READY = "ready"
    """A whole message (RFC 5322), sent as it is."""


class Party(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who writes or gets mail. ``zone`` and ``locale`` are the own ones of users; else whoever caused it."""

    mail: str
    name: str = ""
    user: UserId | None = None
    locale: str = "en"
    zone: str = "UTC"


class Audience(StrEnum):
    """What a recipient is to an item, which decides on the form (semantics reference, section 5.9)."""

    INTERNAL = "internal"
    """A user here, or the mailbox of a resource: a plain notice."""
    EXTERNAL = "external"
    """Somebody elsewhere, invited by us: iTIP ``REQUEST`` and ``CANCEL``."""
    ORGANIZER = "organizer"
    """Somebody elsewhere, who invited one of us: iTIP ``REPLY``."""


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item at one time, as far as a recipient may know it, and the names of its attachments."""

    item: Invitation
    files: tuple[str, ...] = ()


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What changed about an item for one recipient.

    ``before`` is None where the recipient had no part in it, ``after`` where that is over. ``subject`` names the
    item, or one occurrence of it, in the store. ``master`` is the series of an occurrence, ``exceptions`` the changed
    occurrences of a series. ``answering`` is whose answer a reply gives.
    """

    audience: Audience
    recipient: Party
    actor: Party
    organizer: Party
    subject: str
    at: datetime
    before: Version | None = None
    after: Version | None = None
    master: Appointment | None = None
    exceptions: tuple[Appointment, ...] = ()
    answering: Party | None = None
    answer: Answer = Answer.NONE
    message: str = ""


class Reason(StrEnum):
    """Why somebody is reminded."""

    ALARM = "alarm"
    DUE = "due"
    OVERDUE = "overdue"


class Reminder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Reminds a user of an appointment, of one occurrence of it, or of a task. Of no use after ``until``."""

    recipient: Party
    organizer: Party
    subject: str
    reason: Reason
    item: Invitation
    until: datetime


class Report(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tells a user that a mail that the user caused could not be delivered. ``reason`` is a stored text."""

    recipient: Party
    failed: str
    title: str
    reason: str
    at: datetime


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact that a user sends to somebody, with a few words."""

    recipient: Party
    sender: Party
    contact: Contact
    message: str
    at: datetime


Letter = Notice | Reminder | Report | Card


def written(letter: Letter) -> bytes:
    """A letter as the outbox keeps it."""
    return encode(letter)


def read_notice(content: bytes) -> Notice:
    """A notice that was written."""
    return msgspec.json.decode(content, type=Notice)


def read_reminder(content: bytes) -> Reminder:
    """A reminder that was written."""
    return msgspec.json.decode(content, type=Reminder)


def read_report(content: bytes) -> Report:
    """A report that was written."""
    return msgspec.json.decode(content, type=Report)


def read_card(content: bytes) -> Card:
    """A card that was written."""
    return msgspec.json.decode(content, type=Card)
