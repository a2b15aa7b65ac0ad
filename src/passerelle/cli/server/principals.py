"""``passerelle server user|group|resource …``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, PasswordStdin, ServerData, read_password
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware import provision

user_app = App(name="user", help="People with an account.")
group_app = App(name="group", help="Groups of users; rights and invitations can name them.")
resource_app = App(name="resource", help="Rooms and things that appointments book.")


@user_app.command(name="add")
def user_add(
    login: str,
    /,
    *,
    name: str,
    email: str,
    data: ServerData = None,
    password_stdin: PasswordStdin = False,
    zone: str = "UTC",
    language: str = "en",
) -> int:
    """Add a user with a calendar, an address book and a task list.

    Args:
        login: the name to log in with.
        name: first and last name.
        email: the primary mail address.
        data: the server's directory.
        password_stdin: read the password from standard input.
        zone: time zone that recurring appointments follow, e.g. Europe/Paris.
        language: of folders and messages: en, fr or de.
    """
    password = read_password(stdin=password_stdin, prompt=f"Password for {login}: ")
    first, _, last = name.strip().rpartition(" ")
    with open_store(data) as store:
        user = provision.add_user(
            store,
            login,
            password,
            display_name=name.strip(),
            first_name=first,
            last_name=last,
            email=email,
            zone=zone,
            locale=language,
        )
    say(f"Added user {user.login} with id {user.id}.")
    return 0


@user_app.command(name="list")
def user_list(*, data: ServerData = None, json: Json = False) -> int:
    """Show all users."""
    with open_store(data) as store, store.reading() as tx:
        users = tx.principals.users()
    if json:
        print_json(users)
    else:
        rows = [(user.id, user.login, user.display_name, user.email, user.zone) for user in users]
        print_table("Users", ("Id", "Login", "Name", "E-mail", "Time zone"), rows)
    return 0


@group_app.command(name="add")
def group_add(
    name: str,
    /,
    *,
    member: Annotated[
        list[str] | None, Parameter(help="Login of a member; may be repeated.", consume_multiple=True)
    ] = None,
    data: ServerData = None,
) -> int:
    """Add a group.

    Args:
        name: its unique name.
        member: login of a member; may be repeated.
        data: the server's directory.
    """
    with open_store(data) as store:
        members = [find_user(store, login).id for login in member or []]
        group = provision.add_group(store, name, members=members)
    say(f"Added group {group.display_name} with id {group.id} and {len(members)} members.")
    return 0


@resource_app.command(name="add")
def resource_add(name: str, /, *, email: str, data: ServerData = None) -> int:
    """Add a room or a thing that can be booked.

    Args:
        name: its unique name.
        email: the mail address that invitations name.
        data: the server's directory.
    """
    with open_store(data) as store:
        resource = provision.add_resource(store, name, email=email)
    say(f"Added resource {resource.display_name} with id {resource.id}.")
    return 0
