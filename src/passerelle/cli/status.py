"""``passerelle status``."""

from __future__ import annotations

from passerelle.cli.naming import MODULES
from passerelle.cli.options import Account, ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, say
from passerelle.model.text import Text, plural
from passerelle.sync.accounts.registry import Account as Known
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.replica import Replica


def _chosen(accounts: Accounts, name: str | None) -> tuple[Known, ...]:
    """The account of a name; without one, all. Raises NotFound, also if there is none at all."""
    return (name is None and accounts.all()) or (accounts.get(name),)


def status(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show what is in step, what waits to be sent, and what was refused. Asks no server.

    Args:
        account: Only this account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    chosen = _chosen(accounts, account)
    found: dict[str, object] = {}
    for one in chosen:
        with accounts.replica(one) as replica:
            found[one.name] = {"enabled": one.enabled, "status": replica.status(), "skipped": replica.skipped()}
            if not json:
                _print_status(one.name, replica)
                if not one.enabled:
                    say(Text("This account is disabled. Next: passerelle account enable {name}", name=one.name))
    if json:
        print_json(found)
    return 0


def _print_status(name: str, replica: Replica) -> None:
    found = replica.status()
    cells = [(folder.id, folder.name, folder.items, folder.unsent or "") for folder in found.folders]
    print_table(
        Text("{name} at {server}", name=name, server=found.membership.server),
        ("Id", "Folder", "Items", "To be sent"),
        cells,
    )
    left_out = sum(folder.left_out for folder in found.folders)
    if left_out:
        say(
            plural(
                "{count} older appointment is on the server only, as you chose: passerelle account show",
                "{count} older appointments are on the server only, as you chose: passerelle account show",
                count=left_out,
            )
        )
    if len(found.modules) < len(MODULES):
        say("Some modules are not synchronised, as you chose: “passerelle account show” tells which.")
    last = found.last
    if last is None:
        say("Never synchronised yet. Next: passerelle sync")
    else:
        say(
            Text(
                "Last cycle: {at} UTC, {changes}, {requests}.",
                at=f"{last.at:%Y-%m-%d %H:%M}",
                changes=plural("{count} change", "{count} changes", count=last.touched),
                requests=plural("{count} request", "{count} requests", count=last.requests),
            )
        )
    refused = [one for one in replica.skipped() if not one.held]
    for one in refused:
        say(
            Text(
                "Skipped object {id}: “{title}” in {folder}: {message}",
                id=one.id,
                title=one.title,
                folder=one.folder_name,
                message=one.message,
            )
        )
    if found.conflicts:
        say(
            plural(
                "{count} item was changed here and on the server, and waits for you: passerelle conflicts list",
                "{count} items were changed here and on the server, and wait for you: passerelle conflicts list",
                count=found.conflicts,
            )
        )
    if refused:
        say("Decide with: passerelle skipped show|retry|keep|discard ID")
    if replica.replaced is not None:
        say("The server’s data were replaced; nothing is synchronised until you decide: passerelle confirm")
    held = sum(one.count for one in replica.held())
    if held:
        say(
            plural(
                "{count} deletion waits for your word: passerelle confirm",
                "{count} deletions wait for your word: passerelle confirm",
                count=held,
            )
        )
