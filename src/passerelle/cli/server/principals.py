"""``passerelle server user|group|resource …``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, PasswordStdin, ServerData, read_password
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware import provision
from passerelle.model.errors import Invalid
from passerelle.model.text import Text, plural
from passerelle.translations import LANGUAGES, language_of

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
        login: The name to log in with.
        name: First and last name.
        email: The primary mail address.
        data: The server's directory.
        password_stdin: Read the password from standard input.
        zone: Time zone that recurring appointments follow, e.g. Europe/Paris.
        language: Of folders and messages: en, fr or de.
    """
    if language_of(language) != language[:2].lower():
        names = ", ".join(LANGUAGES)
        refusal = Text(
            "“{text}” is no value for {name}. Use one of: {names}.", text=language, name="--language", names=names
        )
        raise Invalid(refusal, "language")
    password = read_password(stdin=password_stdin, prompt=Text("Password for {login}: ", login=login))
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
        rows = [(user.id, user.login, user.display_name, user.email, user.zone) for user in users]
        print_table(Text("Users"), ("Id", "Login", "Name", "E-mail", "Time zone"), rows)
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
        name: Its unique name.
        member: Login of a member; may be repeated.
        data: The server's directory.
    """
    with open_store(data) as store:
        members = [find_user(store, login).id for login in member or []]
        group = provision.add_group(store, name, members=members)
    said = plural(
        "Added group {group} with id {id} and {count} member.",
        "Added group {group} with id {id} and {count} members.",
        count=len(members),
        group=group.display_name,
        id=group.id,
    )
    say(said)
    return 0


@resource_app.command(name="add")
def resource_add(name: str, /, *, email: str, data: ServerData = None) -> int:
    """Add a room or a thing that can be booked.

    Args:
        name: Its unique name.
        email: The mail address that invitations name.
        data: The server's directory.
    """
    with open_store(data) as store:
        resource = provision.add_resource(store, name, email=email)
    say(Text("Added resource {resource} with id {id}.", resource=resource.display_name, id=resource.id))
    return 0
