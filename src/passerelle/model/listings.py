"""What a list of people – a table, an LDAP directory – says about users, for the server's directory to follow."""

from __future__ import annotations

from msgspec import Struct


class ListedUser(Struct, frozen=True, kw_only=True):
    """One user as a list has it. None means that the list does not say; an empty text or tuple says that there is none.

    ``place`` tells a person where it stands: a line of a file, or a distinguished name.
    """

    place: str
    login: str
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    groups: tuple[str, ...] | None = None
    zone: str | None = None
    language: str | None = None
    password: str | None = None


class UnfitEntry(Struct, frozen=True, kw_only=True):
    """One entry that is no user, with where it stands and why: a full sentence."""

    place: str
    login: str
    reason: str
