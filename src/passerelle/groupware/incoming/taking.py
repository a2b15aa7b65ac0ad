"""Takes one scheduling message: finds out what it is, and lets the module of its method decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from passerelle.groupware.actor import Actor
from passerelle.groupware.incoming import cancellations, proposals, replies, requests
from passerelle.groupware.incoming.letters import Letter, Report
from passerelle.groupware.letters import Party
from passerelle.groupware.notices import telling
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.errors import Unreadable
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Store, Writing
from passerelle.wire.icalendar.scheduling import Message, read_message

ORIGIN = "mail"
"""What the journal says of where these changes come from."""

_FROM_PARTICIPANTS = {"REPLY": replies.take, "COUNTER": proposals.take, "REFRESH": replies.take_refresh}
_FROM_ORGANISERS = {"REQUEST": requests.take, "CANCEL": cancellations.take}


def take(store: Store, letter: Letter, recipient: User | None) -> Report:
    """Do what a message says, in one transaction; taking it again changes nothing.

    ``recipient`` is the user whose mail it is. Answers do not need one: they are about what is kept here.

    Raises:
        Unreadable: it is no scheduling message, or a broken one.
        Forbidden: its author may not say so. NotFound: its author was not invited to such a thing; whether it
            exists is not told. Other leaves of Refused: what it says cannot be kept.
        Unreachable: the store is busy; nothing was done.
    """
    message = read_message(letter.calendar, recipient.zone if recipient is not None else "UTC")
    if not message.parts:
        raise Unreadable("The message is about no appointment and no task.", 1)
    if message.method in _FROM_PARTICIPANTS:
        with store.writing(SYSTEM_USER, ORIGIN) as tx, _telling(tx, letter, message):
            return _FROM_PARTICIPANTS[message.method](tx, letter, message)
    if message.method in _FROM_ORGANISERS:
        return _from_organiser(store, letter, message, recipient)
    return Report(Text("Nothing to do: messages of the kind {method} change nothing here.", method=message.method[:40]))


@contextmanager
def _telling(tx: Writing, letter: Letter, message: Message) -> Iterator[None]:
    """Tell whoever organises what a message is about of what it changes, as from the participant whose it is."""
    author = replies.author(letter, message.parts[0])
    writer = Party(mail=author.mail, name=author.said.name)
    with telling(tx, Actor(SYSTEM_USER, frozenset()), writer=writer) as news:
        for part in message.parts:
            for id_ in tx.items.by_uid(part.uid):
                news.watch(id_)
        yield


def _from_organiser(store: Store, letter: Letter, message: Message, recipient: User | None) -> Report:
    if recipient is None:
        return Report(Text("Nothing to do: the message names nobody here."))
    if any(part.is_task for part in message.parts):
        return Report(Text("Nothing to do: tasks that people outside give are not kept, only their mail."))
    with store.writing(recipient.id, ORIGIN) as tx:
        return _FROM_ORGANISERS[message.method](tx, recipient, letter, message)
