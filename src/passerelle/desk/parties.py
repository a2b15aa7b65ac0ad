"""Who is invited, one name a line: people, groups and resources of the directory, and addresses of anybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from passerelle.groupware.session import Session
from passerelle.model.errors import Invalid
from passerelle.model.participants import Participant, ParticipantKind, Role
from passerelle.model.text import Text

Parties = tuple[Participant, ...]
_NOT_NEEDED: Final = (Role.OPTIONAL, Role.INFORMED)


class Directory:
    """Everybody who can be invited by name."""

    def __init__(self, session: Session) -> None:
        self._known: dict[str, Participant] = {}
        for resource in session.resources():
            self._enter(ParticipantKind.RESOURCE, resource.id, resource.display_name, resource.email)
        for group in session.groups():
            self._enter(ParticipantKind.GROUP, group.id, group.display_name)
        for person in session.people():
            user = person.user
            self._enter(ParticipantKind.USER, user.id, user.display_name, user.email, user.login)
        self._names = {party.identity: party.name for party in self._known.values()}

    def _enter(self, kind: ParticipantKind, id_: int, *names: str) -> None:
        party = Participant(kind=kind, id=id_, name=names[0])
        self._known |= {name.casefold(): party for name in names if name}

    def lines(self, parties: Parties, *, optional: bool = False) -> str:
        """The participants who are needed, or those who need not come, one a line."""
        return "\n".join(self.name_of(party) for party in parties if (party.role in _NOT_NEEDED) is optional)

    def matching(self, part: str) -> list[str]:
        """Names of the directory with a word that begins as what was typed, in order."""
        start = part.strip().casefold()
        found = {party.name for name, party in self._known.items() if name.startswith(start) or f" {start}" in name}
        return sorted(found, key=str.casefold) if start else []

    def grantable(self) -> dict[str, Participant]:
        """Everybody who can be given rights: people and groups, by any of their names without case."""
        kinds = {ParticipantKind.USER, ParticipantKind.GROUP}
        return {name: party for name, party in self._known.items() if party.kind in kinds}

    def name_of(self, party: Participant) -> str:
        """What a participant is called."""
        return self._names.get(party.identity) or party.mail or party.name

    def read(self, fields: Mapping[str, str], before: Parties) -> Parties:
        """The participants that a form names; who was invited before keeps the answer.

        Raises:
            Invalid: a line names nobody, or several.
        """
        known = {party.identity: party for party in before}
        found: dict[tuple[str, str], Participant] = {}
        for name, is_optional in (("participants", False), ("optional", True)):
            for line in filter(None, map(str.strip, fields.get(name, "").splitlines())):
                party = self._find(line)
                found.setdefault(party.identity, _needed(known.get(party.identity, party), is_optional=is_optional))
        return tuple(found.values())

    def _find(self, name: str) -> Participant:
        party = self._known.get(name.casefold())
        if party is not None:
            return msgspec.structs.replace(party, name="")
        local, at, domain = name.partition("@")
        if not at or not local or "." not in domain or any(one in name for one in " <>,;\"'"):
            message = Text("Nobody is called “{name}”. Write a name of the directory, or a mail address.", name=name)
            raise Invalid(message, "participants")
        return Participant(kind=ParticipantKind.EXTERNAL, mail=name)


def _needed(party: Participant, *, is_optional: bool) -> Participant:
    """The participant with a role that says whether he or she has to come; a finer one is kept."""
    if (party.role in _NOT_NEEDED) is is_optional:
        return party
    return msgspec.structs.replace(party, role=Role.OPTIONAL if is_optional else Role.REQUIRED)
