"""Whom a program means that knows people by their mail addresses only."""

from __future__ import annotations

from typing import final

from passerelle.model.ids import GroupId, ResourceId, UserId
from passerelle.model.participants import Organizer, Participant, ParticipantKind
from passerelle.model.principals import User
from passerelle.store import Reading, Store


@final
class KnownPeople:
    """The users, groups and resources of a replica's store. What was looked up once is not looked up again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, Participant | None] = {}
        self._addresses: dict[tuple[str, int], tuple[str, str]] = {}

    def find(self, mail: str) -> Participant | None:
        """The user or resource with a mail address, in any case; None for a stranger."""
        key = mail.casefold()
        if key not in self._found:
            with self._store.reading() as tx:
                self._found[key] = _find(tx, mail)
        return self._found[key]

    def address(self, party: Participant | Organizer) -> tuple[str, str]:
        """Mail address and name of somebody known by an id; empty where nobody is."""
        if party.id is None:
            return "", ""
        kind = party.kind if isinstance(party, Participant) else ParticipantKind.USER
        key = (kind, party.id)
        if key not in self._addresses:
            with self._store.reading() as tx:
                self._addresses[key] = _address(tx, kind, party.id)
        return self._addresses[key]


def _find(tx: Reading, mail: str) -> Participant | None:
    found = tx.principals.by_mail(mail)
    if found is None:
        return None
    kind = ParticipantKind.USER if isinstance(found, User) else ParticipantKind.RESOURCE
    return Participant(kind=kind, id=found.id)


def _address(tx: Reading, kind: ParticipantKind, id_: int) -> tuple[str, str]:
    if kind is ParticipantKind.GROUP:
        group = tx.principals.group(GroupId(id_))
        return "", "" if group is None else group.display_name
    known = tx.principals.user(UserId(id_)) if kind is ParticipantKind.USER else tx.principals.resource(ResourceId(id_))
    return ("", "") if known is None else (known.email, known.display_name)
