"""``passerelle conflicts …``: what both sides changed, side by side, for the user to decide."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.groupware.describing import differences
from passerelle.model.errors import Invalid, NotFound
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.merge.items import held_with
from passerelle.sync.policy import Winner
from passerelle.sync.skipped.conflicts import OpenConflict

app = App(name="conflicts", help="Decide what stays where you and the server changed the same.")


@app.command(name="list")
def list_conflicts(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show the items that wait for your decision, with both sides' values next to each other.

    There are some only if the account is set to ask: passerelle account set NAME --conflicts ask

    Args:
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        found = replica.waiting.conflicts()
    if json:
        print_json(found)
        return 0
    for one in found:
        _print(one)
    say(
        Text("Decide with: passerelle conflicts decide NUMBER mine|server [--field NAME]")
        if found
        else Text("Nothing waits for your decision.")
    )
    return 0


@app.command
def show(number: int, /, *, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show one conflict.

    Args:
        number: The conflict, as "list" shows it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        found = next((one for one in replica.waiting.conflicts() if one.id == number), None)
    if found is None:
        raise NotFound(Text("There is no conflict {id} to decide. “conflicts list” shows what there is.", id=number))
    if json:
        print_json(found)
    else:
        _print(found)
    return 0


@app.command
def decide(
    number: int,
    winner: Annotated[Winner, Parameter(help="mine or server.")],
    /,
    *,
    field: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Keep what you have, or take what the server has; the next sync brings both sides in step.

    Args:
        number: The conflict, as "list" shows it.
        winner: mine or server.
        field: Decide this field only; may be repeated. Without it all of them.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print as JSON what still waits.
    """
    if winner not in {Winner.MINE, Winner.SERVER}:
        raise Invalid("Say whose values stay: mine or server.", "winner")
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(account)) as replica:
        replica.waiting.decide(number, winner, field)
        left = replica.waiting.conflicts()
    return tell(left, Text("Decided {id}. The next sync brings both sides in step.", id=number), json=json)


def _print(one: OpenConflict) -> None:
    cells = differences(one.here, one.there, held_with(one.here, one.fields))
    title = Text("{id}: “{title}” in {folder}", id=one.id, title=one.title, folder=one.folder_name)
    print_table(title, ("Field", "Here", "On the server"), cells)
