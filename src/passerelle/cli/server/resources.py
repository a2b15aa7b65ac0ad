"""``passerelle server resource …``."""

from __future__ import annotations

from cyclopts import App

from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.cli.server.opening import open_store
from passerelle.groupware import provision
from passerelle.groupware.admin import resources
from passerelle.groupware.admin.resources import find_resource
from passerelle.model.principals import Resource
from passerelle.model.text import Text
from passerelle.store import Store

resource_app = App(name="resource", help="Rooms and things that appointments book.")


@resource_app.command(name="add")
def resource_add(
    name: str, /, *, email: str, display_name: str = "", description: str = "", data: ServerData = None
) -> int:
    """Add a room or a thing that can be booked.

    Args:
        name: Its unique name.
        email: The mail address that invitations name.
        display_name: What users read. Default: the name.
        description: Where it is, what it has.
        data: The server's directory.
    """
    with open_store(data) as store:
        resource = provision.add_resource(store, name, display_name, email=email, description=description)
    say(Text("Added resource {resource} with id {id}.", resource=resource.display_name, id=resource.id))
    return 0


@resource_app.command(name="list")
def resource_list(*, data: ServerData = None, json: Json = False) -> int:
    """Show all rooms and things."""
    with open_store(data) as store, store.reading() as tx:
        found = tx.principals.resources()
    if json:
        print_json(found)
    else:
        rows = [(one.id, one.name, one.display_name, one.email) for one in found]
        print_table(Text("Resources"), ("Id", "Name", "Display name", "E-mail"), rows)
    return 0


@resource_app.command(name="show")
def resource_show(name: str, /, *, data: ServerData = None, json: Json = False) -> int:
    """Show a room or a thing.

    Args:
        name: Its name or number.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        found = _find(store, name)
    if json:
        print_json(found)
    else:
        rows = [
            (Text("Id"), found.id),
            (Text("Name"), found.name),
            (Text("Display name"), found.display_name),
            (Text("E-mail"), found.email),
            (Text("Description"), found.description),
        ]
        print_table(Text("Resource {name}", name=found.name), ("Field", "Value"), rows)
    return 0


@resource_app.command(name="change")
def resource_change(
    name: str,
    /,
    *,
    new_name: str | None = None,
    display_name: str | None = None,
    email: str | None = None,
    description: str | None = None,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Change a room or a thing; what you do not name stays.

    Args:
        name: Its name or number.
        new_name: Another unique name.
        display_name: What users read.
        email: The mail address that invitations name.
        description: Where it is, what it has.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        found = _find(store, name)
        changed = resources.change_resource(
            store, found.id, name=new_name, display_name=display_name, email=email, description=description
        )
    return tell(changed, Text("Changed resource {name}.", name=changed.name), json=json)


@resource_app.command(name="delete")
def resource_delete(name: str, /, *, data: ServerData = None) -> int:
    """Remove a room or a thing; appointments that booked it keep its name.

    Args:
        name: Its name or number.
        data: The server's directory.
    """
    with open_store(data) as store:
        found = _find(store, name)
        resources.remove_resource(store, found.id)
    say(Text("Removed resource {name}.", name=found.name))
    return 0


def _find(store: Store, name: str) -> Resource:
    with store.reading() as tx:
        return find_resource(tx, name)
