"""Who is invited, one name a line: people, groups and resources of the directory, and addresses of anybody else."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Final

import msgspec

from passerelle.groupware.session import Session
from passerelle.model.errors import Invalid
from passerelle.model.participants import Participant, ParticipantKind, Role
from passerelle.model.text import Text
from passerelle.store import Principal
from passerelle.store.principal_names import kind_of

Parties = tuple[Participant, ...]
GRANTABLE: Final = frozenset({ParticipantKind.USER, ParticipantKind.GROUP})
"""Who can be given rights in folders."""
MOST: Final = 20
"""So many names are suggested."""
_NOT_NEEDED: Final = (Role.OPTIONAL, Role.INFORMED)


class Directory:
    """Everybody who can be invited by name. Nobody is looked up who is not asked for, and nobody twice."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[tuple[str, str], str] = {}

    def lines(self, parties: Parties, *, optional: bool = False) -> str:
        """The participants who are needed, or those who need not come, one a line."""
        self.meet(parties)
        return "\n".join(self.name_of(party) for party in parties if (party.role in _NOT_NEEDED) is optional)

    def meet(self, parties: Iterable[Participant]) -> None:
        """Look up at once who is about to be named."""
        fresh = [one for one in parties if one.id is not None and one.identity not in self._names]
        self._names |= dict.fromkeys((one.identity for one in fresh), "")
        self._names |= self._session.named(fresh) if fresh else {}

    def matching(self, part: str, kinds: Container[ParticipantKind] = frozenset(ParticipantKind)) -> list[str]:
        """Names of the directory with a word that begins as what was typed, in order; some, if there are many."""
        found = self._session.lookup(part, MOST)
        return list(dict.fromkeys(one.display_name for one in found if party_of(one).kind in kinds))

    def grantable(self, name: str) -> Participant | None:
        """The user or group that is called so, and can be given rights."""
        found = self._session.called(name)
        party = None if found is None else party_of(found)
        return party if party is not None and party.kind in GRANTABLE else None

    def name_of(self, party: Participant) -> str:
        """What a participant is called."""
        self.meet((party,))
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
        found = self._session.called(name)
        if found is not None:
            return msgspec.structs.replace(party_of(found), name="")
        local, at, domain = name.partition("@")
        if not at or not local or "." not in domain or any(one in name for one in " <>,;\"'"):
            message = Text("Nobody is called “{name}”. Write a name of the directory, or a mail address.", name=name)
            raise Invalid(message, "participants")
        return Participant(kind=ParticipantKind.EXTERNAL, mail=name)


def party_of(principal: Principal) -> Participant:
    """Somebody of the directory as a participant."""
    return Participant(kind=ParticipantKind(kind_of(principal)), id=principal.id, name=principal.display_name)


def _needed(party: Participant, *, is_optional: bool) -> Participant:
    """The participant with a role that says whether he or she has to come; a finer one is kept."""
    if (party.role in _NOT_NEEDED) is is_optional:
        return party
    return msgspec.structs.replace(party, role=Role.OPTIONAL if is_optional else Role.REQUIRED)
