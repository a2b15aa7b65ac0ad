"""What reading and writing items needs to know of the profile and of the replica's people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from passerelle.model.ids import UserId
from passerelle.model.participants import Organizer, Participant
from passerelle.model.text import Text


class People(Protocol):
    """The users, groups and resources that the replica knows, for Outlook knows people by their mail address only."""

    def find(self, mail: str) -> Participant | None:
        """The user, group or resource with a mail address, in any case; None for a stranger."""

    def address(self, party: Participant | Organizer) -> tuple[str, str]:
        """Mail address and name of a party by its id; empty where there is none, or nobody known."""


class Context(Struct, frozen=True, kw_only=True):
    """Whose Outlook it is, and how it is set.

    ``zone`` is the profile's time zone (IANA); ``separator`` what its locale puts between categories; ``today`` when
    writing, for series without end that Outlook cannot say; ``directory`` a place for files on their way to Outlook
    and from it. ``say`` says a sentence in the user's language. ``category`` is one that every item bears in Outlook,
    and only there: it says in which calendar it is.
    """

    user: UserId
    mail: str
    name: str
    people: People
    directory: Path
    today: date
    zone: str = "UTC"
    separator: str = ","
    say: Callable[[Text], str] = str
    category: str = ""
