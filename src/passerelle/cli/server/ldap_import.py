"""``passerelle server user import-ldap``: users as an LDAP directory has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from passerelle.cli.options import Json, PasswordStdin, ServerData, read_password
from passerelle.cli.output import complain, say
from passerelle.cli.server.opening import open_store
from passerelle.cli.server.user_import import follow_list, report
from passerelle.groupware.admin.intake import disable, missing_from
from passerelle.model.errors import Unsafe
from passerelle.model.principals import User
from passerelle.model.text import Text, plural
from passerelle.peers.ldap.source import GROUPS, USERS, Attributes, Source
from passerelle.store import Store

if TYPE_CHECKING:
    from passerelle.peers.ldap.entries import Listing

MOST_AT_ONCE = 20


def user_import_ldap(  # noqa: PLR0913 - directories differ
    url: str,
    /,
    *,
    base: str,
    filter: str = USERS,  # noqa: A002 - the option's name
    bind_dn: str | None = None,
    password_stdin: PasswordStdin = False,
    start_tls: bool = False,
    certificates: Path | None = None,
    groups: bool = True,
    group_base: str | None = None,
    group_filter: str = GROUPS,
    login_attribute: str = "sAMAccountName,uid",
    name_attribute: str = "displayName,cn",
    first_attribute: str = "givenName",
    last_attribute: str = "sn",
    email_attribute: str = "mail",
    language_attribute: str = "preferredLanguage",
    disable_missing: bool = False,
    disable_many: bool = False,
    dry_run: bool = False,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Add and change users as an LDAP directory has them.

    Without further options it works with inetOrgPerson and Active Directory. Run it as often as you like: it does
    what changed. New users get a password that nobody knows; give them one with “user password”. Who left a group of
    the directory leaves it here. Users whom the directory does not have are listed, and stay unless you say
    --disable-missing.

    Args:
        url: ldap://host or ldaps://host, with a port if need be.
        base: Where users stand, e.g. ou=people,dc=example,dc=org.
        filter: Which entries are users.
        bind_dn: Distinguished name to log in with; its password is asked for.
        password_stdin: Read the password from standard input.
        start_tls: Encrypt an ldap:// connection.
        certificates: Authorities to trust (PEM); default: those of the system.
        groups: Follow groups, too; --no-groups leaves them alone.
        group_base: Where groups stand; default: where users do.
        group_filter: Which entries are groups.
        login_attribute: Attributes of the login; the first that is there counts.
        name_attribute: Attributes of the display name.
        first_attribute: Attributes of the first name.
        last_attribute: Attributes of the last name.
        email_attribute: Attributes of the mail address.
        language_attribute: Attributes of the language.
        disable_missing: Disable users whom the directory does not have.
        disable_many: Disable them even if they are very many.
        dry_run: Only list what would be done.
        data: The server's directory.
        json: Print the report as JSON.
    """
    password = (
        ""
        if bind_dn is None
        else read_password(stdin=password_stdin, prompt=Text("Password for {login}: ", login=bind_dn))
    )
    source = Source(
        url=url,
        base=base,
        filter=filter,
        group_base=group_base,
        group_filter=group_filter if groups else None,
        bind_dn=bind_dn,
        password=password,
        start_tls=start_tls,
        certificates=certificates,
    )
    names = Attributes(
        login=_several(login_attribute),
        display_name=_several(name_attribute),
        first_name=_several(first_attribute),
        last_name=_several(last_attribute),
        email=_several(email_attribute),
        language=_several(language_attribute),
    )
    from passerelle.peers.ldap.search import read  # loads ldap3, which other commands need not wait for

    with open_store(data) as store:
        found = read(source, names)
        missing = missing_from(store, [one.login for one in found.users])
        if disable_missing and not dry_run and not disable_many:
            _guard(store, found, missing)
        outcomes = follow_list(store, found.users, dry_run=dry_run, managed=found.groups or ())
        if disable_missing and not dry_run:
            disable(store, missing)
    code = report(outcomes, Text("Entry"), dry_run=dry_run, json=json)
    _tell_missing(missing, disabled=disable_missing and not dry_run, json=json)
    return code


def _several(names: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in names.split(","))))


def _guard(store: Store, found: Listing, missing: Sequence[User]) -> None:
    """Stop where a wrong base or filter would lock out an organisation.

    Raises:
        Unsafe: no user was found, or more than 20 and a third of all would be disabled.
    """
    with store.reading() as tx:
        active = sum(not user.disabled for user in tx.principals.users())
    if missing and (not found.users or (len(missing) > MOST_AT_ONCE and len(missing) * 3 > active)):
        raise Unsafe(
            plural(
                "{count} user would be disabled. Check --base and --filter; if that is meant, say --disable-many.",
                "{count} users would be disabled. Check --base and --filter; if that is meant, say --disable-many.",
                count=len(missing),
            )
        )


def _tell_missing(missing: Sequence[User], *, disabled: bool, json: bool) -> None:
    """Name those whom the directory does not have; beside JSON on standard error."""
    tell = complain if json else say
    for user in missing:
        if disabled:
            tell(Text("{login} is not in the directory, and was disabled.", login=user.login))
        else:
            tell(Text("{login} is not in the directory. --disable-missing disables.", login=user.login))
