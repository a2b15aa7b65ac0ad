"""Where users stand in an LDAP directory, and which attributes say what of them; needs no LDAP library."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

USERS = "(|(objectClass=inetOrgPerson)(&(objectCategory=person)(objectClass=user)))"
GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))"
GROUP_ATTRIBUTES = ("cn", "member", "uniqueMember", "memberUid")
ACCOUNT_CONTROL = "userAccountControl"


class Attributes(Struct, frozen=True, kw_only=True):
    """Which attributes say what of a user; of several the first that is there counts."""

    login: tuple[str, ...] = ("sAMAccountName", "uid")
    display_name: tuple[str, ...] = ("displayName", "cn")
    first_name: tuple[str, ...] = ("givenName",)
    last_name: tuple[str, ...] = ("sn",)
    email: tuple[str, ...] = ("mail",)
    language: tuple[str, ...] = ("preferredLanguage",)

    def all(self) -> tuple[str, ...]:
        """Every attribute that is asked for."""
        named = (name for field in self.__struct_fields__ for name in getattr(self, field))
        return tuple(dict.fromkeys((*named, ACCOUNT_CONTROL)))


class Source(Struct, frozen=True, kw_only=True):
    """Where users stand. ``url`` is ``ldap://host:port`` or ``ldaps://…``; without ``bind_dn`` the search is anonymous.

    ``certificates`` are the authorities to trust (PEM); None trusts those of the system. Groups are looked for below
    ``group_base``, or below ``base``; not at all without a ``group_filter``.
    """

    url: str
    base: str
    filter: str = USERS
    group_base: str | None = None
    group_filter: str | None = GROUPS
    bind_dn: str | None = None
    password: str = ""
    start_tls: bool = False
    certificates: Path | None = None
