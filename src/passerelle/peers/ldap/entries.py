"""LDAP entries as users and groups: inetOrgPerson (RFC 2798), groupOfNames, posixGroup (RFC 2307), Active Directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ldap3.core.exceptions import LDAPInvalidDnError
from ldap3.utils.dn import parse_dn
from msgspec import Struct

from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.model.text import Text
from passerelle.peers.ldap.source import ACCOUNT_CONTROL, Attributes

_DISABLED = 2
"""The flag of Active Directory for an account that nobody can log in with."""


class Entry(Struct, frozen=True):
    """One entry of the directory; names of attributes in small letters."""

    dn: str
    values: Mapping[str, Sequence[str]]

    def first(self, names: Iterable[str]) -> str:
        """The first value of the first attribute that is there; empty if none is."""
        return next(
            (value for name in names for value in self.values.get(name.lower(), ()) if value.strip()), ""
        ).strip()


class Listing(Struct, frozen=True, kw_only=True):
    """The users of a directory, and all groups that it knows; None where groups were not asked for."""

    users: tuple[ListedUser | UnfitEntry, ...]
    groups: frozenset[str] | None


def listing(people: Iterable[Entry], groups: Iterable[Entry] | None, names: Attributes) -> Listing:
    """What entries say. Accounts that are disabled in Active Directory are left out, as if they were gone."""
    memberships = None if groups is None else _memberships(groups)
    live = [entry for entry in people if not _is_disabled(entry)]
    return Listing(
        users=tuple(_user(entry, memberships, names) for entry in live),
        groups=None if memberships is None else frozenset(name for found in memberships.values() for name in found),
    )


def _user(entry: Entry, memberships: Mapping[str, set[str]] | None, names: Attributes) -> ListedUser | UnfitEntry:
    login = entry.first(names.login)
    if not login:
        tried = ", ".join(names.login)
        return UnfitEntry(place=entry.dn, login="", reason=Text("There is no login in: {names}.", names=tried))
    groups = None
    if memberships is not None:
        groups = tuple(sorted(memberships.get(same_dn(entry.dn), set()) | memberships.get(login, set())))
    return ListedUser(
        place=entry.dn,
        login=login,
        display_name=entry.first(names.display_name) or None,
        first_name=entry.first(names.first_name),
        last_name=entry.first(names.last_name),
        email=entry.first(names.email),
        language=_language(entry.first(names.language)),
        groups=groups,
    )


def _language(value: str) -> str | None:
    """The first language of a list such as ``de-CH, fr;q=0.8``."""
    return value.partition(",")[0].partition(";")[0].strip().replace("-", "_") or None


def _memberships(groups: Iterable[Entry]) -> Mapping[str, set[str]]:
    """The names of groups by the distinguished name of a member, or by the login where a group says that."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        name = group.first(("cn",))
        if name:
            for dn in (*group.values.get("member", ()), *group.values.get("uniquemember", ())):
                found[same_dn(dn)].add(name)
            for login in group.values.get("memberuid", ()):
                found[login].add(name)
    return found


def same_dn(dn: str) -> str:
    """A distinguished name as it compares: neither case nor blanks around signs count (RFC 4517, section 4.2.15)."""
    try:
        parts = parse_dn(dn, strip=True)
    except LDAPInvalidDnError:
        return dn.casefold()
    return ",".join(f"{name}={value}" for name, value, _ in parts).casefold()


def _is_disabled(entry: Entry) -> bool:
    flags = entry.first((ACCOUNT_CONTROL,))
    return flags.isdecimal() and bool(int(flags) & _DISABLED)
