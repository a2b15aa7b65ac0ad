"""Tells people of mail that they caused and that could not be delivered."""

from __future__ import annotations

from passerelle.groupware.addressees import party
from passerelle.groupware.letters import Kind, Report, written
from passerelle.mail.compose import title_of
from passerelle.model.text import to_stored
from passerelle.store import Mail, Writing


def report(tx: Writing, mail: Mail, reason: str) -> None:
    """Write to whoever caused a mail that it was given up; once, and never about such a report itself."""
    actor = tx.principals.user(mail.actor)
    if mail.kind == Kind.REPORT or actor is None or actor.deleted or not actor.email:
        return
    if actor.email.casefold() == mail.recipient.casefold():
        return
    letter = Report(
        recipient=party(actor),
        failed=mail.recipient,
        title=title_of(mail),
        reason=to_stored(reason),
        at=mail.created,
    )
    tx.outbox.add(f"report/{mail.id}", actor.email, Kind.REPORT, written(letter))
