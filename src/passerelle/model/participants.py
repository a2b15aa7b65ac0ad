"""Who takes part in an appointment or a task (semantics reference, section 5.2)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ParticipantKind(StrEnum):
    """What a participant is; the external ones are known by mail address only."""

    USER = "user"
    GROUP = "group"
    RESOURCE = "resource"
    EXTERNAL = "external"
    EXTERNAL_GROUP = "external-group"


class Answer(StrEnum):
    """A participant's confirmation; the values are the words of the OX interface, section 10.1."""

    NONE = "none"
    ACCEPTED = "accept"
    DECLINED = "decline"
    TENTATIVE = "tentative"


class Role(StrEnum):
    """Whether a participant is needed (RFC 5545, ``ROLE``)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    CHAIR = "chair"
    INFORMED = "informed"


class Participant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One invited party. ``id`` is set for users, groups and resources; ``mail`` always for external ones."""

    kind: ParticipantKind
    id: int | None = None
    mail: str = ""
    name: str = ""
    answer: Answer = Answer.NONE
    message: str = ""
    role: Role = Role.REQUIRED

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two entries the same party: kind and id, or the mail address."""
        return (self.kind, str(self.id) if self.id is not None else self.mail.casefold())


class Organizer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who organises an appointment: a user here (``id``), or somebody known by mail address."""

    id: int | None = None
    mail: str = ""
    name: str = ""
