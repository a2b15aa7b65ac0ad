"""``passerelle server user …``: add, list, show, change, password, disable and enable."""

from __future__ import annotations

from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from msgspec import UNSET

from passerelle.cli.options import Json, PasswordStdin, ServerData
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.cli.server.ldap_import import user_import_ldap
from passerelle.cli.server.opening import open_store
from passerelle.cli.server.passwords import new_password
from passerelle.cli.server.user_import import user_import
from passerelle.cli.server.user_removal import user_delete
from passerelle.groupware import provision
from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.audit import note_command
from passerelle.groupware.principal_rules import check_language, check_login
from passerelle.model.errors import Contradiction, Invalid
from passerelle.model.ids import UserId
from passerelle.model.participants import Answer
from passerelle.model.principals import Capability, FreeBusyDetail, User
from passerelle.model.text import Text
from passerelle.store import Store

MIB = 1024 * 1024

user_app = App(name="user", help="People with an account.")


@user_app.command(name="add")
def user_add(  # noqa: PLR0913 - what a user is made of
    login: str,
    /,
    *,
    name: str,
    email: str,
    display_name: str = "",
    data: ServerData = None,
    password_stdin: PasswordStdin = False,
    zone: str = "UTC",
    language: str = "en",
) -> int:
    """Add a user with a calendar, an address book and a task list.

    Args:
        login: The name to log in with.
        name: First and last name.
        email: The primary mail address.
        display_name: What others read; no two users share it. Default: the name.
        data: The server's directory.
        password_stdin: Read the password from standard input.
        zone: Time zone that recurring appointments follow, e.g. Europe/Paris.
        language: Of folders and messages: en, fr or de.
    """
    check_language(language)
    check_login(login)
    first, _, last = name.strip().rpartition(" ")
    shown = display_name.strip() or name.strip()
    draft = User(id=UserId(0), login=login, display_name=shown, first_name=first, last_name=last, email=email)
    with open_store(data) as store:
        user = provision.add_user(
            store,
            login,
            new_password(store, draft, stdin=password_stdin),
            display_name=shown,
            first_name=first,
            last_name=last,
            email=email,
            zone=zone,
            locale=language,
        )
    say(Text("Added user {login} with id {id}.", login=user.login, id=user.id))
    return 0


@user_app.command(name="list")
def user_list(*, data: ServerData = None, json: Json = False) -> int:
    """Show all users."""
    with open_store(data) as store, store.reading() as tx:
        users = tx.principals.users()
    if json:
        print_json(users)
    else:
        rows = [
            (user.id, user.login, user.display_name, user.email, user.zone, _state(user)) for user in users
        ]  # fmt: skip
        print_table(Text("Users"), ("Id", "Login", "Name", "E-mail", "Time zone", "State"), rows)
    return 0


def _state(user: User) -> Text:
    return Text("disabled" if user.disabled else "active")


@user_app.command(name="show")
def user_show(login: str, /, *, data: ServerData = None, json: Json = False) -> int:
    """Show all about one user.

    Args:
        login: Whom.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store, store.reading() as tx:
        user = provision.existing_user(tx, login)
        groups = [group.name for group in tx.principals.groups() if user.id in group.members]
    if json:
        print_json({"user": user, "groups": groups})
        return 0
    quota = None if user.attachment_quota is None else Text("{size} MiB", size=user.attachment_quota // MIB)
    rows = [
        (Text("Id"), user.id),
        (Text("Login"), user.login),
        (Text("Name"), user.display_name),
        (Text("First name"), user.first_name),
        (Text("Last name"), user.last_name),
        (Text("E-mail"), user.email),
        (Text("Time zone"), user.zone),
        (Text("Language"), user.locale),
        (Text("State"), _state(user)),
        (Text("Administrator"), Text("yes") if user.administrator else Text("no")),
        (Text("Groups"), ", ".join(groups)),
        (Text("Free/busy times"), Text(user.free_busy)),
        (Text("Default answers"), f"{user.answer_private}, {user.answer_public}"),
        (Text("Room for attachments"), quota or Text("as for all")),
        (Text("Withheld"), ", ".join(sorted(user.withheld))),
    ]
    print_table(Text("User {login}", login=user.login), ("Field", "Value"), rows)
    return 0


@user_app.command(name="change")
def user_change(  # noqa: PLR0913 - what can change of a user
    login: str,
    /,
    *,
    new_login: str | None = None,
    name: str | None = None,
    display_name: str | None = None,
    email: str | None = None,
    zone: str | None = None,
    language: str | None = None,
    free_busy: FreeBusyDetail | None = None,
    answer_private: Answer | None = None,
    answer_public: Answer | None = None,
    attachment_quota: int | None = None,
    administrator: bool | None = None,
    withhold: Annotated[list[Capability] | None, Parameter(consume_multiple=True)] = None,
    grant: Annotated[list[Capability] | None, Parameter(consume_multiple=True)] = None,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Change a user; what you do not name stays.

    The entry in the global address book and the distribution lists of the user's groups change with it. What can be
    withheld: calendar, contacts or tasks, which takes all folders of that kind away; public, which lets the user only
    read public folders; shared, which hides the folders of others.

    Args:
        login: Whom.
        new_login: Another name to log in with.
        name: First and last name; becomes the display name, too.
        display_name: What others read; no two users share it.
        email: The primary mail address.
        zone: Time zone that recurring appointments follow, e.g. Europe/Paris.
        language: Of messages: en, fr or de. Folders keep their names.
        free_busy: How much of the user's time everybody may see without login.
        answer_private: What the user answers by default to invitations from private calendars.
        answer_public: Likewise, from public calendars.
        attachment_quota: Room for the files of all items that the user made, in MiB; -1: as for all users.
        administrator: Whether the user looks after users, groups and resources in the pages.
        withhold: What the user may not do, whatever rights folders give.
        grant: What the user may do again.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        change = UserChange(
            login=UNSET if new_login is None else new_login,
            email=UNSET if email is None else email,
            zone=UNSET if zone is None else zone,
            locale=UNSET if language is None else language,
            free_busy=UNSET if free_busy is None else free_busy,
            answer_private=UNSET if answer_private is None else answer_private,
            answer_public=UNSET if answer_public is None else answer_public,
            attachment_quota=UNSET if attachment_quota is None else _quota(attachment_quota),
            administrator=UNSET if administrator is None else administrator,
            withheld=_withheld(store, login, withhold or [], grant or []),
        )
        user = change_user(store, login, msgspec.structs.replace(change, **_names(name, display_name)))
    return tell(user, Text("Changed user {login}.", login=user.login), json=json)


def _names(name: str | None, display_name: str | None) -> dict[str, str]:
    names: dict[str, str] = {}
    if name is not None:
        first, _, last = name.strip().rpartition(" ")
        names = {"first_name": first, "last_name": last, "display_name": name.strip()}
    return names if display_name is None else {**names, "display_name": display_name.strip()}


def _quota(size_mib: int) -> int | None:
    if size_mib < -1:
        raise Invalid("A limit cannot be negative.", "attachment_quota")
    return None if size_mib == -1 else size_mib * MIB


def _withheld(store: Store, login: str, withhold: list[Capability], grant: list[Capability]) -> frozenset[Capability]:
    if both := set(withhold) & set(grant):
        raise Contradiction(Text("“{name}” cannot be withheld and granted at once.", name=min(both)))
    with store.reading() as tx:
        return (provision.existing_user(tx, login).withheld | set(withhold)) - set(grant)


@user_app.command(name="password")
def user_password(login: str, /, *, data: ServerData = None, password_stdin: PasswordStdin = False) -> int:
    """Give a user a new password; the old one ends at once.

    Args:
        login: Whom.
        data: The server's directory.
        password_stdin: Read the password from standard input.
    """
    with open_store(data) as store:
        with store.reading() as tx:
            user = provision.existing_user(tx, login)
        provision.set_password(store, login, new_password(store, user, stdin=password_stdin))
        note_command(store, f"new password for user {user.id}")
    say(Text("User {login} has a new password.", login=user.login))
    return 0


@user_app.command(name="disable")
def user_disable(login: str, /, *, data: ServerData = None, json: Json = False) -> int:
    """Let a user not log in any more, from now on. Calendars, shares and invitations stay.

    Args:
        login: Whom.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        user = change_user(store, login, UserChange(disabled=True))
    return tell(user, Text("User {login} cannot log in any more.", login=user.login), json=json)


@user_app.command(name="enable")
def user_enable(login: str, /, *, data: ServerData = None, json: Json = False) -> int:
    """Let a disabled user log in again, with the same password.

    Args:
        login: Whom.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        user = change_user(store, login, UserChange(disabled=False))
    return tell(user, Text("User {login} can log in again.", login=user.login), json=json)


user_app.command(user_delete, name="delete")
user_app.command(user_import, name="import")
user_app.command(user_import_ldap, name="import-ldap")
