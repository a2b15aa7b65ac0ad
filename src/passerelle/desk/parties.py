"""Who is invited, one name a line: people, groups and resources of the directory, and addresses of anybody else."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from passerelle.groupware.session import Session
from passerelle.model.errors import Invalid
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.text import Text

Parties = tuple[Participant, ...]


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

    def lines(self, parties: Parties) -> str:
        """The participants, one a line."""
        return "\n".join(self.name_of(party) for party in parties)

    def name_of(self, party: Participant) -> str:
        """What a participant is called."""
        return self._names.get(party.identity) or party.mail or party.name

    def read(self, lines: str, before: Parties) -> Parties:
        """The participants that lines name; who was invited before keeps the answer.

        Raises:
            Invalid: a line names nobody, or several.
        """
        known = {party.identity: party for party in before}
        found = (self._find(line.strip()) for line in lines.splitlines() if line.strip())
        return tuple(_once(known.get(party.identity, party) for party in found))

    def _find(self, name: str) -> Participant:
        party = self._known.get(name.casefold())
        if party is not None:
            return msgspec.structs.replace(party, name="")
        local, at, domain = name.partition("@")
        if not at or not local or "." not in domain or any(one in name for one in " <>,;\"'"):
            message = Text("Nobody is called “{name}”. Write a name of the directory, or a mail address.", name=name)
            raise Invalid(message, "participants")
        return Participant(kind=ParticipantKind.EXTERNAL, mail=name)


def _once(parties: Iterable[Participant]) -> Iterable[Participant]:
    return {party.identity: party for party in parties}.values()
