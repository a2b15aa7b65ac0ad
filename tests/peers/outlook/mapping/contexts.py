"""A profile and people for tests of the mapping."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from passerelle.model.ids import UserId
from passerelle.model.participants import Organizer, Participant, ParticipantKind
from passerelle.peers.outlook.mapping.context import Context

MAIL = "anna@example.org"


class Known:
    """People by their addresses: users 1 to 50 as ``user7@example.org``, and nobody else."""

    def find(self, mail: str) -> Participant | None:
        name, _, host = mail.casefold().partition("@")
        if mail.casefold() == MAIL:
            return Participant(kind=ParticipantKind.USER, id=1)
        if host != "example.org" or not name.startswith("user") or not name[4:].isdecimal():
            return None
        return Participant(kind=ParticipantKind.USER, id=int(name[4:]))

    def address(self, party: Participant | Organizer) -> tuple[str, str]:
        if isinstance(party, Participant) and party.kind is not ParticipantKind.USER:
            return "", ""
        return (MAIL, "Anna") if party.id == 1 else (f"user{party.id}@example.org", f"User {party.id}")


def context(*, zone: str = "Europe/Berlin", separator: str = ";", directory: Path | None = None) -> Context:
    """Anna's profile: user 1, on a German computer."""
    return Context(
        user=UserId(1),
        mail=MAIL,
        name="Anna",
        people=Known(),
        directory=directory or Path(tempfile.gettempdir()),
        today=date(2026, 11, 28),
        zone=zone,
        separator=separator,
    )
