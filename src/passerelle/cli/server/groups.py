"""``passerelle server group …``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.cli.server.opening import open_store
from passerelle.groupware import provision
from passerelle.groupware.admin import groups
from passerelle.groupware.admin.groups import find_group
from passerelle.model.ids import EVERYBODY
from passerelle.model.principals import Group
from passerelle.model.text import Text, plural
from passerelle.store import Reading, Store

group_app = App(name="group", help="Groups of users; rights and invitations can name them.")
member_app = App(name="member", help="Who is in a group.")
group_app.command(member_app)


@group_app.command(name="add")
def group_add(
    name: str,
    /,
    *,
    member: Annotated[
        list[str] | None, Parameter(help="Login of a member; may be repeated.", consume_multiple=True)
    ] = None,
    display_name: str = "",
    data: ServerData = None,
) -> int:
    """Add a group, and its distribution list to the global address book.

    Args:
        name: Its unique name.
        member: Login of a member; may be repeated.
        display_name: What users read. Default: the name.
        data: The server's directory.
    """
    with open_store(data) as store:
        members = [find_user(store, login).id for login in member or []]
        group = provision.add_group(store, name, display_name, members=members)
    said = plural(
        "Added group {group} with id {id} and {count} member.",
        "Added group {group} with id {id} and {count} members.",
        count=len(members),
        group=group.display_name,
        id=group.id,
    )
    say(said)
    return 0


@group_app.command(name="list")
def group_list(*, data: ServerData = None, json: Json = False) -> int:
    """Show all groups."""
    with open_store(data) as store, store.reading() as tx:
        found = [group for group in tx.principals.groups() if group.id != EVERYBODY]
    if json:
        print_json(found)
    else:
        rows = [(group.id, group.name, group.display_name, len(group.members)) for group in found]
        print_table(Text("Groups"), ("Id", "Name", "Display name", "Members"), rows)
    return 0


@group_app.command(name="show")
def group_show(name: str, /, *, data: ServerData = None, json: Json = False) -> int:
    """Show a group with its members.

    Args:
        name: Its name or number.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store, store.reading() as tx:
        group = find_group(tx, name)
        logins = _logins(tx, group)
    if json:
        print_json({"group": group, "members": logins})
    else:
        rows = [
            (Text("Id"), group.id),
            (Text("Name"), group.name),
            (Text("Display name"), group.display_name),
            (Text("Members"), ", ".join(logins)),
        ]
        print_table(Text("Group {name}", name=group.name), ("Field", "Value"), rows)
    return 0


@group_app.command(name="change")
def group_change(
    name: str,
    /,
    *,
    new_name: str | None = None,
    display_name: str | None = None,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Give a group another name; its distribution list follows.

    Args:
        name: Its name or number.
        new_name: Another unique name.
        display_name: What users read.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        found = _find(store, name)
        changed = groups.change_group(store, found.id, name=new_name, display_name=display_name)
    return tell(changed, Text("Changed group {name}.", name=changed.name), json=json)


@group_app.command(name="delete")
def group_delete(name: str, /, *, data: ServerData = None) -> int:
    """Remove a group, its rights in folders, and its distribution list. Its members stay.

    Args:
        name: Its name or number.
        data: The server's directory.
    """
    with open_store(data) as store:
        found = _find(store, name)
        groups.remove_group(store, found.id)
    say(Text("Removed group {name}.", name=found.name))
    return 0


@member_app.command(name="add")
def member_add(name: str, /, *logins: str, data: ServerData = None, json: Json = False) -> int:
    """Let users into a group: they see at once what the group may see.

    Args:
        name: The group's name or number.
        logins: Of one or more users.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        users = [find_user(store, login).id for login in logins]
        changed = groups.change_members(store, _find(store, name).id, joining=users)
    return tell(changed, _counted(changed), json=json)


@member_app.command(name="remove")
def member_remove(name: str, /, *logins: str, data: ServerData = None, json: Json = False) -> int:
    """Take users out of a group: what only the group let them see goes from their clients.

    Args:
        name: The group's name or number.
        logins: Of one or more users.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        users = [find_user(store, login).id for login in logins]
        changed = groups.change_members(store, _find(store, name).id, leaving=users)
    return tell(changed, _counted(changed), json=json)


def _find(store: Store, name: str) -> Group:
    with store.reading() as tx:
        return find_group(tx, name)


def _logins(tx: Reading, group: Group) -> list[str]:
    return [user.login for user in tx.principals.users() if user.id in group.members]


def _counted(group: Group) -> Text:
    return plural(
        "Group {name} has {count} member now.",
        "Group {name} has {count} members now.",
        count=len(group.members),
        name=group.name,
    )
