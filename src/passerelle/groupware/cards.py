"""Sends a contact by mail, as a vCard, in the name of who sends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import uuid4

from passerelle.groupware import mail_settings
from passerelle.groupware.access import read_item
from passerelle.groupware.actor import Actor
from passerelle.groupware.addressees import Directory, party
from passerelle.groupware.calendars import members_in
from passerelle.groupware.letters import Card, Kind, Party, written
from passerelle.groupware.participants import involved
from passerelle.groupware.thumbnails import with_small_picture
from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.text import Text
from passerelle.store import Reading, Writing

MOST: Final = 50
"""So many addresses get one card at once."""
LONGEST: Final = 2000
"""Characters of a message."""
_NOT_FROM_HERE: Final = Text("No mail is sent for you from here. Save the card as a file and send it yourself.")


def send(tx: Writing, actor: Actor, id_: ItemId, folder: FolderId, parties: Iterable[Participant], message: str) -> int:
    """Let a contact that the actor may read be sent to people and groups; return to how many addresses.

    Raises:
        Contradiction: this server sends no mail, or the actor has no address to send from.
        Missing: nobody is named who can be written to.
        Invalid: a name stands for nobody with an address, or there are too many, or the message is too long.
    """
    record = read_item(tx, actor, id_, Module.CONTACTS, folder)
    assert isinstance(record.item, Contact)  # noqa: S101 - narrows the type; the module was asked for
    sender = Directory(tx).party_of(actor.user)
    if mail_settings.settings(tx).relay is None or not sender or not sender.mail:
        raise not_from_here()
    if len(message) > LONGEST:
        raise Invalid(Text("Write at most {most} characters.", most=LONGEST), "message")
    contact = with_small_picture(record.item)
    recipients = _addresses(tx, parties, sender)
    for one in recipients.values():
        card = Card(recipient=one, sender=sender, contact=contact, message=message, at=tx.outbox.now)
        tx.outbox.add(f"card/{id_}/{uuid4()}", one.mail, Kind.CARD, written(card))
    return len(recipients)


def not_from_here() -> Contradiction:
    """The refusal of who cannot send: a replica, and a server without mail."""
    return Contradiction(_NOT_FROM_HERE)


def _addresses(tx: Reading, parties: Iterable[Participant], sender: Party) -> dict[str, Party]:
    """Who gets the mail, each address once."""
    found = {one.mail.casefold(): one for each in parties for one in _people(tx, each, sender)}
    if not found:
        raise Missing("Say who is to get it.", "participants")
    if len(found) > MOST:
        raise Invalid(Text("Send it to at most {most} addresses at once.", most=MOST), "participants")
    return found


def _people(tx: Reading, each: Participant, sender: Party) -> Iterator[Party]:
    if each.kind in {ParticipantKind.EXTERNAL, ParticipantKind.EXTERNAL_GROUP}:
        yield Party(mail=each.mail, name=each.name, locale=sender.locale, zone=sender.zone)
        return
    users = filter(None, map(tx.principals.user, sorted(involved((each,), members_in(tx)))))
    reachable = [party(user) for user in users if user.email and not user.deleted]
    if not reachable:
        raise Invalid(Text("“{name}” has no mail address.", name=each.name), "participants")
    yield from reachable
